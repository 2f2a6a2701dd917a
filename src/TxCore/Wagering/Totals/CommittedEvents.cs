using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Wagering.Totals;

/// <summary>
/// What the reply thread hands to the totals: copies of the committed entries that concern races, in one of two buffers that change places.
/// It allocates only while a buffer grows. Beyond its limit entries are left out and the next turn says so: they can be read as rows.
/// </summary>
/// <param name="bytesMax">Most bytes of each of the two buffers.</param>
/// <param name="progress">The sequence as far as it is known already.</param>
internal sealed class CommittedEvents(int bytesMax, TotalsProgress progress)
{
    private const int BytesMin = 64 * 1024;
    private readonly Lock _gate = new();
    private byte[] _filling = new byte[Math.Min(BytesMin, bytesMax)];
    private byte[] _draining = new byte[Math.Min(BytesMin, bytesMax)];
    private int _length;
    private bool _isShort;
    private long _number = progress.Number;
    private long _at = progress.At;

    /// <summary>Takes in an event of the reply thread.</summary>
    public void Append(TxEvent work)
    {
        if (!work.IsStored && work.Due.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            foreach (ref readonly var due in CollectionsMarshal.AsSpan(work.Due))
            {
                AppendDue(in due);
            }

            if (work.IsStored)
            {
                AppendOwn(work);
            }
        }
    }

    /// <summary>Changes the buffers and returns what came since the last time; the bytes are valid until the next call.</summary>
    public CommittedTurn Take()
    {
        lock (_gate)
        {
            var turn = new CommittedTurn(_filling.AsMemory(0, _length), _isShort, new TotalsProgress(_number, _at));
            (_filling, _draining) = (_draining, _filling);
            _length = 0;
            _isShort = false;
            return turn;
        }
    }

    private static bool IsAboutRaces(MessageType kind) =>
        kind is MessageType.Wager or MessageType.Cancel or MessageType.Reversal or MessageType.SupervisorResolve
            or (>= MessageType.RaceDefine and <= MessageType.PoolCarryIn);

    private void AppendDue(in DueEntry due)
    {
        (_number, _at) = (due.Entry.Number, due.Entry.SequencedAt);
        if (due.Entry.Kind is MessageType.RaceStopDue or MessageType.RaceCloseDue)
        {
            Span<byte> command = stackalloc byte[SystemCommand.SubjectBytes];
            SystemCommand.Write(due.Subject, command);
            Append(in due.Entry, command, null);
        }
    }

    private void AppendOwn(TxEvent work)
    {
        (_number, _at) = (work.Entry.Number, work.Entry.SequencedAt);
        if (work.Entry.Code == ResultCode.Accepted && IsAboutRaces(work.Entry.Kind))
        {
            bool isUndo = work.Entry.Kind is MessageType.Cancel or MessageType.Reversal or MessageType.SupervisorResolve;
            Append(in work.Entry, work.CommandSpan, isUndo && work.Carried?.Entry.Kind == MessageType.Wager ? work.Carried : null);
        }
    }

    private void Append(in Entry entry, ReadOnlySpan<byte> command, FetchedRow? original)
    {
        var head = new CommittedHead(entry, command.Length, original?.Entry.Number ?? 0, original?.Command.Length ?? 0);
        long end = (long)_length + Unsafe.SizeOf<CommittedHead>() + head.CommandBytes + head.OriginalBytes;
        if (_isShort || end > bytesMax)
        {
            _isShort = true;
            return;
        }

        if (end > _filling.Length)
        {
            Array.Resize(ref _filling, (int)Math.Min(bytesMax, Math.Max(end, 2L * _filling.Length)));
        }

        MemoryMarshal.Write(_filling.AsSpan(_length), in head);
        _length += Unsafe.SizeOf<CommittedHead>();
        command.CopyTo(_filling.AsSpan(_length));
        _length += command.Length;
        original?.Command.CopyTo(_filling.AsSpan(_length));
        _length = (int)end;
    }
}

/// <summary>What precedes the bytes of an entry in the buffer.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="CommandBytes">Bytes of its command.</param>
/// <param name="OriginalNumber">Number of the wager that it takes back; 0 for none.</param>
/// <param name="OriginalBytes">Bytes of that wager's command.</param>
internal readonly record struct CommittedHead(Entry Entry, int CommandBytes, long OriginalNumber, int OriginalBytes);

/// <summary>A committed entry, read in place.</summary>
internal readonly ref struct CommittedEntry(CommittedHead head, ReadOnlySpan<byte> command, ReadOnlySpan<byte> original)
{
    /// <summary>The entry.</summary>
    public readonly Entry Entry = head.Entry;

    /// <summary>Its command as stored.</summary>
    public readonly ReadOnlySpan<byte> Command = command;

    /// <summary>Number of the wager that it takes back; 0 for none.</summary>
    public readonly long OriginalNumber = head.OriginalNumber;

    /// <summary>The command of that wager.</summary>
    public readonly ReadOnlySpan<byte> Original = original;
}

/// <summary>The entries of a turn.</summary>
/// <param name="Bytes">The entries that found room, one behind the other.</param>
/// <param name="IsShort">True when some found none; all of those come after these.</param>
/// <param name="Progress">The last entry committed, whether it concerns races or not.</param>
internal readonly record struct CommittedTurn(ReadOnlyMemory<byte> Bytes, bool IsShort, TotalsProgress Progress)
{
    /// <summary>Cuts the first entry off <paramref name="rest"/>; false at the end.</summary>
    public static bool TryNext(ref ReadOnlySpan<byte> rest, out CommittedEntry entry)
    {
        if (rest.IsEmpty)
        {
            entry = default;
            return false;
        }

        var head = MemoryMarshal.Read<CommittedHead>(rest);
        var command = rest.Slice(Unsafe.SizeOf<CommittedHead>(), head.CommandBytes);
        var original = rest.Slice(Unsafe.SizeOf<CommittedHead>() + head.CommandBytes, head.OriginalBytes);
        rest = rest[(Unsafe.SizeOf<CommittedHead>() + head.CommandBytes + head.OriginalBytes)..];
        entry = new CommittedEntry(head, command, original);
        return true;
    }
}

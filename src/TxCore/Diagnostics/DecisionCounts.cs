using TxCore.Pipeline;
using TxCore.Protocol;

namespace TxCore.Diagnostics;

/// <summary>What was decided since the start, by kind and code. Counted by the reply thread alone, after the commit; read from any.</summary>
public sealed class DecisionCounts
{
    private static readonly MessageType[] Kinds = Enum.GetValues<MessageType>();
    private static readonly ResultCode[] Codes = Enum.GetValues<ResultCode>();
    private static readonly byte[] KindIndex = Positions([.. Kinds.Select(static kind => (int)kind)]);
    private static readonly byte[] CodeIndex = Positions([.. Codes.Select(static code => (int)code)]);
    private readonly long[] _decided = new long[Kinds.Length * Codes.Length];
    private readonly long[] _notDecided = new long[Codes.Length];
    private long _repeated;
    private long _logons;

    /// <summary>Transactions answered with an earlier decision.</summary>
    public long Repeated => Volatile.Read(ref _repeated);

    /// <summary>Logons accepted.</summary>
    public long Logons => Volatile.Read(ref _logons);

    /// <summary>Everything counted so far, by kind and code; pairs that never came are left out.</summary>
    public IEnumerable<(MessageType Kind, ResultCode Code, long Count)> Decided()
    {
        for (int i = 0; i < _decided.Length; i++)
        {
            if (Volatile.Read(ref _decided[i]) is var count and not 0)
            {
                yield return (Kinds[i / Codes.Length], Codes[i % Codes.Length], count);
            }
        }
    }

    /// <summary>What went through the ring and was answered without a decision (a gap, a conflict, a deadline passed), by code.</summary>
    public IEnumerable<(ResultCode Code, long Count)> NotDecided()
    {
        for (int i = 0; i < _notDecided.Length; i++)
        {
            if (Volatile.Read(ref _notDecided[i]) is var count and not 0)
            {
                yield return (Codes[i], count);
            }
        }
    }

    /// <summary>Counts an event on its way out of the ring.</summary>
    internal void Count(TxEvent work)
    {
        foreach (ref readonly var due in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(work.Due))
        {
            CountDecided(in due.Entry);
        }

        if (work.IsStored)
        {
            CountDecided(in work.Entry);
        }
        else if (work.Kind == EventKind.Transaction)
        {
            CountWithoutEntry(work);
        }
        else if (work.Kind == EventKind.Logon && work.AnswerCode == ResultCode.Accepted)
        {
            _logons++;
        }
    }

    private void CountDecided(in Storage.Entry entry) =>
        _decided[(KindIndex[(int)entry.Kind] * Codes.Length) + CodeIndex[(int)entry.Code]]++;

    private void CountWithoutEntry(TxEvent work)
    {
        if (work.IsRepeat)
        {
            _repeated++;
        }
        else if (work.Answer == AnswerKind.NotDecided)
        {
            _notDecided[CodeIndex[(int)work.AnswerCode]]++;
        }
    }

    /// <summary>Position of each number in a short list, by the number itself.</summary>
    private static byte[] Positions(int[] numbers)
    {
        byte[] positions = new byte[numbers.Max() + 1];
        for (int i = 0; i < numbers.Length; i++)
        {
            positions[numbers[i]] = checked((byte)i);
        }

        return positions;
    }
}

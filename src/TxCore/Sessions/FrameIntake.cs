using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Hashing;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Sessions;

/// <summary>A frame that waits to be put into the ring. Its payload lives as long as the read it came with.</summary>
internal readonly record struct PendingFrame(MessageType Type, ReadOnlySequence<byte> Payload);

/// <summary>
/// Puts frames of one connection into the ring: claims as many slots as there are frames, fills them straight from the bytes read,
/// publishes. Between claim and publish nothing waits and nothing throws.
/// </summary>
internal sealed class FrameIntake(Session session, SessionServices services)
{
    private readonly List<PendingFrame> _pending = new(16);

    /// <summary>Stopwatch ticks of the read that brought the frames at hand.</summary>
    public long ArrivedTicks { get; set; }

    public int PendingCount => _pending.Count;

    public bool IsTurnFull => _pending.Count >= services.Limits.FramesPerTurnMax;

    public void Add(MessageType type, in ReadOnlySequence<byte> payload) => _pending.Add(new PendingFrame(type, payload));

    /// <summary>Publishes what waits, waiting for room in the ring if need be; false when the intake was closed.</summary>
    public async ValueTask<bool> PublishAsync(CancellationToken cancellationToken)
    {
        if (_pending.Count == 0)
        {
            return true;
        }

        long first = await services.Intake.ClaimAsync(_pending.Count, cancellationToken);
        if (first < 0)
        {
            // The connection is about to be closed; the client sends again what it has no answer to.
            _pending.Clear();
            return false;
        }

        Fill(first);
        return true;
    }

    /// <summary>Publishes one frame with the row it needs, out of the reserve when it is a control.</summary>
    public async ValueTask<bool> PublishOneAsync(
        MessageType type, ReadOnlySequence<byte> payload, Preparation prepared, CancellationToken cancellationToken)
    {
        long slot;
        if (!type.IsControl() || !services.Intake.TryClaimControl(out slot))
        {
            slot = await services.Intake.ClaimAsync(1, cancellationToken);
        }

        if (slot < 0)
        {
            return false;
        }

        session.AddInFlight(1);
        var work = services.Intake[slot];
        FillOne(work, type, in payload, prepared.Row, Now(), Stopwatch.GetTimestamp());
        work.Settlement = prepared.Settlement;
        work.List = prepared.List;
        work.Order = prepared.Order;
        services.Intake.Publish(slot, 1);
        return true;
    }

    /// <summary>Publishes a logon; it may use half of the reserve.</summary>
    public async ValueTask<bool> PublishLogonAsync(int window, int outlet, long lastNumberHeld, CancellationToken cancellationToken)
    {
        if (!services.Intake.TryClaimLogon(out long slot))
        {
            slot = await services.Intake.ClaimAsync(1, cancellationToken);
        }

        if (slot < 0)
        {
            return false;
        }

        session.AddInFlight(1);
        var work = services.Intake[slot];
        work.Reset(EventKind.Logon, Now(), Stopwatch.GetTimestamp());
        Address(work, outlet);
        work.Window = window;
        work.LastNumberHeld = lastNumberHeld;
        services.Intake.Publish(slot, 1);
        return true;
    }

    private long Now() => services.Clock.GetUnixMicroseconds();

    private void Fill(long first)
    {
        int count = _pending.Count;
        long receivedAt = Now();
        long receivedTicks = Stopwatch.GetTimestamp();
        session.AddInFlight(count);
        for (int i = 0; i < count; i++)
        {
            var frame = _pending[i];
            FillOne(services.Intake[first + i], frame.Type, frame.Payload, null, receivedAt, receivedTicks);
        }

        services.Intake.Publish(first, count);
        _pending.Clear();
    }

    private void FillOne(
        TxEvent work, MessageType type, in ReadOnlySequence<byte> payload, FetchedRow? carried, long receivedAt, long receivedTicks)
    {
        var kind = type switch
        {
            MessageType.StatusQuery => EventKind.Status,
            MessageType.PersonRequest => EventKind.Person,
            _ => EventKind.Transaction,
        };
        work.Reset(kind, receivedAt, receivedTicks);
        work.ArrivedTicks = ArrivedTicks;
        Address(work, session.Outlet);
        work.Type = type;
        work.Carried = carried;
        if (payload.IsSingleSegment)
        {
            FillCommand(work, type, payload.FirstSpan);
            return;
        }

        byte[] whole = ArrayPool<byte>.Shared.Rent((int)payload.Length);
        payload.CopyTo(whole);
        FillCommand(work, type, whole.AsSpan(0, (int)payload.Length));
        ArrayPool<byte>.Shared.Return(whole);
    }

    private static void FillCommand(TxEvent work, MessageType type, ReadOnlySpan<byte> payload)
    {
        work.Sequence = BinaryPrimitives.ReadInt64LittleEndian(payload[sizeof(uint)..]);
        if (type == MessageType.StatusQuery)
        {
            return;
        }

        if (type == MessageType.PersonRequest)
        {
            payload.Slice(sizeof(uint) + sizeof(ulong), PersonAnswers.CommandBytes).CopyTo(work.Command);
            return;
        }

        const int DeadlineAt = sizeof(uint) + sizeof(ulong);
        var body = payload[Wire.TransactionHeaderBytes..];
        work.ReserveCommand(SystemCommand.DeadlineBytes + body.Length);
        payload.Slice(DeadlineAt, SystemCommand.DeadlineBytes).CopyTo(work.Command);
        var destination = work.Command.AsSpan(SystemCommand.DeadlineBytes);
        int length = CanonicalBody.Copy(type, body, destination);
        work.BodyReadable = length >= 0;
        if (!work.BodyReadable)
        {
            body.CopyTo(destination);
            length = body.Length;
        }

        work.CommandBytes = SystemCommand.DeadlineBytes + length;
        work.Fingerprint = Fingerprint.Of(type, destination[..length]);
    }

    private void Address(TxEvent work, int outlet)
    {
        work.Session = session;
        work.SessionId = session.Id;
        work.Source = session.Source;
        work.Outlet = outlet;
    }
}

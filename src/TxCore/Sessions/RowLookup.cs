using System.Buffers;
using Microsoft.Extensions.Logging;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;

namespace TxCore.Sessions;

/// <summary>
/// Finds, beside the ring, the old row that a frame needs: the ticket of a cancellation or payment, the original of a reversal, the
/// decision of a repeat that is no longer in memory. Rows are immutable, so it does not matter when they are read; what may have
/// changed since is state, and decide knows it.
/// </summary>
internal static class RowLookup
{
    private const int BodyBytes = 64;

    /// <summary>True when the frame cannot be decided from memory alone. <paramref name="inFlight"/> decisions may be forgotten before its turn.</summary>
    public static bool IsNeeded(MessageType type, in ReadOnlySequence<byte> payload, SourceState source, int inFlight)
    {
        Span<byte> head = stackalloc byte[BodyBytes];
        var reader = Start(in payload, head, out long sequence);
        if (sequence < source.Next)
        {
            return sequence < source.RecentFloor + inFlight;
        }

        return type switch
        {
            MessageType.Cancel or MessageType.Pay or MessageType.VoucherRedeem or MessageType.SupervisorResolve or MessageType.RacePublish
                or MessageType.TicketReturn or MessageType.DrawFreeze or MessageType.DrawRun => true,
            MessageType.Reversal => ReadOriginal(ref reader) != sequence,
            _ => false,
        };
    }

    /// <summary>Fetches the row; the connection has nothing in flight, so everything of its source is durable. Null when there is none.</summary>
    public static async ValueTask<(bool Found, Preparation Prepared)> FetchAsync(
        MessageType type, ReadOnlySequence<byte> payload, SourceState source, SessionServices services, CancellationToken cancellationToken)
    {
        try
        {
            if (type is (MessageType.RacePublish or MessageType.DrawFreeze or MessageType.DrawRun) && !IsRepeat(in payload, source))
            {
                return (true, await PrepareAsync(type, payload, services, cancellationToken));
            }

            var (sequence, number) = Wanted(type, in payload, source);
            if (number != 0)
            {
                return (true, new Preparation(services.Recent.Find(number) ?? await services.Reader.FindByNumberAsync(number, cancellationToken)));
            }

            if (sequence < 1 || sequence >= source.Next)
            {
                return (true, default);
            }

            var row = await services.Reader.FindBySequenceAsync(source.Id, sequence, source.NumberAtOrAfter(sequence), cancellationToken);
            return (row is not null, new Preparation(row));
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // The store may be away; the client is told BUSY and sends again. Nothing was decided.
            services.Logger.LookupFailed(source.Id, fault);
            return (false, default);
        }
    }

    private static bool IsRepeat(in ReadOnlySequence<byte> payload, SourceState source)
    {
        Span<byte> head = stackalloc byte[BodyBytes];
        _ = Start(in payload, head, out long sequence);
        return sequence < source.Next;
    }

    /// <summary>
    /// Counts a race for its publication, works out the list or order of a draw; a body that cannot be read is refused by decide and needs
    /// nothing. Only a draw whose close is committed is looked at.
    /// </summary>
    private static async ValueTask<Preparation> PrepareAsync(
        MessageType type, ReadOnlySequence<byte> payload, SessionServices services, CancellationToken cancellationToken)
    {
        byte[] bytes = payload.ToArray();
        if (type == MessageType.RacePublish)
        {
            return Frame.TryDecode<RacePublish>(bytes, out var publish)
                ? new Preparation(null, await services.Settler.SettleAsync(publish, cancellationToken))
                : default;
        }

        if (type == MessageType.DrawFreeze)
        {
            bool isClosed = Frame.TryDecode<DrawFreeze>(bytes, out var freeze) && services.Ticketing.StatusOf(freeze.Draw) == DrawStatus.Closed;
            return isClosed && services.Draws.TryGetList(freeze.Draw, out var list)
                ? new Preparation(null, List: await list.WaitAsync(cancellationToken))
                : default;
        }

        return Frame.TryDecode<DrawRun>(bytes, out var run) && services.Ticketing.StatusOf(run.Draw) == DrawStatus.Frozen
            ? new Preparation(null, Order: await services.Draws.OrderAsync(run).WaitAsync(cancellationToken))
            : default;
    }

    /// <summary>The sequence (of the same source) or the number whose row is wanted; a repeat wants its own sequence.</summary>
    private static (long Sequence, long Number) Wanted(MessageType type, in ReadOnlySequence<byte> payload, SourceState source)
    {
        Span<byte> head = stackalloc byte[BodyBytes];
        var reader = Start(in payload, head, out long sequence);
        if (sequence < source.Next)
        {
            return (sequence, 0);
        }

        if (type == MessageType.Reversal)
        {
            return (ReadOriginal(ref reader), 0);
        }

        reader.Bytes(type switch
        {
            MessageType.SupervisorResolve => Wire.ControlHeaderBytes,
            MessageType.TicketReturn => 8,
            _ => 8 + 4,
        });
        long number = reader.Int64();
        return (0, reader.Failed || number < 1 ? -1 : number);
    }

    private static WireReader Start(in ReadOnlySequence<byte> payload, Span<byte> head, out long sequence)
    {
        int length = (int)Math.Min(payload.Length, head.Length);
        payload.Slice(0, length).CopyTo(head);
        var reader = new WireReader(head[..length]);
        reader.UInt32();
        sequence = reader.Int64();
        reader.Int64();
        return reader;
    }

    private static long ReadOriginal(ref WireReader reader)
    {
        reader.Bytes(8 + 4);
        return reader.Int64();
    }
}

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
            MessageType.Cancel or MessageType.Pay or MessageType.VoucherRedeem or MessageType.SupervisorResolve or MessageType.RacePublish => true,
            MessageType.Reversal => ReadOriginal(ref reader) != sequence,
            _ => false,
        };
    }

    /// <summary>Fetches the row; the connection has nothing in flight, so everything of its source is durable. Null when there is none.</summary>
    public static async ValueTask<(bool Found, FetchedRow? Row, byte[]? Settlement)> FetchAsync(
        MessageType type, ReadOnlySequence<byte> payload, SourceState source, SessionServices services, CancellationToken cancellationToken)
    {
        try
        {
            if (type == MessageType.RacePublish && !IsRepeat(in payload, source))
            {
                return (true, null, await SettleAsync(payload, services, cancellationToken));
            }

            var (sequence, number) = Wanted(type, in payload, source);
            if (number != 0)
            {
                return (true, await services.Reader.FindByNumberAsync(number, cancellationToken), null);
            }

            if (sequence < 1 || sequence >= source.Next)
            {
                return (true, null, null);
            }

            var row = await services.Reader.FindBySequenceAsync(source.Id, sequence, source.NumberAtOrAfter(sequence), cancellationToken);
            return (row is not null, row, null);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // The store may be away; the client is told BUSY and sends again. Nothing was decided.
            services.Logger.LookupFailed(source.Id, fault);
            return (false, null, null);
        }
    }

    private static bool IsRepeat(in ReadOnlySequence<byte> payload, SourceState source)
    {
        Span<byte> head = stackalloc byte[BodyBytes];
        _ = Start(in payload, head, out long sequence);
        return sequence < source.Next;
    }

    /// <summary>Counts a race for its publication; a body that cannot be read is refused by decide and needs none.</summary>
    private static async ValueTask<byte[]?> SettleAsync(
        ReadOnlySequence<byte> payload, SessionServices services, CancellationToken cancellationToken) =>
        Frame.TryDecode<RacePublish>(payload.ToArray(), out var publish) ? await services.Settler.SettleAsync(publish, cancellationToken) : null;

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

        reader.Bytes(type == MessageType.SupervisorResolve ? Wire.ControlHeaderBytes : 8 + 4);
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

using CsCheck;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Tests.Support;
using TxCore.Wagering;

namespace TxCore.Tests.Sessions;

/// <summary>The encoder of the hot path writes what the messages would write.</summary>
public sealed class AnswerEncoderTests
{
    private static readonly AnswerEncoder Encoder = new(TestShard.Identity, TestShard.Keys);

    private static readonly MessageType[] Kinds = [MessageType.Wager, MessageType.Confirm, MessageType.Hold, MessageType.RaceStop];

    private static readonly Gen<TxEvent> Answered = Gen.Select(
        Gen.Select(Gen.UInt, Gen.ULong, Gen.ULong, Gen.Long), Gen.Int[0, 3].Select(static i => Kinds[i]),
        Gen.Bool.Select(static taken => taken ? ResultCode.Accepted : ResultCode.SoldOut), Gen.Select(Gen.Bool, Gen.Byte[0, 8], Gen.Long, Gen.Long), Gen.Byte,
        static (name, kind, code, state, fault) => new TxEvent
        {
            Source = name.Item1,
            Sequence = (long)name.Item2,
            NextSequence = (long)name.Item3,
            KeyEpoch = (ushort)(1 + (fault & 1)),
            IsRepeat = state.Item1,
            State = (PresentState)state.Item2,
            AnswerCode = (fault & 1) == 0 ? ResultCode.Busy : ResultCode.SequenceGap,
            Status = (TransactionStatus)(1 + (fault % 3)),
            Entry = new Entry
            {
                Source = name.Item1,
                Sequence = (long)name.Item2,
                Kind = kind,
                Code = code,
                Number = name.Item4 & long.MaxValue,
                SequencedAt = state.Item3,
                BusinessDay = 20251105,
                AmountCents = state.Item4,
                ExpiresAt = ~state.Item3,
                Reference = ~state.Item4,
                FaultLine = fault,
                FaultField = (BodyField)(fault % 28),
            },
        });

    [Fact]
    public void Every_answer_is_the_frame_of_its_message() => Answered.Sample(static work =>
    {
        bool repeat = work.IsRepeat;
        work.Answer = AnswerKind.Outcome;
        Assert.Equal(Frame.Encode(OutcomeOf(work, repeat)), Written(work));
        work.Answer = AnswerKind.NotDecided;
        uint wait = work.AnswerCode == ResultCode.Busy ? AnswerEncoder.RetryAfterMilliseconds : 0;
        Assert.Equal(Frame.Encode(new NotDecided(work.Source, (ulong)work.Sequence, work.AnswerCode, (ulong)work.NextSequence, wait)), Written(work));
        work.Answer = AnswerKind.Status;
        ulong next = work.Status == TransactionStatus.Pending ? 0 : (ulong)work.NextSequence;
        var outcome = work.Status == TransactionStatus.Decided ? OutcomeOf(work, true) : null;
        Assert.Equal(Frame.Encode(new StatusReply(work.Source, (ulong)work.Sequence, work.Status, next, outcome)), Written(work));
        work.Answer = AnswerKind.None;
        Assert.Empty(Written(work));
    });

    [Fact]
    public void A_refusal_beside_the_ring_is_the_frame_of_its_message()
    {
        byte[] frame = new byte[64];
        int length = AnswerEncoder.WriteNotDecided(11, 5, ResultCode.Busy, frame);
        Assert.Equal(Frame.Encode(new NotDecided(11, 5, ResultCode.Busy, 0, 100)), frame[..length]);
    }

    private static byte[] Written(TxEvent work)
    {
        byte[] frame = new byte[AnswerEncoder.FrameBytesMax];
        return frame[..Encoder.Write(work, frame)];
    }

    private static Outcome OutcomeOf(TxEvent work, bool repeat)
    {
        var entry = work.Entry;
        bool prints = entry.Code == ResultCode.Accepted
            && ((entry.Kind == MessageType.Wager && work.State == PresentState.Live) || (entry.Kind == MessageType.Confirm && work.State == PresentState.Confirmed));
        byte[] serial = new byte[Receipt.SerialChars];
        Receipt.WriteSerial(entry.Number, serial);
        byte[] code = new byte[Receipt.ControlCodeChars];
        Receipt.WriteControlCode(TestShard.Keys[work.KeyEpoch], TestShard.Identity.Shard, in entry, code);
        return new Outcome(
            entry.Source, (ulong)entry.Sequence, entry.Kind, entry.Code, repeat, work.State, (ulong)entry.Number, entry.SequencedAt, (uint)entry.BusinessDay,
            entry.AmountCents, entry.ExpiresAt, (ulong)entry.Reference, entry.FaultLine, entry.FaultField,
            prints ? System.Text.Encoding.ASCII.GetString(serial) : "", prints ? System.Text.Encoding.ASCII.GetString(code) : "", []);
    }
}

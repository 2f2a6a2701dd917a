using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Simulation.Clients;

/// <summary>What a client does besides: repeats, changed repeats, gaps, questions.</summary>
internal abstract partial class SimClient
{
    /// <summary>Sequences that were sent again with changed content on this connection, whose conflict is awaited; the number of repeats that are.</summary>
    private readonly Dictionary<long, int> _conflicts = [];
    private readonly Dictionary<long, int> _repeats = [];

    private void ForgetProbes()
    {
        _conflicts.Clear();
        _repeats.Clear();
    }

    private void Probe()
    {
        switch (Random.Next(8))
        {
            case 0 or 1:
                Repeat();
                break;
            case 2:
                SendChanged();
                break;
            case 3:
                SendBeyond();
                break;
            case 4 or 5:
                Ask(Random.Percent(50) ? Random.Between(1, Submissions.Count + 2) : LowestUnanswered);
                break;
            case 6:
                Send(Frame.Encode(new PoolTotalsRequest(AdminClient.RaceOf(Random.Between(1, 4)), 0)));
                break;
            default:
                Send(Frame.Encode(new Heartbeat(World.Now, 0, 0)));
                break;
        }
    }

    private void Ask(long sequence)
    {
        _link!.Asked.TryAdd(sequence, World.Check.DecidedOf(Source));
        Send(Frame.Encode(new StatusQuery(Source, (ulong)sequence)));
    }

    private void Repeat()
    {
        if (PickAnswered() is { } answered)
        {
            _repeats[answered.Sequence] = _repeats.GetValueOrDefault(answered.Sequence) + 1;
            World.Say($"source {Source} repeats {answered.Sequence}");
            Send(answered.Content.Frame);
        }
    }

    /// <summary>Sends a decided sequence again, with another clerk's time in it: other content.</summary>
    private void SendChanged()
    {
        if (PickAnswered() is { Code: not ResultCode.ReversedBeforeArrival, Before: null } answered && answered.Content.Type != MessageType.Reversal)
        {
            byte[] frame = [.. answered.Content.Frame];
            frame[Wire.HeaderBytes + Wire.TransactionHeaderBytes] ^= 0x55;
            _conflicts[answered.Sequence] = _conflicts.GetValueOrDefault(answered.Sequence) + 1;
            World.Say($"source {Source} changes {answered.Sequence}");
            Send(frame);
        }
    }

    /// <summary>Skips sequences that it has not begun.</summary>
    private void SendBeyond()
    {
        long sequence = Submissions.Count + Random.Between(2, 5);
        Send(Frame.Encode(new Release(new TransactionHeader(Source, (ulong)sequence, 0), 1, 1, 0)));
    }

    private Submission? PickAnswered()
    {
        if (Submissions.Count == 0)
        {
            return null;
        }

        int back = Random.Percent(60) ? Random.Between(1, 20) : Random.Between(1, Submissions.Count);
        int index = Math.Max(0, (int)Math.Min(LowestUnanswered - 1, Submissions.Count) - back);
        return Submissions[index] is { IsAnswered: true } answered ? answered : null;
    }
}

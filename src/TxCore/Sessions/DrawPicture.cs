using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Ticketing.Draws;

namespace TxCore.Sessions;

/// <summary>A draw as of the last commit, built from committed changes alone.</summary>
internal sealed class DrawPicture
{
    public DrawPicture(DrawDefine definition) => State = new DrawState(
        definition.Draw, DrawStatus.Draft, 0, 0, definition.Name, definition.ClosesAt, 0, 0, [], [], [], 0, [], [], [], [], [], []);

    public DrawPicture(Draw draw) => State = new DrawState(
        draw.Id, draw.Status, 0, 0, draw.Name, draw.ClosesAt, (uint)draw.Entries.Count, (uint)draw.Entries.StruckCount, draw.Root, draw.Commitment,
        draw.BeaconChain, draw.BeaconRound, draw.Randomness, draw.Signature, draw.Secret, draw.OrderHash, draw.OrderRoot,
        [.. draw.Waves.Select(static wave => wave.State)]);

    public DrawState State { get; private set; }

    /// <summary>Takes in the counters of a committed event.</summary>
    public void Count(int entries, int struck) => State = State with { Entries = (uint)entries, Struck = (uint)struck };

    /// <summary>Takes in a wave, new or changed.</summary>
    public void Set(WaveState wave)
    {
        if (wave.Wave > State.Waves.Length)
        {
            State = State with { Waves = [.. State.Waves, wave] };
            return;
        }

        State.Waves[wave.Wave - 1] = wave;
    }

    /// <summary>Takes in a committed control.</summary>
    public void Apply(in StateChange change, TxEvent work)
    {
        State = State with { Status = (DrawStatus)change.State };
        switch (change.Change)
        {
            case MessageType.DrawFreeze:
                var freeze = Bodies.Decode<DrawFreeze>(work.Body);
                State = State with
                {
                    Root = freeze.Root,
                    Commitment = freeze.Commitment,
                    BeaconChain = freeze.BeaconChain,
                    BeaconRound = freeze.BeaconRound,
                };
                break;
            case MessageType.DrawRun:
                var run = Bodies.Decode<DrawRun>(work.Body);
                var addendum = work.CommandSpan[Addendum.Start(MessageType.DrawRun, work.CommandSpan)..];
                State = State with
                {
                    Randomness = run.Randomness,
                    Signature = run.Signature,
                    Secret = run.Secret,
                    OrderHash = addendum[..Wire.HashBytes].ToArray(),
                    OrderRoot = addendum[Wire.HashBytes..].ToArray(),
                };
                break;
        }
    }
}

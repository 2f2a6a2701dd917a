using System.Security.Cryptography;
using System.Text;
using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Lottery;

/// <summary>Closes, freezes, runs and publishes the draw, trying each step wrongly first. List, root and commitment are the tool's own.</summary>
internal sealed class DrawDesk(ControlRoom room, OwnDraw draw, int seed)
{
    private const string Beacon = "witness-load";
    private const ulong Round = 1;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PreparedWithin = TimeSpan.FromMinutes(5);

    private readonly byte[] _secret = SHA256.HashData(Encoding.ASCII.GetBytes($"secret {seed}"));
    private readonly byte[] _randomness = SHA256.HashData(Encoding.ASCII.GetBytes($"witness {seed}"));
    private readonly List<string> _wrong = [];

    /// <summary>The rules of this desk.</summary>
    public CheckResult Check() => new(
        "the draw's controls are refused until they are right, and list, root and order are the tool's own", _wrong.Count, _wrong);

    /// <summary>Ends registration and waits until the server tells the root of the list.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await room.DoAsync(Control, room.Client.DrawCloseAsync(LotteryPlan.Draw, ControlRoom.OneActor, cancellationToken));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(PreparedWithin);
        DrawState state;
        while ((state = await room.Client.DrawStateAsync(LotteryPlan.Draw, limit.Token)).Root.Length == 0)
        {
            await Task.Delay(Step, limit.Token);
        }

        Compare("entries of the list", state.Entries == draw.Entries, $"{state.Entries}, own {draw.Entries}");
        Compare("root of the list", state.Root, draw.Root);
    }

    public async Task FreezeAsync(CancellationToken cancellationToken)
    {
        var freeze = new DrawFreeze(
            default, ControlRoom.TwoActors, LotteryPlan.Draw, (uint)draw.Entries, draw.Root, draw.Commitment(LotteryPlan.DrawName, _secret), Round,
            Encoding.ASCII.GetBytes(Beacon));
        await ExpectAsync(freeze with { Control = ControlRoom.OneActor }, ResultCode.SecondActorNeeded, cancellationToken);
        await ExpectAsync(freeze with { Entries = freeze.Entries + 1 }, ResultCode.DrawListDiffers, cancellationToken);
        await ExpectAsync(freeze with { Root = SHA256.HashData(draw.Root) }, ResultCode.DrawListDiffers, cancellationToken);
        await ExpectAsync(freeze, ResultCode.Accepted, cancellationToken);
        await ExpectAsync(freeze, ResultCode.DrawStateInvalid, cancellationToken);
    }

    /// <summary>Draws, in the tool first.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var run = new DrawRun(default, ControlRoom.TwoActors, LotteryPlan.Draw, _secret, _randomness, []);
        await ExpectAsync(run with { Control = ControlRoom.OneActor }, ResultCode.SecondActorNeeded, cancellationToken);
        await ExpectAsync(run with { Secret = _randomness }, ResultCode.SecretInvalid, cancellationToken);
        await ExpectAsync(run with { Signature = _secret }, ResultCode.BeaconInvalid, cancellationToken);
        await ExpectAsync(run, ResultCode.Accepted, cancellationToken);
    }

    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        var outcome = await room.NoteAsync(
            Control, room.Client.DrawPublishAsync(LotteryPlan.Draw, ControlRoom.OneActor, cancellationToken));
        Compare("publishing by one person", outcome.Code == ResultCode.SecondActorNeeded, $"{outcome.Code}");
        await room.DoAsync(Control, room.Client.DrawPublishAsync(LotteryPlan.Draw, ControlRoom.TwoActors, cancellationToken));
    }

    /// <summary>Draws by the tool's own means and compares what the server published. Its state is told up to half a second late.</summary>
    public async Task CompareOrderAsync(CancellationToken cancellationToken)
    {
        draw.Run(LotteryPlan.DrawName, _secret, _randomness);
        DrawState state;
        while ((state = await room.Client.DrawStateAsync(LotteryPlan.Draw, cancellationToken)).Status < DrawStatus.Published)
        {
            await Task.Delay(Step, cancellationToken);
        }

        Compare("hash of the order", state.OrderHash, draw.OrderHash);
        Compare("root of the order", state.OrderRoot, draw.OrderRoot);
        Compare("revealed secret", state.Secret, _secret);
        Compare("randomness", state.Randomness, _randomness);
        Compare("commitment", state.Commitment, draw.Commitment(LotteryPlan.DrawName, _secret));
    }

    public static DrawControl Control { get; } = new(default, ControlRoom.OneActor, LotteryPlan.Draw);

    private async Task ExpectAsync<T>(T control, ResultCode code, CancellationToken cancellationToken)
        where T : IMessage<T>
    {
        var outcome = await room.AskAsync(control, cancellationToken);
        Compare($"{T.Type}, to be {code}", outcome.Code == code, $"{outcome.Code}, field {outcome.Field}");
        if (code == ResultCode.Accepted && outcome.Code != code)
        {
            throw new InvalidOperationException($"The server refused {T.Type}: {outcome.Code}, field {outcome.Field}.");
        }
    }

    private void Compare(string what, byte[] told, byte[] own) =>
        Compare(what, told.AsSpan().SequenceEqual(own), $"{Convert.ToHexStringLower(told)}, own {Convert.ToHexStringLower(own)}");

    private void Compare(string what, bool holds, string found)
    {
        if (!holds)
        {
            _wrong.Add($"{what}: {found}");
        }
    }
}

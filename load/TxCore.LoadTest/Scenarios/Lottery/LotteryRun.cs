using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Validation;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Lottery;

/// <summary>A whole lottery: registration, list, freeze, draw, waves, waiting list, free sale, until every seat is sold; kills in between; checks.</summary>
internal sealed class LotteryRun(LotterySettings settings, TimeProvider clock, TextWriter output)
{
    /// <summary>Persons in a frontend's hands at once.</summary>
    private const int ServedAtOnceOfFrontend = 512;
    private const int ServedAtOnce = ServedAtOnceOfFrontend * LotterySettings.FrontendCount;
    private const int PersonSamples = 200;

    private readonly LotteryPlan _plan = new(settings.Registrations);

    public async Task<RunRecord> RunAsync(CancellationToken cancellationToken)
    {
        // 1. A database, a server, and everything defined.
        await using var stage = await TicketStage.StartAsync(
            LotterySettings.Identity, LotterySettings.Administrator, LotterySettings.Frontends, LotterySettings.AnswerTimeout, settings.Seed, clock, output,
            cancellationToken);
        var registration = new Registration(stage.Desk, settings.Registrations, ServedAtOnceOfFrontend);
        await DefineAsync(stage.Room, registration, cancellationToken);

        // 2. Registration, the list and the draw.
        await stage.TimeAsync("registration", () => Task.WhenAll(registration.RunAsync(), KillAsync(stage, 0, settings.Registrations, cancellationToken)));
        OwnDraw draw = null!;
        await stage.TimeAsync("own list and root", () => Task.Run(() => draw = new OwnDraw(registration.Entered, stage.Keys), cancellationToken));
        var desk = new DrawDesk(stage.Room, draw, settings.Seed);
        await stage.TimeAsync("close, list and root", () => desk.CloseAsync(cancellationToken));
        await stage.TimeAsync("freeze", () => desk.FreezeAsync(cancellationToken));
        await stage.TimeAsync("run", () => desk.RunAsync(cancellationToken));
        await stage.TimeAsync("publish", () => desk.PublishAsync(cancellationToken));
        await stage.TimeAsync("own draw", () => desk.CompareOrderAsync(cancellationToken));
        var later = registration.Exclusion(Registration.Excluded, Registration.ExcludedLater);
        await stage.Room.DoAsync(later, stage.Room.Client.DrawExcludeAsync(later, cancellationToken));

        // 3. Both phases of the sale.
        var buyer = new Buyer(stage.Desk);
        var waiting = new WaitingRoom(stage.Desk, buyer);
        var buyers = new PackBuyers(stage.Desk, _plan, draw, registration, buyer, waiting, settings.Seed);
        var waves = new WaveSale(stage.Room, _plan, draw, buyers, buyer, clock, ServedAtOnce);
        var free = new FreeSale(stage.Room, stage.Desk, _plan, buyer, clock, settings.Registrations, ServedAtOnce, settings.Seed);
        await RunWavesAsync(stage, waves, waiting, cancellationToken);
        await free.OpenAsync(cancellationToken);
        await free.CollectAsync([draw.PersonAt(1), draw.PersonAt(2), settings.Registrations]);
        await stage.TimeAsync("free sale", () => free.DropAsync(comers => KillAsync(stage, _plan.Waves + 1, comers, cancellationToken), cancellationToken));
        await stage.TimeAsync("last seats", () => free.SellOffAsync(cancellationToken));

        // 4. What everybody is told, and the checks.
        var random = new Random(settings.Seed);
        int[] samples = [.. Enumerable.Range(0, PersonSamples).Select(_ => random.Next(settings.Registrations + 10)), 0];
        ToldAtEnd told = null!;
        await stage.TimeAsync(
            "payment list",
            async () => told = await stage.AskAsync(samples, LotteryPlan.Draw, [LotteryPlan.PackSale, LotteryPlan.FreeSale], cancellationToken));
        var rules = new OwnSaleRules(stage.Book, new OwnLottery(stage.Keys) { Draw = draw });
        var result = await stage.CheckAsync(rules, told, [desk.Check(), Answered(registration)], cancellationToken);
        var proofs = await new DrawProof(stage, draw).RunAsync(draw.PersonAt(1), cancellationToken);
        result = result with { Validation = result.Validation with { Checks = [.. result.Validation.Checks, .. proofs] } };
        return TicketReport.Build("lottery", settings.Describe(), settings.Seed, stage, result, buyers.SeatsWanted + free.SeatsWanted, waves.Ranks, settings.Kills);
    }

    private async Task DefineAsync(ControlRoom room, Registration registration, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var draw = _plan.DrawDefinition(now, settings.Registrations);
        await room.DoAsync(draw, room.Client.DrawDefineAsync(draw, cancellationToken));
        foreach (var (sale, cells) in new[] { (_plan.PackDefinition(now), _plan.PackCells), (LotteryPlan.FreeDefinition(now), _plan.FreeCells) })
        {
            await room.DoAsync(sale, room.Client.SaleDefineAsync(sale, cancellationToken));
            var definition = new CellsDefine(default, ControlRoom.OneActor, sale.Sale, [.. cells]);
            await room.DoAsync(definition, room.Client.CellsDefineAsync(definition, cancellationToken));
        }

        await room.DoAsync(
            new SaleControl(default, ControlRoom.OneActor, LotteryPlan.PackSale),
            room.Client.SaleOpenAsync(LotteryPlan.PackSale, ControlRoom.OneActor, cancellationToken));
        await room.DoAsync(DrawDesk.Control, room.Client.DrawOpenAsync(LotteryPlan.Draw, ControlRoom.OneActor, cancellationToken));
        var exclude = registration.Exclusion(0, Registration.Excluded);
        await room.DoAsync(exclude, room.Client.DrawExcludeAsync(exclude, cancellationToken));
    }

    private async Task RunWavesAsync(TicketStage stage, WaveSale waves, WaitingRoom waiting, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var following = waiting.FollowAsync(ending.Token);
        try
        {
            for (int wave = 1; wave <= _plan.Waves; wave++)
            {
                int number = wave;
                await stage.TimeAsync($"wave {number}", () => waves.RunAsync(number, comers => KillAsync(stage, number, comers, cancellationToken), cancellationToken));
            }

            await stage.TimeAsync("rest to phase 2", () => waves.CloseAsync(cancellationToken));
        }
        finally
        {
            await ending.CancelAsync();
        }

        await following;
    }

    /// <summary>Kills when a third of a crowd was answered. Places are the registration, the waves, the free sale; the first kills take the first of them.</summary>
    private Task KillAsync(TicketStage stage, int place, int comers, CancellationToken cancellationToken) =>
        place < settings.Kills ? stage.KillAfterAsync(place, comers / 3, cancellationToken) : Task.CompletedTask;

    private static CheckResult Answered(Registration registration) => new(
        "every registration and withdrawal was answered as the order of the person's own steps demands", registration.Wrong, []);
}

using System.Text;
using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Demo;

/// <summary>
/// Defines and opens what is on sale, through the protocol as an administrator would. The controls go into the journal too: they are
/// part of what must be in the database.
/// </summary>
internal sealed class Opening(TxCoreClient administrator, Journal journal)
{
    private static readonly TimeSpan DrawClosesAfter = TimeSpan.FromHours(12);
    private static readonly ControlHeader Control = new(Actor: 1, SecondActor: 0, Reason: 0);

    public async Task OpenRacesAsync(RaceCard card, CancellationToken cancellationToken)
    {
        foreach (var race in card.Races)
        {
            Keep(await administrator.RaceDefineAsync(card.Definition(race, Control), cancellationToken));
            Keep(await administrator.RaceScratchAsync(race.Id, race.Scratched, Control, cancellationToken));
            Keep(await administrator.RaceOpenAsync(race.Id, Control, cancellationToken));
        }
    }

    public async Task OpenSaleAsync(SeatPlan plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Keep(await administrator.SaleDefineAsync(plan.Definition(now, Control), cancellationToken));
        Keep(await administrator.CellsDefineAsync(new CellsDefine(default, Control, plan.Sale, plan.Cells), cancellationToken));
        Keep(await administrator.SaleOpenAsync(plan.Sale, Control, cancellationToken));
    }

    public async Task StopRaceAsync(RaceId race, CancellationToken cancellationToken) =>
        Keep(await administrator.RaceStopAsync(race, Control, cancellationToken));

    public async Task OpenDrawAsync(uint draw, DateTimeOffset now, uint consent, CancellationToken cancellationToken)
    {
        const uint entriesMax = 10_000_000;
        long closesAt = (now + DrawClosesAfter).ToUnixTimeMilliseconds() * 1_000;
        var definition = new DrawDefine(default, Control, draw, Encoding.ASCII.GetBytes($"LOAD-{draw}"), closesAt, entriesMax, consent, PersonMax: 0);
        Keep(await administrator.DrawDefineAsync(definition, cancellationToken));
        Keep(await administrator.DrawOpenAsync(draw, Control, cancellationToken));
    }

    private void Keep(SubmitResult result)
    {
        if (!result.IsAccepted)
        {
            throw new InvalidOperationException($"The server refused {result.Outcome.TransactionType}: {result.Code}, field {result.Outcome.Field}.");
        }

        var entry = new JournalEntry
        {
            Source = administrator.Source,
            Sequence = result.Sequence,
            Kind = result.Outcome.TransactionType,
            ExpectedCode = ResultCode.Accepted,
        };
        entry.Answer(result.Outcome);
        journal.Append(in entry, []);
    }
}

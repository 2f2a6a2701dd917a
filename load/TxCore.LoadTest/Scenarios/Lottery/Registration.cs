using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Lottery;

/// <summary>
/// Registers everybody, through all frontends, with as many at once as their windows take. Most register and are done; some come a second
/// time, forget a consent, withdraw, register again. Each person's answers are known beforehand, in whatever order the persons come.
/// </summary>
internal sealed class Registration(TicketDesk desk, int persons, int atOnceOfFrontend)
{
    /// <summary>Persons who are excluded before they could register.</summary>
    public const int Excluded = 50;

    /// <summary>Persons behind them who are excluded after the draw was published.</summary>
    public const int ExcludedLater = 20;

    private const uint Script = 1;
    private int _next;
    private long _wrong;

    /// <summary>Answers that were not the one right answer.</summary>
    public long Wrong => Volatile.Read(ref _wrong);

    /// <summary>Everybody who has an entry, withdrawn or not.</summary>
    public IReadOnlyList<int> Entered { get; } = [.. Enumerable.Range(Excluded, persons - Excluded)];

    /// <summary>A person whose entry is struck when registration ends.</summary>
    public bool IsWithdrawn(int person) => desk.Keys.Fate(person, Script) % 1000 is >= 10 and < 20;

    public Task RunAsync() => Task.WhenAll(Enumerable.Range(0, atOnceOfFrontend * desk.Frontends).Select(worker => Task.Run(() => ServeAsync(worker))));

    /// <summary>Excludes persons, by their keys.</summary>
    public DrawExclude Exclusion(int first, int count) =>
        new(default, ControlRoom.TwoActors, LotteryPlan.Draw, [.. Enumerable.Range(first, count).Select(desk.Keys.Of)]);

    private async Task ServeAsync(int worker)
    {
        while (Interlocked.Increment(ref _next) - 1 is var person && person < persons)
        {
            await RegisterAsync(worker, person).ConfigureAwait(false);
        }
    }

    private async Task RegisterAsync(int frontend, int person)
    {
        uint fate = desk.Keys.Fate(person, Script) % 1000;
        if (fate is >= 30 and < 35)
        {
            await ExpectAsync(desk.RegisterAsync(frontend, LotteryPlan.Draw, person, consent: 1), ResultCode.ConsentMissing).ConfigureAwait(false);
        }

        bool isExcluded = person < Excluded;
        await ExpectAsync(
            desk.RegisterAsync(frontend, LotteryPlan.Draw, person, LotteryPlan.Consent),
            isExcluded ? ResultCode.PersonExcluded : ResultCode.Accepted).ConfigureAwait(false);
        if (isExcluded || fate >= 30)
        {
            return;
        }

        // The others come a second time, at another frontend.
        int other = frontend + 1;
        if (fate < 10)
        {
            await ExpectAsync(desk.RegisterAsync(other, LotteryPlan.Draw, person, LotteryPlan.Consent), ResultCode.AlreadyRegistered).ConfigureAwait(false);
            return;
        }

        await ExpectAsync(desk.WithdrawAsync(other, LotteryPlan.Draw, person), ResultCode.Accepted).ConfigureAwait(false);
        if (fate < 12)
        {
            await ExpectAsync(desk.WithdrawAsync(frontend, LotteryPlan.Draw, person), ResultCode.NotRegistered).ConfigureAwait(false);
        }
        else if (fate >= 20)
        {
            await ExpectAsync(desk.RegisterAsync(frontend, LotteryPlan.Draw, person, LotteryPlan.Consent), ResultCode.Accepted).ConfigureAwait(false);
        }
    }

    private async Task ExpectAsync(Task<Outcome?> asked, ResultCode code)
    {
        if (await asked.ConfigureAwait(false) is { } outcome && outcome.Code != code)
        {
            Interlocked.Increment(ref _wrong);
        }
    }
}

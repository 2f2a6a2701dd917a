using System.Diagnostics;
using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Validation;
using TxCore.Postgres.PrivatePostgres;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;

namespace TxCore.LoadTest.Scenarios;

/// <summary>What a part of a ticket sale took.</summary>
/// <param name="Name">The part.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Count">Transactions decided in it.</param>
/// <param name="PerSecond">Their rate.</param>
internal sealed record PartTime(string Name, double Seconds, long Count, double PerSecond);

/// <summary>A ticket sale's database, server, administrator and frontends, and everything that is noted of it.</summary>
internal sealed class TicketStage : IAsyncDisposable
{
    private static readonly TimeSpan FdatasyncTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KillStep = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan KnockStep = TimeSpan.FromMilliseconds(10);
    private const int PaymentsPageMax = 500;

    private readonly RehearsalPostgres _postgres;
    private readonly DatabaseFigures _figures;
    private readonly List<PartTime> _times = [];
    private readonly TextWriter _output;

    private TicketStage(
        RehearsalPostgres postgres, ShardStage shard, FdatasyncReport fdatasync, DatabaseFigures figures, int seed, TimeProvider clock, TextWriter output)
    {
        (_postgres, Shard, Fdatasync, _figures, _output) = (postgres, shard, fdatasync, figures, output);
        StartedAt = clock.GetUtcNow();
        Keys = new PersonKeys(seed);
        Killer = new Killer([shard], postgres, clock, StartedAt);
        Room = new ControlRoom(shard.Clients[0], Book);
        Desk = new TicketDesk([.. shard.Clients.Skip(1)], Book, Keys, Tally, Latencies, shard.Watch);
        Load = new ClosedLoad(Tally, Latencies, shard);
    }

    public DateTimeOffset StartedAt { get; }

    public ShardStage Shard { get; }

    public FdatasyncReport Fdatasync { get; }

    public SentBook Book { get; } = new();

    public PersonKeys Keys { get; }

    public Tally Tally { get; } = new();

    public AnswerLatencies Latencies { get; } = new();

    public Killer Killer { get; }

    public ControlRoom Room { get; }

    public TicketDesk Desk { get; }

    /// <summary>The figures of what the desk sends.</summary>
    public ClosedLoad Load { get; }

    public IReadOnlyList<PartTime> Times => _times;

    public static async Task<TicketStage> StartAsync(
        ShardIdentity identity, SourceAccount administrator, IReadOnlyList<SourceAccount> frontends, TimeSpan answerTimeout, int seed, TimeProvider clock,
        TextWriter output, CancellationToken cancellationToken)
    {
        output.WriteLine("starting PostgreSQL and the server");
        var postgres = await RehearsalPostgres.StartAsync(cancellationToken);
        ShardStage? shard = null;
        try
        {
            var probe = await Task.Run(() => FdatasyncProbe.Measure(postgres.DataDirectory, FdatasyncTime), cancellationToken);
            shard = await ShardStage.StartAsync(identity, postgres, [administrator, .. frontends], clock.GetUtcNow(), cancellationToken);
            await shard.ConnectAsync([administrator, .. frontends], answerTimeout, cancellationToken);
            var fdatasync = new FdatasyncReport(probe.PerSecond, probe.P50Microseconds, probe.P99Microseconds);
            var figures = await DatabaseFigures.BeginAsync(cancellationToken, shard.Database.CheckConnectionString);
            return new TicketStage(postgres, shard, fdatasync, figures, seed, clock, output);
        }
        catch
        {
            if (shard is not null)
            {
                await shard.DisposeAsync();
            }

            await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a part of the run, times it and says so.</summary>
    public async Task TimeAsync(string name, Func<Task> part)
    {
        long answered = Tally.Measured.Answered;
        long begin = Stopwatch.GetTimestamp();
        await part();
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        long count = Tally.Measured.Answered - answered;
        _times.Add(new PartTime(name, Math.Round(seconds, 2), count, Math.Round(count / Math.Max(seconds, 0.001))));
        _output.WriteLine($"{name}: {seconds:0.0} s" + (count > 0 ? $", {count:N0} decided, {count / seconds:N0}/s" : ""));
    }

    /// <summary>Kills once so many answers more have come: in the middle of a rush, however fast it is.</summary>
    public async Task KillAfterAsync(int round, long answers, CancellationToken cancellationToken)
    {
        long at = Tally.Measured.Answered + answers;
        while (Tally.Measured.Answered < at)
        {
            await Task.Delay(KillStep, cancellationToken);
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var knocking = KnockAsync(ending.Token);
        try
        {
            await Killer.KillAsync(round, cancellationToken);
        }
        finally
        {
            await ending.CancelAsync();
        }

        await knocking;
    }

    /// <summary>
    /// Asks for something that is not there, again and again: a rush can be over before the kill, and then nobody else would notice that answers
    /// come again.
    /// </summary>
    private async Task KnockAsync(CancellationToken ending)
    {
        for (int frontend = 0; !ending.IsCancellationRequested; frontend++)
        {
            await Desk.LeaveAsync(frontend, wait: 0);
            await Task.Delay(KnockStep, CancellationToken.None);
        }
    }

    /// <summary>Reads the whole list of payment orders, as whoever carries them out would, and acknowledges it as it is read.</summary>
    public async Task<IReadOnlyList<PaymentItem>> ReadPaymentsAsync(CancellationToken cancellationToken)
    {
        var items = new List<PaymentItem>();
        ulong after = 0;
        int pages = 0;
        while (true)
        {
            var page = await Room.Client.PaymentsAsync(after, PaymentsPageMax, cancellationToken);
            items.AddRange(page.Items);
            if (page.Next == after)
            {
                return items;
            }

            after = page.Next;
            if (pages++ % 100 == 0)
            {
                await Room.DoAsync(
                    new PaymentsAcknowledge(default, ControlRoom.OneActor, after),
                    Room.Client.PaymentsAcknowledgeAsync(after, ControlRoom.OneActor, cancellationToken));
            }
        }
    }

    /// <summary>What persons and readers of the sales are told when everything is over.</summary>
    public async Task<ToldAtEnd> AskAsync(IEnumerable<int> persons, uint draw, IEnumerable<uint> sales, CancellationToken cancellationToken)
    {
        // The states of sales and draws are told up to half a second late.
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        var samples = new List<PersonSample>();
        foreach (int person in persons)
        {
            samples.Add(new PersonSample(person, await Desk.Client(person).PersonAsync(draw, Keys.Of(person), cancellationToken)));
        }

        var states = new List<SaleSnapshot>();
        foreach (uint sale in sales)
        {
            states.Add(await Room.Client.SaleStateAsync(sale, cancellationToken));
        }

        var drawState = draw == 0 ? null : await Room.Client.DrawStateAsync(draw, cancellationToken);
        return new ToldAtEnd(samples, drawState, states, await ReadPaymentsAsync(cancellationToken));
    }

    /// <summary>Drains the server and checks everything, by the tool's own means and by the server's.</summary>
    public async Task<TicketResult> CheckAsync(OwnSaleRules rules, ToldAtEnd told, IEnumerable<CheckResult> more, CancellationToken cancellationToken)
    {
        await Load.EndAsync();
        await Shard.EndAsync();
        var figures = await _figures.EndAsync(cancellationToken);
        _output.WriteLine("checking every answer against the database");
        TicketResult result = null!;
        await TimeAsync("check", async () =>
        {
            var (validation, replay, bytes) = await SaleValidation.RunAsync(Shard.Database.CheckConnectionString, Book, rules, Keys, told, cancellationToken);
            result = new TicketResult(validation, replay, bytes, figures);
        });
        CheckResult verified = null!;
        await TimeAsync("txcore verify", async () => verified = await Shard.CommandAsync(
            "txcore verify --replay --anchor: the chain is whole, and every entry is decided again alike", cancellationToken, "verify", "--replay",
            "--anchor", "--data", Shard.DataDirectory));
        List<CheckResult> checks = [.. result.Validation.Checks, .. more, Shard.ServerEnd(), verified];
        return result with { Validation = result.Validation with { Checks = checks } };
    }

    public async ValueTask DisposeAsync()
    {
        await Load.DisposeAsync();
        await Shard.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}

/// <summary>What the check of a ticket sale came to.</summary>
internal sealed record TicketResult(ValidationResult Validation, SaleReplay Replay, long DatabaseBytes, PostgresFigures Postgres);

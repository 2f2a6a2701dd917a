using TxCore.LoadTest.Commands;
using TxCore.LoadTest.Engine.Thresholds;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.Running;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>What a race day is run with.</summary>
internal sealed record RaceDaySettings
{
    public const int RateMax = 100_000;
    public const int KillsMax = 100;
    public const int TransactionsMin = 1_000;
    public const int TransactionsMax = 100_000_000;

    /// <summary>The programme, a finished day in the operator's JSON; null for the sample day.</summary>
    public string? ProgrammePath { get; init; }

    /// <summary>The operator's shares; null for the defaults.</summary>
    public string? TakeoutsPath { get; init; }

    /// <summary>The channels that are sold in, each in a shard and a database of its own.</summary>
    public IReadOnlyList<Channel> Channels { get; init; } = [Channel.Retail, Channel.Online];

    /// <summary>Transactions per second over all channels. Default 2,000: the operator's peak.</summary>
    public int RatePerSecond { get; init; } = 2_000;

    /// <summary>Transactions in all; with the rate they make the duration. Default 240,000: two minutes.</summary>
    public int Transactions { get; init; } = 240_000;

    /// <summary>How often a server or PostgreSQL is killed. Default 4. A target is never killed.</summary>
    public int Kills { get; init; } = 4;

    /// <summary>Decides everything random but the answers' times.</summary>
    public int Seed { get; init; }

    /// <summary>A server that runs already, in whose channel the day is held, without kills; null for servers of the run's own.</summary>
    public TargetSettings? Target { get; init; }

    /// <summary>Lines of sources that the target has already; null to enrol invented ones.</summary>
    public IReadOnlyList<string>? GivenSources { get; init; }

    /// <summary>The first source that is invented for a target; null for one that no earlier run had.</summary>
    public uint? FirstSource { get; init; }

    /// <summary>What must hold when the day is over.</summary>
    public IReadOnlyList<Threshold> Thresholds { get; init; } = [];

    /// <summary>As reports tell them.</summary>
    public IReadOnlyList<RunSetting> Describe() =>
    [
        new("programme", ProgrammePath is null ? "the sample day" : Path.GetFileName(ProgrammePath)),
        new("channels", string.Join(", ", Channels).ToLowerInvariant()),
        new("simulation", $"Inject(rate: {RatePerSecond}, interval: 1s, during: {DurationText.Format(Duration)})"),
        new("arrivals", "constant over all races; each race has its arrival curve"),
        new("kills", $"{Kills}"),
    ];

    /// <summary>How long the day lasts.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds(Transactions / (double)RatePerSecond);

    /// <summary>How long an answer is waited for. A kill costs seconds, and whoever is hit by two in a row waits for both.</summary>
    public static TimeSpan AnswerTimeout => TimeSpan.FromSeconds(90);

    /// <summary>Transactions without an answer after which sends are dropped, so that a server that stays away does not fill the memory.</summary>
    public static int InFlightMax => 400_000;

    /// <summary>Shard 1 sells retail, shard 2 online.</summary>
    public static ShardIdentity Identity(Channel channel) => new(channel == Channel.Retail ? (short)1 : (short)2, channel);
}

/// <summary>Who takes part in a channel's day.</summary>
/// <param name="Administrator">The administrator that runs the races.</param>
/// <param name="Sellers">Terminals of points of sale, or frontends.</param>
/// <param name="Run">Names the run among those on the same database.</param>
internal sealed record ChannelSources(SourceAccount Administrator, IReadOnlyList<SourceAccount> Sellers, uint Run)
{
    private const int Terminals = 120;
    private const int Frontends = 8;

    public static ChannelSources Of(AccountBook accounts, Channel channel, uint run = 0) =>
        new(accounts.Administrator, accounts.Sellers(channel, Terminals, Frontends), run);

    /// <summary>Everybody, the administrator first.</summary>
    public IEnumerable<SourceAccount> All => [Administrator, .. Sellers];
}

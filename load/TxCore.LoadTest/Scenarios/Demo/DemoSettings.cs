using TxCore.LoadTest.Hosting;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.LoadTest.Scenarios.Demo;

/// <summary>What the demo is run with.</summary>
internal sealed record DemoSettings
{
    public const int RateMax = 1_000_000;
    public const int TerminalsMax = 7_999;
    public const int FrontendsMax = 500;

    /// <summary>The shard the demo sets up.</summary>
    public static readonly ShardIdentity Identity = new(1, Channel.Retail);

    /// <summary>Transactions per second over all sources. Default 2,000: the operator's peak.</summary>
    public int RatePerSecond { get; init; } = 2_000;

    /// <summary>Time that is measured, after the warm-up. Default 60 s.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Load before that, sent and checked but not measured: compilers and caches settle. Default 5 s.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Terminals, 1..7,999. Default 200.</summary>
    public int Terminals { get; init; } = 200;

    /// <summary>Ticketing frontends, 0..500. Default 4.</summary>
    public int Frontends { get; init; } = 4;

    /// <summary>Decides everything random: who sends what, and when with Poisson arrivals.</summary>
    public int Seed { get; init; }

    /// <summary>Independent arrivals instead of evenly spaced ones.</summary>
    public bool IsPoisson { get; init; }

    /// <summary>Where the figures are written as JSON; null for nowhere.</summary>
    public string? JsonPath { get; init; }

    /// <summary>How long the last answers are waited for. An answer later than this counts as failed.</summary>
    public static TimeSpan AnswerTimeout => TimeSpan.FromSeconds(30);

    /// <summary>Transactions without an answer after which sends are dropped, so that a server that stopped does not fill the memory.</summary>
    public static int InFlightMax => 200_000;

    /// <summary>The administrator who opens the day.</summary>
    public SourceAccount Administrator { get; } = new(1, 0, SourceRole.Admin, Window: 64);

    /// <summary>Terminals from 1001, four to an outlet.</summary>
    public IReadOnlyList<SourceAccount> TerminalAccounts() =>
        [.. Enumerable.Range(0, Terminals).Select(i => new SourceAccount((uint)(1001 + i), 1 + (i / 4), SourceRole.Submit, Window: 64))];

    /// <summary>Frontends from 9001; each stands for many people at once, hence the large window.</summary>
    public IReadOnlyList<SourceAccount> FrontendAccounts() =>
        [.. Enumerable.Range(0, Frontends).Select(i => new SourceAccount((uint)(9001 + i), 0, SourceRole.Submit, Window: 2048))];
}

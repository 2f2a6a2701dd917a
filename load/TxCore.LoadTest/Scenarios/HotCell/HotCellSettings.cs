using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.LoadTest.Scenarios.HotCell;

/// <summary>What the hot cell is run with.</summary>
internal sealed record HotCellSettings
{
    public const int BuyersMin = 100;
    public const int BuyersMax = 200_000;
    public const int RoundsMax = 100;
    public const int KillsPerRoundMax = 5;
    public const int FrontendCount = 8;

    /// <summary>Buyers who come at once in each round. Default 10,000.</summary>
    public int Buyers { get; init; } = 10_000;

    /// <summary>Sales, one after the other. Default 5.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Kills of the server or of PostgreSQL in each round. Default 1.</summary>
    public int KillsPerRound { get; init; } = 1;

    /// <summary>Decides everything random but the answers' times.</summary>
    public int Seed { get; init; }

    /// <summary>Seats of the cell: a tenth of what is wanted, as each wants two at most.</summary>
    public uint Seats => (uint)(Buyers / 10);

    public static TimeSpan AnswerTimeout => TimeSpan.FromMinutes(2);

    public static ShardIdentity Identity => new(1, Channel.Online);

    public static SourceAccount Administrator { get; } = new(1, 0, SourceRole.Admin, Window: 64);

    public static IReadOnlyList<SourceAccount> Frontends { get; } =
        [.. Enumerable.Range(0, FrontendCount).Select(i => new SourceAccount((uint)(9001 + i), 0, SourceRole.Submit, Window: 1024))];

    /// <summary>As reports tell them.</summary>
    public IReadOnlyList<RunSetting> Describe() =>
        [new("buyers", $"{Buyers}"), new("seats of the cell", $"{Seats}"), new("rounds", $"{Rounds}"), new("kills per round", $"{KillsPerRound}")];
}

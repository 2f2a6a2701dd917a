using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.LoadTest.Scenarios.Lottery;

/// <summary>What a lottery is run with.</summary>
internal sealed record LotterySettings
{
    public const int RegistrationsMin = 1_000;
    public const int RegistrationsMax = 20_000_000;
    public const int RegistrationsLarge = 10_000_000;
    public const int KillsMax = 5;
    public const int FrontendCount = 8;

    /// <summary>Persons that register. Default 1,000,000.</summary>
    public int Registrations { get; init; } = 1_000_000;

    /// <summary>How often the server or PostgreSQL is killed, spread over the stages. Default 2.</summary>
    public int Kills { get; init; } = 2;

    /// <summary>Decides everything random but the answers' times.</summary>
    public int Seed { get; init; }

    /// <summary>How long an answer is waited for: a kill costs seconds, with a large draw some more.</summary>
    public static TimeSpan AnswerTimeout => TimeSpan.FromMinutes(4);

    public static ShardIdentity Identity => new(1, Channel.Online);

    public static SourceAccount Administrator { get; } = new(1, 0, SourceRole.Admin, Window: 64);

    public static IReadOnlyList<SourceAccount> Frontends { get; } =
        [.. Enumerable.Range(0, FrontendCount).Select(i => new SourceAccount((uint)(9001 + i), 0, SourceRole.Submit, Window: 1024))];

    /// <summary>As reports tell them.</summary>
    public IReadOnlyList<RunSetting> Describe() => [new("registrations", $"{Registrations}"), new("kills", $"{Kills}")];
}

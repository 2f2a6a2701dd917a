using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.LoadTest.Overload;

/// <summary>A run of the overload parts.</summary>
internal sealed record OverloadSettings
{
    public const string AllParts = "abcde";
    public const int CrowdMax = 14_000;

    public static readonly ShardIdentity Identity = new(1, Channel.Retail);

    /// <summary>Which parts, a letter each.</summary>
    public string Parts { get; init; } = AllParts;

    /// <summary>Connections of the crowd in the parts d and e.</summary>
    public int Crowd { get; init; } = 12_000;

    /// <summary>How long each phase of a comparison lasts.</summary>
    public TimeSpan Phase { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How often a comparison goes back and forth.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>How much more than without them the others' p99 may be with a source at its full window.</summary>
    public double FullWindowRatioMax { get; init; } = 1.2;

    /// <summary>How much more it may be beside bad clients: nothing, but for what two measurements of the same differ.</summary>
    public double BadClientsRatioMax { get; init; } = 1.2;

    /// <summary>What two measurements of the same may differ by on this machine, in milliseconds.</summary>
    public double NoiseMilliseconds { get; init; } = 2;

    /// <summary>Least part of its best that is accepted when ten times as much is offered.</summary>
    public double AcceptedMin { get; init; } = 0.9;

    /// <summary>By how much limits of time are wider than they should be: 1, and more where other work shares the machine.</summary>
    public double Slack { get; init; } = 1;

    public string? JsonPath { get; init; }
}

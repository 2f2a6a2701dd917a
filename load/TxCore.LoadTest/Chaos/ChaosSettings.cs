using TxCore.LoadTest.Hosting;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.LoadTest.Chaos;

/// <summary>A run of faults.</summary>
internal sealed record ChaosSettings
{
    public const int TerminalsMax = 64;
    public const uint Control = 1;
    public const uint Observer = 2;
    public const uint FirstTerminal = 1001;
    public const int DiskMegabytes = 1_536;

    /// <summary>Transactions a terminal may have without an answer.</summary>
    private const int Window = 16;

    private const string Password = "rehearsal, and known to everybody";

    public static readonly ShardIdentity Identity = new(1, Channel.Retail);

    /// <summary>How long faults are made, settling and checks not counted.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After how long everything is settled and checked, and then it goes on.</summary>
    public TimeSpan Round { get; init; } = TimeSpan.FromSeconds(20);

    public int Terminals { get; init; } = 24;

    public int Seed { get; init; }

    public string? JsonPath { get; init; }

    /// <summary>How long answers may stay away after a fault before that is a finding.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Everybody who logs on.</summary>
    public IEnumerable<SourceAccount> Accounts =>
    [
        new(Control, 0, SourceRole.Admin, Window, Password), new(Observer, 0, SourceRole.Admin, Window, Password),
        .. Enumerable.Range(0, Terminals).Select(static i => new SourceAccount(FirstTerminal + (uint)i, 1 + (i / 4), SourceRole.Submit, Window, Password)),
    ];

    public static string PasswordOfAll => Password;
}

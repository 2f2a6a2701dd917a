namespace TxCore.LoadTest.Commands;

/// <summary>What the tool ends with; scripts rely on it.</summary>
internal static class ExitCode
{
    /// <summary>Everything was answered, and the check holds.</summary>
    public const int Passed = 0;

    /// <summary>Something was not answered, the check found a difference, or the run broke.</summary>
    public const int Failed = 1;

    /// <summary>The run itself is sound, but a threshold does not hold.</summary>
    public const int ThresholdFailed = 99;

    /// <summary>The command line is wrong, or there is no PostgreSQL to be had.</summary>
    public const int WrongUsage = 2;
}

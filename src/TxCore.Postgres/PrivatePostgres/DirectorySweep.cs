namespace TxCore.Postgres.PrivatePostgres;

/// <summary>Removes what servers left whose owner, and whose supervisor too, was killed: the postmaster first, then the directory.</summary>
internal static class DirectorySweep
{
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    internal static async Task RemoveAbandonedAsync(string parent, CancellationToken cancellationToken)
    {
        foreach (string directory in Directory.EnumerateDirectories(parent, InstanceDirectory.NamePrefix + "*"))
        {
            try
            {
                if (IsAbandoned(directory))
                {
                    await EndPostmasterAsync(Path.Combine(directory, "data"), cancellationToken);
                    Directory.Delete(directory, recursive: true);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Another user's, or being swept by another process at this moment: the next start looks again.
            }
        }
    }

    private static bool IsAbandoned(string directory)
    {
        string owner = Path.Combine(directory, InstanceDirectory.OwnerFileName);
        return File.Exists(owner) && ProcessIdentity.Parse(File.ReadAllText(owner)) is { } identity && identity.IsSurelyDead();
    }

    private static async Task EndPostmasterAsync(string data, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || PostmasterFile.ReadProcessId(data) is not { } processId)
        {
            return;
        }

        // The number may belong to another process by now; the postmaster's command line names its data directory.
        string commandLine = $"/proc/{processId}/cmdline";
        if (!File.Exists(commandLine) || !File.ReadAllText(commandLine).Contains(data, StringComparison.Ordinal))
        {
            return;
        }

        UnixSignal.Send(processId, UnixSignal.Immediate);
        for (TimeSpan waited = TimeSpan.Zero; waited < ExitTimeout && UnixSignal.IsRunning(processId); waited += PollInterval)
        {
            await Task.Delay(PollInterval, cancellationToken);
        }
    }
}

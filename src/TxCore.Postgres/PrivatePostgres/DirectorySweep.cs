namespace TxCore.Postgres.PrivatePostgres;

/// <summary>Removes what servers left whose owner, and whose supervisor too, was killed: the postmaster first, then the directory.</summary>
internal static class DirectorySweep
{
    internal static void RemoveAbandoned(string parent)
    {
        foreach (string directory in Directory.EnumerateDirectories(parent, InstanceDirectory.NamePrefix + "*"))
        {
            try
            {
                if (IsAbandoned(directory))
                {
                    KillPostmaster(Path.Combine(directory, "data"));
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

    private static void KillPostmaster(string data)
    {
        if (!OperatingSystem.IsLinux() || PostmasterFile.ReadProcessId(data) is not { } processId)
        {
            return;
        }

        // The number may belong to another process by now; the postmaster's command line names its data directory.
        string commandLine = $"/proc/{processId}/cmdline";
        if (File.Exists(commandLine) && File.ReadAllText(commandLine).Contains(data, StringComparison.Ordinal))
        {
            UnixSignal.Send(processId, UnixSignal.Immediate);
        }
    }
}

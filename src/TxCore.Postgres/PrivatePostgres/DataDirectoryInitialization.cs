namespace TxCore.Postgres.PrivatePostgres;

/// <summary>Makes a data directory with <c>initdb</c>.</summary>
internal static class DataDirectoryInitialization
{
    internal static async Task RunAsync(
        PostgresBinaries binaries, InstanceDirectory directory, ServerAccount account, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "-D", directory.Data,
            "-U", PrivatePostgresServer.Superuser,
            "--pwfile=" + directory.PasswordFile,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--data-checksums",
            "--no-instructions",

            // A temporary directory means nothing after a crash of the machine, so its thousand first files need not be synced. What the
            // server commits later is synced all the same.
            .. directory.IsTemporary ? ["--no-sync"] : Array.Empty<string>(),
        ];
        ChildCommand.Outcome outcome = await ChildCommand.RunAsync(
            account.Prepare(directory.FullPath, binaries.Program("initdb"), arguments), cancellationToken);
        if (outcome.ExitCode != 0)
        {
            throw new InvalidOperationException($"initdb failed: {outcome.Output}");
        }

        await ServerSettings.IncludeAsync(directory, cancellationToken);
    }
}

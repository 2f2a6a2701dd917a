using System.Diagnostics;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>
/// The user that PostgreSQL runs as. It refuses root, so root starts it as <c>postgres</c> where that user exists and as <c>nobody</c>
/// elsewhere; anyone else starts it as themselves.
/// </summary>
internal sealed class ServerAccount
{
    private readonly string? _userName;

    private ServerAccount(string? userName) => _userName = userName;

    internal static bool IsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    internal static async Task<ServerAccount> ChooseAsync(CancellationToken cancellationToken)
    {
        if (!IsRoot)
        {
            return new ServerAccount(null);
        }

        ChildCommand.Outcome postgres = await ChildCommand.RunAsync(ChildCommand.Prepare("id", "-u", "postgres"), cancellationToken);
        return new ServerAccount(postgres.ExitCode == 0 ? "postgres" : "nobody");
    }

    /// <summary>A start of the file as this user, in a working directory that this user can enter.</summary>
    internal ProcessStartInfo Prepare(string workingDirectory, string fileName, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = ChildCommand.Prepare(fileName, arguments);
        start.WorkingDirectory = workingDirectory;
        if (_userName is not null)
        {
            start.UserName = _userName;
        }

        return start;
    }

    /// <summary>Whether this user can pass through the directory.</summary>
    internal async Task<bool> CanReachAsync(string directory, CancellationToken cancellationToken)
    {
        if (_userName is null)
        {
            return Directory.Exists(directory);
        }

        return (await ChildCommand.RunAsync(Prepare("/", "test", "-x", directory), cancellationToken)).ExitCode == 0;
    }

    /// <summary>Hands files that root made to this user.</summary>
    internal async Task OwnAsync(IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        if (_userName is null)
        {
            return;
        }

        ChildCommand.Outcome outcome = await ChildCommand.RunAsync(
            ChildCommand.Prepare("chown", ["-R", "--", _userName, .. paths]), cancellationToken);
        if (outcome.ExitCode != 0)
        {
            throw new InvalidOperationException($"The private PostgreSQL's files could not be given to user {_userName}: {outcome.Output}");
        }
    }
}

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>
/// Starts a program in a session of its own, so that Ctrl-C on the terminal reaches this process alone and PostgreSQL stays up until this
/// process has shut down in order.
/// </summary>
internal static class OwnSession
{
    /// <summary>
    /// Arguments for <c>/bin/sh</c> that replace the shell by the command, so that the process id stays the same. macOS has no
    /// <c>setsid</c> program, but perl; where neither exists the command stays in the terminal's session.
    /// </summary>
    internal static IEnumerable<string> Wrap(params IEnumerable<string> command) => ["-c", """
        if command -v setsid >/dev/null 2>&1; then exec setsid "$@"; fi
        if command -v perl >/dev/null 2>&1; then exec perl -MPOSIX -e 'POSIX::setsid(); exec { $ARGV[0] } @ARGV' "$@"; fi
        exec "$@"
        """, "txcore-session", .. command];
}

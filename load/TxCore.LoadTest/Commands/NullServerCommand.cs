using System.CommandLine;

namespace TxCore.LoadTest.Commands;

/// <summary><c>null-server</c>: what the tool itself can do, against a server that answers at once.</summary>
internal static class NullServerCommand
{
    public static Command Create() => new("null-server", "x");
}

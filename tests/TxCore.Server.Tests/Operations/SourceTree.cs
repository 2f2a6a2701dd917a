using TxCore.Server.Tests.Processes;

namespace TxCore.Server.Tests.Operations;

/// <summary>The files that operators read, in the tree the tests were built from.</summary>
internal static class SourceTree
{
    /// <summary>The folder <c>src</c>.</summary>
    public static string Sources { get; } = Path.GetFullPath(Path.Combine(ServerProgram.Folder, "..", "..", "..", ".."));

    public static string Operations { get; } = File.ReadAllText(Path.Combine(Sources, "OPERATIONS.md"));
}

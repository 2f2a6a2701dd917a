namespace TxCore.Postgres.Tests.PrivatePostgres;

/// <summary>A temporary directory that the user PostgreSQL runs as can pass through; removed at the end.</summary>
internal sealed class OpenTempDirectory : IDisposable
{
    internal OpenTempDirectory()
    {
        FullPath = Directory.CreateTempSubdirectory("txcore-test-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(FullPath, File.GetUnixFileMode(FullPath) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }
    }

    internal string FullPath { get; }

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}

namespace TxCore.LoadTest.Hosting;

/// <summary>A directory of the run's own, removed with everything in it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string FullPath { get; } = Directory.CreateTempSubdirectory("txcore-load-").FullName;

    public void Dispose()
    {
        try
        {
            Directory.Delete(FullPath, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody cleaned the temporary directory meanwhile; gone is what was wanted.
        }
    }
}

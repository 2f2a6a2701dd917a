using System.Globalization;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>
/// The shared memory that a killed PostgreSQL leaves in the system. Its next start on the same directory would take it away; a directory
/// that is removed instead gets no next start. Linux only.
/// </summary>
internal sealed class SharedMemoryRemnants
{
    private readonly string[] _files;
    private readonly int? _segmentId;

    private SharedMemoryRemnants(string[] files, int? segmentId)
    {
        _files = files;
        _segmentId = segmentId;
    }

    /// <summary>Notes what the server's processes have, while they can still be asked; some segments only the children map.</summary>
    internal static SharedMemoryRemnants Of(IEnumerable<int> processIds, string data) => OperatingSystem.IsLinux()
        ? new SharedMemoryRemnants([.. processIds.SelectMany(MappedFiles)], PostmasterFile.ReadSharedMemoryId(data))
        : new SharedMemoryRemnants([], null);

    internal async Task RemoveAsync()
    {
        foreach (string file in _files)
        {
            File.Delete(file);
        }

        if (_segmentId is { } id)
        {
            await ChildCommand.RunAsync(ChildCommand.Prepare("ipcrm", "-m", id.ToString(CultureInfo.InvariantCulture)), CancellationToken.None);
        }
    }

    private static string[] MappedFiles(int processId)
    {
        try
        {
            return [.. File.ReadLines($"/proc/{processId}/maps")
                .Select(line => line.IndexOf("/dev/shm/PostgreSQL.", StringComparison.Ordinal) is >= 0 and var start ? line[start..] : null)
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // In a container root may lack the right to look into another user's process; then a few kilobytes stay until the next boot.
            return [];
        }
    }
}

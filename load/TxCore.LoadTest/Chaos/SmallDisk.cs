using System.Diagnostics;

namespace TxCore.LoadTest.Chaos;

/// <summary>
/// A disk in memory that can be filled to its last byte, for PostgreSQL's files. Mounting one takes root on Linux; elsewhere there is none,
/// and <see cref="Refusal"/> says why.
/// </summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const string Prefix = "txcore-chaos-disk-";
    private const long Megabyte = 1024 * 1024;
    private const long BytesLeft = 16 * 1024;
    private readonly string? _filler;

    private SmallDisk(string? directory, string? refusal)
    {
        (FullPath, Refusal) = (directory, refusal);
        _filler = directory is null ? null : Path.Combine(directory, "filler");
    }

    /// <summary>Where it is mounted; null when it is not.</summary>
    public string? FullPath { get; }

    /// <summary>Why there is none.</summary>
    public string? Refusal { get; }

    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return new SmallDisk(null, "a disk to fill can only be mounted by root on Linux");
        }

        string directory = Directory.CreateTempSubdirectory(Prefix).FullName;
        if (await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0755", "tmpfs", directory) is { } refusal)
        {
            Directory.Delete(directory);
            return new SmallDisk(null, $"mount was refused: {refusal}");
        }

        return new SmallDisk(directory, null);
    }

    /// <summary>Takes all the room that is left but a few kilobytes.</summary>
    public void Fill()
    {
        long free = new DriveInfo(FullPath!).AvailableFreeSpace - BytesLeft;
        if (free <= 0)
        {
            return;
        }

        // PostgreSQL writes on meanwhile: what is free shrinks, and a smaller filler does.
        for (long bytes = free; bytes > Megabyte; bytes -= Megabyte)
        {
            try
            {
                using var filler = new FileStream(_filler!, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = bytes });
                return;
            }
            catch (IOException)
            {
                File.Delete(_filler!);
            }
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(_filler!);

    public async ValueTask DisposeAsync()
    {
        if (FullPath is null)
        {
            return;
        }

        if (await RunAsync("umount", FullPath) is { } refusal)
        {
            throw new IOException($"The disk at {FullPath} could not be unmounted: {refusal}");
        }

        Directory.Delete(FullPath);
    }

    private static async Task<string?> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        string said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : said.Trim();
    }
}

using System.Security.Cryptography;
using System.Text;

namespace TxCore.Identity.Keys;

/// <summary>
/// A small file that holds a secret: made once, for its owner alone, and never read when others could have read it. Where the system has no
/// Unix permissions the directory's access list has to do that.
/// </summary>
internal static class SecretFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = ~(OwnerOnly | UnixFileMode.UserExecute);

    /// <summary>More bytes than any file made here has.</summary>
    private const int BytesMax = 4096;

    /// <summary>Makes the file; returns once it is on disk.</summary>
    /// <exception cref="IdentityRefusedException">The file is there already.</exception>
    public static void Create(string path, string text)
    {
        if (File.Exists(path))
        {
            throw new IdentityRefusedException($"The file {path} is there already; a secret is never overwritten by a new one.");
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it holds, for the message: <c>pepper</c>, <c>master key</c>.</param>
    /// <exception cref="IdentityRefusedException">The file is missing, too long, or others than its owner have rights to it.</exception>
    public static string Read(string path, string what)
    {
        if (!File.Exists(path))
        {
            throw new IdentityRefusedException($"There is no {what} file {path}.");
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != UnixFileMode.None)
        {
            throw new IdentityRefusedException(
                $"The {what} file {path} has permissions {Convert.ToString((int)File.GetUnixFileMode(path), 8)}: others than its owner may use it. Treat it as known to them, or set 600.");
        }

        return new FileInfo(path).Length <= BytesMax
            ? File.ReadAllText(path)
            : throw new IdentityRefusedException($"The {what} file {path} is longer than any {what} file.");
    }

    /// <summary>
    /// Overwrites the file with random bytes, waits until they are on disk, and deletes it. A file system that copies on write, and a flash
    /// disk, may keep the old blocks: put secrets where the medium itself is encrypted.
    /// </summary>
    public static void Destroy(string path)
    {
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None))
        {
            file.Write(RandomNumberGenerator.GetBytes((int)Math.Min(file.Length, BytesMax)));
            file.Flush(flushToDisk: true);
        }

        File.Delete(path);
    }
}

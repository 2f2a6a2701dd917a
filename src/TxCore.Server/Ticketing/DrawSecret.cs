using System.Security.Cryptography;
using TxCore.Ticketing.Draws;

namespace TxCore.Server.Ticketing;

/// <summary>
/// The file of an operator's secret: 32 random bytes as they are, for its owner alone. It is safe on disk before the commitment to it becomes
/// public, for a draw whose secret is lost can never be run.
/// </summary>
internal static class DrawSecret
{
    /// <summary>The secret of a file; a new one is made when the file is not there. A file is never written over.</summary>
    /// <exception cref="InvalidDataException">The file does not hold 32 bytes.</exception>
    public static byte[] ReadOrMake(string file)
    {
        if (File.Exists(file))
        {
            return Read(file);
        }

        byte[] secret = RandomNumberGenerator.GetBytes(DrawCommitment.SecretBytes);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(file, options);
        stream.Write(secret);
        stream.Flush(flushToDisk: true);
        return secret;
    }

    /// <summary>The secret of a file that is there.</summary>
    /// <exception cref="InvalidDataException">The file does not hold 32 bytes.</exception>
    public static byte[] Read(string file)
    {
        byte[] secret = File.ReadAllBytes(file);
        return secret.Length == DrawCommitment.SecretBytes
            ? secret
            : throw new InvalidDataException($"{file} holds {secret.Length} bytes; a secret has {DrawCommitment.SecretBytes}.");
    }
}

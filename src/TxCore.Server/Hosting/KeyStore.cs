using System.Globalization;
using System.Security.Cryptography;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Server.Hosting;

/// <summary>
/// The data directory of a shard: signing key, receipt keys by epoch, anchor file. All of it is what PostgreSQL must not have; the
/// directory is readable by its user only.
/// </summary>
internal sealed class KeyStore(string directory, ShardIdentity identity)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Path of the signing key.</summary>
    public string SigningKeyFile => Path.Combine(directory, $"signing-key-{identity.Shard}.pem");

    /// <summary>Path of the anchor file.</summary>
    public string AnchorFile => Path.Combine(directory, $"anchor-{identity.Shard}.jsonl");

    /// <summary>Makes the directory when it is missing.</summary>
    public void Prepare()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, OwnerOnly);
        }
    }

    /// <summary>Reads the receipt keys and makes the one of <paramref name="epoch"/> when it is missing.</summary>
    public ReceiptKeys LoadReceiptKeys(ushort epoch)
    {
        string path = ReceiptKeyFile(epoch);
        if (!File.Exists(path))
        {
            string made = path + ".new";
            File.WriteAllText(made, Convert.ToHexString(RandomNumberGenerator.GetBytes(ReceiptKeys.KeyBytes)));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(made, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            File.Move(made, path);
        }

        return ReadReceiptKeys();
    }

    /// <summary>Reads the receipt keys there are.</summary>
    public ReceiptKeys ReadReceiptKeys()
    {
        var keys = new Dictionary<ushort, byte[]>();
        foreach (string file in Directory.EnumerateFiles(directory, $"receipt-key-{identity.Shard}-*.hex"))
        {
            string epoch = Path.GetFileNameWithoutExtension(file).Split('-')[^1];
            byte[] key = Convert.FromHexString(File.ReadAllText(file).Trim());
            if (key.Length != ReceiptKeys.KeyBytes)
            {
                throw new StoreRefusedException($"The receipt key {file} has {key.Length} bytes, not {ReceiptKeys.KeyBytes}.");
            }

            keys[ushort.Parse(epoch, CultureInfo.InvariantCulture)] = key;
        }

        return new ReceiptKeys(keys);
    }

    private string ReceiptKeyFile(ushort epoch) => Path.Combine(directory, $"receipt-key-{identity.Shard}-{epoch}.hex");
}

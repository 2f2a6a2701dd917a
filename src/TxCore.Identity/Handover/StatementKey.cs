using System.Security.Cryptography;
using System.Text;
using TxCore.Identity.Keys;

namespace TxCore.Identity.Handover;

/// <summary>The ECDSA P-256 key with which a recipient signs for what it received, and the operator for what it deleted.</summary>
public sealed class StatementKey : IDisposable
{
    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly ECDsa _key;

    private StatementKey(ECDsa key) => _key = key;

    /// <summary>The public half, PEM.</summary>
    public string PublicPem => _key.ExportSubjectPublicKeyInfoPem();

    /// <summary>Makes a key in an owner-only PEM file, the public half beside it in <c>{path}.pub</c>.</summary>
    public static StatementKey Create(string path)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        SecretFile.Create(path, key.ExportPkcs8PrivateKeyPem() + "\n");
        File.WriteAllText(path + ".pub", key.ExportSubjectPublicKeyInfoPem() + "\n");
        return new StatementKey(key);
    }

    /// <summary>Reads a private key.</summary>
    /// <exception cref="IdentityRefusedException">The file is missing, readable for others, or holds no such key.</exception>
    public static StatementKey Read(string path)
    {
        var key = TryImport(SecretFile.Read(path, "signing key"));
        return key is not null && HasPrivateHalf(key) ? new StatementKey(key) : throw new IdentityRefusedException($"The file {path} holds no private ECDSA P-256 key.");
    }

    /// <summary>Refuses what is no public key.</summary>
    internal static void RequirePublic(string pem)
    {
        using var key = TryImport(pem);
        if (key is null || pem.Contains("PRIVATE", StringComparison.Ordinal))
        {
            throw new IdentityRefusedException("The key is no public ECDSA P-256 key in PEM form.");
        }
    }

    /// <summary>Signs a text.</summary>
    internal byte[] Sign(string statement) => _key.SignData(Encoding.UTF8.GetBytes(statement), HashAlgorithmName.SHA256);

    /// <summary>Checks a signature with a public key.</summary>
    internal static bool Verify(string publicPem, string statement, byte[] signature)
    {
        using var key = TryImport(publicPem);
        return key is not null && key.VerifyData(Encoding.UTF8.GetBytes(statement), signature, HashAlgorithmName.SHA256);
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    /// <summary>Null when it is no P-256 key; the fault itself is dropped, for its message may quote the key.</summary>
    private static ECDsa? TryImport(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == P256)
            {
                return key;
            }
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            // What is no key is told by the caller, in its own words.
        }

        key.Dispose();
        return null;
    }

    private static bool HasPrivateHalf(ECDsa key)
    {
        try
        {
            return key.ExportParameters(includePrivateParameters: true).D is not null;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}

using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TxCore.Identity.Handover;

/// <summary>One file of a hand-over.</summary>
/// <param name="Name">Its name in the directory of the manifest.</param>
/// <param name="Columns">Its header.</param>
/// <param name="Rows">Records behind the header.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 of its bytes, hexadecimal.</param>
public sealed record HandoverFile(string Name, IReadOnlyList<string> Columns, long Rows, long Bytes, string Sha256);

/// <summary>Under which consent persons are in a hand-over, and how many were left out.</summary>
/// <param name="Purpose">The purpose consented to.</param>
/// <param name="Recipient">The recipient consented to.</param>
/// <param name="AsOf">The consents are those that held then.</param>
/// <param name="Description">The purpose as persons were told.</param>
/// <param name="OpposedLeftOut">Persons who consented and oppose marketing.</param>
/// <param name="RowsLeftOut">Rows of further files whose person did not consent or is not known.</param>
public sealed record ConsentScope(string Purpose, string Recipient, DateTimeOffset AsOf, string Description, long OpposedLeftOut, long RowsLeftOut);

/// <summary>The manifest of a hand-over: <c>manifest.json</c> (<c>domain.md</c> section 3.4).</summary>
/// <param name="SchemaVersion">Version of this form.</param>
/// <param name="Handover">Id of the hand-over.</param>
/// <param name="Event">Event of the persons.</param>
/// <param name="Recipient">Who receives it.</param>
/// <param name="RecipientName">Its name.</param>
/// <param name="LegalBasis">Legal basis of the purpose.</param>
/// <param name="ConsentScope">Under which consent.</param>
/// <param name="KeyForm">How the person keys in it are made.</param>
/// <param name="PepperId">Id of the recipient's pepper; says nothing of it.</param>
/// <param name="EndOfLife">True when the source deletes what it handed over once the receipt is there.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">By whom.</param>
/// <param name="Persons">Persons in it: the rows of <c>persons.csv</c>.</param>
/// <param name="Files">Its files.</param>
public sealed record HandoverManifest(
    int SchemaVersion, Guid Handover, string Event, string Recipient, string RecipientName, string LegalBasis, ConsentScope ConsentScope, string KeyForm,
    string PepperId, bool EndOfLife, DateTimeOffset CreatedAt, string CreatedBy, long Persons, IReadOnlyList<HandoverFile> Files)
{
    /// <summary>The version written here.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Name of the manifest in its directory.</summary>
    public const string FileName = "manifest.json";

    /// <summary>Name of the file of persons.</summary>
    public const string PersonsFile = "persons.csv";

    /// <summary>The column of the key, in every file.</summary>
    public const string KeyColumn = "person_key";

    /// <summary>Reads a manifest, and the SHA-256 of its bytes.</summary>
    /// <exception cref="IdentityRefusedException">It is missing, no manifest, or of another version.</exception>
    public static (HandoverManifest Manifest, byte[] Sha256) Read(string directoryOrFile)
    {
        string path = Directory.Exists(directoryOrFile) ? Path.Combine(directoryOrFile, FileName) : directoryOrFile;
        if (!File.Exists(path))
        {
            throw new IdentityRefusedException($"There is no manifest {path}.");
        }

        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            var manifest = JsonSerializer.Deserialize(bytes, HandoverJson.Default.HandoverManifest)
                ?? throw new IdentityRefusedException($"The file {path} is no manifest of a hand-over.");
            return manifest.SchemaVersion == CurrentVersion
                ? (manifest, SHA256.HashData(bytes))
                : throw new IdentityRefusedException($"The manifest has version {manifest.SchemaVersion}; this program knows {CurrentVersion}.");
        }
        catch (JsonException fault)
        {
            throw new IdentityRefusedException($"The file {path} is no manifest of a hand-over: {fault.Message}", fault);
        }
    }
}

/// <summary>A text somebody signed.</summary>
/// <param name="Statement">The text: one <c>name: value</c> a line, the kind of statement first.</param>
/// <param name="Signature">ECDSA P-256 over its SHA-256, base64.</param>
/// <param name="PublicKey">The public half of the key, for who has it from nowhere else; trust comes from elsewhere.</param>
public sealed record SignedStatement(string Statement, string Signature, string PublicKey)
{
    internal static SignedStatement Make(StatementKey key, string kind, params (string Name, string Value)[] lines)
    {
        string text = $"{kind}\n" + string.Concat(lines.Select(line => $"{line.Name}: {line.Value}\n"));
        return new SignedStatement(text, Convert.ToBase64String(key.Sign(text)), key.PublicPem);
    }

    /// <summary>Writes the statement to a file as JSON.</summary>
    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, HandoverJson.Default.SignedStatement));

    /// <summary>Reads a statement.</summary>
    /// <exception cref="IdentityRefusedException">It is no such file.</exception>
    public static SignedStatement Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), HandoverJson.Default.SignedStatement)
                ?? throw new IdentityRefusedException($"The file {path} is no signed statement.");
        }
        catch (JsonException fault)
        {
            throw new IdentityRefusedException($"The file {path} is no signed statement: {fault.Message}", fault);
        }
    }

    /// <summary>Whether a key signed this text.</summary>
    public bool IsSignedWith(string publicPem)
    {
        byte[] signature = new byte[Signature.Length];
        return Convert.TryFromBase64String(Signature, signature, out int bytes) && StatementKey.Verify(publicPem, Statement, signature[..bytes]);
    }

    /// <summary>The value of a line; null when it is not there.</summary>
    internal string? Value(string name) => Statement.Split('\n')
        .FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, WriteIndented = true)]
[JsonSerializable(typeof(HandoverManifest))]
[JsonSerializable(typeof(SignedStatement))]
internal sealed partial class HandoverJson : JsonSerializerContext;

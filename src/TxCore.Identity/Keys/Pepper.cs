using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TxCore.Client.Players;

namespace TxCore.Identity.Keys;

/// <summary>
/// The secret under which the persons of one event, or of one recipient of hand-overs, are known (<c>domain.md</c> section 3.4). Made and
/// read by <see cref="PepperFile"/>.
/// </summary>
public sealed class Pepper : IDisposable
{
    /// <summary>Bytes of a pepper.</summary>
    public const int Bytes = 32;

    private const string RekeyLabel = "txcore/handover/key/v1\0";

    private readonly byte[] _secret;

    internal Pepper(string subject, byte[] secret, DateTimeOffset createdAt)
    {
        (Event, CreatedAt, _secret) = (subject, createdAt, secret);
        Id = Convert.ToHexStringLower(HMACSHA256.HashData(secret, "txcore/pepper/id/v1"u8))[..16];
    }

    /// <summary>The event it belongs to; <c>handover/ID</c> for the one of a recipient.</summary>
    public string Event { get; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>Sixteen hexadecimal digits that tell two peppers apart and say nothing of either.</summary>
    public string Id { get; }

    /// <summary>The key of a person: HMAC-SHA-256 of the canonical identity, 32 bytes.</summary>
    public byte[] KeyOf(string firstName, string surname, DateOnly birth) =>
        PlayerIdentity.Key(_secret, PlayerIdentity.Canonical(firstName, surname, birth));

    /// <summary>The key of a person, from a record that has its first name, surname and date of birth.</summary>
    public byte[] KeyOf(Persons.PersonRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var birth = DateOnly.ParseExact(record.Require("birth_date"), "yyyy-MM-dd", CultureInfo.InvariantCulture);
        return KeyOf(record.Require("first_name"), record.Require("surname"), birth);
    }

    /// <summary>The key a person has for a recipient: HMAC-SHA-256 of the key here under the recipient's pepper.</summary>
    internal byte[] Rekey(ReadOnlySpan<byte> personKey)
    {
        Span<byte> message = stackalloc byte[RekeyLabel.Length + personKey.Length];
        Encoding.ASCII.GetBytes(RekeyLabel, message);
        personKey.CopyTo(message[RekeyLabel.Length..]);
        return HMACSHA256.HashData(_secret, message);
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_secret);
}

using System.Security.Cryptography;
using System.Text.Json;
using TxCore.Protocol;

namespace TxCore.Server.Ticketing;

/// <summary>What a beacon published for a round.</summary>
/// <param name="Round">The round; 0 when it was not told.</param>
/// <param name="Randomness">The randomness, 32 bytes.</param>
/// <param name="Signature">The signature; empty when there is none.</param>
internal sealed record BeaconRound(ulong Round, byte[] Randomness, byte[] Signature)
{
    /// <summary>Reads what drand answers under <c>/public/{round}</c>: <c>round</c>, <c>randomness</c>, <c>signature</c>; other fields are passed over.</summary>
    /// <exception cref="InvalidDataException">It is none of that.</exception>
    public static BeaconRound ReadJson(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            byte[] signature = root.TryGetProperty("signature", out var text) ? Convert.FromHexString(text.GetString() ?? "") : [];

            // Newer nodes leave the randomness out, as it is the hash of the signature.
            byte[] randomness = root.TryGetProperty("randomness", out text) ? Convert.FromHexString(text.GetString() ?? "") : SHA256.HashData(signature);
            return new BeaconRound(root.GetProperty("round").GetUInt64(), randomness, signature);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"This is no round of a beacon: {fault.Message}", fault);
        }
    }

    /// <summary>What is wrong with it for a draw that named a round of a chain; null when nothing is.</summary>
    public string? FaultFor(string chain, ulong round)
    {
        if (Round != 0 && Round != round)
        {
            return $"The beacon's round is {Round}; the draw named {round}.";
        }

        if (Randomness.Length != Wire.HashBytes)
        {
            return $"The randomness has {Randomness.Length} bytes, not {Wire.HashBytes}.";
        }

        if (Signature.Length == 0)
        {
            return chain.StartsWith("witness", StringComparison.Ordinal) ? null : $"The signature is missing: the beacon {chain} publishes one.";
        }

        return SHA256.HashData(Signature).AsSpan().SequenceEqual(Randomness) ? null : "The randomness is not the SHA-256 of the signature.";
    }
}

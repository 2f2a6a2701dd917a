using System.IO.Hashing;
using TxCore.Protocol;

namespace TxCore.Storage;

/// <summary>The fingerprint of a transaction's content: XXH3 (64 bits) of the canonical body, seeded with the message type. The deadline is not part of it.</summary>
public static class Fingerprint
{
    /// <summary>Computes it.</summary>
    public static long Of(MessageType type, ReadOnlySpan<byte> canonicalBody) =>
        (long)XxHash3.HashToUInt64(canonicalBody, (ushort)type);
}

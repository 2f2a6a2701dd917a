using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using TxCore.Protocol.Tests.Vectors;

namespace TxCore.Protocol.Tests.Document;

/// <summary>The worked logon, serial, control code and draw of PROTOCOL.md, computed again from their definitions.</summary>
public class ComputedExamplesTests
{
    private const string Crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    [Fact]
    public void The_worked_logon_follows_rfc_7677()
    {
        var cells = ProtocolDocument.Section("## 5.").Where(row => row.Length == 2).ToDictionary(row => row[0], row => row[1].Trim('`'));
        string server = cells["server-first"];
        byte[] salt = Convert.FromBase64String(server.Split(",s=")[1].Split(',')[0]);
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2("pencil", salt, 4096, HashAlgorithmName.SHA256, 32);
        byte[] clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        byte[] storedKey = SHA256.HashData(clientKey);
        string withoutProof = cells["client-final"].Split(",p=")[0];
        string message = $"{cells["client-first"][3..]},{server},{withoutProof}";
        byte[] signature = HMACSHA256.HashData(storedKey, Encoding.ASCII.GetBytes(message));
        byte[] proof = [.. clientKey.Zip(signature, (a, b) => (byte)(a ^ b))];
        byte[] serverSignature = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), Encoding.ASCII.GetBytes(message));

        Assert.Equal(Convert.ToHexStringLower(salted), cells["SaltedPassword"]);
        Assert.Equal(Convert.ToHexStringLower(clientKey), cells["ClientKey"]);
        Assert.Equal(Convert.ToHexStringLower(storedKey), cells["StoredKey"]);
        Assert.Equal(message, cells["AuthMessage"]);
        Assert.Equal(Convert.ToHexStringLower(signature), cells["ClientSignature"]);
        Assert.Equal($"{withoutProof},p={Convert.ToBase64String(proof)}", cells["client-final"]);
        Assert.Equal($"v={Convert.ToBase64String(serverSignature)}", cells["server-final"]);
        Assert.Equal(cells["client-final"], Encoding.ASCII.GetString(Convert.FromHexString(Field("logon proof", "scram"))));
    }

    [Fact]
    public void The_serial_and_control_code_follow_their_definitions()
    {
        string text = string.Join(' ', ProtocolDocument.Lines);
        Assert.Contains($"serial `{Serial(123456789)}`, control code `{ControlCode()}`. Serial of 2^64-1: `{Serial(ulong.MaxValue)}`", text);
        Assert.Equal(Serial(123456789), Field("outcome, wager accepted", "ticketSerial"));
        Assert.Equal(ControlCode(), Field("outcome, wager accepted", "controlCode"));
    }

    [Fact]
    public void The_worked_draw_follows_its_definitions()
    {
        var cells = ProtocolDocument.Section("## 12.").Where(row => row.Length == 2).ToDictionary(row => row[0], row => row[1].Trim('`'));
        byte[][] keys = [.. Enumerable.Range(1, 10).Select(i => Sha($"person-{i}")).OrderBy(Convert.ToHexString, StringComparer.Ordinal)];
        byte[] root = MerkleRoot(keys);
        byte[] secret = Sha("operator secret demo");
        byte[] named = [.. "\0TXC-DRAW-DEMO-1\0"u8, .. root, .. secret];
        byte[] commitment = SHA256.HashData([.. "txcore/draw/commit/v1"u8, .. named]);
        byte[] seeding = [.. "txcore/draw/seed/v1"u8, .. named];
        byte[] seed = HMACSHA256.HashData(Convert.FromHexString(cells["randomness"]), seeding);
        int[] order = Order(seed, keys.Length);
        byte[][] leaves = [.. order.Select(index => new byte[] { (byte)index, 0, 0, 0 })];

        Assert.Equal(Convert.ToHexStringLower(root), cells["root"]);
        Assert.Equal(Convert.ToHexStringLower(secret), cells["secret"]);
        Assert.Equal(Convert.ToHexStringLower(commitment), cells["commitment"]);
        Assert.Equal(Convert.ToHexStringLower(seed), cells["seed"]);
        Assert.Equal(string.Join(", ", order), cells["order"]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([.. leaves.SelectMany(leaf => leaf)])), cells["orderHash"]);
        Assert.Equal(Convert.ToHexStringLower(MerkleRoot(leaves)), cells["orderRoot"]);
        Assert.All(
            ["root", "secret", "commitment", "randomness", "orderHash", "orderRoot"],
            field => Assert.Equal(cells[field], Field("draw state, published, two waves", field)));
    }

    private static byte[] Sha(string text) => SHA256.HashData(Encoding.ASCII.GetBytes(text));

    private static byte[] MerkleRoot(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1)
        {
            return SHA256.HashData([0, .. leaves[0]]);
        }

        int left = (int)(BitOperations.RoundUpToPowerOf2((uint)leaves.Length) / 2);
        return SHA256.HashData([1, .. MerkleRoot(leaves[..left]), .. MerkleRoot(leaves[left..])]);
    }

    private static int[] Order(byte[] seed, int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        using var stream = Stream(seed).GetEnumerator();
        for (int i = count - 1; i >= 1; i--)
        {
            UInt128 bound = (UInt128)i + 1;
            UInt128 end = (UInt128.One << 64) - ((UInt128.One << 64) % bound);
            do
            {
                stream.MoveNext();
            }
            while (stream.Current >= end);

            int j = (int)(stream.Current % bound);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    private static IEnumerable<ulong> Stream(byte[] seed)
    {
        byte[] counter = new byte[sizeof(ulong)];
        for (ulong block = 0; ; block++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(counter, block);
            byte[] words = HMACSHA256.HashData(seed, counter);
            for (int offset = 0; offset < words.Length; offset += sizeof(ulong))
            {
                yield return BinaryPrimitives.ReadUInt64BigEndian(words.AsSpan(offset));
            }
        }
    }

    private static string Field(string vector, string field) =>
        VectorFile.Vectors.Single(candidate => candidate.Name == vector).Fields[field]!.GetValue<string>();

    private static string Serial(ulong number) => Base32(number, 13) + Base32(number % 1021, 2);

    private static string ControlCode()
    {
        byte[] message = [.. "txcore/receipt/v1\0"u8, .. new byte[30]];
        var fields = message.AsSpan(18);
        BinaryPrimitives.WriteUInt16BigEndian(fields, 1);
        BinaryPrimitives.WriteUInt64BigEndian(fields[2..], 123456789);
        BinaryPrimitives.WriteUInt32BigEndian(fields[10..], 1001);
        BinaryPrimitives.WriteInt64BigEndian(fields[14..], 200);
        BinaryPrimitives.WriteInt64BigEndian(fields[22..], 1762347600000000);
        byte[] key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        byte[] mac = HMACSHA256.HashData(key, message);
        return Base32(new BigInteger(mac.AsSpan(0, 5), isUnsigned: true, isBigEndian: true), 8);
    }

    private static string Base32(BigInteger value, int characters) =>
        string.Concat(Enumerable.Range(1, characters).Select(i => Crockford[(int)((value >> (5 * (characters - i))) & 31)]));
}

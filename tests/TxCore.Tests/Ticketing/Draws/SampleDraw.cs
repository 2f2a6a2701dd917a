using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TxCore.Ticketing.Draws;

namespace TxCore.Tests.Ticketing.Draws;

/// <summary>A draw of persons called "person-1", "person-2", ... with the secret and beacon of the vector in <c>domain.md</c> section 3.3.</summary>
internal sealed class SampleDraw
{
    public const string Name = "TXC-DRAW-DEMO-1";

    public SampleDraw(int count)
    {
        Keys = new PersonKeyList();
        for (int i = 1; i <= count; i++)
        {
            Keys.Add(KeyOf(i));
        }

        Sorted = DrawList.Sort(Keys);
        byte[] root = DrawList.Root(Keys, Sorted);
        Order = DrawShuffle.Order(DrawCommitment.Seed(Beacon, Name, root, Secret), count);
        Struck = count >= 10 ? [new StruckEntry(3, StruckReason.Withdrawn), new StruckEntry(7, StruckReason.Excluded)] : [];
        Record = new DrawRecord
        {
            DrawName = Name,
            DrawNumber = 5,
            Shard = 1,
            Entries = count,
            ListRoot = root,
            Commitment = DrawCommitment.Commit(Name, root, Secret),
            Secret = Secret,
            Beacon = new DrawBeacon("witness, abcdef", 3311596, Beacon, null),
            OrderHash = DrawOrder.Hash(Order),
            OrderRoot = DrawOrder.Root(Order),
            Waves = count >= 10 ? [new DrawWave(1, 1, 4, 1_000, 2_000, 9), new DrawWave(2, 5, 8, 2_000, 3_000, 9)] : [],
            EntryNumbers = new DrawEntryNumbers(100, 200, 300),
            ProgramVersion = "0.1.0",
        };
    }

    public static byte[] Secret => SHA256.HashData("operator secret demo"u8);

    public static byte[] Beacon => Convert.FromHexString("647c07b2abbf7ff2afb4d670214f565e5cd9f9c91bfdcecb59a21f3c78d73920");

    public PersonKeyList Keys { get; }

    public int[] Sorted { get; }

    public int[] Order { get; }

    public StruckEntry[] Struck { get; init; }

    public DrawRecord Record { get; init; }

    public DrawPublication Publication =>
        new(Record.DrawName, Record.Entries, Record.ListRoot, Record.Commitment, Record.Beacon.Chain, Record.Beacon.Round);

    public static PersonKey KeyOf(int person) =>
        PersonKey.Read(SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"person-{person}"))));

    public byte[][] SortedBytes() => [.. Sorted.Select(at => Bytes(Keys[at]))];

    public byte[] Package()
    {
        using var stream = new MemoryStream();
        DrawPackage.Write(stream, Record, Keys, Sorted, Order, Struck);
        return stream.ToArray();
    }

    public static byte[] Bytes(PersonKey key)
    {
        byte[] bytes = new byte[DrawList.KeyBytes];
        key.Write(bytes);
        return bytes;
    }
}

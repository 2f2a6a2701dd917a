using System.Security.Cryptography;
using System.Text;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Ticketing.Draws;
using DrawWave = TxCore.Protocol.Messages.DrawWave;

namespace TxCore.Postgres.Tests;

/// <summary>
/// The draw of the published vector (<c>domain.md</c> section 3.3) as entries: ten persons, of whom one withdraws and comes back, one withdraws,
/// one is excluded before the order is published and one behind it. A second draw runs beside it.
/// </summary>
internal sealed class HandMadeDraw(PostgresShardStore store, SyntheticEntries entries)
{
    public const uint Draw = 7;
    public const string Name = "TXC-DRAW-DEMO-1";
    public const uint Sale = 1;

    public static readonly int[] Order = [9, 8, 3, 2, 6, 0, 4, 7, 5, 1];
    public static readonly byte[] Root = Convert.FromHexString("b10e490964c9e4d2aa36077f202ee99ef0a25f53f2aaae82fd37fa969737ebc7");
    public static readonly byte[] Commitment = Convert.FromHexString("39b74913854bc7b841bd8d24c8d0b5cdbb4c91eac24d5dcfc02deb19191cc800");
    public static readonly byte[] Randomness = Convert.FromHexString("647c07b2abbf7ff2afb4d670214f565e5cd9f9c91bfdcecb59a21f3c78d73920");
    public static readonly byte[] Secret = SHA256.HashData("operator secret demo"u8);
    public static readonly long SlotStart = new DateTimeOffset(2025, 11, 4, 23, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000;
    public static readonly long SlotEnd = SlotStart + (7200 * 1_000_000L);

    private const uint OtherDraw = Draw + 256;
    private static readonly ControlHeader Control = new(7, 8, 2);

    public static byte[] Person(int number) => SHA256.HashData(Encoding.ASCII.GetBytes($"person-{number}"));

    /// <summary>The person of a rank, from 1.</summary>
    public static byte[] PersonOfRank(int rank) =>
        Enumerable.Range(1, 10).Select(Person).OrderBy(Convert.ToHexString, StringComparer.Ordinal).ElementAt(Order[rank - 1]);

    public async Task RegisterAsync()
    {
        foreach (uint draw in new[] { Draw, OtherDraw })
        {
            var define = new DrawDefine(default, Control, draw, Encoding.ASCII.GetBytes(Name), SlotStart, 1000, 1, 30);
            await AddAsync(MessageType.DrawDefine, StoredCommands.Of(define));
            await ControlAsync(MessageType.DrawOpen, draw);
        }

        foreach (int person in new[] { 3, 1, 4, 10, 5, 9, 2, 6, 8, 7 })
        {
            await RegisterAsync(Draw, person);
            await RegisterAsync(OtherDraw, person + 100);
        }

        await WithdrawAsync(4);
        await RegisterAsync(Draw, 4, consent: 3);
        await WithdrawAsync(7);
        await AddAsync(
            MessageType.DrawRegister, StoredCommands.Of(new DrawRegister(default, 1, Draw, Person(3), 1)), ResultCode.AlreadyRegistered);
        await ExcludeAsync(Person(2), Person(99));
        await AddAsync(MessageType.DrawCloseDue, StoredCommands.Subject(Draw));
    }

    public async Task RunAsync(bool isPublished = true)
    {
        await AddAsync(
            MessageType.DrawFreeze, StoredCommands.Of(new DrawFreeze(default, Control, Draw, 10, Root, Commitment, 3_311_596, "witness-notary"u8.ToArray())));
        await AddAsync(
            MessageType.DrawRun,
            StoredCommands.Of(new DrawRun(default, Control, Draw, Secret, Randomness, []), [.. DrawOrder.Hash(Order), .. DrawOrder.Root(Order)]));
        if (isPublished)
        {
            await ControlAsync(MessageType.DrawPublish, Draw);
        }
    }

    public async Task GrantAsync()
    {
        await WaveAsync(1, 4);
        await WaveAsync(2, 5);
        await ExcludeAsync(Person(9), Person(2));
    }

    private Task WaveAsync(ushort wave, uint count) => AddAsync(
        MessageType.DrawWave, StoredCommands.Of(new DrawWave(default, Control, Draw, wave, count, Sale, SlotStart, SlotEnd)));

    private Task RegisterAsync(uint draw, int person, uint consent = 1) => AddAsync(
        MessageType.DrawRegister, StoredCommands.Of(new DrawRegister(default, 1, draw, Person(person), consent)));

    private Task WithdrawAsync(int person) => AddAsync(
        MessageType.DrawWithdraw, StoredCommands.Of(new DrawWithdraw(default, 1, Draw, Person(person))));

    private Task ExcludeAsync(params byte[][] persons) => AddAsync(
        MessageType.DrawExclude, StoredCommands.Of(new DrawExclude(default, Control, Draw, persons)));

    private Task ControlAsync(MessageType type, uint draw) => AddAsync(type, StoredCommands.Of(type, new DrawControl(default, Control, draw)));

    private async Task AddAsync(MessageType kind, byte[] command, ResultCode code = ResultCode.Accepted) =>
        await store.CommitAsync(entries.Next(new Entry { Kind = kind, Code = code }, command, new RowDetail()));
}

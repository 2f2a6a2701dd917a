using System.Security.Cryptography;
using System.Text;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Testing.Shards;
using TxCore.Tests.Reference;

namespace TxCore.Tests.Support;

/// <summary>An organiser and a frontend at a decider: makes sales and draws with few words.</summary>
internal sealed class TicketOffice
{
    public const uint Admin = TestShard.Admin;
    public const uint Frontend = 1;
    public const uint OtherFrontend = 2;
    public const uint Draw = 3;
    private const long Day = 86_400_000_000;
    private int _authorisations;

    public TicketOffice()
    {
        Array.ForEach([Admin, Frontend, OtherFrontend], source => Bench.LogOn(source));
    }

    public DeciderBench Bench { get; } = new();

    /// <summary>The name of the draw; it enters the hashes.</summary>
    public string DrawName { get; init; } = "TXC-DRAW-TEST";

    public static byte[] Person(int number) => SHA256.HashData(Encoding.ASCII.GetBytes($"person-{number}"));

    public static byte[] Secret => SHA256.HashData("operator secret demo"u8);

    public TransactionHeader Name(uint source) => Messages.Name(source, Bench.Next(source));

    /// <summary>Defines a sale with its cells and opens it.</summary>
    public TicketOffice Sell(uint sale, SaleTerms terms, params CellDefinition[] cells)
    {
        Bench.Take(Frame.Encode(new SaleDefine(Name(Admin), Messages.Control(), sale, Bench.Now + Day, 60, terms)));
        Bench.Take(Frame.Encode(new CellsDefine(Name(Admin), Messages.Control(), sale, cells)));
        Bench.Take(Messages.SaleControl(MessageType.SaleOpen, Admin, Bench.Next(Admin), sale));
        return this;
    }

    public Outcome Hold(uint sale, byte[] person, params HoldLine[] lines) => Bench.Do(new Hold(Name(Frontend), 0, sale, person, lines));

    public Outcome Confirm(Outcome hold, byte[]? authorisation = null, uint source = Frontend) => Confirm(hold.Number, hold.AmountCents, authorisation, source);

    public Outcome Confirm(ulong hold, long amountCents, byte[]? authorisation = null, uint source = Frontend) =>
        Bench.Do(new Confirm(Name(source), 0, hold, amountCents, authorisation ?? NewAuthorisation()));

    public Outcome Authorise(Outcome hold, byte[] authorisation) => Bench.Do(new Authorise(Name(Frontend), 0, hold.Number, hold.AmountCents, authorisation));

    public Outcome Release(Outcome hold) => Bench.Do(new Release(Name(Frontend), 0, hold.Number, 1));

    public Outcome Return(Outcome hold, byte line, ushort quantity) => Bench.Do(new TicketReturn(Name(Frontend), 0, hold.Number, line, quantity, 0));

    public Outcome Wait(uint sale, byte[] person, ushort quantity = 1, ushort category = 1) =>
        Bench.Do(new WaitJoin(Name(Frontend), 0, sale, person, 1, category, quantity));

    public Outcome Register(byte[] person, uint consent = 0) => Bench.Do(new DrawRegister(Name(Frontend), 0, Draw, person, consent));

    public Outcome Withdraw(byte[] person) => Bench.Do(new DrawWithdraw(Name(Frontend), 0, Draw, person));

    public ResultCode Step(MessageType type, uint second = 43, uint draw = Draw) =>
        Bench.Do(new DrawControl(Name(Admin), Messages.Control(second), draw).Encode(type)).Code;

    public ResultCode Exclude(params byte[][] persons) => Bench.Do(new DrawExclude(Name(Admin), Messages.Control(), Draw, persons)).Code;

    public ResultCode DefineDraw(uint entriesMax = 100, uint consent = 0, ushort personMax = 0, int closesInSeconds = 3600) => Bench.Do(
        new DrawDefine(Name(Admin), Messages.Control(), Draw, Encoding.ASCII.GetBytes(DrawName), Bench.Now + (closesInSeconds * 1_000_000L), entriesMax, consent, personMax)).Code;

    /// <summary>The freeze that fits, by hashes of the tests' own.</summary>
    public DrawFreeze Freeze(string chain = "drand-mainnet", params byte[][] persons)
    {
        byte[] root = ReferenceLottery.Root([.. persons.OrderBy(static key => Convert.ToHexString(key), StringComparer.Ordinal)]);
        byte[] commitment = ReferenceLottery.Commitment(Encoding.ASCII.GetBytes(DrawName), root, Secret);
        return new DrawFreeze(Name(Admin), Messages.Control(43), Draw, (uint)persons.Length, root, commitment, 4_000_000, Encoding.ASCII.GetBytes(chain));
    }

    /// <summary>The run that fits a witness; a beacon's needs its signature.</summary>
    public DrawRun Run(byte[] randomness, params byte[] signature) => new(Name(Admin), Messages.Control(43), Draw, Secret, randomness, signature);

    /// <summary>Leads a draw of these persons up to its publication; those withdrawn are struck.</summary>
    public TicketOffice Publish(byte[][] persons, params byte[][] withdrawn)
    {
        Assert.Equal(ResultCode.Accepted, DefineDraw());
        Assert.Equal(ResultCode.Accepted, Step(MessageType.DrawOpen));
        Assert.All(persons, person => Assert.Equal(ResultCode.Accepted, Register(person).Code));
        Assert.All(withdrawn, person => Assert.Equal(ResultCode.Accepted, Withdraw(person).Code));
        Assert.Equal(ResultCode.Accepted, Step(MessageType.DrawClose));
        Assert.Equal(ResultCode.Accepted, Bench.Do(Freeze("witness", persons)).Code);
        Assert.Equal(ResultCode.Accepted, Bench.Do(Run(Secret)).Code);
        Assert.Equal(ResultCode.Accepted, Step(MessageType.DrawPublish));
        return this;
    }

    public ResultCode Wave(ushort wave, uint count, uint sale, long startsAt, long endsAt) =>
        Bench.Do(new DrawWave(Name(Admin), Messages.Control(), Draw, wave, count, sale, startsAt, endsAt)).Code;

    /// <summary>Persons in the order of the draw.</summary>
    public byte[][] Order()
    {
        var draw = Bench.State.Draws[Draw];
        return [.. Enumerable.Range(0, draw.Entries.Count).OrderBy(draw.RankOf).Select(index => KeyOf(draw.Entries.Keys[index]))];
    }

    /// <summary>Payment orders as stored, in order: kind, hold, amount, first byte of the authorisation.</summary>
    public async Task<(PaymentKind Kind, ulong Hold, long Cents, int Authorisation)[]> PaymentsAsync()
    {
        var orders = new List<(PaymentKind, ulong, long, int)>();
        await new MemoryReader(Bench.Database).ReadEntriesAsync(
            0,
            (in TxCore.Storage.StoredRow row) =>
            {
                if (TxCore.Ticketing.PaymentOrder.TryRead(row.Command[AddendumStart(row.Entry.Kind, row.Command)..], out var order))
                {
                    orders.Add((order.Kind, (ulong)order.Hold, order.AmountCents, order.Authorisation.FirstOrDefault()));
                }
            },
            TestContext.Current.CancellationToken);
        return [.. orders];
    }

    /// <summary>Everything once more from the stored commands, and the state once more from the rows.</summary>
    public async Task CheckReplayAsync()
    {
        var reader = new MemoryReader(Bench.Database);
        var report = await new ReplayVerifier(TestShard.Identity, reader, TestShard.Keys).RunAsync(TestContext.Current.CancellationToken);
        Assert.Null(report.Fault);
    }

    private static byte[] KeyOf(PersonKey key)
    {
        byte[] bytes = new byte[32];
        key.Write(bytes);
        return bytes;
    }

    private static int AddendumStart(MessageType kind, ReadOnlySpan<byte> command) => kind switch
    {
        MessageType.Confirm or MessageType.Authorise => 8 + 24 + 1 + command[32],
        MessageType.Release => 8 + 18,
        MessageType.Reversal => 8 + 30,
        MessageType.TicketReturn => 8 + 21,
        MessageType.HoldExpired => 8 + 8,
        _ => command.Length,
    };

    private byte[] NewAuthorisation() => [200, .. BitConverter.GetBytes(++_authorisations)];
}

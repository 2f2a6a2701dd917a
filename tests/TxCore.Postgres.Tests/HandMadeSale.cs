using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Postgres.Tests;

/// <summary>
/// A small sale behind the hand-made draw, with every kind of entry that moves seats or money, so that each figure can be computed by hand.
/// Sale 1 sells sessions 10 and 11; sale 2 takes over what is moved to it.
/// </summary>
internal sealed class HandMadeSale
{
    private const uint Sale = HandMadeDraw.Sale;
    private static readonly ControlHeader Control = new(7, 8, 2);

    private readonly SyntheticEntries _entries = new(ShardDatabase.Identity);
    private readonly PostgresShardStore _store;

    private HandMadeSale(PostgresShardStore store) => _store = store;

    /// <summary>Numbers of the entries, by the name the script below gives them.</summary>
    public Dictionary<string, long> Numbers { get; } = [];

    /// <summary>Number of the last entry.</summary>
    public long LastNumber => _entries.LastNumber;

    /// <summary>Writes draw and sale into a new database, the payments of the sale on the second day.</summary>
    public static async Task<(ShardDatabase Database, HandMadeSale Sale)> CreateAsync(PostgresFixture postgres)
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(TestContext.Current.CancellationToken);
        var sale = new HandMadeSale(store);
        var draw = new HandMadeDraw(store, sale._entries);
        await draw.RegisterAsync();
        await draw.RunAsync();
        await sale.DefineAsync();
        await draw.GrantAsync();
        await sale.SellAsync();
        sale._entries.BusinessDay++;
        await sale.WaitAsync();
        return (database, sale);
    }

    public static byte[] Authorisation(byte number) => [0xA0, number];

    private async Task DefineAsync()
    {
        foreach (uint sale in new[] { Sale, 2u })
        {
            var terms = new SaleTerms(sale == Sale ? HandMadeDraw.Draw : 0, 6, 0, 0, 600, 10);
            await ControlAsync(new SaleDefine(default, Control, sale, HandMadeDraw.SlotEnd, 900, terms), sale);
            CellDefinition[] cells = sale == Sale
                ? [new CellDefinition(10, 1, 2500, 10, 2, 4), new CellDefinition(11, 1, 3000, 5, 0, 4)]
                : [new CellDefinition(11, 1, 3000, 0, 0, 4)];
            await ControlAsync(new CellsDefine(default, Control, sale, cells), sale);
            await AddAsync(
                new Entry { Kind = MessageType.SaleOpen }, StoredCommands.Of(MessageType.SaleOpen, new SaleControl(default, Control, sale)),
                new RowDetail { Sale = sale });
        }
    }

    private async Task SellAsync()
    {
        Numbers["H1"] = await HoldAsync(1, new HoldLine(10, 1, 2, 0), new HoldLine(11, 1, 1, 3));
        await AuthoriseAsync("H1", 8000, 1);
        Numbers["C1"] = await ConfirmAsync("H1", 8000, 1);
        Numbers["H2"] = await HoldAsync(2, new HoldLine(10, 1, 4, 0));
        await AuthoriseAsync("H2", 10_000, 2);
        Numbers["E2"] = await AddAsync(
            new Entry { Kind = MessageType.HoldExpired, Reference = Numbers["H2"] },
            StoredCommands.Subject(Numbers["H2"], StoredCommands.Payment(PaymentKind.Void, Numbers["H2"], 10_000, Authorisation(2))), new RowDetail());
        Numbers["H3"] = await HoldAsync(3, new HoldLine(10, 1, 2, 0));
        await AddAsync(
            new Entry { Kind = MessageType.Release, Reference = Numbers["H3"] }, StoredCommands.Of(new Release(default, 1, (ulong)Numbers["H3"], 0)),
            new RowDetail());
        Numbers["H4"] = await HoldAsync(5, new HoldLine(10, 1, 2, 0));
        Numbers["V4"] = await ConfirmAsync("H4", 4999, 4, ResultCode.AmountMismatch);
        await AuthoriseAsync("H4", 5000, 5);
        var reversal = new Reversal(default, 1, 0, 1, 5000, 0);
        Numbers["R4"] = await AddAsync(
            new Entry { Kind = MessageType.Reversal, Reference = Numbers["H4"], AmountCents = 5000 },
            StoredCommands.Of(reversal, StoredCommands.Payment(PaymentKind.Void, Numbers["H4"], 5000, Authorisation(5))),
            new RowDetail { AmountCents = 5000 });
        await AddAsync(
            new Entry { Kind = MessageType.Hold, Code = ResultCode.SoldOut }, StoredCommands.Of(new Hold(default, 1, Sale, [], [new HoldLine(10, 1, 9, 0)])),
            new RowDetail { Sale = Sale, Session = 10, Category = 1, Quantity = 9 });
    }

    private async Task WaitAsync()
    {
        await ControlAsync(new SeatsBlock(default, Control, Sale, 10, 1, 6), Sale);
        Numbers["W1"] = await JoinAsync(6, 3);
        Numbers["W2"] = await JoinAsync(3, 1);
        Numbers["W3"] = await JoinAsync(4, 1);
        await AddAsync(
            new Entry { Kind = MessageType.WaitLeave, Reference = Numbers["W2"] }, StoredCommands.Of(new WaitLeave(default, 1, (ulong)Numbers["W2"], 0)),
            new RowDetail());
        byte[] refund =
        [
            .. StoredCommands.Payment(PaymentKind.Refund, Numbers["H1"], 2500, []),
            .. StoredCommands.Returned(Sale, 10, 1, false, HandMadeDraw.PersonOfRank(1)),
        ];
        Numbers["T1"] = await AddAsync(
            new Entry { Kind = MessageType.TicketReturn, Reference = Numbers["H1"], AmountCents = 2500 },
            StoredCommands.Of(new TicketReturn(default, 1, (ulong)Numbers["H1"], 1, 1, 0), refund),
            new RowDetail { AmountCents = 2500, Sale = Sale, Session = 10, Category = 1, Quantity = 1 });
        await OfferAsync();
        await AddAsync(
            new Entry { Kind = MessageType.WaitLapsed, Reference = Numbers["W3"] }, StoredCommands.Subject(Numbers["W3"]), new RowDetail());
        Numbers["C6"] = await ConfirmAsync("O1", 7500, 6);
        await ControlAsync(new SeatsMove(default, Control, Sale, 11, 1, 2, 2), Sale);
        await ControlAsync(new PaymentsAcknowledge(default, Control, (ulong)Numbers["E2"]), 0);
        Numbers["H6"] = await HoldAsync(8, new HoldLine(11, 1, 1, 0));
        await AuthoriseAsync("H6", 3000, 7);
        Numbers["W4"] = await JoinAsync(2, 1);
    }

    private async Task OfferAsync()
    {
        byte[] body = StoredCommands.Of(new Hold(default, 0, Sale, HandMadeDraw.PersonOfRank(6), [new HoldLine(10, 1, 3, 0)]))[sizeof(long)..];
        Numbers["O1"] = await AddAsync(
            new Entry { Kind = MessageType.WaitOffered, Reference = Numbers["W1"], AmountCents = 7500, ExpiresAt = HandMadeDraw.SlotEnd },
            StoredCommands.Subject(Numbers["W1"], body),
            new RowDetail { AmountCents = 7500, Sale = Sale, Session = 10, Category = 1, Quantity = 3 });
    }

    private Task<long> JoinAsync(int rank, ushort quantity) => AddAsync(
        new Entry { Kind = MessageType.WaitJoin },
        StoredCommands.Of(new WaitJoin(default, 1, Sale, HandMadeDraw.PersonOfRank(rank), 10, 1, quantity)),
        new RowDetail { Sale = Sale, Session = 10, Category = 1, Quantity = quantity });

    private Task<long> HoldAsync(int rank, params HoldLine[] lines)
    {
        var details = lines.Select(line => new RowDetail
        {
            AmountCents = line.Quantity * (line.Session == 10 ? 2500 : 3000),
            Sale = Sale,
            Session = line.Session,
            Category = line.Category,
            Quantity = line.Quantity,
        }).ToArray();
        return AddAsync(
            new Entry { Kind = MessageType.Hold, AmountCents = details.Sum(line => line.AmountCents), ExpiresAt = HandMadeDraw.SlotEnd },
            StoredCommands.Of(new Hold(default, 1, Sale, HandMadeDraw.PersonOfRank(rank), lines)), details);
    }

    private Task AuthoriseAsync(string hold, long cents, byte authorisation) => AddAsync(
        new Entry { Kind = MessageType.Authorise, Reference = Numbers[hold] },
        StoredCommands.Of(new Authorise(default, 1, (ulong)Numbers[hold], cents, Authorisation(authorisation))), new RowDetail());

    private Task<long> ConfirmAsync(string hold, long cents, byte authorisation, ResultCode code = ResultCode.Accepted)
    {
        var kind = code == ResultCode.Accepted ? PaymentKind.Capture : PaymentKind.Void;
        var confirm = new Confirm(default, 1, (ulong)Numbers[hold], cents, Authorisation(authorisation));
        return AddAsync(
            new Entry { Kind = MessageType.Confirm, Code = code, Reference = Numbers[hold], AmountCents = code == ResultCode.Accepted ? cents : 0 },
            StoredCommands.Of(confirm, StoredCommands.Payment(kind, Numbers[hold], cents, Authorisation(authorisation))),
            new RowDetail { AmountCents = code == ResultCode.Accepted ? cents : 0 });
    }

    private Task ControlAsync<T>(T control, uint sale)
        where T : IMessage<T> => AddAsync(new Entry { Kind = T.Type, Source = 9 }, StoredCommands.Of(control), new RowDetail { Sale = sale });

    private async Task<long> AddAsync(Entry entry, byte[] command, params RowDetail[] lines)
    {
        await _store.CommitAsync(_entries.Next(entry, command, lines));
        return _entries.LastNumber;
    }
}

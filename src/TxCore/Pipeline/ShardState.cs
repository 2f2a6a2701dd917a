using System.Collections.Concurrent;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Ticketing;
using TxCore.Ticketing.Draws;
using TxCore.Wagering;

namespace TxCore.Pipeline;

/// <summary>
/// Everything a decision depends on. It changes in one way only, <see cref="Apply"/>, with an entry as decided: the deciding thread
/// applies what it has just decided, recovery and the snapshot follower apply what was stored, and so all come to the same state.
/// </summary>
public sealed class ShardState(ShardIdentity identity, Func<uint, int> windowOf)
{
    /// <summary>The shard.</summary>
    public ShardIdentity Identity { get; } = identity;

    /// <summary>The rules in force, from the last start entry.</summary>
    public ShardRules Rules { get; internal set; } = new();

    /// <summary>Number of the last entry.</summary>
    public long LastNumber { get; internal set; }

    /// <summary>Sequence time, microseconds since 1970-01-01 UTC; never goes back.</summary>
    public long Time { get; set; }

    /// <summary>The business day as <c>YYYYMMDD</c>; 0 before the first start.</summary>
    public int BusinessDay { get; internal set; }

    /// <summary>When the next business day begins, microseconds since 1970-01-01 UTC.</summary>
    public long NextDayStart { get; internal set; } = long.MaxValue;

    /// <summary>From which number on each key epoch seals receipts, in order.</summary>
    public List<(long FromNumber, ushort KeyEpoch)> KeyEpochs { get; } = [];

    /// <summary>Counts the changes of what is on sale.</summary>
    public long DefinitionsVersion { get; internal set; }

    /// <summary>The change the last applied entry made, when it raised <see cref="DefinitionsVersion"/>.</summary>
    public StateChange LastChange { get; internal set; }

    /// <summary>Sources by number; 0 is the shard itself.</summary>
    public Dictionary<uint, SourceState> Sources { get; } = [];

    /// <summary>Races by <see cref="RaceId.Value"/>.</summary>
    public Dictionary<long, Race> Races { get; } = [];

    /// <summary>Races that closed: their names are never used again, or their tickets would be taken for those of the new race.</summary>
    public HashSet<long> ClosedRaces { get; } = [];

    /// <summary>Money carried over from pools that nobody won, by pool number, in cents.</summary>
    public SortedDictionary<ushort, long> CarryOvers { get; } = [];

    /// <summary>Who is barred and who has limits.</summary>
    public Players Players { get; } = new();

    /// <summary>Sales by number.</summary>
    public Dictionary<uint, Sale> Sales { get; } = [];

    /// <summary>Draws by number; other threads look one up to work on the entries of a closed one, which do not change any more.</summary>
    public ConcurrentDictionary<uint, Draw> Draws { get; } = [];

    /// <summary>Persons with seats, holds or places on a waiting list.</summary>
    public Persons Persons { get; } = new();

    /// <summary>Those who wait, by the number of their entry.</summary>
    public SpreadTable<Waiter> Waits { get; } = [];

    /// <summary>Cells whose first waiter can be served, or whose sale is closed: before the next event they are offered seats, or let go.</summary>
    public SortedSet<InventoryCell> OfferCells { get; } = new(CellOrder.Instance);

    /// <summary>Seats given back of orders that are not given back whole, by hold and line.</summary>
    public Dictionary<(long Number, byte Line), ushort> Returned { get; } = [];

    /// <summary>Payment authorisations that were used.</summary>
    public UsedAuthorisations Authorisations { get; } = new();

    /// <summary>The number up to which payment orders were carried out.</summary>
    public long AcknowledgedPayments { get; internal set; }

    /// <summary>The order that the run now applied was given; null in recovery.</summary>
    internal PreparedOrder? PreparedOrder { get; set; }

    /// <summary>Live holds by number.</summary>
    public SpreadTable<LiveHold> Holds { get; } = [];

    /// <summary>What became of tickets and holds.</summary>
    public TicketStates Tickets { get; } = new();

    /// <summary>Races and sales that stop by themselves. Apart from the expiries, so that a backlog of those never delays a stop.</summary>
    public DueQueue Stops { get; } = new();

    /// <summary>Holds that expire.</summary>
    public DueQueue Expiries { get; } = new();

    /// <summary>Cells whose counters the last applied entry changed; cleared by <see cref="ClearTouched"/>.</summary>
    public List<InventoryCell> TouchedCells { get; } = [];

    /// <summary>Waves whose counters the last applied entry changed.</summary>
    public List<Wave> TouchedWaves { get; } = [];

    /// <summary>The draw that the last applied entry changed; null for none.</summary>
    public Draw? TouchedDraw { get; set; }

    /// <summary>Forgets what was touched: called by whoever has read it.</summary>
    public void ClearTouched()
    {
        TouchedCells.Clear();
        TouchedWaves.Clear();
        TouchedDraw = null;
    }

    /// <summary>Told of every change of a cell, its waiting list or its sale.</summary>
    internal void Touch(InventoryCell cell)
    {
        TouchedCells.Add(cell);
        NoteOffer(cell);
    }

    /// <summary>Keeps <see cref="OfferCells"/> true: it is a function of the cell, so that recovery comes to the same.</summary>
    internal void NoteOffer(InventoryCell cell)
    {
        bool isDue = cell.Waiting.First is { } first
            && (cell.Sale.Status == SaleStatus.Closed || (cell.Sale.Status == SaleStatus.Open && first.Quantity <= cell.Available));
        if (isDue)
        {
            OfferCells.Add(cell);
        }
        else if (OfferCells.Count > 0)
        {
            OfferCells.Remove(cell);
        }
    }

    /// <summary>Takes in somebody who waits.</summary>
    internal void AddWaiter(Waiter waiter)
    {
        Waits.Add(waiter.Number, waiter);
        waiter.Cell.Waiting.Add(waiter);
        Persons.Get(waiter.Person).Waits.Add(waiter.Number);
    }

    /// <summary>The state of a source, made when first seen.</summary>
    public SourceState Source(uint id)
    {
        if (!Sources.TryGetValue(id, out var source))
        {
            source = new SourceState(id, windowOf(id));
            Sources.Add(id, source);
        }

        return source;
    }

    /// <summary>The key epoch that sealed the receipt of a number.</summary>
    public ushort KeyEpochOf(long number)
    {
        for (int i = KeyEpochs.Count - 1; i >= 0; i--)
        {
            if (number >= KeyEpochs[i].FromNumber)
            {
                return KeyEpochs[i].KeyEpoch;
            }
        }

        return Rules.KeyEpoch;
    }

    /// <summary>What became, up to now, of what an entry made.</summary>
    public PresentState PresentStateOf(in Entry entry)
    {
        if (entry.Code != ResultCode.Accepted)
        {
            return PresentState.None;
        }

        return entry.Kind switch
        {
            MessageType.Wager or MessageType.VoucherIssue => Tickets[entry.Number] is var state and not PresentState.None ? state : PresentState.Live,
            MessageType.Hold => Holds.ContainsKey(entry.Number) ? PresentState.Held : Tickets[entry.Number],
            MessageType.Confirm => Tickets[entry.Reference],
            MessageType.WaitJoin => Waits.ContainsKey(entry.Number) ? PresentState.Waiting : Tickets[entry.Number],
            _ => PresentState.None,
        };
    }

    /// <summary>The runners that the host picked for a wager, as stored behind it; null for none.</summary>
    internal static byte[]? PicksOf(in Entry entry, ReadOnlySpan<byte> command)
    {
        if (entry.Kind != MessageType.Wager || entry.Code != ResultCode.Accepted)
        {
            return null;
        }

        var body = command[SystemCommand.DeadlineBytes..];
        var wager = new WagerBody(body);
        bool hasSpot = false;
        while (wager.TryNext(out var line))
        {
            hasSpot |= line.Spot;
        }

        return hasSpot ? body[wager.Position..].ToArray() : null;
    }

    /// <summary>Takes in an entry. <paramref name="command"/> is its stored command: deadline (8) and canonical body.</summary>
    public void Apply(in Entry entry, ReadOnlySpan<byte> command)
    {
        if (entry.Number != LastNumber + 1)
        {
            throw new InvalidDataException($"Entry {entry.Number} follows entry {LastNumber}.");
        }

        LastNumber = entry.Number;
        Time = Math.Max(Time, entry.SequencedAt);
        if (BusinessDay == 0)
        {
            BusinessDay = entry.BusinessDay;
        }

        Source(entry.Source).Record(in entry, Rules.KeyEpoch, PicksOf(in entry, command));
        if (entry.Code == ResultCode.Accepted || entry is { Kind: MessageType.Reversal, Code: ResultCode.ReversalToSupervisor })
        {
            StateEffects.Apply(this, in entry, command);
        }
        else if (entry.Kind is MessageType.Confirm or MessageType.Authorise && entry is not { Code: ResultCode.MalformedBody, FaultField: BodyField.Body })
        {
            TicketingEffects.ApplyRefused(this, in entry, command);
        }
    }
}

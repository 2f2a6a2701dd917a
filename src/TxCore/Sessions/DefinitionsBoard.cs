using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Ticketing;
using TxCore.Wagering;

namespace TxCore.Sessions;

/// <summary>
/// What is on sale as of the last commit, for terminals to read without touching the ring. Written by the reply thread; read by
/// sessions, which share encoded pages for up to half a second, so that ten thousand readers cost what one costs.
/// </summary>
public sealed class DefinitionsBoard(TimeProvider clock)
{
    /// <summary>Most items of a page.</summary>
    public const int PageItemsMax = 500;

    /// <summary>Bytes of items after which a page is full: a frame less its header and the largest item.</summary>
    private const int PageBytesMax = Wire.FrameBytesMax - (8 * 1024);

    private static readonly TimeSpan PageLife = TimeSpan.FromMilliseconds(500);
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, RaceItem> _races = [];
    private readonly Dictionary<long, int> _definedOn = [];
    private readonly SortedDictionary<uint, SaleItem> _sales = [];
    private readonly Dictionary<uint, List<InventoryCell>> _cells = [];
    private readonly SortedDictionary<uint, DrawItem> _draws = [];
    private readonly byte[] _item = new byte[8 * 1024];
    private readonly List<byte[]> _pages = [];
    private long _pagesMadeAt;
    private ulong _version;
    private long _highestNumber;
    private long _businessDay;

    /// <summary>The version of the last committed change.</summary>
    public ulong Version => Volatile.Read(ref _version);

    /// <summary>The highest committed number.</summary>
    public long HighestNumber => Volatile.Read(ref _highestNumber);

    /// <summary>Fills the board from a recovered state.</summary>
    public void Load(ShardState state)
    {
        lock (_gate)
        {
            foreach (var race in state.Races.Values)
            {
                _races[race.Id.Value] = Describe(race);
                _definedOn[race.Id.Value] = race.DefinedOn;
            }

            foreach (var sale in state.Sales.Values)
            {
                _sales[sale.Id] = new SaleItem(sale.Id, sale.Status, sale.ClosesAt, sale.HoldSeconds, sale.Terms);
                _cells[sale.Id] = [.. sale.Cells.Values];
                foreach (var cell in sale.Cells.Values)
                {
                    cell.CommittedAvailable = cell.Available;
                    cell.CommittedCapacity = cell.Capacity;
                }
            }

            foreach (var draw in state.Draws.Values)
            {
                _draws[draw.Id] = new DrawItem(draw.Id, draw.Status, draw.Name, draw.ClosesAt, draw.RequiredConsent);
            }

            _version = (ulong)state.DefinitionsVersion;
            _highestNumber = state.LastNumber;
            _businessDay = state.BusinessDay;
        }
    }

    /// <summary>The business day of the last committed event, as <c>YYYYMMDD</c>.</summary>
    public long BusinessDay => Volatile.Read(ref _businessDay);

    /// <summary>
    /// The business day on which the first race of a race's meeting was defined: no row about any of them is older. Null when the race is
    /// not known.
    /// </summary>
    public int? MeetingDefinedOn(RaceId race)
    {
        lock (_gate)
        {
            if (!_definedOn.TryGetValue(race.Value, out int first))
            {
                return null;
            }

            foreach (var (other, day) in _definedOn)
            {
                if (RaceId.FromValue(other) is var id && id.Day == race.Day && id.Meeting == race.Meeting)
                {
                    first = Math.Min(first, day);
                }
            }

            return first;
        }
    }

    /// <summary>Told the highest committed number and the business day.</summary>
    public void SetProgress(long number, long businessDay)
    {
        Volatile.Write(ref _highestNumber, number);
        Volatile.Write(ref _businessDay, businessDay);
    }

    /// <summary>Takes in a committed change; <paramref name="work"/> is the event that made it.</summary>
    public void Apply(in StateChange change, TxEvent work)
    {
        lock (_gate)
        {
            if (change.Draw != 0)
            {
                ApplyDraw(in change, work);
            }
            else if (change.Sale != 0)
            {
                ApplySale(in change, work);
            }
            else
            {
                ApplyRace(in change, work);
            }

            _pages.Clear();
            Volatile.Write(ref _version, change.Version);
        }
    }

    /// <summary>The frame of a page, encoded; an empty page of the same version when the client holds it already.</summary>
    public byte[] Page(in DefinitionsRequest request)
    {
        lock (_gate)
        {
            if (request.KnownVersion == _version)
            {
                return Frame.Encode(new DefinitionsPage(_version, request.Page, 0, []));
            }

            if (_pages.Count == 0 || clock.GetElapsedTime(_pagesMadeAt) > PageLife)
            {
                MakePages();
            }

            return request.Page < _pages.Count
                ? _pages[(int)request.Page]
                : Frame.Encode(new DefinitionsPage(_version, request.Page, (uint)_pages.Count, []));
        }
    }

    private static RaceItem Describe(Race race) => new(
        race.Id, race.Status, race.Epoch, race.StartsAt, race.LatestStopAt, race.RunnerCount, race.ScratchedMask,
        Array.ConvertAll(race.Pools, static pool => pool.ToDefinition()), race.Stage, race.Finish);

    private void MakePages()
    {
        var pages = new List<List<DefinitionItem>> { new() };
        int bytes = 0;
        foreach (var item in AllItems())
        {
            var writer = new WireWriter(_item);
            DefinitionsPage.WriteItem(ref writer, item);
            if (pages[^1].Count == PageItemsMax || bytes + writer.Position > PageBytesMax)
            {
                pages.Add([]);
                bytes = 0;
            }

            pages[^1].Add(item);
            bytes += writer.Position;
        }

        _pages.Clear();
        _pages.AddRange(pages.Select((items, page) => Frame.Encode(new DefinitionsPage(_version, (uint)page, (uint)pages.Count, [.. items]))));
        _pagesMadeAt = clock.GetTimestamp();
    }

    private IEnumerable<DefinitionItem> AllItems()
    {
        foreach (var draw in _draws.Values)
        {
            yield return new DefinitionItem(null, null, null, draw);
        }

        foreach (var race in _races.Values)
        {
            yield return new DefinitionItem(race, null, null);
        }

        foreach (var sale in _sales.Values)
        {
            yield return new DefinitionItem(null, sale, null);
            foreach (var cell in _cells.GetValueOrDefault(sale.Sale) ?? [])
            {
                yield return new DefinitionItem(
                    null,
                    null,
                    new CellItem(
                        sale.Sale, cell.Session, cell.Category, cell.PriceCents, (uint)cell.CommittedCapacity, (uint)cell.CommittedAvailable,
                        cell.QuantityMax));
            }
        }
    }

    private void ApplyDraw(in StateChange change, TxEvent work)
    {
        if (change.Change == MessageType.DrawDefine)
        {
            var draw = Bodies.Decode<DrawDefine>(work.Body);
            _draws[change.Draw] = new DrawItem(change.Draw, DrawStatus.Draft, draw.Name, draw.ClosesAt, draw.RequiredConsent);
            return;
        }

        _draws[change.Draw] = _draws[change.Draw] with { Status = (DrawStatus)change.State };
    }

    private void ApplyRace(in StateChange change, TxEvent work)
    {
        if (change.Change == MessageType.RaceDefine)
        {
            _definedOn[change.Race.Value] = work.Entry.BusinessDay;
            var race = Bodies.RaceDefine(work.Body);
            _races[change.Race.Value] = new RaceItem(
                race.Race, RaceStatus.Draft, 0, race.StartsAt, race.LatestStopAt, race.RunnerCount, 0, race.Pools, ResultStage.None, []);
            return;
        }

        var item = _races[change.Race.Value];
        if (change.Change == MessageType.RaceCloseDue)
        {
            _races.Remove(change.Race.Value);
            _definedOn.Remove(change.Race.Value);
            return;
        }

        if (change.Change == MessageType.RaceResult)
        {
            var result = Bodies.Decode<RaceResult>(work.Body);
            item = item with { Stage = result.Stage, Finish = result.Finish };
        }

        bool isMoved = change.Change == MessageType.RacePostpone && change.State != (byte)RaceStatus.Postponed;
        long latestStopAt = isMoved || change.Change == MessageType.RaceReopen ? new RaceBody(work.Body).LatestStopAt : item.LatestStopAt;
        uint scratched = change.Runner == 0 ? item.ScratchedMask : item.ScratchedMask | (1u << change.Runner);
        _races[change.Race.Value] = item with
        {
            Status = (RaceStatus)change.State,
            Epoch = change.Epoch,
            StartsAt = isMoved ? item.StartsAt + (latestStopAt - item.LatestStopAt) : item.StartsAt,
            LatestStopAt = latestStopAt,
            ScratchedMask = scratched,
        };
    }

    private void ApplySale(in StateChange change, TxEvent work)
    {
        switch (change.Change)
        {
            case MessageType.SaleDefine:
                var body = new SaleBody(work.Body);
                _sales[change.Sale] = new SaleItem(change.Sale, SaleStatus.Draft, body.ClosesAt, body.HoldSeconds, body.Terms);
                _cells[change.Sale] = [];
                break;
            case MessageType.CellsDefine:
                foreach (var (cell, _) in work.Cells)
                {
                    if (cell.Sale.Id == change.Sale)
                    {
                        _cells[change.Sale].Add(cell);
                    }
                }

                break;
            default:
                _sales[change.Sale] = _sales[change.Sale] with { Status = (SaleStatus)change.State };
                break;
        }
    }
}

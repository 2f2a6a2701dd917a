using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using TxCore.Benchmarks.Ceilings;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Benchmarks.OldWinner;

/// <summary>
/// Lives through days of trade: the real decider decides real commands under a clock that walks from day to day, and the real store keeps
/// what it decided. Races are defined, sold, stopped, settled from the stored rows and paid in part.
/// </summary>
internal sealed class History
{
    /// <summary>Sources that sell, from <see cref="FirstSeller"/> on.</summary>
    public const int Sellers = 300;

    public const uint Administrator = 1;
    public const uint FirstSeller = 1001;

    /// <summary>Races of a day.</summary>
    private const int RacesOfDay = 2;

    /// <summary>Of the winners of a single win line one in so many fetches the gain on the day.</summary>
    private const int PaidOneIn = 3;

    private const long Second = 1_000_000;
    private const long Hour = 3600 * Second;
    private static readonly ControlHeader Control = new(1, 2, 1);

    private readonly WinnerSample _sample;
    private readonly ShardIdentity _identity;
    private readonly ReceiptKeys _keys;
    private readonly IShardReader _reader;
    private readonly HistoryWriter _writer;
    private readonly Decider _decider;
    private readonly ShardState _state;
    private readonly TxEvent _work = new();
    private readonly Random _random = new(20261122);
    private readonly List<FetchedRow> _toPay = [];
    private long _now;
    private int _winners;

    public History(WinnerSample sample, ShardIdentity identity, byte[] receiptKey, IShardReader reader, HistoryWriter writer)
    {
        (_sample, _identity, _reader, _writer) = (sample, identity, reader, writer);
        _keys = new ReceiptKeys(new Dictionary<ushort, byte[]> { [1] = receiptKey });
        _state = new ShardState(identity, static _ => 64);
        _decider = new Decider(_state, _keys);
    }

    /// <summary>The state after the last entry.</summary>
    public ShardState State => _state;

    /// <summary>The business day of the last entry; read by the maintenance beside.</summary>
    public int BusinessDay { get; private set; }

    /// <summary>Time spent counting races for their publication.</summary>
    public TimeSpan Settling { get; private set; }

    /// <summary>Starts the shard; the step of a day is no fault of the clock here.</summary>
    public async Task StartAsync(DateTimeOffset firstDay)
    {
        _now = At(firstDay, 4);
        var rules = new ShardRules { TimeStepMaxSeconds = 48 * 3600 };
        _work.Reset(EventKind.Start, _now, 0);
        _work.Type = MessageType.Started;
        _work.Command.AsSpan(0, SystemCommand.DeadlineBytes).Clear();
        _work.CommandBytes = SystemCommand.DeadlineBytes + rules.Write(_work.Command.AsSpan(SystemCommand.DeadlineBytes));
        await DecideAsync();
    }

    /// <summary>Lives through one day, until the history has so many rows.</summary>
    public async Task LiveAsync(DateTimeOffset day, int ageDays, long rowsAfter)
    {
        uint date = uint.Parse($"{day:yyyyMMdd}", System.Globalization.CultureInfo.InvariantCulture);
        var sales = Enumerable.Range(1, RacesOfDay)
            .Select(race => new RaceSale(new RaceId(date, 1, (byte)race), (byte)(1 + _random.Next(RaceSale.Runners)))).ToArray();
        _now = At(day, 6);
        foreach (var sale in sales)
        {
            long stop = At(day, 20);
            await ControlAsync(header => Frame.Encode(
                new RaceDefine(header, Control, sale.Race, stop, stop, RaceSale.Runners, RaceSale.Pools)));
            await ControlAsync(header => new RaceControl(header, Control, sale.Race, 0, 0).Encode(MessageType.RaceOpen));
        }

        await SellAsync(sales, day, ageDays, rowsAfter);
        _now = At(day, 19.5);
        foreach (var sale in sales)
        {
            await EndAsync(sale);
        }

        _now = At(day, 20.5);
        await PayAsync();
    }

    /// <summary>Lets the present day begin.</summary>
    public async Task OpenAsync(long now)
    {
        _now = now;
        _work.Reset(EventKind.Tick, _now, 0);
        await DecideAsync();
        await _writer.CompleteAsync();
    }

    private async Task SellAsync(RaceSale[] sales, DateTimeOffset day, int ageDays, long rowsAfter)
    {
        (long from, long to) = (At(day, 8), At(day, 19));
        long first = _writer.Rows;
        long rows = Math.Max(1, rowsAfter - first);
        _sample.StartDay(ageDays, rows);
        while (_writer.Rows < rowsAfter)
        {
            _now = from + (long)((to - from) * ((double)(_writer.Rows - first) / rows));
            var (frame, wins) = sales[_random.Next(sales.Length)].Pick(_random);
            uint source = FirstSeller + (uint)_random.Next(Sellers);
            WagerFrames.Patch(frame, source, _state.Source(source).Next);
            Fill(frame);
            bool isFull = Decide();
            if (wins)
            {
                KeepWinner();
            }

            _work.Release();
            if (isFull)
            {
                await _writer.CommitAsync();
            }
        }
    }

    private void KeepWinner()
    {
        if (++_winners % PaidOneIn == 0)
        {
            _toPay.Add(new FetchedRow(_work.Entry, _work.CommandSpan.ToArray()));
        }
        else
        {
            _sample.Offer(_work.Entry, ControlCode);
        }
    }

    private async Task EndAsync(RaceSale sale)
    {
        await ControlAsync(header => new RaceControl(header, Control, sale.Race, 0, 0).Encode(MessageType.RaceStop));
        await ControlAsync(header => Frame.Encode(new RaceResult(header, Control, sale.Race, ResultStage.Official, sale.Finish)));
        await _writer.CompleteAsync();
        long started = Stopwatch.GetTimestamp();
        var board = new DefinitionsBoard(TimeProvider.System);
        board.Load(_state);
        var publish = new RacePublish(default, Control, sale.Race, DividendMethod.EqualSplit, []);
        byte[] settlement = await new RaceSettler(_identity, _reader, board, NullLogger.Instance).SettleAsync(publish, CancellationToken.None);
        Settling += Stopwatch.GetElapsedTime(started);
        await ControlAsync(header => Frame.Encode(publish with { Header = header }), settlement);
    }

    private async Task PayAsync()
    {
        foreach (var row in _toPay)
        {
            _now += Second / 10;
            var header = new TransactionHeader(row.Entry.Source, (ulong)_state.Source(row.Entry.Source).Next, 0);
            Fill(Frame.Encode(new Pay(header, _now, 0, (ulong)row.Entry.Number, ControlCode(row.Entry), IdentityChecked: true)));
            _work.Carried = row;
            await DecideAsync();
        }

        _toPay.Clear();
    }

    private byte[] ControlCode(Entry entry)
    {
        byte[] code = new byte[Receipt.ControlCodeChars];
        Receipt.WriteControlCode(_keys[1], _identity.Shard, in entry, code);
        return code;
    }

    private Task ControlAsync(Func<TransactionHeader, byte[]> frame, byte[]? settlement = null)
    {
        _now += Second;
        Fill(frame(new TransactionHeader(Administrator, (ulong)_state.Source(Administrator).Next, 0)));
        _work.Settlement = settlement;
        return DecideAsync();
    }

    private void Fill(ReadOnlySpan<byte> frame)
    {
        Micro.WorkBench.Fill(_work, frame);
        _work.ReceivedAt = _now;
        _work.Outlet = (int)(_work.Source / 10);
    }

    private async Task DecideAsync()
    {
        bool isFull = Decide();
        _work.Release();
        if (isFull)
        {
            await _writer.CommitAsync();
        }
    }

    /// <summary>Decides an event, which must be accepted, and appends its rows; true when a commit is due.</summary>
    private bool Decide()
    {
        _decider.Decide(_work);
        if (_work.Kind == EventKind.Transaction && (!_work.IsStored || _work.Entry.Code != ResultCode.Accepted))
        {
            throw new InvalidOperationException($"The history stops at {_state.LastNumber}: {_work.Type} is {_work.Entry.Code} {_work.AnswerCode}.");
        }

        BusinessDay = _state.BusinessDay;
        return _writer.Append(_work);
    }

    private static long At(DateTimeOffset day, double hours) =>
        ((day - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) + (long)(hours * Hour);
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Wagering.Totals;

/// <summary>
/// Pool totals and probable dividends as of at most a second ago, for terminals to read without touching the ring. The reply thread only
/// copies committed entries into a buffer; a loop of its own counts them every 250 ms, combination by combination, and shows readers a new
/// view of each race that changed. Readers share encoded answers for up to half a second, or until their race changes.
/// </summary>
/// <remarks>
/// Totals are right from the start on, out of the recovered state. The combinations of earlier wagers are read from rows meanwhile; until
/// then pools have no dividends. When entries come faster than the buffer holds, the board falls behind and catches up from committed rows,
/// showing what it last knew until it has.
/// </remarks>
public sealed class PoolTotalsBoard
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly short _shard;
    private readonly IShardReader _reader;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<long, RaceTotals> _races = new();
    private readonly CommittedEvents _events;
    private readonly TotalsEffects _effects;
    private readonly Func<BookLoader> _loaderOfStart;
    private readonly Queue<long> _notTakenOut = new();
    private TotalsProgress _counted;
    private TotalsProgress _shown;
    private bool _isBehind;
    private bool _areBooksLoaded;
    private long _encodings;
    private long _catchUps;

    /// <summary>A board that shows the totals of a recovered state; nothing else may change that state meanwhile.</summary>
    /// <param name="state">The recovered state.</param>
    /// <param name="reader">The rows.</param>
    /// <param name="bufferBytesMax">Most bytes of each of the two buffers (<see cref="ShardOptions.TotalsBufferBytesMax"/>).</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">Where trouble with the rows is told.</param>
    public PoolTotalsBoard(ShardState state, IShardReader reader, int bufferBytesMax, TimeProvider clock, ILogger logger)
    {
        (_shard, _reader, _clock, _logger) = (state.Identity.Shard, reader, clock, logger);
        _counted = _shown = new TotalsProgress(state.LastNumber, state.Time);
        _events = new CommittedEvents(bufferBytesMax, _counted);
        _effects = new TotalsEffects(_races);
        foreach (var race in state.Races.Values)
        {
            _races[race.Id.Value] = new RaceTotals(RaceTotals.Copy(race), areBooksWhole: false);
        }

        var open = state.Races.Values.Where(static race => !RaceTotals.IsOverAt(race.Status)).Select(RaceTotals.Copy).ToArray();
        long lastNumber = state.LastNumber;
        _loaderOfStart = () => new BookLoader(
            reader, lastNumber, open.ToDictionary(static race => race.Id.Value, static race => new RaceTotals(race, areBooksWhole: true)));
    }

    /// <summary>Every entry up to this number is in what readers see.</summary>
    public long ShownNumber => Volatile.Read(ref _shown).Number;

    /// <summary>True once the wagers of before the start are in the books: from then on pools have dividends.</summary>
    public bool AreBooksLoaded => Volatile.Read(ref _areBooksLoaded);

    /// <summary>Answers encoded so far; the others were shared.</summary>
    public long Encodings => Volatile.Read(ref _encodings);

    /// <summary>Times that the board had fallen behind and read what it missed from rows.</summary>
    public long CatchUps => Volatile.Read(ref _catchUps);

    /// <summary>Takes in a committed event; called by the reply stage, so it only copies.</summary>
    public void Append(TxEvent work) => _events.Append(work);

    /// <summary>The frame of an answer, shared with other readers. Called by any thread.</summary>
    public byte[] Answer(in PoolTotalsRequest request)
    {
        // Read before the race: its view then holds at least what the number says.
        var shown = Volatile.Read(ref _shown);
        if (!_races.TryGetValue(request.Race.Value, out var race) || race.Race.Id != request.Race)
        {
            return Frame.Encode(new PoolTotals(request.Race, RaceStatus.None, (ulong)shown.Number, shown.At, []));
        }

        byte[] frame = race.View.Frame(request.Pool, shown, _clock, out bool encoded);
        if (encoded)
        {
            Interlocked.Increment(ref _encodings);
        }

        return frame;
    }

    /// <summary>Counts until the shard stops.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var load = LoadAsync(cancellationToken);
        bool isMerged = false;
        using var timer = new PeriodicTimer(Turn, _clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (!isMerged && load.IsCompleted)
            {
                _effects.Merge(await load);
                isMerged = true;
            }

            await CountAsync(cancellationToken);
            Volatile.Write(ref _areBooksLoaded, isMerged);
        }
    }

    /// <summary>A race as counted; null when it is not known. For tests that run no loop.</summary>
    internal RaceTotals? Find(RaceId race) => _races.GetValueOrDefault(race.Value);

    /// <summary>Counts what was committed since the last turn and shows it. For tests too, when they run no loop.</summary>
    internal async ValueTask CountAsync(CancellationToken cancellationToken)
    {
        var turn = _events.Take();
        if (!_isBehind)
        {
            CountTurn(in turn);
            _isBehind = turn.IsShort;
        }

        if (_isBehind && !await TryCatchUpAsync(cancellationToken))
        {
            return;
        }

        _effects.Publish();
        Volatile.Write(ref _shown, _counted);
    }

    private void CountTurn(in CommittedTurn turn)
    {
        var rest = turn.Bytes.Span;
        while (CommittedTurn.TryNext(ref rest, out var committed))
        {
            // What was read from rows already is here a second time.
            if (committed.Entry.Number > _counted.Number)
            {
                _effects.Apply(in committed);
                if (turn.IsShort)
                {
                    _counted = new TotalsProgress(committed.Entry.Number, committed.Entry.SequencedAt);
                }
            }
        }

        if (!turn.IsShort && turn.Progress.Number > _counted.Number)
        {
            _counted = turn.Progress;
        }
    }

    /// <summary>Reads what did not find room, entry by entry, and goes on where it stopped when the rows cannot be read just now.</summary>
    private async ValueTask<bool> TryCatchUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _reader.ReadEntriesAsync(_counted.Number, CountRow, cancellationToken);
            while (_notTakenOut.TryPeek(out long number))
            {
                if (await _reader.FindByNumberAsync(number, cancellationToken) is { Entry.Kind: MessageType.Wager } ticket)
                {
                    _effects.TakeOut(number, ticket.Command);
                }

                _notTakenOut.Dequeue();
            }
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            _logger.TotalsBehind(_shard, _counted.Number, fault);
            return false;
        }

        _isBehind = false;
        Interlocked.Increment(ref _catchUps);
        return true;
    }

    private void CountRow(in StoredRow row)
    {
        bool isUndo = row.Entry.Code == ResultCode.Accepted && _effects.Apply(in row.Entry, row.Command);
        if (isUndo)
        {
            _notTakenOut.Enqueue(row.Entry.Reference);
        }

        _counted = new TotalsProgress(row.Entry.Number, row.Entry.SequencedAt);
    }

    /// <summary>Counts the wagers of before the start, again from the beginning when the rows cannot be read just now.</summary>
    private async Task<IEnumerable<RaceTotals>> LoadAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        while (true)
        {
            try
            {
                return await _loaderOfStart().LoadAsync(cancellationToken);
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                _logger.TotalsNotLoaded(_shard, fault);
                await Task.Delay(RetryDelay, _clock, cancellationToken);
            }
        }
    }
}

using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Simulation.Clients;
using TxCore.Simulation.Engine;
using TxCore.Simulation.Storage;
using TxCore.Storage;

namespace TxCore.Simulation.Checks;

/// <summary>
/// Says of everything that is stored and everything that leaves a server whether it may: rows when they are committed, answers in the moment
/// they leave. It knows what the clients sent and keeps books of its own; nothing of it is known to the servers.
/// </summary>
internal sealed partial class Checker
{
    private readonly World _world;
    private readonly Ledger _ledger;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<uint, List<long>> _numbers = [];
    private readonly Dictionary<uint, SimClient> _clients;

    /// <summary>The state that the rows make, applied one by one from the first, without any snapshot.</summary>
    private readonly ShardState _reference = new(Setup.Identity, Setup.WindowOf);

    private byte[] _lastHash = new byte[ChainHash.Bytes];
    private long _lastBatch;

    public Checker(World world)
    {
        _world = world;
        _ledger = new Ledger(world.Violate);
        _clients = world.Clients.ToDictionary(static client => client.Source);
    }

    /// <summary>Transactions of clients that are decided.</summary>
    public int Decided { get; private set; }

    /// <summary>How many sequences of a source are decided.</summary>
    public long DecidedOf(uint source) => _numbers.GetValueOrDefault(source)?.Count ?? 0;

    /// <summary>A batch has become durable.</summary>
    public void Committed(StoredBatch batch)
    {
        CheckChain(batch);
        int line = 0;
        for (int i = 0; i < batch.Offsets.Length && _world.Violation is null; i++)
        {
            var tuple = batch.Row(i);
            if (!StoredRow.TryRead(tuple, out var row) || row.Shard != Setup.Identity.Shard
                || row.Checksum != RowWriter.Checksum(tuple[..^RowFormat.ChecksumFieldBytes]))
            {
                _world.Violate($"row {i} of batch {batch.Batch} cannot be read");
                return;
            }

            line = row.Entry.Number == _entries.Count ? line + 1 : 1;
            if (row.Line != line)
            {
                _world.Violate($"number {row.Entry.Number}, line {row.Line} follows number {_entries.Count}, line {line}");
            }
            else if (line == 1)
            {
                CheckEntry(in row);
            }
        }
    }

    /// <summary>A server has recovered: its state must be the one that the rows make.</summary>
    public void Recovered(SimProcess process)
    {
        var state = process.Shard!.State;
        if (state.LastNumber == _entries.Count)
        {
            _world.Saw(Sight.RecoveredStateCompared);
            Compare(state, $"process {process.Id} recovered");
        }
    }

    /// <summary>Everything has come to its end.</summary>
    public void End()
    {
        foreach (var (source, client) in _clients)
        {
            if (DecidedOf(source) != client.Submissions.Count)
            {
                _world.Violate($"source {source} began {client.Submissions.Count} transactions, {DecidedOf(source)} are stored");
            }
        }

        var live = _world.Processes[^1].Shard!.State;
        if (live.LastNumber == _entries.Count)
        {
            Compare(live, "the last server holds");
        }

        var reader = new SimReader(_world, null);
        try
        {
            Compare(Recovery.RecoverAsync(Setup.Identity, reader, Setup.WindowOf, NullLogger.Instance, CancellationToken.None).GetAwaiter().GetResult(), "recovery makes");
            var replay = new ReplayVerifier(Setup.Identity, reader, Setup.Keys).RunAsync(CancellationToken.None).GetAwaiter().GetResult();
            if (replay.Fault is { } differs)
            {
                _world.Violate($"the replay differs at number {differs.Number}: {differs.What}");
            }
        }
        catch (Exception fault)
        {
            _world.Violate($"what is stored cannot be recovered or replayed: {fault}");
        }
    }

    private void Compare(ShardState state, string who)
    {
        // Ticks move the time of a state without an entry.
        long time = _reference.Time;
        _reference.Time = state.Time;
        bool isSame = ShardSnapshot.Save(state).Span.SequenceEqual(ShardSnapshot.Save(_reference).Span);
        _reference.Time = time;
        if (!isSame)
        {
            _world.Violate($"{who} another state after number {state.LastNumber} than the rows make");
        }
    }

    private void CheckChain(StoredBatch batch)
    {
        ChainHash.Begin(
            _hash, batch.PreviousHash, Setup.Identity.Shard, RowFormat.Version, batch.Batch, batch.FirstNumber, batch.LastNumber, batch.Offsets.Length);
        _hash.AppendData(batch.Rows);
        if (!_hash.GetHashAndReset().AsSpan().SequenceEqual(batch.Hash) || !batch.PreviousHash.AsSpan().SequenceEqual(_lastHash))
        {
            _world.Violate($"batch {batch.Batch} does not continue the chain");
        }

        if (batch.Batch != _lastBatch + 1 || batch.FirstNumber != _entries.Count + 1)
        {
            _world.Violate($"batch {batch.Batch} from number {batch.FirstNumber} follows batch {_lastBatch}, number {_entries.Count}");
        }

        (_lastHash, _lastBatch) = (batch.Hash, batch.Batch);
    }

    private void CheckEntry(in StoredRow row)
    {
        var entry = row.Entry;
        var before = _entries.Count > 0 ? _entries[^1] : default;
        if (entry.Number != _entries.Count + 1 || entry.SequencedAt < before.SequencedAt || entry.BusinessDay < before.BusinessDay)
        {
            _world.Violate($"number {entry.Number} at {entry.SequencedAt} of day {entry.BusinessDay} follows number {before.Number} at {before.SequencedAt} of day {before.BusinessDay}");
        }

        if (!_numbers.TryGetValue(entry.Source, out var numbers))
        {
            _numbers.Add(entry.Source, numbers = []);
        }

        if (entry.Sequence != numbers.Count + 1 || entry.Previous != (numbers.Count == 0 ? 0 : numbers[^1]))
        {
            _world.Violate($"number {entry.Number}: source {entry.Source} has sequence {entry.Sequence} after {numbers.Count}");
            return;
        }

        var content = entry.Source == 0 ? null : FindContent(in row);
        if (_world.Violation is not null)
        {
            return;
        }

        numbers.Add(entry.Number);
        _entries.Add(entry);
        SeeEntry(in entry);
        _ledger.Take(in entry, content, row.Command);
        Apply(in row);
    }

    private void SeeEntry(in Entry entry)
    {
        Sight? sight = (entry.Kind, entry.Code) switch
        {
            (_, ResultCode.ReversedBeforeArrival) => Sight.ReversedBeforeArrival,
            (_, ResultCode.ReversalToSupervisor) => Sight.ReversalToSupervisor,
            (_, ResultCode.DeadlinePassed) => Sight.DeadlinePassed,
            (_, ResultCode.SoldOut) => Sight.SoldOut,
            (MessageType.HoldExpired, _) => Sight.HoldExpired,
            (MessageType.RaceStopDue, _) => Sight.StopDue,
            (MessageType.SaleCloseDue, _) => Sight.SaleCloseDue,
            (MessageType.DayOpened, _) => Sight.DayOpened,
            (MessageType.TimeConfirm, ResultCode.Accepted) => Sight.TimeConfirmed,
            _ => null,
        };
        if (sight is { } seen)
        {
            _world.Saw(seen);
        }
    }

    private void Apply(in StoredRow row)
    {
        try
        {
            _reference.Apply(in row.Entry, row.Command);
            _reference.ClearTouched();
        }
        catch (Exception fault) when (fault is InvalidDataException or InvalidOperationException or KeyNotFoundException or NullReferenceException)
        {
            _world.Violate($"number {row.Entry.Number} cannot be applied: {fault.Message}");
        }
    }

    /// <summary>What was sent under the sequence of a row; the row must be exactly that, from a connection that may still speak.</summary>
    private Content? FindContent(in StoredRow row)
    {
        var entry = row.Entry;
        if (!_clients.TryGetValue(entry.Source, out var client) || entry.Sequence > client.Submissions.Count)
        {
            _world.Violate($"number {entry.Number}: source {entry.Source} never sent sequence {entry.Sequence}");
            return null;
        }

        Decided++;
        var submission = client.Submissions[(int)entry.Sequence - 1];
        var (speaks, next) = _speaking.GetValueOrDefault(entry.Source);
        if (entry.Sequence >= next && submission.SentOn < speaks)
        {
            _world.Violate($"number {entry.Number}: sequence {entry.Sequence} of source {entry.Source} came from a connection before its logon on connection {speaks}");
        }

        if (Is(submission.Content, in row))
        {
            return submission.Content;
        }

        if (submission.Before is { } before && Is(before, in row))
        {
            return before;
        }

        _world.Violate($"number {entry.Number}: source {entry.Source} sent something else as sequence {entry.Sequence}");
        return null;
    }

    private static bool Is(Content content, in StoredRow row) =>
        content.Type == row.Entry.Kind && BitConverter.ToInt64(row.Command) == content.Deadline && row.Command[sizeof(long)..].StartsWith(content.Body);
}

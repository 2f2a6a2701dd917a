using TxCore.Client.Sessions;

namespace TxCore.Client;

/// <summary>
/// An outbox on disk, for terminals that hand out paper: a transaction leaves only after the disk has it, and the next client finishes
/// what a crash interrupted. Submits that arrive together share one flush (0.1 to 10 ms by the disk). One client at a time: the
/// file is locked. Dispose it after the client.
/// </summary>
public sealed class FileOutbox : IOutbox, IAsyncDisposable
{
    /// <summary>How long a completion may wait for a group to go with; a crash meanwhile makes the next client ask for that outcome again.</summary>
    private static readonly TimeSpan CompletionDelayMax = TimeSpan.FromMilliseconds(20);

    /// <summary>Above this multiple of the compaction size appends wait until the file can be compacted, so that it stays bounded.</summary>
    private const int HoldFactor = 16;

    private readonly Lock _gate = new();
    private readonly MemoryOutbox _contents = new();
    private readonly OutboxFile _file;
    private readonly long _compactAboveBytes;
    private readonly AsyncSignal _signal = new();
    private readonly HashSet<ulong> _unansweredInFile;
    private readonly Task _flushing;
    private Group _group = new();
    private ulong _nextSequenceInFile;
    private Exception? _failure;
    private bool _isClosing;

    private FileOutbox(string path, long compactAboveBytes)
    {
        _compactAboveBytes = compactAboveBytes;
        _file = OutboxFile.Open(path, _contents);
        var contents = _contents.Contents();
        _unansweredInFile = [.. contents.Unanswered.Select(entry => entry.Sequence)];
        _nextSequenceInFile = contents.NextSequence;
        _flushing = Task.Run(FlushAllAsync);
    }

    /// <summary>Opens or creates the outbox of one source and locks it.</summary>
    /// <param name="path">The file; its folder must exist, on a local disk.</param>
    /// <param name="compactAboveBytes">
    /// Once the file is longer, and everything in it answered, it is emptied: 64 KiB to 64 MiB. Default 4 MiB. At sixteen times this new
    /// transactions wait until it can be. Smaller saves disk and start-up time, larger flushes less.
    /// </param>
    /// <exception cref="IOException">The file cannot be opened, or another client has it.</exception>
    /// <exception cref="InvalidDataException">The file is damaged in the middle; the message names the file and the offset.</exception>
    public static FileOutbox Open(string path, long compactAboveBytes = 4 * 1024 * 1024)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(compactAboveBytes, 64 * 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(compactAboveBytes, 64 * 1024 * 1024);
        return new FileOutbox(path, compactAboveBytes);
    }

    /// <inheritdoc/>
    public ValueTask AppendAsync(OutboxEntry entry)
    {
        Task written;
        lock (_gate)
        {
            ThrowIfEnded();
            _contents.Append(entry);
            _group.Append(entry, isReplacement: _unansweredInFile.Contains(entry.Sequence));
            written = _group.Written.Task;
        }

        _signal.Set();
        return new ValueTask(written);
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(ulong sequence, ulong number)
    {
        bool wake;
        lock (_gate)
        {
            ThrowIfEnded();
            _contents.Complete(sequence, number);
            wake = _group.IsEmpty;
            OutboxRecords.WriteComplete(_group.Records, sequence, number);
            wake |= _unansweredInFile.Remove(sequence) && _unansweredInFile.Count == 0;
        }

        if (wake)
        {
            _signal.Set();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<OutboxContents> LoadAsync(CancellationToken cancellationToken)
    {
        Task written;
        lock (_gate)
        {
            ThrowIfEnded();
            _group.MustBeWritten = true;
            written = _group.Written.Task;
        }

        // Everything told here counts as kept, so what an earlier client of this process appended has to be on the disk first.
        _signal.Set();
        await written.WaitAsync(cancellationToken).ConfigureAwait(false);
        return _contents.Contents();
    }

    /// <summary>Flushes what is left and unlocks the file.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isClosing = true;
        }

        _signal.Set();
        await _flushing.ConfigureAwait(false);
    }

    private async Task FlushAllAsync()
    {
        try
        {
            while (true)
            {
                await _signal.WaitAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
                if (HasOnlyCompletions())
                {
                    await _signal.WaitAsync(CompletionDelayMax).ConfigureAwait(false);
                }

                while (TakeGroup() is { } group)
                {
                    Write(group);
                }

                lock (_gate)
                {
                    if (_isClosing)
                    {
                        return;
                    }
                }
            }
        }
        finally
        {
            _file.Dispose();
        }
    }

    private bool HasOnlyCompletions()
    {
        lock (_gate)
        {
            return !_isClosing && _group is { IsEmpty: false, Appended.Count: 0, MustBeWritten: false };
        }
    }

    private Group? TakeGroup()
    {
        lock (_gate)
        {
            bool mustBeWritten = _isClosing || _group.MustBeWritten;
            bool mustWait = !mustBeWritten && _file.Length > _compactAboveBytes * HoldFactor && _unansweredInFile.Count > 0;
            if (mustWait || _failure is not null || (_group.IsEmpty && !_group.MustBeWritten))
            {
                return null;
            }

            var group = _group;
            _group = new Group();
            group.MayCompactBefore = _file.Length > _compactAboveBytes && _unansweredInFile.Count == 0;
            group.HighestNumberBefore = _contents.HighestNumber;
            _unansweredInFile.UnionWith(group.Appended);
            return group;
        }
    }

    private void Write(Group group)
    {
        try
        {
            if (group.MayCompactBefore)
            {
                _file.Compact(_nextSequenceInFile, group.HighestNumberBefore);
            }

            _file.WriteGroup(group.Records.GetBuffer().AsSpan(0, (int)group.Records.Length));
            if (group.Appended.Count > 0)
            {
                _nextSequenceInFile = Math.Max(_nextSequenceInFile, group.Appended.Max() + 1);
            }

            group.Written.SetResult();
        }
        catch (Exception failure)
        {
            // After a failed flush nobody knows what the disk has. Nothing more is written; the client ends and says so.
            lock (_gate)
            {
                _failure = failure;
                _group.Written.TrySetException(failure);
            }

            group.Written.SetException(failure);
        }
    }

    private void ThrowIfEnded()
    {
        ObjectDisposedException.ThrowIf(_isClosing, this);
        if (_failure is { } failure)
        {
            throw new IOException($"The outbox failed earlier: {failure.Message}", failure);
        }
    }

    /// <summary>Records that go to the disk with one flush.</summary>
    private sealed class Group
    {
        public Group() => OutboxFile.ReserveHead(Records);

        public MemoryStream Records { get; } = new();

        public List<ulong> Appended { get; } = [];

        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>It cannot wait for what is in the file to be answered: an answer depends on it.</summary>
        public bool MustBeWritten { get; set; }

        public bool IsEmpty => OutboxFile.IsEmpty(Records);

        public bool MayCompactBefore { get; set; }

        public ulong HighestNumberBefore { get; set; }

        public void Append(OutboxEntry entry, bool isReplacement)
        {
            OutboxRecords.WriteAppend(Records, entry);
            Appended.Add(entry.Sequence);
            MustBeWritten |= isReplacement;
        }
    }
}

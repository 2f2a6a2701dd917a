using TxCore.Client.Sessions;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client;

/// <summary>
/// One source's connection to a shard: submits transactions in order, gets each decided exactly once whatever happens to the
/// connection, and follows what is on sale. Thread-safe; many submits may be under way at once.
/// </summary>
public sealed class TxCoreClient : IAsyncDisposable
{
    private static readonly TimeSpan AskAgainDelay = TimeSpan.FromMilliseconds(100);

    private readonly ClientOptions _options;
    private readonly SourceSession _session;
    private Task<IReadOnlyList<SubmitResult>> _recovered = Task.FromResult<IReadOnlyList<SubmitResult>>([]);

    private TxCoreClient(ClientOptions options)
    {
        options.Validate();
        _options = options;
        _session = new SourceSession(
            options,
            result => AnsweredLate?.Invoke(this, new ClientEventArgs<SubmitResult>(result)),
            change => StateChanged?.Invoke(this, new ClientEventArgs<StateChange>(change)),
            definitions => DefinitionsChanged?.Invoke(this, new ClientEventArgs<Definitions>(definitions)));
    }

    /// <summary>
    /// An outcome came for a call that had ended by time-out or cancellation. A ticket among them was sold and not printed: print or
    /// reverse it.
    /// </summary>
    public event EventHandler<ClientEventArgs<SubmitResult>>? AnsweredLate;

    /// <summary>A race, sale or draw changed state. Raised in order, off the connection's thread, at once even when an earlier one was missed.</summary>
    public event EventHandler<ClientEventArgs<StateChange>>? StateChanged;

    /// <summary>Broadcasts were missed and everything on sale was read again.</summary>
    public event EventHandler<ClientEventArgs<Definitions>>? DefinitionsChanged;

    /// <summary>The source of this client.</summary>
    public uint Source => _options.Source;

    /// <summary>Most transactions on the wire without an answer: the smaller of the server's window and the option.</summary>
    public int Window => _session.Queue.Window;

    /// <summary>How often the server answered busy. Each was waited for and sent again.</summary>
    public long BusyCount => _session.Queue.BusyCount;

    /// <summary>How often the connection was lost and made again.</summary>
    public int ReconnectCount => _session.ReconnectCount;

    /// <summary>The newest definitions version the client knows of.</summary>
    public ulong DefinitionsVersion => _session.Definitions.KnownVersion;

    /// <summary>Completes when the client is disposed; faults with a <see cref="TxCoreClientException"/> when it ended by itself.</summary>
    public Task Completion => _session.Ended;

    /// <summary>
    /// Connects and logs on, once: when the server cannot be reached the call faults with <see cref="ClientFault.ConnectFailed"/>. Later
    /// losses are repaired by the client itself.
    /// </summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    /// <exception cref="TxCoreClientException">The server could not be reached, or refused the logon.</exception>
    public static async Task<TxCoreClient> ConnectAsync(ClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var client = new TxCoreClient(options);
        try
        {
            var recovered = await client._session.StartAsync(cancellationToken).ConfigureAwait(false);
            client._recovered = CollectAsync(recovered);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// The outcomes of what an earlier client left in the outbox, in sequence order: for each, the terminal finds out whether paper
    /// exists, and prints or reverses. Completes when all are decided.
    /// </summary>
    public Task<IReadOnlyList<SubmitResult>> RecoveredAsync(CancellationToken cancellationToken = default) => _recovered.WaitAsync(cancellationToken);

    /// <summary>
    /// Submits a transaction or control and returns at once with its sequence. The header may be left at its default: source, sequence
    /// and deadline are filled in, and so is a client time of 0.
    /// </summary>
    /// <param name="transaction">Any sequenced message.</param>
    /// <param name="deadline">How long, from now by the server's clock, it may be decided; null for ever. It is refused afterwards.</param>
    /// <exception cref="TxCoreClientException">The client has ended, or the backlog is full: no sequence was taken.</exception>
    public Submission Submit<T>(T transaction, TimeSpan? deadline = null)
        where T : IMessage<T>
    {
        if (!T.Type.IsSequenced())
        {
            throw new ArgumentException($"{T.Type} is not a transaction or control.", nameof(transaction));
        }

        return ToSubmission(SubmitFrame(Frame.Encode(transaction), deadline));
    }

    /// <summary>Submits a transaction or control and completes with its outcome; see <see cref="Submit{T}"/>.</summary>
    /// <param name="transaction">Any sequenced message.</param>
    /// <param name="deadline">How long, from now by the server's clock, it may be decided; null for ever.</param>
    /// <param name="cancellationToken">Ends the wait, not the transaction: its outcome then comes by <see cref="AnsweredLate"/>.</param>
    /// <exception cref="TxCoreClientException">The wait was too long, or the client ended.</exception>
    public Task<SubmitResult> SubmitAsync<T>(T transaction, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
        where T : IMessage<T>
    {
        if (!T.Type.IsSequenced())
        {
            throw new ArgumentException($"{T.Type} is not a transaction or control.", nameof(transaction));
        }

        return SubmitFrameAsync(Frame.Encode(transaction), deadline, cancellationToken);
    }

    /// <summary>
    /// Undoes a transaction. Still without an outcome, the reversal takes its place, in the outbox too, and decides its sequence when
    /// the original has not arrived. If the original had been taken, a reversal under a sequence of its own follows. Repeated, across
    /// connections and crashes, until decided.
    /// </summary>
    /// <param name="originalSequence">The sequence to undo.</param>
    /// <param name="amountCents">The original's amount, in cents; it must match when it was taken.</param>
    /// <param name="reason">ISO 8583 DE 25 reason: 4000 customer, 4020 invalid response, 4021 time-out.</param>
    /// <param name="clerk">Who serves, by number; 0 for none.</param>
    /// <param name="cancellationToken">Ends the wait, not the reversal.</param>
    /// <returns>
    /// The decision that settles it: <see cref="ResultCode.ReversedBeforeArrival"/>, the original's own refusal (nothing to undo), or the
    /// decision on the reversal, which can be a refusal that leaves the original standing.
    /// </returns>
    public async Task<SubmitResult> ReverseAsync(
        ulong originalSequence, long amountCents, ushort reason, uint clerk = 0, CancellationToken cancellationToken = default)
    {
        var header = new TransactionHeader(Source, 0, 0);
        var reversal = new Reversal(header, _session.NowMicroseconds(), clerk, originalSequence, amountCents, reason);
        try
        {
            return await _session.Queue.Reverse(reversal).WaitAsync(_options.AnswerTimeout, _options.TimeProvider, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (TimeoutException timeout)
        {
            throw new TxCoreClientException(
                ClientFault.AnswerTimeout, $"No outcome of the reversal of sequence {originalSequence} in {_options.AnswerTimeout}.", timeout,
                sequence: originalSequence);
        }
    }

    /// <summary>Asks what became of a sequence. While the server cannot tell yet it is asked again, up to the answer timeout.</summary>
    public async Task<StatusReply> StatusAsync(ulong sequence, CancellationToken cancellationToken = default)
    {
        using var timeout = new CancellationTokenSource(_options.AnswerTimeout, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            while (true)
            {
                var reply = await _session.Queries.AskStatus(Source, sequence).WaitAsync(either.Token).ConfigureAwait(false);
                if (reply.Status != TransactionStatus.Pending)
                {
                    return reply;
                }

                await Task.Delay(AskAgainDelay, _options.TimeProvider, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException canceled) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TxCoreClientException(
                ClientFault.AnswerTimeout, $"No status of sequence {sequence} in {_options.AnswerTimeout}.", canceled, sequence: sequence);
        }
    }

    /// <summary>Reads everything on sale: all pages of one version, from the start again when the version changes meanwhile.</summary>
    public Task<Definitions> DefinitionsAsync(CancellationToken cancellationToken = default) => _session.Definitions.ReadAsync(cancellationToken);

    /// <summary>
    /// Reads the totals of a race's pools, at most one second old, and the dividends of one of them, probable or published.
    /// </summary>
    /// <param name="race">The race; of one that is not known the status comes back as none.</param>
    /// <param name="pool">The pool whose dividends are wanted too; 0 for the totals of all pools without dividends.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TxCoreClientException">The wait was too long, or the client ended.</exception>
    public Task<PoolTotals> PoolTotalsAsync(RaceId race, ushort pool, CancellationToken cancellationToken = default) =>
        AnswerAsync(limit => _session.Queries.AskTotals(race, pool).WaitAsync(limit), $"pool totals of {race}", cancellationToken);

    /// <summary>
    /// Reads the seats of a sale's cells, all of one moment at most half a second ago; pages of different moments are read again. Meant to
    /// be asked for once a second and shown to every visitor.
    /// </summary>
    /// <param name="sale">The sale; of one that is not known the status comes back as none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TxCoreClientException">The wait was too long, or the client ended.</exception>
    public Task<SaleSnapshot> SaleStateAsync(uint sale, CancellationToken cancellationToken = default) =>
        AnswerAsync(limit => SaleReading.ReadAsync(_session.Queries, sale, limit), $"state of sale {sale}", cancellationToken);

    /// <summary>Reads how far a draw has got, as of a moment at most half a second ago.</summary>
    /// <param name="draw">The draw; of one that is not known the status comes back as none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TxCoreClientException">The wait was too long, or the client ended.</exception>
    public Task<DrawState> DrawStateAsync(uint draw, CancellationToken cancellationToken = default) =>
        AnswerAsync(limit => _session.Queries.AskDraw(draw).WaitAsync(limit), $"state of draw {draw}", cancellationToken);

    /// <summary>
    /// Reads where a person stands, behind everything this client sent before: rank, slot, live holds and offers, places on waiting lists. Needs
    /// a source that may submit. While the server is busy it is asked again, up to the answer timeout.
    /// </summary>
    /// <param name="draw">The draw; 0 when only seats are asked for.</param>
    /// <param name="person">Person key (HMAC-SHA-256), exactly 32 bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The key does not have 32 bytes.</exception>
    /// <exception cref="TxCoreClientException">The wait was too long, or the client ended.</exception>
    public Task<PersonState> PersonAsync(uint draw, byte[] person, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(person);
        if (person.Length != Wire.PersonKeyBytes)
        {
            throw new ArgumentException($"A person key has {Wire.PersonKeyBytes} bytes, this one {person.Length}.", nameof(person));
        }

        return AnswerAsync(AskUntilTakenAsync, $"state of a person in draw {draw}", cancellationToken);

        async Task<PersonState> AskUntilTakenAsync(CancellationToken limit)
        {
            while (true)
            {
                if (await _session.Queries.AskPerson(Source, draw, person).WaitAsync(limit).ConfigureAwait(false) is { } state)
                {
                    return state;
                }

                await Task.Delay(AskAgainDelay, _options.TimeProvider, limit).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Reads payment orders in the order of their numbers; go on from <see cref="PaymentsPage.Next"/> even when a page is empty. Needs a source
    /// of an administrator.
    /// </summary>
    /// <param name="after">The number behind which to begin; 0 for the first.</param>
    /// <param name="max">Most orders of the page, 1..500.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="max"/> is out of its limits.</exception>
    /// <exception cref="TxCoreClientException">The wait was too long, or the client ended.</exception>
    public Task<PaymentsPage> PaymentsAsync(ulong after, int max = Wire.PaymentsMax, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, Wire.PaymentsMax);
        return AnswerAsync(limit => _session.Queries.AskPayments(after, (ushort)max).WaitAsync(limit), $"payment orders behind {after}", cancellationToken);
    }

    /// <summary>Logs off: what is on the wire is waited for up to 2 s, everything else faults with <see cref="ClientFault.ConnectionLost"/>.</summary>
    public ValueTask DisposeAsync() => _session.DisposeAsync();

    internal Task<SubmitResult> SubmitFrameAsync(byte[] frame, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<SubmitResult>(cancellationToken);
        }

        PendingTransaction pending;
        try
        {
            pending = SubmitFrame(frame, deadline);
        }
        catch (TxCoreClientException fault)
        {
            return Task.FromException<SubmitResult>(fault);
        }

        return cancellationToken.CanBeCanceled ? CancelWaitAsync(pending, cancellationToken) : pending.Task;
    }

    /// <summary>Waits for the answer to a question up to the answer timeout; the token given ends what waits.</summary>
    private async Task<T> AnswerAsync<T>(Func<CancellationToken, Task<T>> ask, string what, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.AnswerTimeout, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await ask(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException canceled) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TxCoreClientException(ClientFault.AnswerTimeout, $"No {what} in {_options.AnswerTimeout}.", canceled);
        }
    }

    private static Submission ToSubmission(PendingTransaction pending) => new(pending.Sequence, pending.Task);

    private static async Task<SubmitResult> CancelWaitAsync(PendingTransaction pending, CancellationToken cancellationToken)
    {
        // Canceling the transaction's own task makes its later outcome one that nobody waited for.
        using (cancellationToken.UnsafeRegister(static (state, token) => ((PendingTransaction)state!).TrySetCanceled(token), pending))
        {
            return await pending.Task.ConfigureAwait(false);
        }
    }

    private static async Task<IReadOnlyList<SubmitResult>> CollectAsync(Task<SubmitResult>[] recovered) =>
        await Task.WhenAll(recovered).ConfigureAwait(false);

    private PendingTransaction SubmitFrame(byte[] frame, TimeSpan? deadline)
    {
        FrameFields.SetSource(frame, Source);
        long now = _session.NowMicroseconds();
        FrameFields.SetDeadline(frame, deadline is { } wait ? now + _session.HostClockOffset + (long)wait.TotalMicroseconds : 0);
        FrameFields.SetClientTimeIfMissing(frame, now);
        return _session.Queue.Add(frame);
    }
}

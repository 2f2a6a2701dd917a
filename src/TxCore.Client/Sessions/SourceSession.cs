using System.Buffers;
using System.Net.Sockets;
using System.Security.Authentication;
using TxCore.Client.Logon;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Sessions;

/// <summary>
/// The life of a client: connect, log on, serve until the connection is lost, connect again, and end once, with the first fault or
/// at disposal. Serving is two loops: one sends what the queue gives, one takes what the server answers.
/// </summary>
internal sealed class SourceSession : IAsyncDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly ClientOptions _options;
    private readonly IOutbox _outbox;
    private readonly AsyncSignal _wake = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AnswerDispatcher _dispatcher;
    private readonly Liveness _liveness;
    private readonly EventPump _events;
    private Task _running = Task.CompletedTask;
    private int _reconnectCount;
    private int _isEnded;
    private volatile bool _isClosing;
    private volatile bool _isServing;

    public SourceSession(ClientOptions options, Action<SubmitResult> answeredLate, Action<StateChange> stateChanged, Action<Definitions> definitionsChanged)
    {
        _options = options;
        _outbox = options.Outbox ?? new MemoryOutbox();
        _events = new EventPump(Fail);
        Queue = new TransactionQueue(options, _outbox, _wake, Fail, result => _events.Post(() => answeredLate(result)));
        Queries = new Queries(_wake);
        Definitions = new DefinitionsFollower(
            Queries,
            change => _events.Post(() => stateChanged(change)),
            definitions => _events.Post(() => definitionsChanged(definitions)),
            Fail);
        _dispatcher = new AnswerDispatcher(Queue, Queries, Definitions);
        _liveness = new Liveness(options, Queue, Queries, Definitions);
    }

    public TransactionQueue Queue { get; }

    public Queries Queries { get; }

    public DefinitionsFollower Definitions { get; }

    /// <summary>Completes at disposal, faults with the fault that ended the client.</summary>
    public Task Ended => _ended.Task;

    public int ReconnectCount => Volatile.Read(ref _reconnectCount);

    /// <summary>The server's clock less this one's, in microseconds, as of the last logon.</summary>
    public long HostClockOffset { get; private set; }

    /// <summary>Loads the outbox and makes the first connection. Returns the tasks of what an earlier client left.</summary>
    public async Task<Task<SubmitResult>[]> StartAsync(CancellationToken cancellationToken)
    {
        Task<SubmitResult>[] recovered;
        try
        {
            recovered = Queue.Load(await _outbox.LoadAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new TxCoreClientException(ClientFault.OutboxFailed, $"The outbox cannot be read: {failure.Message}", failure);
        }

        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        _running = Task.WhenAll(RunAsync(connection), _liveness.RunAsync(_stop.Token));
        return recovered;
    }

    /// <summary>Ends the client with a fault. Only the first counts.</summary>
    public void Fail(TxCoreClientException fault)
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0)
        {
            return;
        }

        Queue.Stop(fault);
        Queries.Stop(fault);
        _ended.TrySetException(fault);
        _stop.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isClosing)
        {
            _isClosing = true;
            Queue.Disconnected();
            Queries.Send(Frame.Encode(default(Logoff)));

            // What is on the wire is still answered before the server closes; a server that is gone is not waited for long.
            if (_isServing)
            {
                await Task.WhenAny(_running, Task.Delay(CloseTimeout)).ConfigureAwait(false);
            }

            if (Interlocked.Exchange(ref _isEnded, 1) == 0)
            {
                var disposed = new TxCoreClientException(ClientFault.ConnectionLost, "The client was disposed before the outcome came.");
                Queue.Stop(disposed);
                Queries.Stop(disposed);
                _ended.TrySetResult();
            }

            await _stop.CancelAsync().ConfigureAwait(false);
        }

        await _running.ConfigureAwait(false);
        _events.Complete();
        Queue.Dispose();
    }

    private async Task RunAsync(Connection first)
    {
        Connection? connection = first;
        var backOff = new BackOff(_options);
        try
        {
            while (connection is not null)
            {
                await ServeAsync(connection).ConfigureAwait(false);
                if (_dispatcher.TakeHasReceived())
                {
                    backOff.Reset();
                }

                connection = await ReopenAsync(backOff).ConfigureAwait(false);
            }
        }
        catch (TxCoreClientException fault)
        {
            Fail(fault);
        }
        catch (Exception failure)
        {
            Fail(new TxCoreClientException(ClientFault.Protocol, $"The client failed: {failure.Message}", failure));
        }
        finally
        {
            // The clock's loop has nothing to watch any more.
            await _stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task<Connection?> ReopenAsync(BackOff backOff)
    {
        while (!_isClosing && !_stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(backOff.Next(), _options.TimeProvider, _stop.Token).ConfigureAwait(false);
                var connection = await OpenAsync(_stop.Token).ConfigureAwait(false);
                Interlocked.Increment(ref _reconnectCount);
                return connection;
            }
            catch (TxCoreClientException unreachable) when (unreachable.Reason == ClientFault.ConnectFailed)
            {
                // Expected while the server or the network is down; the next attempt waits longer.
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return null;
            }
        }

        return null;
    }

    private async Task<Connection> OpenAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        Connection? connection = null;
        try
        {
            connection = await Connection.OpenAsync(_options, either.Token).ConfigureAwait(false);
            var reply = await LogonExchange.RunAsync(connection, _options, Queue.HighestNumber, either.Token).ConfigureAwait(false);
            HostClockOffset = reply.HostTime - NowMicroseconds();
            Queries.Connected();
            Definitions.Connected(reply.DefinitionsVersion);
            Queue.Connected(reply);
            return connection;
        }
        catch (Exception failure) when (IsLoss(failure) && !cancellationToken.IsCancellationRequested)
        {
            connection?.Dispose();
            string reason = timeout.IsCancellationRequested ? $"no logon within {_options.ConnectTimeout}" : failure.Message;
            throw new TxCoreClientException(ClientFault.ConnectFailed, $"Connecting to {_options.Host}:{_options.Port} failed: {reason}", failure);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    public long NowMicroseconds() => (_options.TimeProvider.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Serves until the connection is lost; a fault that ends the client comes out as its exception.</summary>
    private async Task ServeAsync(Connection connection)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _liveness.Watch(connection);
        _isServing = true;
        var reading = connection.ReadAllAsync(_dispatcher, ending.Token);
        var sending = SendAllAsync(connection, ending.Token);
        if (await Task.WhenAny(reading, sending).ConfigureAwait(false) == sending)
        {
            // The server may have said why before it closed: a fence must not be mistaken for a lost connection.
            await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1), ending.Token)).ConfigureAwait(false);
        }

        _isServing = false;
        _liveness.Watch(null);
        Queue.Disconnected();
        await ending.CancelAsync().ConfigureAwait(false);
        connection.Dispose();
        await IgnoreLossAsync(sending).ConfigureAwait(false);
        await IgnoreLossAsync(reading).ConfigureAwait(false);
    }

    private async Task SendAllAsync(Connection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(Wire.FrameBytesMax);
            int bytes = Queries.TakeSendable(buffer);
            bytes += Queue.TakeSendable(buffer.AsSpan(bytes));
            if (bytes > 0)
            {
                await connection.SendAsync(buffer.AsMemory(0, bytes), cancellationToken).ConfigureAwait(false);
            }

            // Returned before waiting: an idle terminal holds no buffer. After a failed write it is left to the collector.
            ArrayPool<byte>.Shared.Return(buffer);
            if (bytes == 0)
            {
                await _wake.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task IgnoreLossAsync(Task loop)
    {
        try
        {
            await loop.ConfigureAwait(false);
        }
        catch (Exception loss) when (IsLoss(loss))
        {
            // How a connection ends does not matter: everything undecided is sent again on the next one.
        }
    }

    private static bool IsLoss(Exception failure) =>
        failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException or AuthenticationException;
}

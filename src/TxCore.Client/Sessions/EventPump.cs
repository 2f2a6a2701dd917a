using System.Threading.Channels;

namespace TxCore.Client.Sessions;

/// <summary>
/// Raises events one at a time and in order on a thread of the pool, so that a slow handler holds up neither answers nor the lock. A
/// handler that throws ends the client: an event that was not handled must not pass for one that was.
/// </summary>
internal sealed class EventPump
{
    private const int WaitingMax = 10_000;

    private readonly Channel<Action> _events = Channel.CreateBounded<Action>(
        new BoundedChannelOptions(WaitingMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Action<TxCoreClientException> _fail;

    public EventPump(Action<TxCoreClientException> fail)
    {
        _fail = fail;
        Completion = Task.Run(RunAsync);
    }

    public Task Completion { get; }

    /// <summary>Queues an event; more than 10,000 waiting end the client, because none may be dropped silently.</summary>
    public void Post(Action raise)
    {
        if (!_events.Writer.TryWrite(raise) && !_events.Reader.Completion.IsCompleted)
        {
            _fail(new TxCoreClientException(ClientFault.HandlerFailed, $"{WaitingMax} events wait for a handler that does not return."));
        }
    }

    public void Complete() => _events.Writer.TryComplete();

    private async Task RunAsync()
    {
        await foreach (var raise in _events.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                raise();
            }
            catch (Exception failure)
            {
                _fail(new TxCoreClientException(ClientFault.HandlerFailed, $"An event handler threw: {failure.Message}", failure));
                return;
            }
        }
    }
}

using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Sessions;

/// <summary>Watches the clock: heartbeats when nothing was sent, connections that died without a word, calls that waited too long.</summary>
internal sealed class Liveness(ClientOptions options, TransactionQueue queue, Queries queries, DefinitionsFollower definitions)
{
    private const int SilentHeartbeatsMax = 3;
    private volatile Connection? _connection;
    private bool _isProbed;

    /// <summary>The connection to watch; null while there is none.</summary>
    public void Watch(Connection? connection) => _connection = connection;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var shortest = options.AnswerTimeout < options.HeartbeatInterval ? options.AnswerTimeout : options.HeartbeatInterval;
        var period = TimeSpan.FromTicks(Math.Min(shortest.Ticks / 4, TimeSpan.TicksPerSecond));
        using var timer = new PeriodicTimer(period, options.TimeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                queue.EndOverdueCalls();
                if (_connection is { } connection)
                {
                    Check(connection);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The client has ended.
        }
    }

    private void Check(Connection connection)
    {
        var silence = connection.SinceReceived;
        bool isAnswerDue = queue.HasUnansweredOnWire;
        if (silence >= options.HeartbeatInterval * SilentHeartbeatsMax || (isAnswerDue && silence >= options.AnswerTimeout) || queue.IsStuck)
        {
            // The reader and the sender fail on the closed stream, and the session connects again.
            connection.Dispose();
            return;
        }

        // A server that is alive but waits for its disk answers a heartbeat at once; one that is gone does not.
        bool isProbeDue = isAnswerDue && silence >= options.AnswerTimeout / 2;
        if ((isProbeDue && !_isProbed) || connection.SinceSent >= options.HeartbeatInterval)
        {
            long now = (options.TimeProvider.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            queries.Send(Frame.Encode(new Heartbeat(now, definitions.KnownVersion, queue.HighestNumber)));
        }

        _isProbed = isProbeDue;
    }
}

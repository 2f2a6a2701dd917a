using System.Diagnostics;
using System.Net.Sockets;
using TxCore.Faults.Fleet;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Overload;

/// <summary>Thousands of connections that are logged on, keep alive and hear what the server broadcasts.</summary>
internal sealed class Crowd(OverloadStage stage, int size) : IAsyncDisposable
{
    private const int LogonsAtOnce = 256;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan AliveEvery = TimeSpan.FromSeconds(30);

    private readonly WireConnection?[] _connections = new WireConnection?[size];
    private readonly long[] _heardAt = new long[size];
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _logons = new(LogonsAtOnce);
    private readonly List<Task> _running = [];
    private volatile MessageType _awaited;
    private int _connected;
    private long _lost;

    /// <summary>Members that are logged on.</summary>
    public int Connected => Volatile.Read(ref _connected);

    /// <summary>Connections that ended though nobody ended them.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Logs everybody on; returns how long it took.</summary>
    public async Task<TimeSpan> ConnectAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < size; i++)
        {
            int member = i;
            _running.Add(Task.Run(() => LiveAsync(member), CancellationToken.None));
        }

        _running.Add(KeepAliveAsync());
        await UntilConnectedAsync(begin, within, cancellationToken);
        return Stopwatch.GetElapsedTime(begin);
    }

    /// <summary>Cuts everybody at once, by a reset; they come back by themselves. Returns how long it took until all were back.</summary>
    public async Task<TimeSpan> StormAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        long lost = Lost;
        foreach (var connection in _connections)
        {
            connection?.Reset();
        }

        while (Lost - lost < size / 2 && Stopwatch.GetElapsedTime(begin) < within)
        {
            await Task.Delay(Look, cancellationToken);
        }

        await UntilConnectedAsync(begin, within, cancellationToken);
        Interlocked.Exchange(ref _lost, lost);
        return Stopwatch.GetElapsedTime(begin);
    }

    /// <summary>From now on the arrival of a change is noted.</summary>
    public void Await(MessageType change)
    {
        Array.Clear(_heardAt);
        _awaited = change;
    }

    /// <summary>When each member heard of the change (stopwatch readings), once all did or the time is over; 0 for who did not.</summary>
    public async Task<long[]> HeardAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        while (Array.Exists(_heardAt, static at => at == 0) && Stopwatch.GetElapsedTime(begin) < within)
        {
            await Task.Delay(Look, cancellationToken);
        }

        return [.. _heardAt];
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        foreach (var connection in _connections)
        {
            connection?.Reset();
        }

        await Task.WhenAll(_running);
        _ending.Dispose();
        _logons.Dispose();
    }

    private async Task LiveAsync(int member)
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                await _logons.WaitAsync(_ending.Token);
                try
                {
                    (_connections[member], _) = await stage.LogOnAsync(OverloadStage.FirstOfCrowd + (uint)member, _ending.Token);
                }
                finally
                {
                    _logons.Release();
                }

                Interlocked.Increment(ref _connected);
                await HearAsync(member, _connections[member]!);
            }
            catch (Exception loss) when (loss is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // Cut by a storm, or the end: the next logon follows, or none.
                await Task.Delay(Look, CancellationToken.None);
            }
        }
    }

    private async Task HearAsync(int member, WireConnection connection)
    {
        try
        {
            while (true)
            {
                var frame = await connection.ReadAsync(_ending.Token);
                if (frame.Type == MessageType.StateChange && frame.Decode<StateChange>().Change == _awaited && _heardAt[member] == 0)
                {
                    _heardAt[member] = Stopwatch.GetTimestamp();
                }
            }
        }
        finally
        {
            connection.Dispose();
            Interlocked.Decrement(ref _connected);
            Interlocked.Increment(ref _lost);
        }
    }

    private async Task KeepAliveAsync()
    {
        byte[] beat = Frame.Encode(new Heartbeat(0, 0, 0));
        using var timer = new PeriodicTimer(AliveEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token))
            {
                foreach (var connection in _connections)
                {
                    await (connection?.TrySendAsync(beat) ?? default);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The crowd goes home.
        }
    }

    private async Task UntilConnectedAsync(long begin, TimeSpan within, CancellationToken cancellationToken)
    {
        while (Connected < size)
        {
            if (Stopwatch.GetElapsedTime(begin) > within)
            {
                throw new TimeoutException($"Of {size} connections {Connected} were logged on within {within}.");
            }

            await Task.Delay(Look, cancellationToken);
        }
    }
}

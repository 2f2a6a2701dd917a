using System.Net.Sockets;
using TxCore.Faults.Fleet;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Overload;

/// <summary>e) What bad and unlucky clients cost the others: silent, slow, half-open, guessing, and all of them coming back at once.</summary>
internal sealed class BadClients(OverloadSettings settings, TimeProvider clock)
{
    private const double RatePerSecond = 500;
    private const int Few = 200;
    private const int GuessersAtOnce = 8;
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Dribble = TimeSpan.FromMilliseconds(200);

    public async Task<PartResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var stage = await OverloadStage.StartAsync(settings.Crowd, clock.GetUtcNow(), cancellationToken);
        await using var probes = await Probes.StartAsync(stage, RatePerSecond, cancellationToken);
        var figures = new List<LimitedFigure>();
        int half = Math.Max(Few, settings.Crowd / 6);
        await CompareAsync("slow readers", () => SlowReadersAsync(stage, cancellationToken));
        await CompareAsync("slow writers", () => SlowWritersAsync(stage, cancellationToken));
        await CompareAsync($"{half} half-open connections", () => HalfOpenAsync(stage, half, cancellationToken));
        await CompareAsync("a logon flood with a wrong password", () => Task.FromResult(Guess(stage, cancellationToken)));

        // The crowd comes once: without it is before, with it is after.
        var idle = new Comparison(settings with { Rounds = 1 });
        await using var crowd = new Crowd(stage, settings.Crowd);
        await idle.RunAsync(
            probes,
            async () =>
            {
                var took = await crowd.ConnectAsync(ConnectWithin, cancellationToken);
                figures.Add(new LimitedFigure($"{settings.Crowd} logged on within", took.TotalSeconds, "s"));
                return static () => Task.CompletedTask;
            },
            cancellationToken);
        figures.AddRange(idle.Figures($"{settings.Crowd} idle connections", settings.BadClientsRatioMax));
        await CompareAsync($"a reconnect storm of {settings.Crowd}", () => Task.FromResult(Storm(crowd, figures, cancellationToken)));
        figures.Add(new LimitedFigure("connections of the crowd lost otherwise", crowd.Lost, "", Max: 0));
        figures.Add(new LimitedFigure("transactions of the others refused", probes.Refused, "", Max: 0));
        return new PartResult("e", "bad and unlucky clients", figures);

        async Task CompareAsync(string beside, Func<Task<Func<Task>>> begin)
        {
            var comparison = new Comparison(settings);
            await comparison.RunAsync(probes, begin, cancellationToken);
            figures.AddRange(comparison.Figures(beside, settings.BadClientsRatioMax));
        }
    }

    /// <summary>They ask for everything on sale again and again and read nothing: closed by the server when too much is unread.</summary>
    private static async Task<Func<Task>> SlowReadersAsync(OverloadStage stage, CancellationToken cancellationToken)
    {
        byte[] ask = [.. Enumerable.Repeat(Frame.Encode(new DefinitionsRequest(0, 0)), 500).SelectMany(static frame => frame)];
        var connections = await LogOnAsync(stage, OverloadStage.Flooders, cancellationToken);
        return Repeating(connections, TimeSpan.FromMilliseconds(50), ask);
    }

    /// <summary>A frame that comes a byte at a time.</summary>
    private static async Task<Func<Task>> SlowWritersAsync(OverloadStage stage, CancellationToken cancellationToken) =>
        Repeating(await LogOnAsync(stage, OverloadStage.Flooders, cancellationToken), Dribble, [1]);

    private static async Task<WireConnection[]> LogOnAsync(OverloadStage stage, int count, CancellationToken cancellationToken) => await Task.WhenAll(
        Enumerable.Range(0, count).Select(async i => (await stage.LogOnAsync(OverloadStage.FirstFlooder + (uint)i, cancellationToken)).Connection));

    /// <summary>Sends the same bytes on all connections again and again; what a connection does not take is let go.</summary>
    private static Func<Task> Repeating(WireConnection[] connections, TimeSpan every, byte[] bytes)
    {
        var stop = new CancellationTokenSource();
        var sending = Task.WhenAll(connections.Select(connection => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested && await connection.TrySendAsync(bytes, stop.Token))
            {
                await Task.Delay(every, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        })));
        return async () =>
        {
            await stop.CancelAsync();
            await sending;
            Array.ForEach(connections, static connection => connection.Reset());
            stop.Dispose();
        };
    }

    /// <summary>Connections that never say anything.</summary>
    private static async Task<Func<Task>> HalfOpenAsync(OverloadStage stage, int count, CancellationToken cancellationToken)
    {
        var sockets = new List<Socket>();
        for (int i = 0; i < count; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(enable: true, seconds: 0) };
            sockets.Add(socket);
            await socket.ConnectAsync(stage.Address, cancellationToken);
        }

        return () =>
        {
            sockets.ForEach(static socket => socket.Dispose());
            return Task.CompletedTask;
        };
    }

    private static Func<Task> Guess(OverloadStage stage, CancellationToken cancellationToken)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var guessing = Task.WhenAll(Enumerable.Range(0, GuessersAtOnce).Select(i => Task.Run(async () =>
        {
            for (uint n = 0; !stop.IsCancellationRequested; n++)
            {
                try
                {
                    uint source = OverloadStage.FirstFlooder + (n % OverloadStage.Flooders);
                    var (connection, _) = await WireConnection.LogOnAsync(
                        stage.Address, source, OverloadStage.WrongPassword, OverloadSettings.Identity.Channel, 0, stop.Token);
                    connection.Reset();
                }
                catch (Exception refused) when (refused is IOException or SocketException or OperationCanceledException)
                {
                    // Closed for it, as it should be; the next guess.
                }
            }
        }, CancellationToken.None)));
        return async () =>
        {
            await stop.CancelAsync();
            await guessing;
            stop.Dispose();
        };
    }

    private static Func<Task> Storm(Crowd crowd, List<LimitedFigure> figures, CancellationToken cancellationToken)
    {
        var storm = crowd.StormAsync(ConnectWithin, cancellationToken);
        return async () =>
        {
            var took = await storm;
            lock (figures)
            {
                figures.Add(new LimitedFigure("everybody is back after", took.TotalSeconds, "s"));
            }
        };
    }
}

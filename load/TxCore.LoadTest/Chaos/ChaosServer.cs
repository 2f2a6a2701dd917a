using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using TxCore.LoadTest.Hosting;

namespace TxCore.LoadTest.Chaos;

/// <summary>One server process of the run, and what it told of itself last.</summary>
internal sealed class ChaosServer(ServerProcess process) : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromMilliseconds(500) };

    public ServerProcess Process => process;

    public IPEndPoint Address { get; } = new(IPAddress.Loopback, process.Address.Port);

    /// <summary>Commits whose reply was lost, as far as it told.</summary>
    public long AmbiguousCommits { get; private set; }

    /// <summary>Batches that had to be tried again, as far as it told.</summary>
    public long Retries { get; private set; }

    /// <summary>Whether it says that it is ready, and what else it says; null when it says nothing.</summary>
    public async Task<bool?> LookAsync()
    {
        if (process.ExitCode is not null)
        {
            // Its port may be another server's by now.
            return null;
        }

        try
        {
            using var status = JsonDocument.Parse(await Http.GetStringAsync(new Uri(process.AdminAddress, "/status")));
            if (status.RootElement.GetArrayLength() == 0)
            {
                return null;
            }

            var shard = status.RootElement[0];
            AmbiguousCommits = Math.Max(AmbiguousCommits, shard.GetProperty("ambiguousCommits").GetInt64());
            Retries = Math.Max(Retries, shard.GetProperty("storeRetries").GetInt64());
            return shard.GetProperty("ready").GetBoolean();
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException or IOException or SocketException)
        {
            // It was killed or frozen at this moment; what it told before counts.
            return null;
        }
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}

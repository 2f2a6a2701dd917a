using System.Text.Json;
using System.Text.Json.Serialization;

namespace TxCore.LoadTest.Hosting;

/// <summary>Latency of one stage as the server measured it, in microseconds.</summary>
internal sealed record StageLatency(
    long Count, double P50, double P90, double P99, [property: JsonPropertyName("p99_9")] double P99_9,
    [property: JsonPropertyName("p99_99")] double P99_99, double Max);

/// <summary>Asks the server's admin port for the latency of each stage.</summary>
internal sealed class ServerStages(Uri adminAddress) : IDisposable
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);
    private readonly HttpClient _http = new() { BaseAddress = adminAddress, Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>
    /// The latencies since the last call, which the server forgets by it; none when it does not answer: a server that died fails the run by
    /// what it left unanswered, and that is worth reporting.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="reader">Whose last call counts, for servers that know readers; null for the one reader of the others.</param>
    public async Task<IReadOnlyDictionary<string, StageLatency>> TakeAsync(CancellationToken cancellationToken, string? reader = null)
    {
        try
        {
            return await ReadAsync(reader, cancellationToken);
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new Dictionary<string, StageLatency>();
        }
    }

    /// <summary>
    /// The server tells readers apart, so that a look each second does not take the latencies of the whole run away. A server that does not
    /// has no <c>/interval</c>.
    /// </summary>
    public async Task<bool> KnowsReadersAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri("/interval?reader=load-question", UriKind.Relative), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<IReadOnlyDictionary<string, StageLatency>> ReadAsync(string? reader, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(new Uri(reader is null ? "/stages" : $"/stages?reader={reader}", UriKind.Relative), cancellationToken);
        answer.EnsureSuccessStatusCode();
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        return await JsonSerializer.DeserializeAsync<Dictionary<string, StageLatency>>(body, Format, cancellationToken) ?? [];
    }
}

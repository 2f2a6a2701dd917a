namespace TxCore.Postgres;

/// <summary>Waits between tries: 10 ms, doubling to 1 s.</summary>
internal sealed class Backoff
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private TimeSpan _next = Shortest;

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(_next, cancellationToken);
        _next = _next * 2 < Longest ? _next * 2 : Longest;
    }
}

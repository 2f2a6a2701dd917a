using TxCore.Client;

namespace TxCore.LoadTest.Hosting;

/// <summary>The connections of all sources of a run, logged on a few at a time and logged off together.</summary>
internal sealed class ConnectionSet : IAsyncDisposable
{
    private TxCoreClient?[] _clients = [];

    /// <summary>The clients, in the order of their accounts.</summary>
    public IReadOnlyList<TxCoreClient> Clients => _clients!;

    /// <summary>Logs all accounts on. Those already connected when one fails are closed by the disposal.</summary>
    public Task ConnectAsync(
        IReadOnlyList<SourceAccount> accounts, ServerAddress server, TimeSpan answerTimeout, int atOnce, CancellationToken cancellationToken)
    {
        _clients = new TxCoreClient[accounts.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken };
        return Parallel.ForAsync(0, accounts.Count, options, async (i, token) =>
            _clients[i] = await accounts[i].ConnectAsync(server, answerTimeout, token));
    }

    public async ValueTask DisposeAsync()
    {
        var clients = _clients.OfType<TxCoreClient>().ToArray();
        _clients = [];
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }
}

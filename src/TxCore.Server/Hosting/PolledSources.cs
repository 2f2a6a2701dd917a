using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Server.Hosting;

/// <summary>The registered sources, read again every few seconds, so that one added, changed or disabled takes effect without a restart.</summary>
internal sealed class PolledSources(IShardReader reader, TimeProvider clock, ILogger logger) : ISourceDirectory
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private volatile Dictionary<uint, SourceRecord> _sources = [];

    /// <inheritdoc/>
    public SourceRecord? Find(uint id) => _sources.GetValueOrDefault(id);

    /// <summary>Reads all sources.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken) =>
        _sources = (await reader.ReadSourcesAsync(cancellationToken)).ToDictionary(static source => source.Id);

    /// <summary>Reads them again and again, and closes the sessions of those that were disabled.</summary>
    public async Task RunAsync(SessionRegistry registry, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await RefreshAsync(cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // PostgreSQL may be away; who was known stays known, and the store tells of the trouble itself.
                ServerEvents.SourcesNotRead(logger, fault);
                continue;
            }

            foreach (var session in registry.All())
            {
                if (session.Source != 0 && Find(session.Source) is { Disabled: true })
                {
                    session.Refuse(ResultCode.LogonRefused, 0);
                }
            }
        }
    }
}

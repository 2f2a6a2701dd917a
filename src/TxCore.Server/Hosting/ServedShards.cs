namespace TxCore.Server.Hosting;

/// <summary>The shards of this process, as far as they have come up. Added to by the host, read from any thread.</summary>
internal sealed class ServedShards
{
    private volatile ShardHost[] _hosts = [];
    private volatile bool _started;

    /// <summary>The shards that are up.</summary>
    public IReadOnlyList<ShardHost> All => _hosts;

    /// <summary>True when no shard has failed.</summary>
    public bool IsLive => !_hosts.Any(static host => host.Shard.Failure.HasFailed);

    /// <summary>A shard has recovered.</summary>
    public void Add(ShardHost host) => _hosts = [.. _hosts, host];

    /// <summary>Every shard is up and terminals may connect.</summary>
    public void MarkStarted() => _started = true;

    /// <summary>The shard of a number; the first without one; null when it is not up here.</summary>
    public ShardHost? Find(int? number) =>
        number is null ? _hosts.FirstOrDefault() : Array.Find(_hosts, host => host.Shard.Identity.Shard == number);

    /// <summary>True when every shard takes transactions; otherwise <paramref name="reason"/> says which does not and why.</summary>
    public bool IsReady(out string reason)
    {
        reason = _started ? "" : "starting";
        foreach (var host in _hosts)
        {
            if (!host.Shard.IsReady(out string why))
            {
                reason = $"shard {host.Shard.Identity.Shard}: {why}";
                break;
            }
        }

        return reason.Length == 0;
    }
}

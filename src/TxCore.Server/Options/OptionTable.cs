using System.Globalization;
using TxCore.Pipeline;

namespace TxCore.Server.Options;

/// <summary>One option of the server: its name in a file, as a flag (<c>--name</c>) and in the environment (<c>TXCORE_NAME</c>).</summary>
/// <param name="Name">Name in kebab case.</param>
/// <param name="Default">Default as text; empty for none.</param>
/// <param name="Help">What it is, with its unit and what it trades.</param>
/// <param name="Min">Smallest value of a number.</param>
/// <param name="Max">Largest value of a number; 0 when it is text.</param>
/// <param name="IsSecret">True when it is never shown.</param>
internal sealed record OptionRow(string Name, string Default, string Help, long Min = 0, long Max = 0, bool IsSecret = false)
{
    public string Environment => "TXCORE_" + Name.Replace('-', '_').ToUpperInvariant();

    public bool IsNumber => Max != 0;
}

/// <summary>Every option of <c>serve</c>, in one table.</summary>
internal static class OptionTable
{
    private static readonly ShardOptions Shard = new() { Identity = new(1, Protocol.Channel.Retail) };

    public static readonly OptionRow[] Rows =
    [
        new("connection", "", "Connection string of the writer role; empty runs a private PostgreSQL", IsSecret: true),
        new("data", "", "Directory of signing key, receipt keys and anchor file (and of a private PostgreSQL that is to stay); required with a connection"),
        new("shards", "1:retail", "Shards to serve, as NUMBER:CHANNEL, comma-separated; several only on the private PostgreSQL, for development"),
        new("shard", "", "Number of the one shard to serve; with --channel, in place of --shards"),
        new("channel", "", "Channel of that shard: retail or online"),
        new("listen", "127.0.0.1:7400", "Address terminals connect to, as HOST:PORT; port 0 picks one; each further shard takes the next port"),
        new("admin", "127.0.0.1:7480", "Address of health and metrics, as HOST:PORT; a loopback address unless admin-outside says otherwise"),
        new("admin-outside", "no", "yes lets admin be reached from outside this host: it has no logon, so a firewall must stand before it"),
        new("tls-certificate", "", "PEM file of the listeners' certificate with its chain; with it terminals connect by TLS only. A changed file counts within seconds"),
        new("tls-key", "", "PEM file of its private key; empty when tls-certificate holds it too"),
        new("tls-key-password", "", "Password of an encrypted private key", IsSecret: true),
        new("tls-client-authorities", "", "PEM file of the authorities whose certificates terminals present (mutual TLS); empty: they are not asked for any"),
        new("tls-client-certificates", "optional", "With tls-client-authorities: optional, or required, when there is no connection without one"),
        Number("ring-size", Shard.RingSize, 1024, 1 << 20, "Slots of the ring, a power of two; more absorbs longer pauses of PostgreSQL and takes more memory"),
        Number("control-reserve", Shard.ControlReserve, 16, 1 << 18, "Slots of the ring kept for controls, so that a stop gets in at any overload"),
        Number("batch-events-max", Shard.BatchEventsMax, 1, 1 << 20, "Most transactions of one commit"),
        Number("tick-milliseconds", Shard.TickMilliseconds, 1, 1000, "Milliseconds between ticks: how late a stop or expiry may be when nothing else arrives"),
        Number("commit-stall-milliseconds", Shard.CommitStallMilliseconds, 2, 600_000, "Milliseconds without a commit before new transactions get BUSY"),
        Number("snapshot-entries", Shard.SnapshotEntries, 1000, 1_000_000_000, "Entries between snapshots: what a recovery reads at most"),
        Number("snapshot-seconds", Shard.SnapshotSeconds, 1, 86_400, "Seconds between snapshots when fewer entries came"),
        Number("snapshot-check-seconds", Shard.SnapshotCheckSeconds, 1, 3600, "Seconds between looks at whether a snapshot is due"),
        Number("connections-max", Shard.Limits.ConnectionsMax, 1, 1_000_000, "Open connections of a shard; a further one is told so and closed"),
        Number("logon-seconds", Shard.Limits.LogonSeconds, 1, 600, "Seconds from connecting to being logged on"),
        Number("idle-seconds", Shard.Limits.IdleSeconds, 2, 3600, "Seconds without a byte from a client before it is closed"),
        Number("logon-failures-source", Shard.Limits.LogonFailuresOfSourceMax, 1, 1_000_000, "Failed logons of a source in a minute before its next ones are held back"),
        Number("logon-failures-address", Shard.Limits.LogonFailuresOfAddressMax, 1, 1_000_000, "Failed logons from an address in a minute before the next ones are held back"),
        Number("unsent-bytes-max", Shard.Limits.UnsentBytesMax, 65_536, 1 << 30, "Bytes of answers a client may leave unread before it is closed"),
        Number("key-epoch", Shard.Rules.KeyEpoch, 1, 65_535, "Epoch of the receipt key in use; a new one gets a new key"),
        Number("day-start-minutes", Shard.Rules.DayStartMinutes, 0, 1439, "Minutes after midnight UTC at which a business day begins"),
        Number("cancel-window-seconds", Shard.Rules.CancelWindowSeconds, 0, 86_400, "Seconds in which a ticket may be cancelled"),
        Number("cancel-window-win-seconds", Shard.Rules.CancelWindowWinSeconds, 0, 86_400, "Seconds in which a ticket with a win line may be cancelled"),
        Number("time-step-max-seconds", Shard.Rules.TimeStepMaxSeconds, 1, 86_400, "Largest forward step of the clock, in seconds, before intake stops"),
        Number("partition-days", 14, 2, 400, "Days ahead for which partitions are kept ready"),
        Number("drain-seconds", 3, 1, 600, "Seconds a stop waits for what was taken to be answered; it ends at most two seconds later"),
        new("log-format", "text", "Format of the log on standard error: text, json (one object a line) or systemd (text with the journal's priorities)"),
        new("otlp-endpoint", "", "Where to send metrics by OTLP over HTTP, for example http://127.0.0.1:4318; /v1/metrics is added when it has no path; empty for nowhere"),
        new("rehearsal-clock", "", "File with the milliseconds by which the server's clock is wrong, read again and again: a fault for rehearsals, refused unless the database is marked as one"),
        Number("otlp-seconds", 15, 1, 3600, "Seconds between metrics sent by OTLP"),
    ];

    /// <summary>The row of a name; null when there is none.</summary>
    public static OptionRow? Find(string name) => Array.Find(Rows, row => row.Name == name);

    private static OptionRow Number(string name, long value, long min, long max, string help) =>
        new(name, value.ToString(CultureInfo.InvariantCulture), help, min, max);
}

using System.Net.Security;
using TxCore.Protocol;

namespace TxCore.Client;

/// <summary>
/// What a <see cref="TxCoreClient"/> needs to know. Options are checked when the client is made; a value out of its range is an
/// <see cref="ArgumentException"/> that names the option.
/// </summary>
public sealed class ClientOptions
{
    /// <summary>Name or address of the shard's listener. Required.</summary>
    public required string Host { get; init; }

    /// <summary>TCP port of the shard's listener, 1..65,535. Required.</summary>
    public required int Port { get; init; }

    /// <summary>The source (terminal or frontend) to log on as, 1 or more. One source is used by one client at a time: a newer one fences the older.</summary>
    public required uint Source { get; init; }

    /// <summary>
    /// The source's password for SCRAM-SHA-256; it never leaves the process. Null, the default, logs on by the client certificate of
    /// <see cref="Tls"/> alone, which the server must have registered for the source.
    /// </summary>
    public string? Password { get; init; }

    /// <summary>The shard the client means to talk to; 0, the default, for any. Named, a wrong address is refused at logon.</summary>
    public ushort Shard { get; init; }

    /// <summary>The channel the client means to talk to. Default: <see cref="Channel.Retail"/>. A listener of the other channel refuses the logon.</summary>
    public Channel Channel { get; init; } = Channel.Retail;

    /// <summary>The program's own version number, for the server's log. Default 0.</summary>
    public uint SoftwareVersion { get; init; }

    /// <summary>
    /// TLS settings with <see cref="SslClientAuthenticationOptions.TargetHost"/> set to the name in the server's certificate; null, the
    /// default, for plain TCP inside a protected network. <see cref="TlsFiles"/> makes them from PEM files.
    /// </summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>
    /// Where transactions are kept until answered. Default: a <see cref="MemoryOutbox"/>, which costs nothing and forgets them with the
    /// process. Terminals that hand out paper use a <see cref="FileOutbox"/>. The client uses it but does not dispose it.
    /// </summary>
    public IOutbox? Outbox { get; init; }

    /// <summary>
    /// How long a call waits for its outcome, from the call on, 100 ms to 1 day. Default 10 s. After it the call faults with
    /// <see cref="ClientFault.AnswerTimeout"/>; the transaction stays in the outbox and goes on until answered or reversed. Shorter frees
    /// the clerk sooner and makes more reversals. The same time without a byte while answers are due counts as a dead connection.
    /// </summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait before the first attempt to connect again, 1 ms or more. Default 200 ms; it doubles up to <see cref="ReconnectDelayMax"/>, with jitter.</summary>
    public TimeSpan ReconnectDelayMin { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait between attempts to connect. Default 15 s. Longer spares a server that 14,000 terminals come back to; shorter comes back sooner.</summary>
    public TimeSpan ReconnectDelayMax { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest time for one attempt to connect and log on, 100 ms to 1 hour. Default 15 s: a logon is answered after a commit.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A heartbeat leaves when nothing else did for this long, 100 ms to 1 hour. Default 30 s; three of them without a byte from the server count as a dead connection.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Most transactions on the wire without an answer, 1 or more. Default 65,536, so that the server's window decides. Smaller shortens
    /// the queue inside the server at the price of throughput.
    /// </summary>
    public int WindowLimit { get; init; } = 65_536;

    /// <summary>
    /// Most transactions held without an answer, those that wait for the window included, 1 or more. Default 100,000 (about 1 KB of
    /// memory each). Past it a submit faults with <see cref="ClientFault.BacklogFull"/> and takes no sequence.
    /// </summary>
    public int BacklogLimit { get; init; } = 100_000;

    /// <summary>The clock and timers. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(Host), nameof(Host), "must name the server");
        Require(Port is > 0 and <= ushort.MaxValue, nameof(Port), "must be 1..65535");
        Require(Source != 0, nameof(Source), "must be 1 or more");
        Require(Password is not "", nameof(Password), "must not be empty; null logs on by certificate");
        Require(Password is not null || PresentsCertificate(Tls), nameof(Password), $"must be set, or {nameof(Tls)} must present a client certificate");
        Require(Enum.IsDefined(Channel), nameof(Channel), "must be Retail or Online");
        Require(Tls is null || !string.IsNullOrEmpty(Tls.TargetHost), nameof(Tls), "must have TargetHost set to the name in the server's certificate");
        RequireBetween(AnswerTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1), nameof(AnswerTimeout));
        RequireBetween(ConnectTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), nameof(ConnectTimeout));
        RequireBetween(HeartbeatInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), nameof(HeartbeatInterval));
        RequireBetween(ReconnectDelayMax, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1), nameof(ReconnectDelayMax));
        Require(
            ReconnectDelayMin >= TimeSpan.FromMilliseconds(1) && ReconnectDelayMin <= ReconnectDelayMax,
            nameof(ReconnectDelayMin),
            $"is {ReconnectDelayMin} and must be between 1 ms and {nameof(ReconnectDelayMax)} ({ReconnectDelayMax})");
        Require(WindowLimit >= 1, nameof(WindowLimit), "must be 1 or more");
        Require(BacklogLimit >= 1, nameof(BacklogLimit), "must be 1 or more");
        Require(TimeProvider is not null, nameof(TimeProvider), "must be set");
    }

    private static bool PresentsCertificate(SslClientAuthenticationOptions? tls) =>
        tls is not null && (tls.ClientCertificateContext is not null || tls.ClientCertificates is { Count: > 0 } || tls.LocalCertificateSelectionCallback is not null);

    private static void Require(bool holds, string option, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException($"{nameof(ClientOptions)}.{option} {rule}.", option);
        }
    }

    private static void RequireBetween(TimeSpan value, TimeSpan min, TimeSpan max, string option) =>
        Require(value >= min && value <= max, option, $"is {value} and must be between {min} and {max}");
}

using System.Security.Cryptography;
using TxCore.Client;
using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.LoadTest.Hosting;

/// <summary>A source of the run and its password, which exists in this process only.</summary>
/// <param name="Id">The source.</param>
/// <param name="Outlet">Where it stands.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Window">Most transactions without an answer.</param>
/// <param name="GivenPassword">The password of a source that somebody else enrolled; null for one made at random.</param>
internal sealed record SourceAccount(uint Id, int Outlet, SourceRole Role, int Window, string? GivenPassword = null)
{
    /// <summary>A killed server is back within seconds; whoever waits longer measures the client.</summary>
    private static readonly TimeSpan ReconnectDelayMax = TimeSpan.FromSeconds(1);

    private readonly string _password = GivenPassword ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>The record to register, with the credential made from the password.</summary>
    public SourceRecord ToRecord(Channel channel)
    {
        var credential = ScramCredential.Create(_password);
        return new SourceRecord(
            Id, Outlet, channel, Role, Window, credential.Salt, credential.Iterations, credential.StoredKey, credential.ServerKey, Disabled: false);
    }

    /// <summary>Connects and logs on.</summary>
    /// <param name="server">The server.</param>
    /// <param name="answerTimeout">How long an answer is waited for before it counts as failed.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public Task<TxCoreClient> ConnectAsync(ServerAddress server, TimeSpan answerTimeout, CancellationToken cancellationToken) =>
        TxCoreClient.ConnectAsync(
            new ClientOptions
            {
                Host = server.Host,
                Port = server.Port,
                Source = Id,
                Password = _password,
                Shard = (ushort)server.Identity.Shard,
                Channel = server.Identity.Channel,
                AnswerTimeout = answerTimeout,
                ReconnectDelayMax = ReconnectDelayMax,
            },
            cancellationToken);
}

/// <summary>Where a shard is served.</summary>
internal sealed record ServerAddress(string Host, int Port, ShardIdentity Identity);

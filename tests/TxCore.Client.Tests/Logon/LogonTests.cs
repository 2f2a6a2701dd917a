using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TxCore.Client.Tests.Fakes;
using TxCore.Protocol;

namespace TxCore.Client.Tests.Logon;

public sealed class LogonTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ResultCode.LogonRefused, ClientFault.LogonRefused)]
    [InlineData(ResultCode.WrongShard, ClientFault.WrongShard)]
    [InlineData(ResultCode.RestoredTooOld, ClientFault.RestoredTooOld)]
    [InlineData(ResultCode.Fenced, ClientFault.Fenced)]
    [InlineData(ResultCode.TooManyConnections, ClientFault.ConnectFailed)]
    public async Task A_refused_logon_says_why(ResultCode code, ClientFault reason)
    {
        await using var server = new FakeServer { LogonCode = code };

        var fault = await Assert.ThrowsAsync<TxCoreClientException>(() => TxCoreClient.ConnectAsync(server.Options(), Cancel));

        Assert.Equal(reason, fault.Reason);
    }

    [Fact]
    public async Task A_server_without_the_credential_is_not_trusted()
    {
        await using var server = new FakeServer { FalseSignature = true };

        var fault = await Assert.ThrowsAsync<TxCoreClientException>(() => TxCoreClient.ConnectAsync(server.Options(), Cancel));

        Assert.Equal(ClientFault.ServerNotTrusted, fault.Reason);
    }

    [Theory]
    [InlineData(2, Channel.Retail)]
    [InlineData(0, Channel.Online)]
    public async Task A_server_of_another_shard_or_channel_is_left_even_when_it_accepts(ushort shard, Channel channel)
    {
        await using var server = new FakeServer();
        var options = new ClientOptions
        {
            Host = "127.0.0.1",
            Port = server.Port,
            Source = 7,
            Password = FakeServer.Password,
            Shard = shard,
            Channel = channel,
        };

        var fault = await Assert.ThrowsAsync<TxCoreClientException>(() => TxCoreClient.ConnectAsync(options, Cancel));

        Assert.Equal(ClientFault.WrongShard, fault.Reason);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_failed_connect()
    {
        var server = new FakeServer();
        var options = server.Options();
        await server.DisposeAsync();

        var fault = await Assert.ThrowsAsync<TxCoreClientException>(() => TxCoreClient.ConnectAsync(options, Cancel));

        Assert.Equal(ClientFault.ConnectFailed, fault.Reason);
    }

    [Fact]
    public async Task A_fresh_outbox_learns_the_next_sequence_from_the_server()
    {
        var shard = new FakeShard { NextSequence = 57 };
        await using var server = new FakeServer(shard);
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var result = await client.WagerAsync(Samples.Wager(), cancellationToken: Cancel);

        Assert.Equal(57ul, result.Sequence);
    }

    [Fact]
    public async Task A_server_that_lost_answered_sequences_ends_the_client()
    {
        await using var server = new FakeServer();
        var outbox = new MemoryOutbox();
        await using (var client = await TxCoreClient.ConnectAsync(server.Options(outbox), Cancel))
        {
            await client.WagerAsync(Samples.Wager(), cancellationToken: Cancel);
        }

        await using var restored = new FakeServer();
        var fault = await Assert.ThrowsAsync<TxCoreClientException>(() => TxCoreClient.ConnectAsync(restored.Options(outbox), Cancel));

        Assert.Equal(ClientFault.RestoredTooOld, fault.Reason);
        Assert.Equal(1ul, restored.Logons.Single().LastNumberHeld);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("elsewhere", false)]
    public async Task Over_TLS_the_certificate_must_name_the_server(string name, bool isTrusted)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        await using var server = new FakeServer { Certificate = certificate };
        var options = new ClientOptions
        {
            Host = "127.0.0.1",
            Port = server.Port,
            Source = 7,
            Password = FakeServer.Password,
            Tls = new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                RemoteCertificateValidationCallback = (_, _, _, errors) => !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch),
            },
        };

        if (isTrusted)
        {
            await using var client = await TxCoreClient.ConnectAsync(options, Cancel);
            Assert.True((await client.WagerAsync(Samples.Wager(), cancellationToken: Cancel)).MayPrint);
        }
        else
        {
            var fault = await Assert.ThrowsAsync<TxCoreClientException>(() => TxCoreClient.ConnectAsync(options, Cancel));
            Assert.Equal(ClientFault.ConnectFailed, fault.Reason);
        }
    }

    [Theory]
    [InlineData(nameof(ClientOptions.Host))]
    [InlineData(nameof(ClientOptions.Port))]
    [InlineData(nameof(ClientOptions.Source))]
    [InlineData(nameof(ClientOptions.Password))]
    [InlineData(nameof(ClientOptions.ReconnectDelayMin))]
    [InlineData(nameof(ClientOptions.AnswerTimeout))]
    [InlineData(nameof(ClientOptions.WindowLimit))]
    [InlineData(nameof(ClientOptions.Tls))]
    public async Task An_option_out_of_range_is_refused_by_name(string option)
    {
        var options = new ClientOptions
        {
            Host = option == nameof(ClientOptions.Host) ? "" : "127.0.0.1",
            Port = option == nameof(ClientOptions.Port) ? 0 : 1,
            Source = option == nameof(ClientOptions.Source) ? 0u : 1,
            Password = option == nameof(ClientOptions.Password) ? "" : "x",
            ReconnectDelayMin = TimeSpan.FromSeconds(option == nameof(ClientOptions.ReconnectDelayMin) ? 60 : 1),
            AnswerTimeout = option == nameof(ClientOptions.AnswerTimeout) ? TimeSpan.Zero : TimeSpan.FromSeconds(1),
            WindowLimit = option == nameof(ClientOptions.WindowLimit) ? 0 : 1,
            Tls = option == nameof(ClientOptions.Tls) ? new() : null,
        };

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => TxCoreClient.ConnectAsync(options, Cancel));

        Assert.Contains($"ClientOptions.{option} ", refused.Message, StringComparison.Ordinal);
    }
}

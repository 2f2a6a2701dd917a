using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TxCore.Client;
using TxCore.Server.Tests.Fleet;
using TxCore.Server.Tests.Processes;
using TxCore.Testing;

namespace TxCore.Server.Tests.Security;

/// <summary>TLS and mutual TLS as operations set them up, with certificates that are renewed while terminals are connected.</summary>
public sealed class TlsTests(PostgresFixture postgres)
{
    private const uint Terminal = Deployment.FirstTerminal;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_renewed_certificate_counts_for_new_connections_and_live_ones_go_on()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        var authority = new TestCertificates(deployment.Data, "authority");
        var stranger = new TestCertificates(deployment.Data, "stranger");
        string first = authority.IssueServer("server.pem");
        string file = Path.Combine(deployment.Data, "server.pem");
        await using var server = await deployment.ServeAsync(null, null, "--tls-certificate", file);
        await using var live = await ConnectAsync(deployment, server.Listen, TlsFiles.Options("localhost", authority.AuthorityFile));
        await SellAsync(deployment, live);
        Assert.Equal(first, await PresentedAsync(server.Listen));

        var distrust = await Assert.ThrowsAsync<TxCoreClientException>(
            () => ConnectAsync(deployment, server.Listen, TlsFiles.Options("localhost", stranger.AuthorityFile), Terminal + 1));
        Assert.Equal(ClientFault.ConnectFailed, distrust.Reason);
        await Assert.ThrowsAsync<TxCoreClientException>(() => ConnectAsync(deployment, server.Listen, tls: null, Terminal + 1));

        // A file that is no certificate changes nothing.
        string good = await File.ReadAllTextAsync(file, Cancellation);
        await File.WriteAllTextAsync(file, "half a renewal", Cancellation);
        await UntilLoggedAsync(server, "[2009]", 1);
        Assert.Equal(first, await PresentedAsync(server.Listen));
        await SellAsync(deployment, live);
        await File.WriteAllTextAsync(file, good, Cancellation);

        string second = authority.IssueServer("server.pem");
        await Poll.UntilAsync(
            async () => await PresentedAsync(server.Listen) == second, () => $"The new certificate is not in effect.\n{server.Program.Log}");
        await SellAsync(deployment, live);
        Assert.Equal(0, live.ReconnectCount);
        await using var later = await ConnectAsync(deployment, server.Listen, TlsFiles.Options("localhost", authority.AuthorityFile), Terminal + 1);
        await SellAsync(deployment, later);

        int loads = Count(server, "[2008]");
        server.Program.Signal(Signals.HangUp);
        await UntilLoggedAsync(server, "[2008]", loads + 1);
        await SellAsync(deployment, live);
        Assert.Equal(0, await server.TerminateAsync());
    }

    [Fact]
    public async Task A_source_logs_on_by_the_certificate_registered_for_it_and_by_no_other()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        var authority = new TestCertificates(deployment.Data, "authority");
        var stranger = new TestCertificates(deployment.Data, "stranger");
        authority.IssueServer("server.pem");
        string own = authority.IssueClient("terminal");
        string other = authority.IssueClient("terminal");
        string named = authority.IssueClient("shop-8");
        (await deployment.RunAsync("source", "certificate", "--id", $"{Terminal}", "--file", own)).Exits(0);
        (await deployment.RunAsync("source", "certificate", "--id", $"{Terminal + 1}", "--subject", "shop-8")).Exits(0);
        Assert.Contains("certificate shop-8", (await deployment.RunAsync("source", "list")).Exits(0).Output);
        (await deployment.RunAsync("source", "certificate", "--id", $"{Terminal}")).Exits(1);
        await using var server = await deployment.ServeAsync(
            null, null, "--tls-certificate", Path.Combine(deployment.Data, "server.pem"), "--tls-client-authorities", authority.AuthorityFile);

        // By certificate alone, by either way of registering it.
        foreach (var (source, certificate) in new[] { (Terminal, own), (Terminal + 1, named), (Terminal + 1, authority.IssueClient("shop-8")) })
        {
            await using var client = await ConnectAsync(deployment, server.Listen, With(certificate), source, password: null);
            await SellAsync(deployment, client);
        }

        // A source without one logs on by password, with a certificate registered both must be right.
        await using (var client = await ConnectAsync(deployment, server.Listen, With(null), Terminal + 2))
        {
            await SellAsync(deployment, client);
        }

        await using (await ConnectAsync(deployment, server.Listen, With(own), Terminal))
        {
        }

        await RefusedAsync(With(other), Terminal, null, ClientFault.LogonRefused);
        await RefusedAsync(With(named), Terminal, null, ClientFault.LogonRefused);
        await RefusedAsync(With(own), Terminal + 2, null, ClientFault.LogonRefused);
        await RefusedAsync(With(null), Terminal, Deployment.Password, ClientFault.LogonRefused);
        await RefusedAsync(With(own), Terminal, "another password", ClientFault.LogonRefused);
        await RefusedAsync(With(stranger.IssueClient("terminal")), Terminal, null, ClientFault.ConnectFailed);

        SslClientAuthenticationOptions With(string? certificate) =>
            TlsFiles.Options("localhost", authority.AuthorityFile, certificate);

        async Task RefusedAsync(SslClientAuthenticationOptions tls, uint source, string? password, ClientFault fault) => Assert.Equal(
            fault, (await Assert.ThrowsAsync<TxCoreClientException>(() => ConnectAsync(deployment, server.Listen, tls, source, password))).Reason);
    }

    [Fact]
    public async Task Required_certificates_keep_out_whoever_has_none_and_controls_go_by_them()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        var authority = new TestCertificates(deployment.Data, "authority");
        authority.IssueServer("server.pem");
        string console = authority.IssueClient("console");
        (await deployment.RunAsync("source", "certificate", "--id", $"{Deployment.Administrator}", "--file", console)).Exits(0);
        await using var server = await deployment.ServeAsync(
            null, null, "--tls-certificate", Path.Combine(deployment.Data, "server.pem"), "--tls-client-authorities", authority.AuthorityFile,
            "--tls-client-certificates", "required");

        var refused = await Assert.ThrowsAsync<TxCoreClientException>(
            () => ConnectAsync(deployment, server.Listen, TlsFiles.Options("localhost", authority.AuthorityFile)));
        Assert.Equal(ClientFault.ConnectFailed, refused.Reason);
        var stopped = await CommandLine.RunAsync(
            "race", "stop", $"{SaleDay.Races[0]}", "--actor", "7", "--reason", "2", "--server", $"{server.Listen}",
            "--tls-name", "localhost", "--tls-authorities", authority.AuthorityFile, "--certificate", console);
        Assert.Contains("UnknownRace", stopped.Exits(1).Output);
    }

    private static Task<TxCoreClient> ConnectAsync(
        Deployment deployment, IPEndPoint server, SslClientAuthenticationOptions? tls, uint source = Terminal, string? password = Deployment.Password) =>
        TxCoreClient.ConnectAsync(
            new ClientOptions
            {
                Host = server.Address.ToString(),
                Port = server.Port,
                Source = source,
                Password = password,
                Channel = deployment.Identity.Channel,
                Tls = tls,
                ConnectTimeout = TimeSpan.FromSeconds(5),
            },
            Cancellation);

    /// <summary>A wager is decided; that its race is not known does not matter here.</summary>
    private static async Task SellAsync(Deployment deployment, TxCoreClient client)
    {
        var result = await client.WagerAsync(SaleDay.Wager(deployment.Identity), cancellationToken: Cancellation);
        Assert.NotEqual(0UL, result.Outcome.Number);
    }

    /// <summary>The SHA-256 of the certificate that a new connection is shown.</summary>
    private static async Task<string> PresentedAsync(IPEndPoint server)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server, Cancellation);
        await using var tls = new SslStream(socket.GetStream());
        var options = new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = static (_, _, _, _) => true };
        await tls.AuthenticateAsClientAsync(options, Cancellation);
        return Convert.ToHexStringLower(((X509Certificate2)tls.RemoteCertificate!).GetCertHash(HashAlgorithmName.SHA256));
    }

    private static int Count(ServerProcess server, string text) => server.Program.Log.Split(text).Length - 1;

    private static Task UntilLoggedAsync(ServerProcess server, string text, int times) => Poll.UntilAsync(
        () => Count(server, text) >= times, () => $"{text} was not logged {times} times:\n{server.Program.Log}");
}

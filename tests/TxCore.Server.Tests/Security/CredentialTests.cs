using System.Text;
using Npgsql;
using TxCore.Client;
using TxCore.Server.Tests.Fleet;
using TxCore.Server.Tests.Processes;
using TxCore.Testing;

namespace TxCore.Server.Tests.Security;

/// <summary>Credentials change while the server runs, guessing is held back, and no secret is ever written.</summary>
public sealed class CredentialTests(PostgresFixture postgres)
{
    private const uint Terminal = Deployment.FirstTerminal;
    private const string NewPassword = "one that nobody has seen";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Passwords_of_a_source_and_of_the_writer_role_change_without_a_restart()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        string passFile = Path.Combine(deployment.Data, "pgpass");
        var writer = new NpgsqlConnectionStringBuilder(deployment.Writer) { Passfile = passFile };
        await WritePassFileAsync(writer.Password!);
        string user = writer.Username!;
        writer.Password = null;
        await using var server = await deployment.ServeAsync(writer.ConnectionString);
        await using var client = await deployment.ClientAsync(server.Listen, new MemoryOutbox());
        string file = Path.Combine(deployment.Data, "password");
        await File.WriteAllTextAsync(file, NewPassword, Cancellation);

        (await deployment.RunAsync("source", "password", "--id", $"{Terminal}", "--password-file", file)).Exits(0);
        (await deployment.RunAsync("source", "password", "--id", $"{Terminal + 1}", "--password-file", file)).Exits(0);
        await Poll.UntilAsync(
            async () => await RefusalAsync(deployment, server, Deployment.Password, Terminal + 1) == ClientFault.LogonRefused,
            () => "The old password is still taken.");
        Assert.False(client.Completion.IsCompleted);

        // The writer's connections are cut once its password has changed: the next ones take the new one from the file.
        await deployment.ExecuteAsync($"ALTER ROLE \"{user}\" PASSWORD '{NewPassword}'");
        await WritePassFileAsync(NewPassword);
        await deployment.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{user}'");
        var result = await client.WagerAsync(SaleDay.Wager(deployment.Identity), cancellationToken: Cancellation);
        Assert.NotEqual(0UL, result.Outcome.Number);
        Assert.Null(await RefusalAsync(deployment, server, NewPassword));
        Assert.Equal(0, await server.TerminateAsync());

        async Task WritePassFileAsync(string password)
        {
            await File.WriteAllTextAsync(passFile, $"*:*:*:*:{password}\n", Cancellation);
            if (!OperatingSystem.IsWindows())
            {
                // Npgsql takes no file that others may read.
                File.SetUnixFileMode(passFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }
    }

    [Fact]
    public async Task Guessing_is_held_back_and_no_secret_is_written_anywhere()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        string password = new NpgsqlConnectionStringBuilder(deployment.Writer).Password!;
        var log = new StringBuilder();
        await using var server = await deployment.ServeAsync(null, null, "--logon-failures-source", "3", "--log-format", "json");
        await using (var client = await deployment.ClientAsync(server.Listen, new MemoryOutbox()))
        {
            await client.WagerAsync(SaleDay.Wager(deployment.Identity), cancellationToken: Cancellation);
        }

        // Three guesses at each of two sources, the second one unknown; then even the right password waits, but not where it was right before.
        foreach (uint source in new[] { Terminal + 1, 99_999u })
        {
            var guesses = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RefusalAsync(deployment, server, NewPassword, source)));
            Assert.All(guesses, static refusal => Assert.Equal(ClientFault.LogonRefused, refusal));
        }

        Assert.Equal(ClientFault.ConnectFailed, await RefusalAsync(deployment, server, Deployment.Password, Terminal + 1));
        Assert.Equal(ClientFault.ConnectFailed, await RefusalAsync(deployment, server, Deployment.Password, 99_999));
        Assert.Null(await RefusalAsync(deployment, server, Deployment.Password));
        Assert.Null(await RefusalAsync(deployment, server, Deployment.Password, Terminal + 2));
        Assert.Equal(0, await server.TerminateAsync());
        log.Append(server.Program.Output).Append(server.Program.Log);
        Assert.Contains("\"EventId\":1206", log.ToString());
        Assert.Contains("127.0.0.1", log.ToString());

        // Every way a command may fail with the secret in its hands.
        var environment = new Dictionary<string, string> { ["TXCORE_CONNECTION"] = deployment.Writer, ["TXCORE_TLS_KEY_PASSWORD"] = NewPassword };
        string[] certificate = ["--data", deployment.Data, "--tls-certificate", "/nowhere"];
        log.Append((await CommandLine.RunAsync(["config", "show", .. certificate], environment)).Exits(0).Text);
        log.Append((await CommandLine.RunAsync(["config", "check", .. certificate], environment)).Exits(2).Text);
        foreach (string broken in new[] { $"{deployment.Writer};Nonsense=1", deployment.Writer.Replace("Port=", "Port=1", StringComparison.Ordinal) })
        {
            log.Append((await deployment.RefusedServeAsync(broken)).Text);
        }

        environment["TXCORE_CONNECTION"] = deployment.Writer.Replace(password, password + "x", StringComparison.Ordinal);
        log.Append((await CommandLine.RunAsync(["source", "list"], environment)).Exits(3).Text);
        await AssertNoSecretAsync(deployment, log.ToString(), [password, Deployment.Password, NewPassword]);
    }

    private static async Task AssertNoSecretAsync(Deployment deployment, string written, IReadOnlyList<string> secrets)
    {
        var keys = new List<string>(secrets);
        foreach (string file in Directory.EnumerateFiles(deployment.Data, "receipt-key-*").Concat(Directory.EnumerateFiles(deployment.Data, "signing-key-*.pem")))
        {
            keys.AddRange((await File.ReadAllLinesAsync(file, Cancellation)).Where(static line => line.Length > 16 && line[0] != '-'));
        }

        foreach (string column in new[] { "salt", "stored_key", "server_key" })
        {
            keys.Add(await deployment.ScalarAsync<string>($"SELECT encode({column}, 'hex') FROM txcore.source WHERE source = {Terminal}"));
            keys.Add(await deployment.ScalarAsync<string>($"SELECT encode({column}, 'base64') FROM txcore.source WHERE source = {Terminal}"));
        }

        Assert.True(keys.Count >= 11, "No keys were found to look for.");
        Assert.All(keys, key => Assert.DoesNotContain(key, written, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Why a logon is refused; null when it is not.</summary>
    private static async Task<ClientFault?> RefusalAsync(Deployment deployment, ServerProcess server, string password, uint source = Terminal)
    {
        try
        {
            var options = new ClientOptions
            {
                Host = server.Listen.Address.ToString(),
                Port = server.Listen.Port,
                Source = source,
                Password = password,
                Channel = deployment.Identity.Channel,
            };
            await using var client = await TxCoreClient.ConnectAsync(options, Cancellation);
            return null;
        }
        catch (TxCoreClientException refused)
        {
            return refused.Reason;
        }
    }
}

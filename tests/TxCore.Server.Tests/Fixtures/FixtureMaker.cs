using System.Diagnostics;
using System.IO.Compression;
using Npgsql;
using TxCore.Client;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Server.Tests.Fleet;
using TxCore.Server.Tests.Processes;
using TxCore.Testing;
using TxCore.Testing.Shards;

namespace TxCore.Server.Tests.Fixtures;

/// <summary>Makes the fixture of a release; see README.md beside it. Runs only when asked for.</summary>
public sealed class FixtureMaker(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Make_the_fixture_of_this_release()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        string directory = postgres.CreateDirectory();
        string version = (await CommandLine.RunAsync("version")).Exits(0).Output.Split(' ')[1].Split('+')[0];
        Directory.CreateDirectory(Path.Combine(directory, "outbox"));
        await using (var server = await deployment.ServeAsync())
        {
            await SaleDay.OpenAsync(deployment, server.Listen, holdSeconds: 600);
            await RecordAsync(deployment, server, Path.Combine(directory, "frames.bin"));
            var clients = FixtureDay.CutSources.Select(source => SellAsync(deployment, server, source, Path.Combine(directory, "outbox", $"{source}"))).ToArray();
            await Poll.UntilAsync(
                async () => await deployment.ScalarAsync<long>("SELECT last_number FROM txcore.shard") > 600, () => "The clients do not sell.");
            await server.KillAsync();
            Assert.NotEqual(0, (await Task.WhenAll(clients)).Sum());
        }

        Directory.Move(deployment.Data, Path.Combine(directory, "data"));
        Directory.CreateDirectory(deployment.Data);
        await DumpAsync(deployment, Path.Combine(directory, "database.sql.gz"));
        string file = Path.Combine(FixtureDay.Folder, $"day-{version}.zip");
        File.Delete(file);
        await ZipFile.CreateFromDirectoryAsync(directory, file, CompressionLevel.SmallestSize, includeBaseDirectory: false, Cancellation);
        Assert.InRange(new FileInfo(file).Length, 1, 300 * 1024);
    }

    /// <summary>A client without any cleverness, whose bytes are kept: wagers, cancellations, holds, confirmations and refusals.</summary>
    private static async Task RecordAsync(Deployment deployment, ServerProcess server, string file)
    {
        const uint source = FixtureDay.RecordedSource;
        using var pipe = await TcpClientPipe.ConnectAsync(server.Listen);
        var client = new RawClient(pipe);
        var reply = (await client.TryLogOnAsync(source, Channel.Retail, password: Deployment.Password)).As<LogonReply>();
        Assert.Equal(ResultCode.Accepted, reply.Code);
        await using var writer = new BinaryWriter(File.Create(file));
        Outcome last = null!;
        for (ulong sequence = 1; sequence <= 40; sequence++)
        {
            var header = new TransactionHeader(source, sequence, 0);
            byte[] frame = (sequence % 4) switch
            {
                1 => Frame.Encode(SaleDay.Wager(deployment.Identity, multiple: (long)sequence) with { Header = header }),
                2 => Frame.Encode(new Cancel(header, 0, 1, last.Number, 4000)),
                3 => Frame.Encode(new Hold(header, 0, SaleDay.Sale, [], [new HoldLine(1, 2, 2, 0)])),
                _ => Frame.Encode(new Release(header, 0, last.Number, 4000)),
            };
            client.Send(frame);
            var answer = await client.NextAsync();
            last = answer.As<Outcome>();
            writer.Write(frame.Length);
            writer.Write(frame);
            writer.Write(answer.Payload.Length);
            writer.Write(answer.Payload);
        }
    }

    /// <summary>Sells until the server is gone; how many transactions its outbox then holds.</summary>
    private static async Task<int> SellAsync(Deployment deployment, ServerProcess server, uint source, string file)
    {
        await using (var outbox = FileOutbox.Open(file))
        await using (var client = await deployment.ClientAsync(server.Listen, outbox, source))
        {
            var sold = new List<Task>();
            while (!server.Program.HasExited && sold.Count < 2000)
            {
                sold.Add(client.WagerAsync(SaleDay.Wager(deployment.Identity, multiple: (sold.Count % 5) + 1), cancellationToken: Cancellation));
                if (sold.Count % 10 == 0)
                {
                    await Task.WhenAny(Task.WhenAll(sold), server.Program.Exited);
                }
            }

            await server.Program.Exited;
        }

        return await FixtureDay.CountUnansweredAsync(file);
    }

    private static async Task DumpAsync(Deployment deployment, string file)
    {
        var connection = new NpgsqlConnectionStringBuilder(deployment.Superuser);
        string program = Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateFiles("/usr/lib/postgresql", "pg_dump", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last()
            : "pg_dump";
        string[] arguments =
        [
            "--host", "127.0.0.1", "--port", $"{connection.Port}", "--username", connection.Username!, "--dbname", connection.Database!,
            "--schema", "txcore", "--no-owner", "--no-privileges", "--rows-per-insert", "100",
        ];
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false, Environment = { ["PGPASSWORD"] = connection.Password } };
        using var process = Process.Start(start)!;
        await using var gzip = new GZipStream(File.Create(file), CompressionLevel.SmallestSize);
        await using var writer = new StreamWriter(gzip);
        while (await process.StandardOutput.ReadLineAsync(Cancellation) is { } line)
        {
            // Commands of psql, which newer dumps begin and end with, are no SQL.
            if (!line.StartsWith('\\'))
            {
                await writer.WriteLineAsync(line);
            }
        }

        await process.WaitForExitAsync(Cancellation);
        Assert.Equal(0, process.ExitCode);
    }
}

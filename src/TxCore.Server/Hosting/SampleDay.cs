using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using TxCore.Client;
using TxCore.Client.Programme;
using TxCore.Pipeline;
using TxCore.Postgres;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Server.Programme;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Server.Hosting;

/// <summary>
/// An invented racing day and a small sale for a server that was given nothing: races and sessions, open, with sources to try them.
/// Defined over the wire like any other, by an administrator of its own.
/// </summary>
internal static class SampleDay
{
    private const uint AdminSource = 1;
    private const uint FirstTerminal = 1001;
    private const uint FirstFrontend = 9001;
    private const int TerminalCount = 20;
    private const int FrontendCount = 4;
    private const int HoursToFirstStart = 7;
    private const long HourMicroseconds = 3_600_000_000;
    private static readonly ControlHeader Control = new(Actor: 1, SecondActor: 0, Reason: 1);

    /// <summary>Registers the sample sources under a new password, which it returns.</summary>
    public static async Task<string> RegisterAsync(string connection, ShardIdentity identity, CancellationToken cancellationToken)
    {
        string password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var credential = ScramCredential.Create(password);
        await using var registry = new SourceRegistry(connection, identity);
        var sources = new List<SourceRecord> { Source(AdminSource, 0, SourceRole.Admin, 64) };
        sources.AddRange(Enumerable.Range(0, TerminalCount).Select(i => Source(FirstTerminal + (uint)i, 1 + (i / 4), SourceRole.Submit, 64)));
        sources.AddRange(Enumerable.Range(0, FrontendCount).Select(i => Source(FirstFrontend + (uint)i, 900 + i, SourceRole.Submit, 1024)));
        await registry.AddSourcesAsync(sources, cancellationToken);
        return password;

        SourceRecord Source(uint id, int outlet, SourceRole role, int window) => new(
            id, outlet, identity.Channel, role, window, credential.Salt, credential.Iterations, credential.StoredKey, credential.ServerKey, Disabled: false);
    }

    /// <summary>Defines what is on sale today unless it is there already, and tells the sources and their password.</summary>
    public static async Task DefineAsync(
        Shard shard, string password, IPAddress address, int port, SslClientAuthenticationOptions? tls, TimeProvider clock, TextWriter output,
        CancellationToken cancellationToken)
    {
        if (address.Equals(IPAddress.Any))
        {
            address = IPAddress.Loopback;
        }

        var options = new ClientOptions
        {
            Host = address.ToString(),
            Port = port,
            Source = AdminSource,
            Password = password,
            Tls = tls,
            Shard = (ushort)shard.Identity.Shard,
            Channel = shard.Identity.Channel,
        };
        await using (var client = await TxCoreClient.ConnectAsync(options, cancellationToken))
        {
            long now = clock.GetUnixMicroseconds();
            await DefineRacesAsync(client, shard, now, cancellationToken);
            await DefineSaleAsync(client, now, cancellationToken);
        }

        await output.WriteLineAsync(
            $"Sample sources of shard {shard.Identity.Shard}: administrator {AdminSource}, terminals {FirstTerminal}..{FirstTerminal + TerminalCount - 1}, "
            + $"frontends {FirstFrontend}..{FirstFrontend + FrontendCount - 1}, password {password}");
    }

    /// <summary>The races of the sample programme on today's business day, with all pools of the channel; the first starts in some hours.</summary>
    private static async Task DefineRacesAsync(TxCoreClient client, Shard shard, long now, CancellationToken cancellationToken)
    {
        var options = new ProgrammeOptions
        {
            Channel = shard.Identity.Channel,
            AsPlanned = true,
            Takeouts = await ProgrammeFiles.ReadTakeoutsAsync(ProgrammeFiles.DefaultTakeouts, cancellationToken),
        };
        var day = (await ProgrammeFiles.ReadDayAsync(ProgrammeFiles.SampleProgramme, options, cancellationToken))
            .StartingAt((uint)shard.Board.BusinessDay, now + (HoursToFirstStart * HourMicroseconds));
        var outcome = await client.ImportAsync(day, Control, opens: true, scratches: false, cancellationToken);
        if (outcome.End is not (ImportEnd.Imported or ImportEnd.AlreadyThere))
        {
            throw new InvalidDataException($"The sample day was not taken: {outcome.Reason}.");
        }
    }

    private static async Task DefineSaleAsync(TxCoreClient client, long now, CancellationToken cancellationToken)
    {
        var sale = new SaleDefine(default, Control, 1, now + (14 * 24 * HourMicroseconds), 15 * 60);
        if (!(await client.SaleDefineAsync(sale, cancellationToken)).IsAccepted)
        {
            return;
        }

        CellDefinition[] cells =
        [
            new(1, 1, 15_000, 500, 20, 6), new(1, 2, 8_000, 2_000, 50, 6), new(2, 1, 24_000, 300, 10, 4), new(2, 2, 5_000, 4_000, 0, 6),
        ];
        await client.CellsDefineAsync(new CellsDefine(default, Control, 1, cells), cancellationToken);
        await client.SaleOpenAsync(1, Control, cancellationToken);
    }
}

using System.Buffers.Binary;
using Npgsql;
using TxCore.Client;
using TxCore.Client.Programme;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Scenarios.Running;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>The shard of a server that somebody else runs: it is driven and looked into, and neither killed nor ended.</summary>
internal sealed class TargetDayShard : IDayShard
{
    private const int LogonsAtOnce = 16;

    /// <summary>Stops come by the server's clock, the timetable goes by this machine's.</summary>
    private static readonly TimeSpan ClockDifferenceMax = TimeSpan.FromSeconds(2);

    // 803 is a list of barred players. Its command is deadline (8), actors and reason (10), version (4), flags (1): bit 1, the list is complete.
    private const string LastList = """
        SELECT substring(command FROM 19 FOR 4) FROM txcore.transaction
         WHERE kind = 803 AND code = 0 AND line = 1 AND get_byte(command, 22) & 2 <> 0
         ORDER BY number DESC LIMIT 1
        """;

    private readonly TargetHost _host;
    private readonly TimeProvider _clock;
    private readonly ConnectionSet _connections = new();

    private TargetDayShard(TargetHost host, TimeProvider clock, uint run, uint listVersion) =>
        (_host, _clock, Run, ListVersion) = (host, clock, run, listVersion);

    public ShardIdentity Identity => _host.Address.Identity;

    public IReadOnlyList<TxCoreClient> Clients => _connections.Clients;

    public uint Run { get; }

    public uint ListVersion { get; }

    public AnswerWatch? Watch => null;

    public long Reconnects { get; private set; }

    public string CheckConnectionString => _host.CheckConnectionString!;

    public long NumberBefore => _host.NumberBefore;

    /// <summary>What the server's clock is ahead of this machine's, the way of the answer included.</summary>
    public TimeSpan ClockAhead { get; private set; }

    /// <summary>Enrols the run's sources and logs them on.</summary>
    /// <exception cref="TargetRefusedException">The target may not be driven, or does not let the sources in.</exception>
    public static async Task<TargetDayShard> StartAsync(
        TargetHost host, ChannelSources sources, TimeProvider clock, CancellationToken cancellationToken)
    {
        await host.EnrolAsync([.. sources.All], cancellationToken);
        uint listVersion = await ReadListVersionAsync(host.CheckConnectionString!, cancellationToken);
        var shard = new TargetDayShard(host, clock, sources.Run, listVersion);
        try
        {
            await shard._connections.ConnectAsync([.. sources.All], host.Address, RaceDaySettings.AnswerTimeout, LogonsAtOnce, cancellationToken);
            return shard;
        }
        catch (TxCoreClientException fault)
        {
            await shard.DisposeAsync();
            throw TargetHost.NotLoggedOn(sources.Administrator, fault);
        }
    }

    /// <summary>The days with meetings that the server does not have yet, in the order of those of the programme.</summary>
    public async Task<IReadOnlyList<ProgrammeDay>> RenumberAsync(
        IReadOnlyList<ProgrammeDay> days, uint businessDay, CancellationToken cancellationToken)
    {
        var numbers = new FreeNumbers(await Clients[0].DefinitionsAsync(cancellationToken), businessDay);
        var meetings = days.SelectMany(day => day.Races).Select(race => race.Race.Meeting).Distinct().Order()
            .ToDictionary(meeting => meeting, _ => numbers.Meeting());
        return [.. days.Select(day => day with { Races = [.. day.Races.Select(Moved)] })];

        ProgrammeRace Moved(ProgrammeRace race) => race with { Race = race.Race with { Meeting = meetings[race.Race.Meeting] } };
    }

    /// <summary>Defines and opens the races by controls of the run's own. Once the first is defined, looks whether all this is in the right place.</summary>
    /// <exception cref="TargetRefusedException">The server writes to another database, or its clock is far from this machine's.</exception>
    public async Task OpenAsync(Timetable timetable, ControlDesk desk, DayJournal journal, CancellationToken cancellationToken)
    {
        for (int i = 0; i < timetable.Day.Races.Count; i++)
        {
            var outcome = await desk.DefineAsync(timetable.Day.Races[i], cancellationToken);
            if (i == 0)
            {
                await RequireTargetAsync(outcome, cancellationToken);
            }

            Require(outcome.Code, "the definition", timetable.Day.Races[i].Race);
        }

        foreach (var race in timetable.Day.Races)
        {
            Require(await desk.OpenAsync(race.Race, cancellationToken), "the opening", race.Race);
        }
    }

    /// <summary>Logs everybody off; the server goes on.</summary>
    public async Task EndAsync()
    {
        Reconnects = Clients.Sum(client => (long)client.ReconnectCount);
        await _connections.DisposeAsync();
    }

    public Task<IReadOnlyList<CheckResult>> AskServerAsync(uint day, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<CheckResult>>([]);

    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    private async Task RequireTargetAsync(Outcome first, CancellationToken cancellationToken)
    {
        ClockAhead = DateTimeOffset.UnixEpoch.AddTicks(first.SequencedAt * TimeSpan.TicksPerMicrosecond) - _clock.GetUtcNow();
        await _host.RequireSameDatabaseAsync(Clients[0].Source, first.Number, cancellationToken);
        if (ClockAhead.Duration() > ClockDifferenceMax)
        {
            throw new TargetRefusedException(
                $"The clocks of {_host.Description} and of this machine differ by {ClockAhead.Duration().TotalSeconds:0.0} s. Races stop by the server's "
                + "clock, so both have to be set right, to two seconds, before a day can be timed.");
        }
    }

    private static void Require(ResultCode code, string what, RaceId race)
    {
        if (code != ResultCode.Accepted)
        {
            throw new InvalidOperationException($"The server refused {what} of {race}: {code}.");
        }
    }

    private static async Task<uint> ReadListVersionAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(LastList);
        return await command.ExecuteScalarAsync(cancellationToken) is byte[] version ? BinaryPrimitives.ReadUInt32LittleEndian(version) : 0;
    }
}

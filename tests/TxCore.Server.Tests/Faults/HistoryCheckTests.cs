using Npgsql;
using TxCore.Protocol;
using TxCore.Server.Tests.Processes;
using TxCore.Testing;

namespace TxCore.Server.Tests.Faults;

/// <summary>A checker that finds nothing proves nothing: each rule is given a history that breaks it.</summary>
public sealed class HistoryCheckTests(PostgresFixture postgres)
{
    private const string Copy = "INSERT INTO txcore.transaction SELECT (jsonb_populate_record(t, {0})).* FROM txcore.transaction t WHERE {1}";
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What is done to a sound database, and the rules that must name it; <c>{…}</c> are numbers looked up first.</summary>
    private static readonly (string What, string Change, Harm[] Harms)[] Doctored =
    [
        ("a lost row", "DELETE FROM txcore.transaction WHERE number = {wager}", [Harm.Lost]),
        ("a lost last row", "DELETE FROM txcore.transaction WHERE number = {last}", [Harm.Lost]),
        ("a row stored twice", Insert("jsonb_build_object('number', {last} + 1)", "number = {wager}"), [Harm.Doubled]),
        ("a changed outcome", "UPDATE txcore.transaction SET code = 201 WHERE number = {wager}", [Harm.Lost]),
        ("a refusal that became a ticket", "UPDATE txcore.transaction SET code = 0 WHERE number = {refused}", [Harm.Lost]),
        ("another amount", "UPDATE txcore.transaction SET amount_cents = amount_cents + 1 WHERE number = {wager} AND line = 1", [Harm.Lost]),
        ("another command", "UPDATE txcore.transaction SET command = set_byte(command, 20, 255 - get_byte(command, 20)) WHERE number = {wager} AND line = 1", [Harm.Wrong]),
        (
            "something that nobody sent or was told",
            Insert("jsonb_build_object('number', {last} + 1, 'sequence', {next}, 'previous', {previous})", "number = {wager} AND line = 1"),
            [Harm.Wrong, Harm.Hanging]),
        ("a time that goes back", "UPDATE txcore.transaction SET sequenced_at = '2020-01-01' WHERE number = {wager}", [Harm.Lost, Harm.Wrong]),
        ("a ticket cancelled twice", "UPDATE txcore.transaction SET kind = 258, code = 0, reference = {cancelled} WHERE number = {refused}", [Harm.Doubled]),
        ("a ticket paid twice", "UPDATE txcore.transaction SET kind = 260, code = 0, reference = {paid} WHERE number = {refused}", [Harm.Doubled]),
        ("a cancelled ticket paid", "UPDATE txcore.transaction SET kind = 260, code = 0, reference = {cancelled} WHERE number = {refused}", [Harm.Doubled, Harm.Wrong]),
        ("a hold confirmed twice", "UPDATE txcore.transaction SET kind = 273, code = 0, reference = {confirmed} WHERE number = {refused}", [Harm.Doubled]),
        ("a wager after the stop", "UPDATE txcore.transaction SET kind = 772 WHERE number = {opening}", [Harm.Wrong]),
        ("more seats than there are", "UPDATE txcore.transaction SET quantity = 30000 WHERE number = {hold} AND line = 1", [Harm.Wrong]),
    ];

    [Fact]
    public async Task Every_doctored_history_is_found_and_the_sound_one_is_not()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var server = await deployment.ServeAsync();
        await using var fleet = Start(deployment, server);
        Assert.True(await fleet.SellsAsync(2500, SettleTime), server.Program.Log);
        Assert.Empty(await fleet.SettleAsync(repeats: 5, SettleTime));
        await server.TerminateAsync();

        await using var connection = new NpgsqlConnection(deployment.Superuser);
        await connection.OpenAsync(Cancellation);
        Assert.Empty(await CheckAsync(connection, fleet));
        var numbers = await NumbersAsync(connection);
        foreach (var (what, change, harms) in Doctored)
        {
            await ExecuteAsync(connection, "BEGIN");
            string sql = numbers.Aggregate(change, static (text, number) => text.Replace($"{{{number.Key}}}", $"{number.Value}", StringComparison.Ordinal));
            Assert.True(await ExecuteAsync(connection, sql) > 0, $"{what}: nothing was doctored.");
            var findings = await CheckAsync(connection, fleet);
            Assert.All(harms, harm => Assert.True(findings.Any(finding => finding.Harm == harm), $"{what} was not found as {harm}: {string.Join("; ", findings)}"));
            await ExecuteAsync(connection, "ROLLBACK");
        }

        Assert.Empty(await CheckAsync(connection, fleet));
    }

    [Fact]
    public async Task A_request_that_hangs_is_told_as_open()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var server = await deployment.ServeAsync();
        await using var fleet = Start(deployment, server);
        Assert.True(await fleet.SellsAsync(200, SettleTime), server.Program.Log);
        server.Program.Signal(Signals.Stop);

        var open = await fleet.SettleAsync(repeats: 5, TimeSpan.FromSeconds(1));

        Assert.Contains(open, static one => one.Contains("has no outcome of", StringComparison.Ordinal));
        server.Program.Signal(Signals.Continue);
        Assert.Empty(await fleet.SettleAsync(repeats: 5, SettleTime));
    }

    private static string Insert(string change, string where) => string.Format(Copy, change, where);

    private static TerminalFleet Start(Deployment deployment, ServerProcess server)
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var day = new FleetDay(deployment.Identity);
        return new TerminalFleet(server.Listen, (address, complain) => Enumerable.Range(0, 9).Select(i =>
        {
            uint source = i == 0 ? Deployment.Administrator : Deployment.FirstTerminal + (uint)i;
            var random = new Random(seed + i);
            ITransactionMix mix = i == 0
                ? new ControlMix(source, day, TimeProvider.System.GetUtcNow(), random)
                : new TransactionMix(source, day, random);
            return new Terminal(source, Deployment.Password, Channel.Retail, mix, random, address, complain);
        }));
    }

    private static Task<IReadOnlyList<Finding>> CheckAsync(NpgsqlConnection connection, TerminalFleet fleet) =>
        HistoryCheck.RunAsync(connection, fleet.Terminals, CellsOf(fleet), Cancellation);

    /// <summary>The cells of all sales as they were sent.</summary>
    private static IEnumerable<Protocol.Messages.CellDefinition> CellsOf(TerminalFleet fleet) => fleet.Terminals[0].Submissions
        .Where(static submission => submission.Type == MessageType.CellsDefine)
        .SelectMany(static submission => Frame.TryDecode<Protocol.Messages.CellsDefine>(submission.Frame.AsSpan(Wire.HeaderBytes), out var cells) ? cells.Cells : []);

    private static async Task<Dictionary<string, long>> NumbersAsync(NpgsqlConnection connection)
    {
        var queries = new Dictionary<string, string>
        {
            ["last"] = "SELECT max(number) FROM stored WHERE source <> 0",
            ["wager"] = "SELECT min(number) FROM txcore.transaction w WHERE kind = 257 AND code = 0 AND line = 1 AND source IN (SELECT source FROM sent)",
            ["next"] = "SELECT max(sequence) + 1 FROM stored WHERE source = (SELECT source FROM stored WHERE number = {wager})",
            ["previous"] = "SELECT max(number) FROM stored WHERE source = (SELECT source FROM stored WHERE number = {wager})",
            ["refused"] = "SELECT max(number) FROM stored WHERE kind = 257 AND code <> 0 AND source IN (SELECT source FROM sent)",
            ["cancelled"] = "SELECT min(reference) FROM stored WHERE kind = 258 AND code = 0",
            ["paid"] = "SELECT min(reference) FROM stored WHERE kind = 260 AND code = 0",
            ["confirmed"] = "SELECT min(reference) FROM stored WHERE kind = 273 AND code = 0",
            ["hold"] = "SELECT max(number) FROM txcore.transaction WHERE kind = 272 AND code = 0",
            ["opening"] = """
                SELECT min(o.number) FROM txcore.transaction o
                 WHERE o.kind = 770 AND o.code = 0 AND EXISTS (
                     SELECT FROM txcore.transaction w WHERE w.kind = 257 AND w.code = 0 AND w.race = o.race AND w.number > o.number AND NOT EXISTS (
                         SELECT FROM txcore.transaction c WHERE c.kind IN (770, 771, 772, 773, 775) AND c.race = o.race AND c.number > o.number AND c.number < w.number))
                """,
        };
        var numbers = new Dictionary<string, long>();
        foreach (var (name, query) in queries)
        {
            string sql = numbers.Aggregate(query, static (text, number) => text.Replace($"{{{number.Key}}}", $"{number.Value}", StringComparison.Ordinal));
            await using var command = new NpgsqlCommand(sql, connection);
            numbers[name] = await command.ExecuteScalarAsync(Cancellation) is long number ? number : throw new InvalidDataException($"The fleet made no '{name}'.");
        }

        return numbers;
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(Cancellation);
    }
}

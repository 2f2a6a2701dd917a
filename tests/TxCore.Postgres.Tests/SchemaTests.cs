using Npgsql;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Postgres.Tests;

public sealed class SchemaTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_table_view_column_and_function_has_a_comment()
    {
        const string sql = """
            SELECT coalesce(string_agg(what, ', ' ORDER BY what), '') FROM (
                SELECT c.relname || coalesce('.' || a.attname, '') AS what
                  FROM pg_class c
                 CROSS JOIN LATERAL (SELECT NULL::name AS attname, 0 AS attnum UNION ALL
                                     SELECT attname, attnum FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) a
                 WHERE c.relnamespace = 'txcore'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND col_description(c.oid, a.attnum) IS NULL
                   AND (a.attnum > 0 OR obj_description(c.oid, 'pg_class') IS NULL)
                UNION ALL
                SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'txcore'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL) bare
            """;
        var database = await ShardDatabase.CreateAsync(postgres);
        Assert.Equal("", await database.ScalarAsync<string>(sql));
    }

    [Fact]
    public async Task Columns_of_the_transaction_table_are_those_of_the_row_format()
    {
        const string sql = """
            SELECT string_agg(attname || ' ' || format_type(atttypid, NULL), ', ' ORDER BY attnum)
              FROM pg_attribute WHERE attrelid = 'txcore.transaction'::regclass AND attnum > 0
            """;
        var names = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["int2"] = "smallint",
            ["int4"] = "integer",
            ["int8"] = "bigint",
            ["timestamptz"] = "timestamp with time zone",
        };
        var columns = RowFormat.Columns.Zip(RowFormat.ColumnTypes, (name, type) => $"{name} {names.GetValueOrDefault(type, type)}");
        var database = await ShardDatabase.CreateAsync(postgres);
        Assert.Equal(string.Join(", ", columns.Append("plain bytea")), await database.ScalarAsync<string>(sql));
    }

    /// <summary>A catalogue grown by years of partitions is planned otherwise than a small one: names of indexes are looked at too.</summary>
    [Fact]
    public async Task Partitions_are_told_whatever_plan_looks_for_them()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        const string sql = """
            SELECT count(*) FROM txcore.partition p WHERE p.business_day >= date '2000-01-01'
            """;
        long days = await database.ScalarAsync<long>(sql);
        Assert.True(days > 0);
        Assert.Equal(days, await database.ScalarAsync<long>($"SET enable_nestloop = off; SET enable_indexscan = off; SET enable_bitmapscan = off; {sql}"));
    }

    [Fact]
    public async Task Code_names_are_those_of_the_protocol()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        Assert.Equal("Wager", await database.ScalarAsync<string>($"SELECT txcore.name_of('message', {(int)MessageType.Wager})"));
        Assert.Equal("RaceClosed", await database.ScalarAsync<string>($"SELECT txcore.name_of('result', {(int)ResultCode.RaceClosed})"));
        int codes = CodeNames.Domains.Sum(domain => Enum.GetValues(domain.Codes).Length);
        Assert.Equal(codes, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.code_name"));
    }

    [Fact]
    public async Task A_migration_runs_again_and_by_several_at_once_without_harm()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        var identity = ShardDatabase.Identity;
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => PostgresMigrations.ApplyAsync(
            database.Provisioned.OwnerConnectionString, identity, database.Provisioned.WriterRole, SyntheticEntries.FirstDay, 5, Cancellation)));
        Assert.Equal(6, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.partition"));
        Assert.Equal(PostgresMigrations.SchemaVersion, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.schema_script"));
    }

    [Fact]
    public async Task A_schema_older_than_the_server_is_refused()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await database.ExecuteAsync("UPDATE txcore.shard SET schema_version = schema_version - 1");
        await using var store = database.Store();
        await Assert.ThrowsAsync<StoreRefusedException>(async () => await store.OpenAsync(Cancellation));
    }

    /// <summary>Only what a batch moves on the shard row may ever change; rows, batches, heads, seals and sources are added and stay.</summary>
    [Fact]
    public async Task The_writer_role_changes_and_removes_nothing_that_is_stored()
    {
        const string tables = """
            SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'txcore'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1
            """;
        var database = await ShardDatabase.CreateAsync(postgres);
        await using (var store = database.Store())
        {
            await store.OpenAsync(Cancellation);
            await store.CommitAsync(new SyntheticEntries(ShardDatabase.Identity).Next(3));
        }

        await using var source = NpgsqlDataSource.Create(database.Writer);
        var names = new List<string>();
        await using (var command = source.CreateCommand(tables))
        await using (var row = await command.ExecuteReaderAsync(Cancellation))
        {
            while (await row.ReadAsync(Cancellation))
            {
                names.Add(row.GetString(0));
            }
        }

        Assert.Contains("txcore.transaction", names);
        Assert.Contains($"txcore.transaction_{SyntheticEntries.FirstDay}", names);
        foreach (string name in names)
        {
            await DeniedAsync($"UPDATE {name} SET shard = 9");
            await DeniedAsync($"DELETE FROM {name}");
            await DeniedAsync($"TRUNCATE {name}");
            await DeniedAsync($"DROP TABLE {name}");
            await DeniedAsync($"ALTER TABLE {name} DISABLE TRIGGER ALL");
        }

        foreach (string column in new[] { "number", "code", "amount_cents", "command", "checksum", "plain" })
        {
            await DeniedAsync($"UPDATE txcore.transaction SET {column} = NULL");
        }

        await DeniedAsync("ALTER TABLE txcore.transaction DETACH PARTITION txcore.transaction_20251105");
        await DeniedAsync("INSERT INTO txcore.archived_day (shard, business_day, file, file_hash) VALUES (3, '2025-11-05', 'x', decode(repeat('00', 32), 'hex'))");
        await DeniedAsync("SET ROLE " + database.Provisioned.WriterRole.Replace("writer", "owner", StringComparison.Ordinal));
        Assert.Equal(3, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.transaction"));

        async Task DeniedAsync(string sql)
        {
            await using var command = source.CreateCommand(sql);
            var denied = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancellation));
            bool isMissingColumn = denied.SqlState == PostgresErrorCodes.UndefinedColumn && sql.StartsWith("UPDATE", StringComparison.Ordinal);
            Assert.True(denied.SqlState == PostgresErrorCodes.InsufficientPrivilege || isMissingColumn, $"{sql}: {denied.MessageText}");
        }
    }

    [Fact]
    public async Task The_wager_line_view_tells_what_the_terminal_sent()
    {
        byte[] player = new byte[Wire.PersonKeyBytes];
        player[0] = 0xAB;
        var race = new RaceId(20251105, 1, 8);
        var wager = new Wager(
            new TransactionHeader(5, 1, 1_762_300_860_000_000), 1_762_300_800_000_000, 12, 77, PaymentMeans.Account, player, [1, 2, 3], 450,
            [
                new WagerLine(race, (ushort)BetType.Trio, Formula.ReducedField, true, false, 0, 9, StakeForm.Multiple, 2, 200, [4, 7], [1, 2, 3], []),
                new WagerLine(race, (ushort)BetType.Multi, Formula.Unit, false, true, 5, 0, StakeForm.Flexi, 50, 250, [], [], []),
            ]);
        byte[] payload = Frame.Encode(wager)[(Wire.HeaderBytes + 12)..];
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        await store.CommitAsync(new SyntheticEntries(ShardDatabase.Identity) { Lines = 2 }.Next(1, command: payload));

        const string sql = """
            SELECT string_agg(concat_ws(' ', line, deadline AT TIME ZONE 'UTC', client_time AT TIME ZONE 'UTC', definitions_version, clerk,
                   payment_means, left(player, 4), authorisation, formula, bases, associates, complement, risk, all_orders, spot, stake_form, stake,
                   announced_cents, result),
                   '|' ORDER BY line) FROM txcore.wager_line
            """;
        const string ticket = "2025-11-05 00:01:00 2025-11-05 00:00:00 12 77 Account ab00 010203";
        Assert.Equal(
            $"1 {ticket} ReducedField {{4,7}} {{1,2,3}} 9 t f Multiple 2 200 Accepted|2 {ticket} Unit {{}} {{}} 5 f t Flexi 50 250 Accepted",
            await database.ScalarAsync<string>(sql));
    }

    [Fact]
    public async Task The_inventory_view_adds_up_to_the_capacity()
    {
        var cells = new CellsDefine(
            new TransactionHeader(1, 1, 1), new ControlHeader(1, 0, 0), 9, [new(4, 1, 1500, 100, 10, 6), new(4, 2, 900, 50, 0, 6)]);
        byte[] command = Frame.Encode(cells)[(Wire.HeaderBytes + 12)..];
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        await store.CommitAsync(entries.Next(new Entry { Kind = MessageType.CellsDefine }, command, new RowDetail()));
        for (int hold = 2; hold <= 6; hold++)
        {
            var seats = new RowDetail { Sale = 9, Session = 4, Category = 1, Quantity = hold };
            await store.CommitAsync(entries.Next(new Entry { Kind = MessageType.Hold }, [], seats, seats with { Category = 2, Quantity = 1 }));
        }

        await RefersAsync(MessageType.Confirm, 2);
        await RefersAsync(MessageType.Confirm, 3);
        await RefersAsync(MessageType.Release, 4);
        await RefersAsync(MessageType.HoldExpired, 5);
        var returned = new RowDetail { Sale = 9, Session = 4, Category = 1, Quantity = 3 };
        await store.CommitAsync(entries.Next(new Entry { Kind = MessageType.TicketReturn, Reference = 3 }, [], returned));
        await store.CommitAsync(entries.Next(
            new Entry { Kind = MessageType.TicketReturn, Reference = 3 }, [], returned with { Category = 2, Quantity = 1 }));

        const string sql = """
            SELECT string_agg(concat_ws(' ', category, capacity, blocked, held, sold, available), '|' ORDER BY category) FROM txcore.inventory
            """;
        Assert.Equal("1 100 10 6 2 82|2 50 0 1 1 48", await database.ScalarAsync<string>(sql));

        async Task RefersAsync(MessageType kind, long number) =>
            await store.CommitAsync(entries.Next(new Entry { Kind = kind, Reference = number }, [], new RowDetail()));
    }

    [Fact]
    public async Task The_race_state_view_tells_the_last_control_that_changed_it()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        foreach (var kind in new[] { MessageType.RaceDefine, MessageType.RaceOpen, MessageType.RaceStop, MessageType.RaceScratch })
        {
            await store.CommitAsync(entries.Next(new Entry { Kind = kind }, [], new RowDetail { Race = 202511050101 }));
        }

        var refused = new Entry { Kind = MessageType.RaceOpen, Code = ResultCode.RaceState };
        await store.CommitAsync(entries.Next(refused, [], new RowDetail { Race = 202511050101 }));
        await store.CommitAsync(entries.Next(new Entry { Kind = MessageType.RaceDefine }, [], new RowDetail { Race = 202511050102 }));
        const string sql = "SELECT string_agg(state || ' ' || number, '|' ORDER BY race) FROM txcore.race_state";
        Assert.Equal("Stopped 3|Draft 6", await database.ScalarAsync<string>(sql));
    }

    [Fact]
    public async Task Views_bear_a_command_that_is_cut_short_anywhere()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        for (int bytes = 1; bytes < 90; bytes++)
        {
            byte[] command = new byte[bytes];
            new Random(bytes).NextBytes(command);
            await store.CommitAsync(entries.Next(1, command: command));
        }

        Assert.Equal(89, await database.ScalarAsync<long>("SELECT count(w) FROM txcore.wager_line w"));
        Assert.Equal(8, await database.ScalarAsync<long>("SELECT sum(refusals)::int8 FROM txcore.refusals_by_reason"));
        Assert.Equal(81, await database.ScalarAsync<long>("SELECT count(*) FROM txcore.ticket WHERE state = 'Live' AND amount_cents = 200"));
        Assert.Equal(81 * 200, await database.ScalarAsync<long>("SELECT total_cents FROM txcore.pool_total"));
        Assert.Equal(81, await database.ScalarAsync<long>("SELECT sum(accepted)::int8 FROM txcore.sales_per_minute"));
    }
}

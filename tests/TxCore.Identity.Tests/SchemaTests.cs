using Npgsql;
using TxCore.Testing;

namespace TxCore.Identity.Tests;

public sealed class SchemaTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Every_table_view_column_and_function_has_a_comment()
    {
        const string sql = """
            SELECT coalesce(string_agg(what, ', ' ORDER BY what), '') FROM (
                SELECT c.relname || coalesce('.' || a.attname, '') AS what
                  FROM pg_class c
                 CROSS JOIN LATERAL (SELECT NULL::name AS attname, 0 AS attnum UNION ALL
                                     SELECT attname, attnum FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) a
                 WHERE c.relnamespace = 'person'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND col_description(c.oid, a.attnum) IS NULL
                   AND (a.attnum > 0 OR obj_description(c.oid, 'pg_class') IS NULL)
                UNION ALL
                SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'person'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL) bare
            """;
        await using var store = await TestStore.CreateAsync(postgres);
        Assert.Equal("", await store.SqlAsync(sql));
    }

    [Fact]
    public async Task A_migration_runs_again_and_changes_nothing()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        string name = new NpgsqlConnectionStringBuilder(store.Strings.Owner).Database!;
        await Schema.IdentityMigrations.ApplyAsync(store.Strings.Owner, name + "_writer", name + "_reader", TestContext.Current.CancellationToken);
        Assert.Equal(1L, await store.SqlAsync("SELECT count(*) FROM person.store"));
        await store.RegisterAsync(1);
    }

    [Fact]
    public async Task No_role_of_the_application_changes_a_history_or_reads_past_the_log()
    {
        string[] statements =
        [
            "SELECT ciphertext FROM person.identity",
            "SELECT wrapped_key FROM person.identity",
            "SELECT * FROM person.identity",
            "DELETE FROM person.identity",
            "TRUNCATE person.identity",
            "UPDATE person.identity SET person_key = person_key",
            "INSERT INTO person.identity_reads (person_key, actor, reason, db_role, found) VALUES ('\\x00', 'a', 'b', 'c', true)",
            "UPDATE person.identity_reads SET actor = 'nobody'",
            "DELETE FROM person.identity_reads",
            "INSERT INTO person.erasures (person_key, event, actor, reason, db_role, erased_at) VALUES ('\\x00', 'e', 'a', 'b', 'c', now())",
            "DELETE FROM person.erasures",
            "UPDATE person.consents SET given = true",
            "DELETE FROM person.consents",
            "DELETE FROM person.oppositions",
            "UPDATE person.purpose_ends SET ended_at = now()",
            "DELETE FROM person.handovers",
            "DELETE FROM person.handover_persons",
            "UPDATE person.receipts SET statement = ''",
            "DELETE FROM person.source_deletions",
            "UPDATE person.events SET pepper_id = ''",
            "ALTER TABLE person.consents DISABLE TRIGGER ALL",
        ];
        await using var store = await TestStore.CreateAsync(postgres);
        foreach (string sql in statements)
        {
            foreach (string role in new[] { store.Strings.Writer, store.Strings.Reader })
            {
                var refused = await Assert.ThrowsAsync<PostgresException>(() => store.SqlAsync(sql, role));
                Assert.True(refused.SqlState == PostgresErrorCodes.InsufficientPrivilege, $"{sql}: {refused.MessageText}");
            }
        }
    }

    [Fact]
    public async Task The_owner_does_not_change_a_history_by_mistake_and_the_reader_writes_nothing()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        foreach (string table in new[] { "identity_reads", "erasures", "consents", "oppositions", "purpose_ends", "handovers", "handover_persons", "receipts", "source_deletions" })
        {
            Assert.Contains("only added", (await Assert.ThrowsAsync<PostgresException>(() => store.SqlAsync($"DELETE FROM person.{table}", store.Strings.Owner))).MessageText);
        }

        byte[] key = await store.RegisterAsync(1);
        foreach (string sql in new[]
        {
            "SELECT person.erase_person('\\x00', 'a', 'b', now())",
            "UPDATE person.identity SET last_contact_at = now()",
            "INSERT INTO person.person_purposes SELECT person_key, 'newsletter', now() FROM person.identity",
        })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => store.SqlAsync(sql, store.Strings.Reader));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }

        Assert.NotNull(await store.SqlAsync($"SELECT person_key FROM person.read_identities(ARRAY['\\x{Convert.ToHexStringLower(key)}'::bytea], 'ada', 'call')", store.Strings.Reader));
        Assert.Equal("ada", await store.SqlAsync("SELECT actor FROM person.identity_reads"));
        await Assert.ThrowsAsync<PostgresException>(
            () => store.SqlAsync($"SELECT person_key FROM person.read_identities(ARRAY['\\x{Convert.ToHexStringLower(key)}'::bytea], '', '')", store.Strings.Reader));
    }

}

using TxCore.Testing;

[assembly: AssemblyFixture(typeof(PostgresFixture))]

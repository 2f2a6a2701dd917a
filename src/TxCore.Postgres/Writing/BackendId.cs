namespace TxCore.Postgres;

/// <summary>A server process of PostgreSQL. Process ids are used again; with the start time the name is unique.</summary>
internal readonly record struct BackendId(int ProcessId, DateTime StartedAt);

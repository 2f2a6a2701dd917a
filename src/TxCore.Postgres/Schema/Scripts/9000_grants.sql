-- Run at every migration. The writer adds rows and moves the shard row; it cannot change or remove what is stored.

GRANT USAGE ON SCHEMA txcore TO $writer$;
REVOKE ALL ON ALL TABLES IN SCHEMA txcore FROM PUBLIC, $writer$;
GRANT SELECT ON ALL TABLES IN SCHEMA txcore TO $writer$;
GRANT INSERT ON txcore.transaction, txcore.batch, txcore.day, txcore.snapshot, txcore.snapshot_chunk, txcore.source, txcore.head, txcore.draw_projections,
    txcore.draw_ranks, txcore.sealed_day TO $writer$;
GRANT UPDATE (epoch, writer, last_number, last_batch, last_hash, row_format, rules_version, confirmed_at) ON txcore.shard TO $writer$;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA txcore FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA txcore TO $writer$;

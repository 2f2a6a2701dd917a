-- What the writer does in one statement, and what only the owner may do but the writer must start.

CREATE FUNCTION txcore.advance(
    p_shard int2, p_epoch int8, p_writer uuid, p_batch int8, p_first int8, p_last int8, p_rows int4, p_previous bytea, p_hash bytea,
    p_format int2, p_sequenced_at timestamptz, p_days date[], p_day_firsts int8[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    held txcore.shard;
BEGIN
    SELECT * INTO held FROM txcore.shard s WHERE s.shard = p_shard FOR UPDATE;
    IF NOT FOUND OR held.epoch <> p_epoch OR held.writer IS DISTINCT FROM p_writer THEN
        RAISE EXCEPTION 'the shard is held under epoch % by writer %', held.epoch, held.writer USING ERRCODE = 'TX001';
    END IF;

    IF held.last_number + 1 <> p_first OR held.last_batch + 1 <> p_batch OR held.last_hash <> p_previous THEN
        RAISE EXCEPTION 'batch % from number % does not follow batch % which ends with number %',
            p_batch, p_first, held.last_batch, held.last_number USING ERRCODE = 'TX002';
    END IF;

    UPDATE txcore.shard s
       SET last_number = p_last, last_batch = p_batch, last_hash = p_hash, row_format = p_format, confirmed_at = clock_timestamp()
     WHERE s.shard = p_shard;
    INSERT INTO txcore.batch (shard, batch, first_number, last_number, row_count, row_format, sequenced_at, previous_hash, hash, epoch)
    VALUES (p_shard, p_batch, p_first, p_last, p_rows, p_format, p_sequenced_at, p_previous, p_hash, p_epoch);
    IF cardinality(p_days) > 0 THEN
        INSERT INTO txcore.day (shard, business_day, first_number, first_batch)
        SELECT p_shard, d.business_day, d.first_number, p_batch FROM unnest(p_days, p_day_firsts) AS d (business_day, first_number)
        ON CONFLICT DO NOTHING;
    END IF;
END
$$;

COMMENT ON FUNCTION txcore.advance IS 'Locks the shard row, checks that the caller still holds it (else TX001) and that the batch follows the last one (else TX002), and records the batch.';

CREATE FUNCTION txcore.fence(p_shard int2, p_epoch int8, p_writer uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE txcore.shard s SET confirmed_at = clock_timestamp() WHERE s.shard = p_shard AND s.epoch = p_epoch AND s.writer = p_writer;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the shard is held under another epoch' USING ERRCODE = 'TX001';
    END IF;
END
$$;

COMMENT ON FUNCTION txcore.fence IS 'Touches the shard row of its holder, else TX001: the commit that follows proves that the caller still holds the shard.';

-- Attaching a finished table takes a weaker lock than CREATE TABLE ... PARTITION OF, which would wait for and stop the writer. The day that is
-- written gets no vacuum: there is nothing to remove, and it would hold the lock that txcore.summarize needs. close_partition turns it on.
CREATE FUNCTION txcore.ensure_partitions(p_day date, p_days int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made int := 0;
    day date;
    name text;
BEGIN
    IF p_days NOT BETWEEN 0 AND 400 THEN
        RAISE EXCEPTION 'days ahead must be 0 to 400, not %', p_days;
    END IF;

    PERFORM pg_advisory_xact_lock(hashtext('txcore.ensure_partitions'));
    FOR i IN 0..p_days LOOP
        day := p_day + i;
        name := 'transaction_' || to_char(day, 'YYYYMMDD');
        IF to_regclass('txcore.' || name) IS NULL THEN
            EXECUTE format('CREATE TABLE txcore.%I (LIKE txcore.transaction INCLUDING ALL) WITH (autovacuum_enabled = off)', name);
            EXECUTE format('ALTER TABLE txcore.transaction ATTACH PARTITION txcore.%I FOR VALUES IN (%L)', name, day);
            EXECUTE format('COMMENT ON TABLE txcore.%I IS %L', name, 'Entries of business day ' || day || '.');
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END
$$;

COMMENT ON FUNCTION txcore.ensure_partitions IS 'Makes the partitions of a day and of the days after it that do not exist; returns how many.';

CREATE FUNCTION txcore.close_partition(p_day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name text := 'transaction_' || to_char(p_day, 'YYYYMMDD');
BEGIN
    IF NOT EXISTS (SELECT FROM txcore.day d WHERE d.business_day > p_day) THEN
        RAISE EXCEPTION 'day % is not over: building its indexes would stop the writer', p_day;
    END IF;

    IF to_regclass('txcore.' || name || '_source') IS NOT NULL THEN
        RETURN false;
    END IF;

    EXECUTE format('CREATE INDEX %I ON txcore.%I (number, line)', name || '_number', name);
    EXECUTE format('CREATE INDEX %I ON txcore.%I (source, sequence)', name || '_source', name);
    EXECUTE format('ALTER TABLE txcore.%I RESET (autovacuum_enabled)', name);
    EXECUTE format('ANALYZE txcore.%I', name);
    RETURN true;
END
$$;

COMMENT ON FUNCTION txcore.close_partition IS 'Gives the partition of a day that is over its look-up indexes; false when it has them.';

-- brin_summarize_new_values looks at every range of the day each time, which a large day makes dear; this goes on where it ended.
CREATE FUNCTION txcore.summarize(p_day date, p_from_block int8) RETURNS int8
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    day_table regclass := to_regclass('txcore.transaction_' || to_char(p_day, 'YYYYMMDD'));
    number_index regclass;
    range_pages int8;
    whole_pages int8;
    block int8;
BEGIN
    SELECT i.indexrelid::regclass, (SELECT o.option_value::int8 FROM pg_options_to_table(c.reloptions) o WHERE o.option_name = 'pages_per_range')
      INTO number_index, range_pages
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
     WHERE i.indrelid = day_table AND a.amname = 'brin';
    IF number_index IS NULL THEN
        RETURN p_from_block;
    END IF;

    whole_pages := pg_relation_size(day_table) / current_setting('block_size')::int8;
    block := p_from_block - p_from_block % range_pages;
    WHILE block + range_pages <= whole_pages LOOP
        PERFORM brin_summarize_range(number_index, block);
        block := block + range_pages;
    END LOOP;
    RETURN block;
END
$$;

COMMENT ON FUNCTION txcore.summarize IS 'Summarises the page ranges of a day that are full, from a block on; returns the block to go on from.';

CREATE FUNCTION txcore.prune_snapshots(p_keep int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    oldest int8;
    removed int;
BEGIN
    IF p_keep < 3 THEN
        RAISE EXCEPTION 'at least 3 snapshots are kept, not %', p_keep;
    END IF;

    SELECT min(s.number) INTO oldest FROM (SELECT number FROM txcore.snapshot ORDER BY number DESC LIMIT p_keep) s;
    DELETE FROM txcore.snapshot_chunk c WHERE c.number < oldest;
    DELETE FROM txcore.snapshot s WHERE s.number < oldest;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;

COMMENT ON FUNCTION txcore.prune_snapshots IS 'Removes all but the newest snapshots, which are derived from the entries; returns how many.';

-- Both columns must bear the name of any table: the planner may work a condition on them out for all of pg_class before it joins.
CREATE VIEW txcore.partition AS
SELECT CASE WHEN c.relname ~ '^transaction_[0-9]{8}$' THEN to_date(right(c.relname, 8), 'YYYYMMDD') END AS business_day,
       to_regclass('txcore.' || quote_ident(c.relname || '_source')) IS NOT NULL AS closed
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
 WHERE i.inhparent = 'txcore.transaction'::regclass;

COMMENT ON VIEW txcore.partition IS 'The days that have a partition.';
COMMENT ON COLUMN txcore.partition.business_day IS 'Business day.';
COMMENT ON COLUMN txcore.partition.closed IS 'True once the day is over and has its look-up indexes.';

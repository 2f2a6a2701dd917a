-- Tables of one shard. Rows are only ever added; the one row that changes is that of txcore.shard.

CREATE TABLE txcore.shard (
    shard int2 PRIMARY KEY CHECK (shard > 0),
    channel int2 NOT NULL CHECK (channel IN (1, 2)),
    epoch int8 NOT NULL DEFAULT 0,
    writer uuid,
    last_number int8 NOT NULL DEFAULT 0,
    last_batch int8 NOT NULL DEFAULT 0,
    last_hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (length(last_hash) = 32),
    row_format int2 NOT NULL,
    schema_version int4 NOT NULL,
    rules_version int4 NOT NULL DEFAULT 0,
    rehearsal boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    confirmed_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- A database belongs to one shard: a second row has the same key here.
CREATE UNIQUE INDEX shard_is_one ON txcore.shard ((true));

COMMENT ON TABLE txcore.shard IS 'The shard this database belongs to, its one writer and the end of its hash chain; one row.';
COMMENT ON COLUMN txcore.shard.shard IS 'Shard number; a server configured for another one refuses this database.';
COMMENT ON COLUMN txcore.shard.channel IS 'Channel: 1 points of sale, 2 online; a server of the other one refuses this database.';
COMMENT ON COLUMN txcore.shard.epoch IS 'Counts take-overs; a batch written under an older epoch is refused.';
COMMENT ON COLUMN txcore.shard.writer IS 'Random identity of the server process that holds the shard.';
COMMENT ON COLUMN txcore.shard.last_number IS 'Highest number committed; 0 when empty.';
COMMENT ON COLUMN txcore.shard.last_batch IS 'Highest batch committed; 0 when empty.';
COMMENT ON COLUMN txcore.shard.last_hash IS 'Hash of the highest batch; zeros when empty.';
COMMENT ON COLUMN txcore.shard.row_format IS 'Version of the row format that is written now.';
COMMENT ON COLUMN txcore.shard.schema_version IS 'Number of the newest schema script applied; an older one than the server needs is refused.';
COMMENT ON COLUMN txcore.shard.rules_version IS 'Version of the rules the writer decides under; 0 before the first start.';
COMMENT ON COLUMN txcore.shard.rehearsal IS 'True for a load test or rehearsal: its rows are no real transactions.';
COMMENT ON COLUMN txcore.shard.created_at IS 'When the shard was set up.';
COMMENT ON COLUMN txcore.shard.confirmed_at IS 'When its writer last committed, with rows or without.';

CREATE TABLE txcore.transaction (
    shard int2 NOT NULL,
    business_day date NOT NULL,
    number int8 NOT NULL,
    line int2 NOT NULL,
    source int8 NOT NULL,
    sequence int8 NOT NULL,
    previous int8 NOT NULL,
    kind int2 NOT NULL,
    code int2 NOT NULL,
    sequenced_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    fingerprint int8 NOT NULL,
    outlet int4 NOT NULL,
    reference int8,
    amount_cents int8,
    total_cents int8,
    expires_at timestamptz,
    race int8,
    pool int2,
    combinations int4,
    sale int4,
    session int8,
    category int4,
    quantity int4,
    fault int4,
    command bytea,
    checksum int4 NOT NULL,
    plain bytea
) PARTITION BY LIST (business_day);

-- Commands are mostly fingerprints and numbers: compressing them would cost the writer and save nothing.
ALTER TABLE txcore.transaction ALTER command SET STORAGE EXTERNAL, ALTER plain SET STORAGE EXTERNAL;

-- The only index of a day that is being written: numbers only grow, so a few pages a range find a row at almost no cost of writing.
CREATE INDEX transaction_number_brin ON txcore.transaction USING brin (number) WITH (pages_per_range = 16, autosummarize = off);

COMMENT ON TABLE txcore.transaction IS 'Every entry of the sequence as it was decided: transactions, controls and the entries the shard makes itself. Partitioned by business day.';
COMMENT ON COLUMN txcore.transaction.shard IS 'Shard number.';
COMMENT ON COLUMN txcore.transaction.business_day IS 'Business day, opened by an entry of its own.';
COMMENT ON COLUMN txcore.transaction.number IS 'Number in the shard: no holes, visible in this order. The ticket number of an accepted wager.';
COMMENT ON COLUMN txcore.transaction.line IS 'Line of the transaction, from 1.';
COMMENT ON COLUMN txcore.transaction.source IS 'Terminal or frontend that sent it; 0 for entries the shard makes itself.';
COMMENT ON COLUMN txcore.transaction.sequence IS 'Sequence of the source, from 1 without a hole; with the source it names the transaction for ever.';
COMMENT ON COLUMN txcore.transaction.previous IS 'Number of the previous entry of the same source; 0 for its first.';
COMMENT ON COLUMN txcore.transaction.kind IS 'Message type; names in code_name under message.';
COMMENT ON COLUMN txcore.transaction.code IS 'Result code, 0 for accepted; names in code_name under result.';
COMMENT ON COLUMN txcore.transaction.sequenced_at IS 'Time of the decision; never goes back.';
COMMENT ON COLUMN txcore.transaction.received_at IS 'When its bytes had arrived, by the clock of the host.';
COMMENT ON COLUMN txcore.transaction.fingerprint IS 'Fingerprint of its type and canonical content, to tell a repeat from a conflict.';
COMMENT ON COLUMN txcore.transaction.outlet IS 'Outlet of the source at that time; 0 for none.';
COMMENT ON COLUMN txcore.transaction.reference IS 'Number of the entry it is about (cancelled ticket, confirmed hold).';
COMMENT ON COLUMN txcore.transaction.amount_cents IS 'Amount of this line in cents: taken, given back or paid.';
COMMENT ON COLUMN txcore.transaction.total_cents IS 'Line 1 of an entry of several lines: the sum of their amounts in cents.';
COMMENT ON COLUMN txcore.transaction.expires_at IS 'Hold: when it expires.';
COMMENT ON COLUMN txcore.transaction.race IS 'Race as YYYYMMDDMMRR: day, meeting, race.';
COMMENT ON COLUMN txcore.transaction.pool IS 'Pool: the bet type, plus 1000 online; names in code_name under bet_type.';
COMMENT ON COLUMN txcore.transaction.combinations IS 'Combinations the line covers.';
COMMENT ON COLUMN txcore.transaction.sale IS 'Sale.';
COMMENT ON COLUMN txcore.transaction.session IS 'Session of the sale.';
COMMENT ON COLUMN txcore.transaction.category IS 'Price category.';
COMMENT ON COLUMN txcore.transaction.quantity IS 'Seats.';
COMMENT ON COLUMN txcore.transaction.fault IS 'Refusal: line at fault times 256 plus field at fault; field names in code_name under field.';
COMMENT ON COLUMN txcore.transaction.command IS 'Line 1: the command as decided: deadline (8 bytes, little-endian) and canonical body. Holds no names, addresses or free text.';
COMMENT ON COLUMN txcore.transaction.checksum IS 'CRC-32C of the row''s other columns in binary form.';
COMMENT ON COLUMN txcore.transaction.plain IS 'The whole row in binary form when a typed column was refused; those columns are then NULL. Not covered by the batch hash, its content is.';

CREATE TABLE txcore.batch (
    shard int2 NOT NULL,
    batch int8 NOT NULL,
    first_number int8 NOT NULL,
    last_number int8 NOT NULL,
    row_count int4 NOT NULL,
    row_format int2 NOT NULL,
    sequenced_at timestamptz NOT NULL,
    previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    epoch int8 NOT NULL,
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (shard, batch)
);

COMMENT ON TABLE txcore.batch IS 'One record for each batch of entries that was committed at once; its hash chains it to the one before.';
COMMENT ON COLUMN txcore.batch.shard IS 'Shard number.';
COMMENT ON COLUMN txcore.batch.batch IS 'Batch number, from 1 without a hole.';
COMMENT ON COLUMN txcore.batch.first_number IS 'First number in the batch.';
COMMENT ON COLUMN txcore.batch.last_number IS 'Last number in the batch.';
COMMENT ON COLUMN txcore.batch.row_count IS 'Rows of txcore.transaction in the batch.';
COMMENT ON COLUMN txcore.batch.row_format IS 'Version of the row format its rows were written and hashed in.';
COMMENT ON COLUMN txcore.batch.sequenced_at IS 'Time of the decision of its last entry.';
COMMENT ON COLUMN txcore.batch.previous_hash IS 'Hash of the batch before; zeros for the first.';
COMMENT ON COLUMN txcore.batch.hash IS 'SHA-256 of the previous hash, the batch''s bounds and its rows in binary form.';
COMMENT ON COLUMN txcore.batch.epoch IS 'Writer epoch it was written under; not part of the hash.';
COMMENT ON COLUMN txcore.batch.written_at IS 'When it was written, by the clock of the database; not part of the hash.';

CREATE TABLE txcore.day (
    shard int2 NOT NULL,
    business_day date NOT NULL,
    first_number int8 NOT NULL,
    first_batch int8 NOT NULL,
    PRIMARY KEY (shard, business_day)
);

COMMENT ON TABLE txcore.day IS 'Where each business day begins in the sequence, so that a number is looked for in one partition only.';
COMMENT ON COLUMN txcore.day.shard IS 'Shard number.';
COMMENT ON COLUMN txcore.day.business_day IS 'Business day.';
COMMENT ON COLUMN txcore.day.first_number IS 'First number of the day.';
COMMENT ON COLUMN txcore.day.first_batch IS 'Batch that holds it.';

CREATE TABLE txcore.snapshot (
    shard int2 NOT NULL,
    number int8 NOT NULL,
    format int2 NOT NULL,
    chunks int4 NOT NULL,
    bytes int8 NOT NULL,
    previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (shard, number, format)
);

COMMENT ON TABLE txcore.snapshot IS 'Copies of the decision state, to start from instead of from the first entry. Derived from the entries and replaceable.';
COMMENT ON COLUMN txcore.snapshot.shard IS 'Shard number.';
COMMENT ON COLUMN txcore.snapshot.number IS 'The state is that after this number.';
COMMENT ON COLUMN txcore.snapshot.format IS 'Version of its layout.';
COMMENT ON COLUMN txcore.snapshot.chunks IS 'Chunks it has.';
COMMENT ON COLUMN txcore.snapshot.bytes IS 'Bytes in all.';
COMMENT ON COLUMN txcore.snapshot.previous_hash IS 'Hash of the snapshot before; zeros for the first.';
COMMENT ON COLUMN txcore.snapshot.hash IS 'SHA-256 of its bytes and the previous hash.';
COMMENT ON COLUMN txcore.snapshot.created_at IS 'When it was written.';

CREATE TABLE txcore.snapshot_chunk (
    shard int2 NOT NULL,
    number int8 NOT NULL,
    format int2 NOT NULL,
    chunk int4 NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (shard, number, format, chunk)
);

ALTER TABLE txcore.snapshot_chunk ALTER content SET STORAGE EXTERNAL;

COMMENT ON TABLE txcore.snapshot_chunk IS 'The bytes of snapshots, in chunks of at most 1 MiB.';
COMMENT ON COLUMN txcore.snapshot_chunk.shard IS 'Shard number.';
COMMENT ON COLUMN txcore.snapshot_chunk.number IS 'Number of the snapshot.';
COMMENT ON COLUMN txcore.snapshot_chunk.format IS 'Format of the snapshot.';
COMMENT ON COLUMN txcore.snapshot_chunk.chunk IS 'Chunk, from 0.';
COMMENT ON COLUMN txcore.snapshot_chunk.content IS 'Its bytes.';

CREATE TABLE txcore.source (
    shard int2 NOT NULL,
    source int8 NOT NULL,
    version int4 NOT NULL,
    outlet int4 NOT NULL,
    channel int2 NOT NULL CHECK (channel IN (1, 2)),
    role int2 NOT NULL,
    sequence_window int4 NOT NULL CHECK (sequence_window BETWEEN 1 AND 8192),
    salt bytea NOT NULL,
    iterations int4 NOT NULL,
    stored_key bytea NOT NULL,
    server_key bytea NOT NULL,
    disabled boolean NOT NULL,
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (shard, source, version)
);

COMMENT ON TABLE txcore.source IS 'Terminals and frontends that may log on. A change is a new version; the highest one counts.';
COMMENT ON COLUMN txcore.source.shard IS 'Shard number.';
COMMENT ON COLUMN txcore.source.source IS 'The source.';
COMMENT ON COLUMN txcore.source.version IS 'Version of the record, from 1.';
COMMENT ON COLUMN txcore.source.outlet IS 'Outlet it stands in; 0 for none.';
COMMENT ON COLUMN txcore.source.channel IS 'Channel it belongs to: 1 points of sale, 2 online.';
COMMENT ON COLUMN txcore.source.role IS 'What it may submit; names in code_name under source_role.';
COMMENT ON COLUMN txcore.source.sequence_window IS 'Most transactions it may have without an answer.';
COMMENT ON COLUMN txcore.source.salt IS 'SCRAM salt.';
COMMENT ON COLUMN txcore.source.iterations IS 'SCRAM iterations.';
COMMENT ON COLUMN txcore.source.stored_key IS 'SCRAM stored key; the credential cannot be had from it.';
COMMENT ON COLUMN txcore.source.server_key IS 'SCRAM server key.';
COMMENT ON COLUMN txcore.source.disabled IS 'True when it may not log on.';
COMMENT ON COLUMN txcore.source.written_at IS 'When this version was written.';

CREATE TABLE txcore.head (
    shard int2 NOT NULL,
    batch int8 NOT NULL,
    number int8 NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    signed_at timestamptz NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL,
    PRIMARY KEY (shard, batch, signed_at)
);

COMMENT ON TABLE txcore.head IS 'Ends of the hash chain, signed with a key this database does not have; the anchor file outside it holds the same.';
COMMENT ON COLUMN txcore.head.shard IS 'Shard number.';
COMMENT ON COLUMN txcore.head.batch IS 'Highest batch at that time.';
COMMENT ON COLUMN txcore.head.number IS 'Highest number at that time.';
COMMENT ON COLUMN txcore.head.hash IS 'Hash of that batch.';
COMMENT ON COLUMN txcore.head.signed_at IS 'When it was signed.';
COMMENT ON COLUMN txcore.head.key_id IS 'First 16 hexadecimal digits of the SHA-256 of the public key.';
COMMENT ON COLUMN txcore.head.signature IS 'ECDSA P-256 signature with SHA-256 over shard, channel, batch, number, hash and time.';

CREATE TABLE txcore.code_name (
    domain text NOT NULL,
    code int4 NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (domain, code)
);

COMMENT ON TABLE txcore.code_name IS 'Names of the numbers that stand in rows.';
COMMENT ON COLUMN txcore.code_name.domain IS 'What the number means: message, result, field, bet_type, formula, stake_form, payment_means, channel, source_role, pay_rank.';
COMMENT ON COLUMN txcore.code_name.code IS 'The number.';
COMMENT ON COLUMN txcore.code_name.name IS 'Its name.';

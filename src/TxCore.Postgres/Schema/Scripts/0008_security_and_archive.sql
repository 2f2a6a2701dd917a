-- Client certificates of sources; days that were verified once and for all, and days that were archived.

ALTER TABLE txcore.source ADD certificate text;

COMMENT ON COLUMN txcore.source.certificate IS 'Client certificate it must present: SHA-256 in hexadecimal, or the common name of its subject; NULL for logon by password.';

CREATE TABLE txcore.sealed_day (
    shard int2 NOT NULL,
    business_day date NOT NULL,
    first_batch int8 NOT NULL,
    last_batch int8 NOT NULL,
    last_number int8 NOT NULL,
    row_count int8 NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    sealed_at timestamptz NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL,
    PRIMARY KEY (shard, business_day)
);

COMMENT ON TABLE txcore.sealed_day IS 'Days that are over and were verified; signed with the key that signs the head, so that verify need not read them again.';
COMMENT ON COLUMN txcore.sealed_day.shard IS 'Shard number.';
COMMENT ON COLUMN txcore.sealed_day.business_day IS 'Business day.';
COMMENT ON COLUMN txcore.sealed_day.first_batch IS 'First batch of the seal: the one after the last batch of the day before.';
COMMENT ON COLUMN txcore.sealed_day.last_batch IS 'Last batch with a row of the day; it may end with rows of the next day.';
COMMENT ON COLUMN txcore.sealed_day.last_number IS 'Last number of that batch.';
COMMENT ON COLUMN txcore.sealed_day.row_count IS 'Rows of these batches.';
COMMENT ON COLUMN txcore.sealed_day.hash IS 'Hash of the last batch.';
COMMENT ON COLUMN txcore.sealed_day.sealed_at IS 'When it was verified.';
COMMENT ON COLUMN txcore.sealed_day.key_id IS 'First 16 hexadecimal digits of the SHA-256 of the public key.';
COMMENT ON COLUMN txcore.sealed_day.signature IS 'ECDSA P-256 signature with SHA-256 over shard, channel, day, batches, number, rows, hash and time.';

CREATE TABLE txcore.archived_day (
    shard int2 NOT NULL,
    business_day date NOT NULL,
    file text NOT NULL,
    file_hash bytea NOT NULL CHECK (length(file_hash) = 32),
    archived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (shard, business_day)
);

COMMENT ON TABLE txcore.archived_day IS 'Days whose rows are in a file and, once their partition is detached, nowhere else. Written by the owner.';
COMMENT ON COLUMN txcore.archived_day.shard IS 'Shard number.';
COMMENT ON COLUMN txcore.archived_day.business_day IS 'Business day.';
COMMENT ON COLUMN txcore.archived_day.file IS 'Name of the file, without its directory.';
COMMENT ON COLUMN txcore.archived_day.file_hash IS 'SHA-256 of the file.';
COMMENT ON COLUMN txcore.archived_day.archived_at IS 'When it was archived.';

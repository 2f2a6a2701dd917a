-- Draws: the ranks of published ones, which are written beside the entries, and what an analyst reads of them.

CREATE TABLE txcore.draw_projections (
    shard int2 NOT NULL,
    draw int4 NOT NULL,
    entries int4 NOT NULL,
    order_hash bytea NOT NULL CHECK (length(order_hash) = 32),
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (shard, draw)
);

COMMENT ON TABLE txcore.draw_projections IS 'The published draws whose ranks stand in draw_ranks, all of them or none. Derived from the entries.';
COMMENT ON COLUMN txcore.draw_projections.shard IS 'Shard number.';
COMMENT ON COLUMN txcore.draw_projections.draw IS 'The draw.';
COMMENT ON COLUMN txcore.draw_projections.entries IS 'Entries of its list, struck ones included: so many ranks there are.';
COMMENT ON COLUMN txcore.draw_projections.order_hash IS 'SHA-256 of the order, as the run of the draw stored it.';
COMMENT ON COLUMN txcore.draw_projections.written_at IS 'When the ranks were written.';

CREATE TABLE txcore.draw_ranks (
    shard int2 NOT NULL,
    draw int4 NOT NULL,
    rank int4 NOT NULL CHECK (rank > 0),
    list_index int4 NOT NULL CHECK (list_index >= 0),
    person_key bytea NOT NULL CHECK (length(person_key) = 32),
    PRIMARY KEY (shard, draw, rank)
);

COMMENT ON TABLE txcore.draw_ranks IS 'The order of every published draw: who has which rank. Derived from the entries.';
COMMENT ON COLUMN txcore.draw_ranks.shard IS 'Shard number.';
COMMENT ON COLUMN txcore.draw_ranks.draw IS 'The draw.';
COMMENT ON COLUMN txcore.draw_ranks.rank IS 'The rank, from 1.';
COMMENT ON COLUMN txcore.draw_ranks.list_index IS 'Where the key stands in the sorted list, from 0.';
COMMENT ON COLUMN txcore.draw_ranks.person_key IS 'Key of the person (a keyed hash).';

CREATE FUNCTION txcore.excluded_persons(p_command bytea) RETURNS SETOF bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT substr(p_command, 27 + 34 * i, 32) FROM generate_series(0, coalesce(txcore.int_at(p_command, 22, 2), 0)::int - 1) AS i
     WHERE length(p_command) >= 58 + 34 * i
$$;

COMMENT ON FUNCTION txcore.excluded_persons IS 'The persons in the command of an exclusion.';

CREATE FUNCTION txcore.text_at(p_command bytea, p_position int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT convert_from(substr(p_command, p_position + 2, txcore.int_at(p_command, p_position, 1)::int), 'LATIN1')
$$;

COMMENT ON FUNCTION txcore.text_at IS 'A text that its length (1 byte) stands in front of.';

CREATE FUNCTION txcore.hex_at(p_command bytea, p_position int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN length(p_command) >= p_position + 32 THEN encode(substr(p_command, p_position + 1, 32), 'hex') END
$$;

COMMENT ON FUNCTION txcore.hex_at IS 'The 32 bytes at a position, from 0, hexadecimal; NULL beyond the end.';

CREATE VIEW txcore.draw_steps AS
SELECT t.shard, t.business_day, t.number, t.sequenced_at, t.source,
       txcore.int_at(t.command, CASE t.kind WHEN 1289 THEN 8 ELSE 18 END, 4)::int4 AS draw,
       CASE t.kind WHEN 816 THEN 'Defined' WHEN 817 THEN 'Opened' WHEN 818 THEN 'Closed' WHEN 1289 THEN 'Closed' WHEN 819 THEN 'Frozen' WHEN 820 THEN 'Run'
                   WHEN 821 THEN 'Published' WHEN 822 THEN 'Wave' WHEN 823 THEN 'Excluded' ELSE 'Ended' END AS step,
       CASE WHEN t.kind <> 1289 THEN txcore.int_at(t.command, 8, 4) END AS actor,
       CASE WHEN t.kind <> 1289 THEN nullif(txcore.int_at(t.command, 12, 4), 0) END AS second_actor,
       CASE WHEN t.kind <> 1289 THEN txcore.int_at(t.command, 16, 2) END AS reason_code,
       CASE WHEN t.kind = 816 THEN txcore.text_at(t.command, 22) END AS name,
       CASE WHEN t.kind = 816 THEN txcore.time_of(txcore.int_at(t.command, 23 + txcore.int_at(t.command, 22, 1)::int, 8)) END AS closes_at,
       CASE t.kind WHEN 816 THEN txcore.int_at(t.command, 31 + txcore.int_at(t.command, 22, 1)::int, 4) END AS entries_max,
       CASE t.kind WHEN 816 THEN txcore.int_at(t.command, 35 + txcore.int_at(t.command, 22, 1)::int, 4) END AS required_consent,
       CASE t.kind WHEN 816 THEN nullif(txcore.int_at(t.command, 39 + txcore.int_at(t.command, 22, 1)::int, 2), 0) END AS person_max,
       CASE WHEN t.kind = 819 THEN txcore.int_at(t.command, 22, 4) END AS entries,
       CASE WHEN t.kind = 819 THEN txcore.hex_at(t.command, 26) END AS root,
       CASE WHEN t.kind = 819 THEN txcore.hex_at(t.command, 58) END AS commitment,
       CASE WHEN t.kind = 819 THEN txcore.text_at(t.command, 98) END AS beacon_chain,
       CASE WHEN t.kind = 819 THEN txcore.int_at(t.command, 90, 8) END AS beacon_round,
       CASE WHEN t.kind = 820 THEN txcore.hex_at(t.command, 22) END AS secret,
       CASE WHEN t.kind = 820 THEN txcore.hex_at(t.command, 54) END AS randomness,
       CASE WHEN t.kind = 820 THEN nullif(encode(substr(t.command, 88, txcore.int_at(t.command, 86, 1)::int), 'hex'), '') END AS signature,
       CASE WHEN t.kind = 820 THEN txcore.hex_at(t.command, txcore.addendum_at(t.kind, t.command)) END AS order_hash,
       CASE WHEN t.kind = 820 THEN txcore.hex_at(t.command, txcore.addendum_at(t.kind, t.command) + 32) END AS order_root,
       CASE WHEN t.kind = 822 THEN txcore.int_at(t.command, 22, 2) END::int4 AS wave,
       CASE WHEN t.kind = 822 THEN txcore.int_at(t.command, 24, 4) END AS ranks,
       CASE WHEN t.kind = 822 THEN txcore.int_at(t.command, 28, 4) END AS sale,
       CASE WHEN t.kind = 822 THEN txcore.time_of(txcore.int_at(t.command, 32, 8)) END AS starts_at,
       CASE WHEN t.kind = 822 THEN txcore.time_of(txcore.int_at(t.command, 40, 8)) END AS ends_at,
       CASE WHEN t.kind = 823 THEN txcore.int_at(t.command, 22, 2) END AS persons
  FROM txcore.transaction t
 WHERE (t.kind BETWEEN 816 AND 824 OR t.kind = 1289) AND t.code = 0 AND t.line = 1;

COMMENT ON VIEW txcore.draw_steps IS 'Every step of every draw as it was decided: who asked for it and why, and what it made public.';

CREATE VIEW txcore.draw_entries AS
WITH change AS (
    SELECT t.shard, txcore.int_at(t.command, 16, 4)::int4 AS draw, substr(t.command, 21, 32) AS person, t.number, t.kind, t.sequenced_at,
           CASE t.kind WHEN 288 THEN txcore.int_at(t.command, 52, 4) END AS consent
      FROM txcore.transaction t WHERE t.kind IN (288, 289) AND t.code = 0 AND t.line = 1),
entry AS (
    SELECT c.shard, c.draw, c.person, min(c.number) FILTER (WHERE c.kind = 288) AS number,
           min(c.sequenced_at) FILTER (WHERE c.kind = 288) AS registered_at, max(c.number) FILTER (WHERE c.kind = 288) AS registered_by,
           max(c.number) FILTER (WHERE c.kind = 289) AS withdrawn_by, max(c.sequenced_at) FILTER (WHERE c.kind = 289) AS withdrawn_at,
           (max(ARRAY[c.number, c.consent]) FILTER (WHERE c.kind = 288))[2] AS consent
      FROM change c GROUP BY c.shard, c.draw, c.person),
excluded AS (
    SELECT t.shard, txcore.int_at(t.command, 18, 4)::int4 AS draw, p.person, min(t.sequenced_at) AS excluded_at
      FROM txcore.transaction t CROSS JOIN LATERAL txcore.excluded_persons(t.command) AS p (person)
     WHERE t.kind = 823 AND t.code = 0 AND t.line = 1 GROUP BY t.shard, txcore.int_at(t.command, 18, 4), p.person)
SELECT e.shard, e.draw, encode(e.person, 'hex') AS person_key, e.number, e.registered_at, e.consent,
       CASE WHEN e.withdrawn_by > e.registered_by THEN e.withdrawn_at END AS withdrawn_at, x.excluded_at,
       CASE WHEN x.excluded_at IS NOT NULL THEN 'Excluded' WHEN e.withdrawn_by > e.registered_by THEN 'Withdrawn' ELSE 'Registered' END AS status
  FROM entry e LEFT JOIN excluded x ON x.shard = e.shard AND x.draw = e.draw AND x.person = e.person
 WHERE e.number IS NOT NULL;

COMMENT ON VIEW txcore.draw_entries IS 'Every entry of every draw, struck ones too.';

CREATE VIEW txcore.draw_slots AS
SELECT s.shard, s.draw, s.wave, s.number, s.last_rank - s.ranks + 1 AS first_rank, s.last_rank, s.sale, s.starts_at, s.ends_at
  FROM (SELECT w.*, sum(w.ranks) OVER (PARTITION BY w.shard, w.draw ORDER BY w.number)::int8 AS last_rank
          FROM txcore.draw_steps w WHERE w.step = 'Wave') s;

COMMENT ON VIEW txcore.draw_slots IS 'The waves of every draw: which ranks may buy in which sale, and when.';

CREATE VIEW txcore.draw_person_slots AS
SELECT r.shard, r.draw, encode(r.person_key, 'hex') AS person_key, r.rank, r.list_index, s.wave, s.sale, s.starts_at, s.ends_at
  FROM txcore.draw_ranks r
  LEFT JOIN txcore.draw_slots s ON s.shard = r.shard AND s.draw = r.draw AND r.rank BETWEEN s.first_rank AND s.last_rank;

COMMENT ON VIEW txcore.draw_person_slots IS 'The rank of every person in every published draw, and the slot of its wave; NULL while it has none.';

CREATE VIEW txcore.wave_conversions AS
WITH bought AS (
    SELECT o.hold, o.seats - o.returned_seats AS seats, o.amount_cents - o.refunded_cents AS cents FROM txcore.orders o),
person AS (
    SELECT h.shard, h.sale, decode(h.person_key, 'hex') AS person_key, count(b.hold) AS orders, sum(b.seats) AS seats, sum(b.cents) AS cents
      FROM txcore.seat_holds h LEFT JOIN bought b ON b.hold = h.number
     WHERE h.person_key IS NOT NULL AND h.wait IS NULL GROUP BY h.shard, h.sale, h.person_key),
struck AS (
    SELECT e.shard, e.draw, decode(e.person_key, 'hex') AS person_key FROM txcore.draw_entries e WHERE e.status <> 'Registered')
SELECT s.shard, s.draw, s.wave, s.sale, s.last_rank - s.first_rank + 1 AS ranks, count(x.person_key) AS struck,
       count(p.person_key) AS arrived, count(*) FILTER (WHERE p.orders > 0) AS bought,
       coalesce(sum(p.seats), 0)::int8 AS seats, coalesce(sum(p.cents), 0)::int8 AS amount_cents
  FROM txcore.draw_slots s
  LEFT JOIN txcore.draw_ranks r ON r.shard = s.shard AND r.draw = s.draw AND r.rank BETWEEN s.first_rank AND s.last_rank
  LEFT JOIN person p ON p.shard = s.shard AND p.sale = s.sale AND p.person_key = r.person_key
  LEFT JOIN struck x ON x.shard = s.shard AND x.draw = s.draw AND x.person_key = r.person_key
 GROUP BY s.shard, s.draw, s.wave, s.sale, s.first_rank, s.last_rank;

COMMENT ON VIEW txcore.wave_conversions IS 'What came of every wave: how many of its persons came, bought, and for how much; what the waiting list bought is not in it. It needs the ranks of the draw.';

-- Columns of views are explained once, by name: the same name means the same everywhere.
DO $$
DECLARE
    explained CONSTANT text[] := ARRAY[
        'step', 'Defined, Opened, Closed, Frozen, Run, Published, Wave, Excluded or Ended.',
        'actor', 'Who asked for it; NULL when it fell due.',
        'second_actor', 'The second person, where one was needed.',
        'reason_code', 'Why; the operator''s own list.',
        'name', 'Public name of the draw, which enters the commitment and the seed.',
        'entries_max', 'Most entries.',
        'required_consent', 'Consent flags that an entry must carry.',
        'entries', 'Entries of the list, struck ones included.',
        'root', 'Merkle root of the list, hexadecimal.',
        'commitment', 'Commitment to the secret, hexadecimal.',
        'beacon_chain', 'Which beacon.',
        'beacon_round', 'Which round of it.',
        'secret', 'The operator''s secret, revealed, hexadecimal.',
        'randomness', 'What the beacon published, hexadecimal.',
        'signature', 'Signature of the beacon, hexadecimal; NULL for a witness.',
        'order_hash', 'SHA-256 of the order, hexadecimal.',
        'order_root', 'Merkle root of the order, hexadecimal.',
        'wave', 'Wave, from 1.',
        'ranks', 'How many ranks.',
        'starts_at', 'When the slot begins.',
        'ends_at', 'When the slot is over.',
        'persons', 'How many persons.',
        'registered_at', 'When the person was entered first.',
        'consent', 'Consent flags of the last registration.',
        'withdrawn_at', 'When the person withdrew; NULL when entered, or entered again.',
        'excluded_at', 'When the person was excluded; NULL when not.',
        'status', 'Registered, Withdrawn or Excluded.',
        'first_rank', 'Its first rank.',
        'last_rank', 'Its last rank.',
        'rank', 'Rank, from 1.',
        'list_index', 'Where the key stands in the sorted list, from 0.',
        'struck', 'Persons of it who may not buy: withdrawn or excluded.',
        'arrived', 'Persons of it who have held seats in its sale.',
        'bought', 'Persons of it who bought.'];
    target record;
BEGIN
    FOR target IN
        SELECT c.relname, a.attname, coalesce(
                   explained[array_position(explained, a.attname::text) + 1],
                   (SELECT min(col_description(o.oid, b.attnum)) FROM pg_class o JOIN pg_attribute b ON b.attrelid = o.oid AND b.attname = a.attname
                     WHERE o.relnamespace = c.relnamespace AND o.relkind = 'v')) AS text
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
         WHERE c.relnamespace = 'txcore'::regnamespace AND c.relkind = 'v' AND col_description(c.oid, a.attnum) IS NULL
    LOOP
        EXECUTE format('COMMENT ON COLUMN txcore.%I.%I IS %L', target.relname, target.attname, target.text);
    END LOOP;
END
$$;

COMMENT ON COLUMN txcore.draw_entries.number IS 'Number of the registration that entered the person first.';
COMMENT ON COLUMN txcore.draw_slots.number IS 'Number of the entry that gave the slot.';

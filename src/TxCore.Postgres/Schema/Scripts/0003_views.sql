-- What an analyst reads. Message types are written as numbers, which are frozen; code_name tells their names.

CREATE FUNCTION txcore.int_at(p_bytes bytea, p_position int, p_width int) RETURNS int8
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    value int8 := 0;
BEGIN
    IF p_position < 0 OR p_position + p_width > length(p_bytes) THEN
        RETURN NULL;
    END IF;

    FOR i IN REVERSE p_width - 1..0 LOOP
        value := (value << 8) | get_byte(p_bytes, p_position + i);
    END LOOP;
    RETURN value;
END
$$;

COMMENT ON FUNCTION txcore.int_at IS 'The little-endian integer of some bytes at a position, from 0; NULL beyond the end.';

CREATE FUNCTION txcore.time_of(p_microseconds int8) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT CASE WHEN p_microseconds BETWEEN 0 AND 4102444800000000
           THEN timestamptz '1970-01-01 00:00:00+00' + p_microseconds * interval '1 microsecond' END
$$;

COMMENT ON FUNCTION txcore.time_of IS 'The time of so many microseconds since 1970; NULL when a client''s clock says something absurd.';

CREATE FUNCTION txcore.runners(p_bytes bytea) RETURNS int[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT coalesce(array_agg(get_byte(p_bytes, i) ORDER BY i), '{}') FROM generate_series(0, length(p_bytes) - 1) AS i
$$;

COMMENT ON FUNCTION txcore.runners IS 'Runner numbers of a list of bytes.';

CREATE FUNCTION txcore.wager_fields(
    p_command bytea, OUT deadline timestamptz, OUT client_time timestamptz, OUT definitions_version int8, OUT clerk int8, OUT payment_means int2,
    OUT player text, OUT authorisation text, OUT announced_cents int8, OUT line_count int, OUT lines_at int)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    player_bytes int := txcore.int_at(p_command, 29, 1);
    authorisation_bytes int := txcore.int_at(p_command, 30 + player_bytes, 1);
BEGIN
    deadline := txcore.time_of(txcore.int_at(p_command, 0, 8));
    client_time := txcore.time_of(txcore.int_at(p_command, 8, 8));
    definitions_version := txcore.int_at(p_command, 16, 8);
    clerk := txcore.int_at(p_command, 24, 4);
    payment_means := txcore.int_at(p_command, 28, 1);
    player := nullif(encode(substr(p_command, 31, player_bytes), 'hex'), '');
    authorisation := nullif(encode(substr(p_command, 32 + player_bytes, authorisation_bytes), 'hex'), '');
    lines_at := 31 + player_bytes + authorisation_bytes + 8 + 1;
    announced_cents := txcore.int_at(p_command, lines_at - 9, 8);
    line_count := txcore.int_at(p_command, lines_at - 1, 1);
END
$$;

COMMENT ON FUNCTION txcore.wager_fields IS 'What the command of a wager says of the whole ticket; NULL where a malformed one ends too early.';

CREATE FUNCTION txcore.wager_line_fields(
    p_command bytea, p_lines_at int, p_line int, OUT formula int2, OUT bases int[], OUT associates int[], OUT complement int2, OUT risk int2,
    OUT all_orders boolean, OUT spot boolean, OUT stake_form int2, OUT stake int8, OUT announced_cents int8, OUT legs int2)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    element int := p_lines_at;
    base_count int;
    associate_count int;
BEGIN
    FOR i IN 2..p_line LOOP
        element := element + 2 + txcore.int_at(p_command, element, 2);
    END LOOP;
    element := element + 2;
    formula := txcore.int_at(p_command, element + 8, 1);
    all_orders := txcore.int_at(p_command, element + 9, 1) & 1 <> 0;
    spot := txcore.int_at(p_command, element + 9, 1) & 2 <> 0;
    risk := nullif(txcore.int_at(p_command, element + 10, 1), 0);
    complement := nullif(txcore.int_at(p_command, element + 11, 1), 0);
    stake_form := txcore.int_at(p_command, element + 12, 1);
    stake := txcore.int_at(p_command, element + 13, 8);
    announced_cents := txcore.int_at(p_command, element + 21, 8);
    base_count := txcore.int_at(p_command, element + 29, 1);
    associate_count := txcore.int_at(p_command, element + 30 + base_count, 1);
    bases := txcore.runners(substr(p_command, element + 31, base_count));
    associates := txcore.runners(substr(p_command, element + 32 + base_count, associate_count));
    legs := txcore.int_at(p_command, element + 31 + base_count + associate_count, 1);
END
$$;

COMMENT ON FUNCTION txcore.wager_line_fields IS 'What the command of a wager says of one line; lines_at comes from wager_fields.';

CREATE FUNCTION txcore.cells_of(p_command bytea)
RETURNS TABLE (sale int8, session int8, category int4, price_cents int8, capacity int8, blocked int8)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    element int := 24;
BEGIN
    FOR i IN 1..coalesce(txcore.int_at(p_command, 22, 2), 0) LOOP
        sale := txcore.int_at(p_command, 18, 4);
        session := txcore.int_at(p_command, element + 2, 4);
        category := txcore.int_at(p_command, element + 6, 2);
        price_cents := txcore.int_at(p_command, element + 8, 8);
        capacity := txcore.int_at(p_command, element + 16, 4);
        blocked := txcore.int_at(p_command, element + 20, 4);
        RETURN NEXT;
        element := element + 2 + txcore.int_at(p_command, element, 2);
    END LOOP;
END
$$;

COMMENT ON FUNCTION txcore.cells_of IS 'The inventory cells in the command of a definition of cells.';

CREATE FUNCTION txcore.name_of(p_domain text, p_code int) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((SELECT n.name FROM txcore.code_name n WHERE n.domain = p_domain AND n.code = p_code), p_code::text)
$$;

COMMENT ON FUNCTION txcore.name_of IS 'The name of a code, or the code itself when it has none.';

CREATE VIEW txcore.wager_line AS
SELECT t.shard, t.business_day, t.number, t.line, t.source, t.sequence, t.outlet,
       t.code = 0 AS accepted, txcore.name_of('result', t.code) AS result,
       t.sequenced_at, t.received_at, w.client_time, w.deadline, w.definitions_version, nullif(w.clerk, 0) AS clerk,
       txcore.name_of('payment_means', w.payment_means) AS payment_means, w.player, w.authorisation,
       t.race, t.pool, txcore.name_of('bet_type', t.pool % 1000) AS bet_type, txcore.name_of('formula', l.formula) AS formula,
       l.bases, l.associates, l.complement, l.risk, l.all_orders, l.spot,
       txcore.name_of('stake_form', l.stake_form) AS stake_form, l.stake, l.legs, t.combinations, l.announced_cents, t.amount_cents,
       nullif(t.fault >> 8, 0) AS fault_line, txcore.name_of('field', nullif(t.fault & 255, 0)) AS fault_field
  FROM txcore.transaction t
  JOIN txcore.transaction f ON f.business_day = t.business_day AND f.number = t.number AND f.line = 1
 CROSS JOIN LATERAL txcore.wager_fields(f.command) w
 CROSS JOIN LATERAL txcore.wager_line_fields(f.command, w.lines_at, t.line) l
 WHERE t.kind = 257;

COMMENT ON VIEW txcore.wager_line IS 'Every line of every wager, taken or refused, with all that was recorded of it.';

CREATE VIEW txcore.ticket AS
SELECT t.shard, t.business_day, t.number, t.source, t.sequence, t.outlet, t.sequenced_at, t.lines, t.amount_cents,
       CASE WHEN e.cancelled_by IS NOT NULL THEN 'Cancelled' WHEN e.reversed_by IS NOT NULL THEN 'Reversed'
            WHEN e.paid_by IS NOT NULL THEN 'Paid' ELSE 'Live' END AS state,
       e.cancelled_by, e.reversed_by, e.paid_by, e.paid_cents
  FROM (SELECT w.shard, w.business_day, w.number, w.source, w.sequence, w.outlet, w.sequenced_at, count(*) AS lines, sum(w.amount_cents)::int8 AS amount_cents
          FROM txcore.transaction w WHERE w.kind = 257 AND w.code = 0
         GROUP BY w.shard, w.business_day, w.number, w.source, w.sequence, w.outlet, w.sequenced_at) t
  LEFT JOIN (SELECT r.reference, min(r.number) FILTER (WHERE r.kind = 258) AS cancelled_by, min(r.number) FILTER (WHERE r.kind = 259) AS reversed_by,
                    min(r.number) FILTER (WHERE r.kind = 260) AS paid_by, (sum(r.amount_cents) FILTER (WHERE r.kind = 260))::int8 AS paid_cents
               FROM txcore.transaction r WHERE r.kind IN (258, 259, 260) AND r.code = 0 AND r.reference IS NOT NULL
              GROUP BY r.reference) e ON e.reference = t.number;

COMMENT ON VIEW txcore.ticket IS 'Every ticket: an accepted wager with its lines added up, and what became of it.';

CREATE VIEW txcore.refusals_by_reason AS
SELECT t.shard, t.business_day, txcore.name_of('message', t.kind) AS message, t.code, txcore.name_of('result', t.code) AS reason,
       txcore.name_of('field', nullif(t.fault & 255, 0)) AS field, count(*) AS refusals, count(DISTINCT t.source) AS sources,
       min(t.number) AS first_number, max(t.number) AS last_number
  FROM txcore.transaction t
 WHERE t.line = 1 AND t.code <> 0
 GROUP BY t.shard, t.business_day, t.kind, t.code, t.fault & 255;

COMMENT ON VIEW txcore.refusals_by_reason IS 'Refusals of each day counted by message, reason and field at fault.';

CREATE VIEW txcore.pool_total AS
SELECT t.shard, t.race, t.pool, txcore.name_of('bet_type', t.pool % 1000) AS bet_type, count(DISTINCT t.number) AS tickets,
       sum(t.amount_cents)::int8 AS taken_cents, coalesce(sum(t.amount_cents) FILTER (WHERE u.reference IS NOT NULL), 0)::int8 AS undone_cents,
       coalesce(sum(t.amount_cents) FILTER (WHERE u.reference IS NULL), 0)::int8 AS total_cents,
       coalesce(sum(t.combinations) FILTER (WHERE u.reference IS NULL), 0)::int8 AS combinations
  FROM txcore.transaction t
  LEFT JOIN (SELECT DISTINCT r.reference FROM txcore.transaction r WHERE r.kind IN (258, 259) AND r.code = 0 AND r.reference IS NOT NULL) u
    ON u.reference = t.number
 WHERE t.kind = 257 AND t.code = 0
 GROUP BY t.shard, t.race, t.pool;

COMMENT ON VIEW txcore.pool_total IS 'Totals of each pool of each race: taken, minus cancelled and reversed.';

CREATE VIEW txcore.race_state AS
SELECT DISTINCT ON (t.shard, t.race) t.shard, t.race,
       CASE WHEN t.kind = 769 THEN 'Draft' WHEN t.kind IN (770, 773) THEN 'Open' WHEN t.kind = 771 THEN 'Suspended' ELSE 'Stopped' END AS state,
       t.sequenced_at AS since, t.number, txcore.name_of('message', t.kind) AS changed_by, t.source
  FROM txcore.transaction t
 WHERE t.kind IN (769, 770, 771, 772, 773, 1284) AND t.code = 0 AND t.line = 1 AND t.race IS NOT NULL
 ORDER BY t.shard, t.race, t.number DESC;

COMMENT ON VIEW txcore.race_state IS 'The present state of every race and the entry that brought it there.';

CREATE VIEW txcore.inventory AS
WITH ending AS (
    SELECT r.reference AS hold, bool_or(r.kind = 273) AS confirmed, max(r.number) FILTER (WHERE r.kind = 273) AS confirmation
      FROM txcore.transaction r
     WHERE r.kind IN (259, 273, 274, 1283) AND r.code = 0 AND r.reference IS NOT NULL
     GROUP BY r.reference),
undone AS (
    SELECT DISTINCT r.reference FROM txcore.transaction r WHERE r.kind IN (258, 259) AND r.code = 0 AND r.reference IS NOT NULL),
seats AS (
    SELECT h.shard, h.sale, h.session, h.category, coalesce(sum(h.quantity) FILTER (WHERE e.hold IS NULL), 0) AS held,
           coalesce(sum(h.quantity) FILTER (WHERE e.confirmed AND u.reference IS NULL), 0) AS sold
      FROM txcore.transaction h LEFT JOIN ending e ON e.hold = h.number LEFT JOIN undone u ON u.reference IN (e.confirmation, h.number)
     WHERE h.kind = 272 AND h.code = 0
     GROUP BY h.shard, h.sale, h.session, h.category)
SELECT d.shard, c.sale, c.session, c.category, c.price_cents, c.capacity, c.blocked,
       coalesce(s.held, 0)::int8 AS held, coalesce(s.sold, 0)::int8 AS sold,
       (c.capacity - c.blocked - coalesce(s.held, 0) - coalesce(s.sold, 0))::int8 AS available
  FROM txcore.transaction d CROSS JOIN LATERAL txcore.cells_of(d.command) c
  LEFT JOIN seats s ON s.shard = d.shard AND s.sale = c.sale AND s.session = c.session AND s.category = c.category
 WHERE d.kind = 786 AND d.code = 0 AND d.line = 1;

COMMENT ON VIEW txcore.inventory IS 'Seats of every inventory cell, computed from the rows: available, held, sold and blocked add up to the capacity.';

CREATE VIEW txcore.sales_per_minute AS
SELECT t.shard, date_trunc('minute', t.sequenced_at) AS minute, count(*) FILTER (WHERE t.line = 1 AND t.code = 0) AS accepted,
       count(*) FILTER (WHERE t.line = 1 AND t.code <> 0) AS refused, coalesce(sum(t.amount_cents) FILTER (WHERE t.code = 0), 0)::int8 AS amount_cents
  FROM txcore.transaction t
 WHERE t.kind IN (257, 273)
 GROUP BY t.shard, date_trunc('minute', t.sequenced_at);

COMMENT ON VIEW txcore.sales_per_minute IS 'Wagers and orders of each minute.';

-- Columns of views are explained once, by name: the same name means the same everywhere.
DO $$
DECLARE
    explained CONSTANT text[] := ARRAY[
        'shard', 'Shard number.',
        'business_day', 'Business day.',
        'number', 'Number in the shard; of an accepted wager, its ticket number.',
        'line', 'Line of the transaction, from 1.',
        'source', 'Terminal or frontend that sent it; 0 for the shard itself.',
        'sequence', 'Sequence of the source.',
        'outlet', 'Outlet of the source at that time.',
        'accepted', 'True, or how many, were taken.',
        'refused', 'How many were refused.',
        'result', 'Name of the result code.',
        'sequenced_at', 'Time of the decision.',
        'received_at', 'When its bytes had arrived.',
        'client_time', 'The clock of the terminal, which is recorded and never decided on.',
        'deadline', 'After this sequence time it would have been refused.',
        'definitions_version', 'Version of the programme the terminal priced with; 0 when unknown.',
        'clerk', 'Who served.',
        'payment_means', 'How it was paid.',
        'player', 'Key of the player (a keyed hash), hexadecimal; NULL when anonymous.',
        'authorisation', 'Reference of the payment authorisation, hexadecimal.',
        'race', 'Race as YYYYMMDDMMRR.',
        'pool', 'Pool: the bet type, plus 1000 online.',
        'bet_type', 'Name of the bet type.',
        'formula', 'Name of the formula.',
        'bases', 'Base runners in order; 0 is a free place.',
        'associates', 'Associated runners.',
        'complement', 'Complement runner.',
        'risk', 'Risk of a multi.',
        'all_orders', 'In all orders.',
        'spot', 'The host picked the missing runners.',
        'stake_form', 'Which kind of number the stake is.',
        'stake', 'Multiple, percentage or cents, as the stake form says.',
        'legs', 'Legs of a report.',
        'combinations', 'Combinations covered.',
        'announced_cents', 'Price of the line that the terminal announced, in cents.',
        'amount_cents', 'Amount in cents.',
        'fault_line', 'Refusal: line at fault.',
        'fault_field', 'Refusal: field at fault.',
        'lines', 'Lines of the ticket.',
        'state', 'Present state.',
        'cancelled_by', 'Number of the entry that cancelled it.',
        'reversed_by', 'Number of the entry that reversed it.',
        'paid_by', 'Number of the entry that paid it.',
        'paid_cents', 'Amount paid, in cents.',
        'message', 'Name of the message type.',
        'code', 'Result code.',
        'reason', 'Name of the result code.',
        'field', 'Name of the field at fault.',
        'refusals', 'How many.',
        'sources', 'From how many sources.',
        'first_number', 'The first of them.',
        'last_number', 'The last of them.',
        'tickets', 'How many tickets.',
        'taken_cents', 'Amount of all lines taken, in cents.',
        'undone_cents', 'Amount of those cancelled or reversed since, in cents.',
        'total_cents', 'Amount in the pool, in cents.',
        'since', 'When it came into this state.',
        'changed_by', 'The message that brought it there.',
        'sale', 'Sale.',
        'session', 'Session of the sale.',
        'category', 'Price category.',
        'price_cents', 'Price of a seat, in cents.',
        'capacity', 'Seats in all.',
        'blocked', 'Seats not for sale.',
        'held', 'Seats in live holds.',
        'sold', 'Seats in orders.',
        'available', 'Seats left.',
        'minute', 'The minute.'];
    target record;
BEGIN
    FOR target IN
        SELECT c.relname, a.attname, explained[array_position(explained, a.attname::text) + 1] AS text
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
         WHERE c.relnamespace = 'txcore'::regnamespace AND c.relkind = 'v' AND c.relname <> 'partition'
    LOOP
        EXECUTE format('COMMENT ON COLUMN txcore.%I.%I IS %L', target.relname, target.attname, target.text);
    END LOOP;
END
$$;

-- The table in which the migration notes what it has run.
COMMENT ON TABLE txcore.schema_script IS 'Schema scripts that have been run.';
COMMENT ON COLUMN txcore.schema_script.schemaversionsid IS 'Order in which they ran.';
COMMENT ON COLUMN txcore.schema_script.scriptname IS 'Name of the script.';
COMMENT ON COLUMN txcore.schema_script.applied IS 'When it ran.';

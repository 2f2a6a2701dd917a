-- What an analyst reads. Message types are written as numbers, which are frozen; code_name tells their names.

CREATE FUNCTION txcore.int_at(p_bytes bytea, p_position int, p_width int) RETURNS int8
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
    IF p_position < 0 OR p_position + p_width > length(p_bytes) THEN
        RETURN NULL;
    END IF;

    -- Written out: these run for every field of every command that a view looks into.
    CASE p_width
        WHEN 1 THEN RETURN get_byte(p_bytes, p_position);
        WHEN 2 THEN RETURN get_byte(p_bytes, p_position) | (get_byte(p_bytes, p_position + 1) << 8);
        WHEN 4 THEN RETURN get_byte(p_bytes, p_position)::int8 | (get_byte(p_bytes, p_position + 1)::int8 << 8)
                         | (get_byte(p_bytes, p_position + 2)::int8 << 16) | (get_byte(p_bytes, p_position + 3)::int8 << 24);
        ELSE RETURN get_byte(p_bytes, p_position)::int8 | (get_byte(p_bytes, p_position + 1)::int8 << 8)
                  | (get_byte(p_bytes, p_position + 2)::int8 << 16) | (get_byte(p_bytes, p_position + 3)::int8 << 24)
                  | (get_byte(p_bytes, p_position + 4)::int8 << 32) | (get_byte(p_bytes, p_position + 5)::int8 << 40)
                  | (get_byte(p_bytes, p_position + 6)::int8 << 48) | (get_byte(p_bytes, p_position + 7)::int8 << 56);
    END CASE;
END
$$;

COMMENT ON FUNCTION txcore.int_at IS 'The little-endian integer of 1, 2, 4 or 8 bytes at a position, from 0; NULL beyond the end.';

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
    OUT all_orders boolean, OUT spot boolean, OUT stake_form int2, OUT stake int8, OUT announced_cents int8, OUT legs jsonb)
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
    element := element + 31 + base_count + associate_count;
    FOR i IN 1..coalesce(txcore.int_at(p_command, element, 1), 0) LOOP
        EXIT WHEN txcore.int_at(p_command, element + 1, 8) IS NULL;
        legs := coalesce(legs, '[]') || jsonb_build_object(
            'race', get_byte(p_command, element + 3), 'pool', txcore.int_at(p_command, element + 7, 2),
            'carry', CASE get_byte(p_command, element + 4) WHEN 1 THEN 'percent' ELSE 'times' END, 'value', txcore.int_at(p_command, element + 5, 2),
            'runners', to_jsonb(txcore.runners(substr(p_command, element + 11, txcore.int_at(p_command, element + 9, 1)::int))));
        element := element + 2 + txcore.int_at(p_command, element + 1, 2);
    END LOOP;
END
$$;

COMMENT ON FUNCTION txcore.wager_line_fields IS 'What the command of a wager says of one line; lines_at comes from wager_fields.';

CREATE FUNCTION txcore.wager_picks(p_command bytea, p_lines_at int, p_line int) RETURNS int[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    element int := p_lines_at;
BEGIN
    FOR i IN 1..coalesce(txcore.int_at(p_command, p_lines_at - 1, 1), 0) LOOP
        element := element + 2 + txcore.int_at(p_command, element, 2);
    END LOOP;
    FOR i IN 1..coalesce(txcore.int_at(p_command, element, 1), 0) LOOP
        IF txcore.int_at(p_command, element + 3, 1) = p_line THEN
            RETURN txcore.runners(substr(p_command, element + 6, txcore.int_at(p_command, element + 4, 1)::int));
        END IF;
        element := element + 2 + txcore.int_at(p_command, element + 1, 2);
    END LOOP;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION txcore.wager_picks IS 'The runners that the host picked for a line, which stand behind the lines of an accepted wager.';

CREATE FUNCTION txcore.wager_stakes(p_command bytea)
RETURNS TABLE (line int, race int8, pool int4, amount_cents int8)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    element int := 31 + txcore.int_at(p_command, 29, 1);
    runner_bytes int;
    leg int;
BEGIN
    element := element + txcore.int_at(p_command, element - 1, 1) + 8 + 1 + 2;
    FOR i IN 1..coalesce(txcore.int_at(p_command, element - 3, 1), 0) LOOP
        line := i;
        amount_cents := txcore.int_at(p_command, element + 21, 8);
        runner_bytes := txcore.int_at(p_command, element + 29, 1);
        runner_bytes := runner_bytes + txcore.int_at(p_command, element + 30 + runner_bytes, 1);
        leg := element + 34 + runner_bytes;
        IF txcore.int_at(p_command, leg - 3, 1) > 0 THEN
            race := txcore.int_at(p_command, leg, 1);
            pool := txcore.int_at(p_command, leg + 4, 2);
        ELSE
            race := txcore.int_at(p_command, element + 5, 1);
            pool := txcore.int_at(p_command, element + 6, 2);
        END IF;
        race := race + txcore.int_at(p_command, element, 4) * 10000 + txcore.int_at(p_command, element + 4, 1) * 100;
        RETURN NEXT;
        element := element + 2 + txcore.int_at(p_command, element - 2, 2);
    END LOOP;
END
$$;

COMMENT ON FUNCTION txcore.wager_stakes IS 'The stakes in the command of a wager and the pools they go into: of a report, the pool of its first leg.';

CREATE FUNCTION txcore.addendum_at(p_kind int, p_command bytea) RETURNS int
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    element int := 26;
BEGIN
    CASE p_kind
        WHEN 258 THEN RETURN 8 + 22;
        WHEN 259 THEN RETURN 8 + 30;
        WHEN 260 THEN RETURN 8 + 22 + txcore.int_at(p_command, 28, 1);
        WHEN 802 THEN RETURN 8 + 10 + 9;
        WHEN 778 THEN
            FOR i IN 1..coalesce(txcore.int_at(p_command, 25, 1), 0) LOOP
                element := element + 2 + txcore.int_at(p_command, element, 2);
            END LOOP;
            RETURN element;
        ELSE RETURN NULL;
    END CASE;
END
$$;

COMMENT ON FUNCTION txcore.addendum_at IS 'Where the addendum of a command begins: what the decision put behind it (cancel, reversal, pay, publication, resolution).';

CREATE FUNCTION txcore.money_moves(p_kind int, p_command bytea)
RETURNS TABLE (race int8, pool int4, gain_cents int8, refund_cents int8)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    moves_at int := txcore.addendum_at(p_kind, p_command);
    move int;
BEGIN
    FOR i IN 1..coalesce(txcore.int_at(p_command, moves_at, 1), 0) LOOP
        move := moves_at + 1 + (i - 1) * 24;
        race := txcore.int_at(p_command, move, 4) * 10000 + txcore.int_at(p_command, move + 4, 1) * 100 + txcore.int_at(p_command, move + 5, 1);
        pool := txcore.int_at(p_command, move + 6, 2);
        gain_cents := txcore.int_at(p_command, move + 8, 8);
        refund_cents := txcore.int_at(p_command, move + 16, 8);
        EXIT WHEN refund_cents IS NULL;
        RETURN NEXT;
    END LOOP;
END
$$;

COMMENT ON FUNCTION txcore.money_moves IS 'What a payment paid, or what an entry that took a ticket back gave back, race by race and pool by pool.';

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
       CASE WHEN l.spot AND t.code = 0 THEN txcore.wager_picks(f.command, w.lines_at, t.line) END AS picks,
       txcore.name_of('stake_form', l.stake_form) AS stake_form, l.stake, l.legs, t.combinations, l.announced_cents, t.amount_cents,
       nullif(t.fault >> 8, 0) AS fault_line, txcore.name_of('field', nullif(t.fault & 255, 0)) AS fault_field
  FROM txcore.transaction t
  JOIN txcore.transaction f ON f.business_day = t.business_day AND f.number = t.number AND f.line = 1
 CROSS JOIN LATERAL txcore.wager_fields(f.command) w
 CROSS JOIN LATERAL txcore.wager_line_fields(f.command, w.lines_at, t.line) l
 WHERE t.kind = 257;

COMMENT ON VIEW txcore.wager_line IS 'Every line of every wager, taken or refused, with all that was recorded of it.';

CREATE VIEW txcore.ticket_undone AS
SELECT r.shard, r.business_day, r.number, r.reference AS ticket, r.source, r.sequenced_at,
       CASE r.kind WHEN 258 THEN 'Cancelled' WHEN 259 THEN 'Reversed' ELSE 'Granted' END AS how, r.amount_cents
  FROM txcore.transaction r
 WHERE r.line = 1 AND r.code = 0 AND r.reference IS NOT NULL AND (r.kind IN (258, 259) OR (r.kind = 802 AND r.amount_cents IS NOT NULL));

COMMENT ON VIEW txcore.ticket_undone IS 'Entries that took back a ticket (or a hold or voucher): cancelled, reversed, or reversed because a supervisor granted it.';

CREATE VIEW txcore.ticket_payment AS
SELECT p.shard, p.business_day, p.number, p.reference AS ticket, p.source, p.outlet, p.sequenced_at,
       m.race, m.pool, txcore.name_of('bet_type', m.pool % 1000) AS bet_type, m.gain_cents, m.refund_cents
  FROM txcore.transaction p CROSS JOIN LATERAL txcore.money_moves(p.kind, p.command) m
 WHERE p.kind = 260 AND p.code = 0 AND p.line = 1;

COMMENT ON VIEW txcore.ticket_payment IS 'Every payment of a ticket, split by the race and pool that the money comes out of.';

CREATE VIEW txcore.ticket AS
WITH later AS (
    SELECT r.reference, min(r.number) FILTER (WHERE r.kind = 258 AND r.code = 0) AS cancelled_by,
           min(r.number) FILTER (WHERE r.code = 0 AND (r.kind = 259 OR (r.kind = 802 AND r.amount_cents IS NOT NULL))) AS reversed_by,
           min(r.number) FILTER (WHERE r.kind = 260 AND r.code = 0) AS paid_by, max(r.number) FILTER (WHERE r.code = 236) AS disputed_by,
           max(r.number) FILTER (WHERE r.kind = 802 AND r.code = 0) AS resolved_by,
           sum(m.gain_cents)::int8 AS gain_cents, sum(m.refund_cents)::int8 AS refund_cents
      FROM txcore.transaction r
      LEFT JOIN LATERAL (SELECT sum(m.gain_cents) AS gain_cents, sum(m.refund_cents) AS refund_cents
                           FROM txcore.money_moves(r.kind, r.command) m) m ON r.kind = 260 AND r.code = 0
     WHERE r.line = 1 AND r.reference IS NOT NULL AND ((r.kind IN (258, 259, 260, 802) AND r.code = 0) OR (r.kind = 259 AND r.code = 236))
     GROUP BY r.reference)
SELECT t.shard, t.business_day, t.number, t.source, t.sequence, t.outlet, t.sequenced_at, t.lines, t.amount_cents,
       CASE WHEN e.cancelled_by IS NOT NULL THEN 'Cancelled' WHEN e.reversed_by IS NOT NULL THEN 'Reversed'
            WHEN e.paid_by IS NOT NULL THEN 'Paid' WHEN e.disputed_by > coalesce(e.resolved_by, 0) THEN 'Disputed' ELSE 'Live' END AS state,
       e.cancelled_by, e.reversed_by, e.paid_by, e.gain_cents + e.refund_cents AS paid_cents, e.gain_cents, e.refund_cents
  FROM (SELECT w.shard, w.business_day, w.number, w.source, w.sequence, w.outlet, w.sequenced_at, count(*) AS lines, sum(w.amount_cents)::int8 AS amount_cents
          FROM txcore.transaction w WHERE w.kind = 257 AND w.code = 0
         GROUP BY w.shard, w.business_day, w.number, w.source, w.sequence, w.outlet, w.sequenced_at) t
  LEFT JOIN later e ON e.reference = t.number;

COMMENT ON VIEW txcore.ticket IS 'Every ticket: an accepted wager with its lines added up, and what became of it.';

CREATE VIEW txcore.refusals_by_reason AS
SELECT t.shard, t.business_day, txcore.name_of('message', t.kind) AS message, t.code, txcore.name_of('result', t.code) AS reason,
       txcore.name_of('field', nullif(t.fault & 255, 0)) AS field, count(*) AS refusals, count(DISTINCT t.source) AS sources,
       min(t.number) AS first_number, max(t.number) AS last_number
  FROM txcore.transaction t
 WHERE t.line = 1 AND t.code <> 0
 GROUP BY t.shard, t.business_day, t.kind, t.code, t.fault & 255;

COMMENT ON VIEW txcore.refusals_by_reason IS 'Refusals of each day counted by message, reason and field at fault.';

CREATE VIEW txcore.pool_stake AS
SELECT t.shard, t.business_day, t.number, t.line, t.source, t.outlet, t.sequenced_at, t.race, t.pool::int4 AS pool, t.amount_cents, t.combinations
  FROM txcore.transaction t
 WHERE t.kind = 257 AND t.code = 0 AND t.pool % 1000 <> 17
UNION ALL
SELECT t.shard, t.business_day, t.number, t.line, t.source, t.outlet, t.sequenced_at, coalesce(g.race, t.race), coalesce(g.pool, t.pool),
       t.amount_cents, t.combinations
  FROM txcore.transaction t
  JOIN txcore.transaction f ON f.business_day = t.business_day AND f.number = t.number AND f.line = 1
  LEFT JOIN LATERAL txcore.wager_stakes(f.command) g ON g.line = t.line
 WHERE t.kind = 257 AND t.code = 0 AND t.pool % 1000 = 17;

COMMENT ON VIEW txcore.pool_stake IS 'Every stake taken, with the pool it went into: that of a report goes into the pool of its first leg.';

CREATE VIEW txcore.pool_total AS
SELECT t.shard, t.race, t.pool, txcore.name_of('bet_type', t.pool % 1000) AS bet_type, count(DISTINCT t.number) AS tickets,
       sum(t.amount_cents)::int8 AS taken_cents, coalesce(sum(t.amount_cents) FILTER (WHERE u.ticket IS NOT NULL), 0)::int8 AS undone_cents,
       coalesce(sum(t.amount_cents) FILTER (WHERE u.ticket IS NULL), 0)::int8 AS total_cents,
       coalesce(sum(t.combinations) FILTER (WHERE u.ticket IS NULL), 0)::int8 AS combinations
  FROM txcore.pool_stake t
  LEFT JOIN (SELECT DISTINCT r.ticket FROM txcore.ticket_undone r) u ON u.ticket = t.number
 GROUP BY t.shard, t.race, t.pool;

COMMENT ON VIEW txcore.pool_total IS 'Totals of each pool of each race: taken, minus cancelled and reversed. Money carried into the pool is not in it.';

CREATE VIEW txcore.pool_total_per_minute AS
WITH moved AS (
    SELECT s.shard, s.race, s.pool, date_trunc('minute', s.sequenced_at) AS minute, s.amount_cents AS taken_cents, 0::int8 AS undone_cents
      FROM txcore.pool_stake s
    UNION ALL
    SELECT s.shard, s.race, s.pool, date_trunc('minute', u.sequenced_at), 0, s.amount_cents
      FROM txcore.pool_stake s
      JOIN (SELECT r.ticket, min(r.sequenced_at) AS sequenced_at FROM txcore.ticket_undone r GROUP BY r.ticket) u ON u.ticket = s.number)
SELECT m.shard, m.race, m.pool, txcore.name_of('bet_type', m.pool % 1000) AS bet_type, m.minute, sum(m.taken_cents)::int8 AS taken_cents,
       sum(m.undone_cents)::int8 AS undone_cents,
       (sum(sum(m.taken_cents - m.undone_cents)) OVER (PARTITION BY m.shard, m.race, m.pool ORDER BY m.minute))::int8 AS total_cents
  FROM moved m
 GROUP BY m.shard, m.race, m.pool, m.minute;

COMMENT ON VIEW txcore.pool_total_per_minute IS 'How each pool grew: what was taken and undone in each minute in which anything was, and the total at its end.';

CREATE VIEW txcore.race_state AS
WITH change AS (
    SELECT t.shard, t.race, t.number, t.kind, t.source, t.sequenced_at, t.kind = 776 AND txcore.int_at(t.command, 25, 8) <> 0 AS same_day,
           CASE t.kind WHEN 769 THEN 'Draft' WHEN 770 THEN 'Open' WHEN 773 THEN 'Open' WHEN 771 THEN 'Suspended' WHEN 775 THEN 'Cancelled'
                       WHEN 776 THEN 'Postponed' WHEN 777 THEN CASE txcore.int_at(t.command, 24, 1) WHEN 2 THEN 'Official' ELSE 'Provisional' END
                       WHEN 778 THEN 'Payable' WHEN 1286 THEN 'Closed' ELSE 'Stopped' END AS state
      FROM txcore.transaction t
     WHERE t.kind IN (769, 770, 771, 772, 773, 775, 776, 777, 778, 1284, 1286) AND t.code = 0 AND t.line = 1 AND t.race IS NOT NULL),
void AS (
    SELECT c.race, min(c.number) AS number FROM change c WHERE c.state = 'Cancelled' OR (c.state = 'Postponed' AND NOT c.same_day) GROUP BY c.race),
latest AS (
    SELECT DISTINCT ON (c.shard, c.race) c.shard, c.race, c.number, c.kind, c.source, c.sequenced_at, c.state
      FROM change c LEFT JOIN void v ON v.race = c.race
     WHERE c.same_day IS NOT TRUE AND (c.kind <> 778 OR v.number IS NULL)
     ORDER BY c.shard, c.race, c.number DESC),
postponed AS (
    SELECT DISTINCT ON (c.shard, c.race) c.shard, c.race, c.number, c.kind, c.source, c.sequenced_at
      FROM change c WHERE c.same_day ORDER BY c.shard, c.race, c.number DESC)
SELECT l.shard, l.race, CASE WHEN p.number IS NULL THEN l.state ELSE 'Suspended' END AS state, coalesce(p.sequenced_at, l.sequenced_at) AS since,
       coalesce(p.number, l.number) AS number, txcore.name_of('message', coalesce(p.kind, l.kind)) AS changed_by, coalesce(p.source, l.source) AS source
  FROM latest l
  LEFT JOIN postponed p ON p.shard = l.shard AND p.race = l.race AND p.number > l.number AND l.state = 'Open';

COMMENT ON VIEW txcore.race_state IS 'The present state of every race and the entry that brought it there. An open race postponed on its day is suspended; one that is refunded stays so when it is published.';

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
        'legs', 'Legs of a report: race, pool, runners, and what is carried on, in percent or times the minimum stake; NULL for none.',
        'picks', 'Runners that the host picked; NULL for none.',
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
        'gain_cents', 'Paid as gains, in cents.',
        'refund_cents', 'Stakes refunded, in cents.',
        'ticket', 'Number of the ticket.',
        'how', 'Cancelled, Reversed, or Granted by a supervisor.',
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

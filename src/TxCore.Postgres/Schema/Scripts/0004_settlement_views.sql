-- What a publication settled, what was paid of it, and what is still to be done. Layouts: the settlement that stands behind a RacePublish.

CREATE FUNCTION txcore.settlement_at(p_command bytea) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    -- Behind the result code (2).
    SELECT txcore.addendum_at(778, p_command) + 2
$$;

COMMENT ON FUNCTION txcore.settlement_at IS 'Where the settlement in the command of a publication begins.';

CREATE FUNCTION txcore.settled_pools(p_command bytea)
RETURNS TABLE (pool int4, refunded boolean, pays_non_runners boolean, gross_cents int8, report_in_cents int8, carry_in_cents int8,
               refund_cents int8, takeout_cents int8, winners_cents int8, breakage_cents int8, top_up_cents int8, carry_over_cents int8,
               payables_at int)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    element int := txcore.settlement_at(p_command) + 10;
BEGIN
    FOR i IN 1..coalesce(txcore.int_at(p_command, element - 2, 2), 0) LOOP
        EXIT WHEN txcore.int_at(p_command, element + 77, 2) IS NULL;
        pool := txcore.int_at(p_command, element + 2, 2);
        refunded := get_byte(p_command, element + 4) & 1 <> 0;
        pays_non_runners := get_byte(p_command, element + 4) & 2 <> 0;
        gross_cents := txcore.int_at(p_command, element + 5, 8);
        report_in_cents := txcore.int_at(p_command, element + 13, 8);
        carry_in_cents := txcore.int_at(p_command, element + 21, 8);
        refund_cents := txcore.int_at(p_command, element + 29, 8);
        takeout_cents := txcore.int_at(p_command, element + 37, 8);
        winners_cents := txcore.int_at(p_command, element + 45, 8);
        breakage_cents := txcore.int_at(p_command, element + 53, 8);
        top_up_cents := txcore.int_at(p_command, element + 61, 8);
        carry_over_cents := txcore.int_at(p_command, element + 69, 8);
        payables_at := element + 77;
        RETURN NEXT;
        element := element + 2 + txcore.int_at(p_command, element, 2);
    END LOOP;
END
$$;

COMMENT ON FUNCTION txcore.settled_pools IS 'The pools in the settlement of a publication.';

CREATE FUNCTION txcore.settled_dividends(p_command bytea, p_payables_at int)
RETURNS TABLE (rank int4, risk int4, runners int[], others int[], dividend_cents int8, stake_cents int8)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    element int := p_payables_at + 2;
    runner_count int;
    others_mask int8;
BEGIN
    FOR i IN 1..coalesce(txcore.int_at(p_command, p_payables_at, 2), 0) LOOP
        runner_count := txcore.int_at(p_command, element + 4, 1);
        EXIT WHEN txcore.int_at(p_command, element + 17 + runner_count, 8) IS NULL;
        rank := get_byte(p_command, element + 2);
        risk := nullif(get_byte(p_command, element + 3), 0);
        runners := txcore.runners(substr(p_command, element + 6, runner_count));
        others_mask := txcore.int_at(p_command, element + 5 + runner_count, 4);
        others := (SELECT array_agg(bit ORDER BY bit) FROM generate_series(0, 31) AS bit WHERE (others_mask >> bit) & 1 <> 0);
        dividend_cents := txcore.int_at(p_command, element + 9 + runner_count, 8);
        stake_cents := txcore.int_at(p_command, element + 17 + runner_count, 8);
        RETURN NEXT;
        element := element + 2 + txcore.int_at(p_command, element, 2);
    END LOOP;
END
$$;

COMMENT ON FUNCTION txcore.settled_dividends IS 'The payable combinations of a pool in the settlement of a publication; payables_at comes from settled_pools.';

CREATE FUNCTION txcore.settled_carries(p_command bytea)
RETURNS TABLE (race int8, pool int4, from_pool int4, amount_cents int8)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    element int := txcore.settlement_at(p_command) + 10;
BEGIN
    FOR i IN 1..coalesce(txcore.int_at(p_command, element - 2, 2), 0) LOOP
        element := element + 2 + txcore.int_at(p_command, element, 2);
    END LOOP;
    element := element + 2;
    FOR i IN 1..coalesce(txcore.int_at(p_command, element - 2, 2), 0) LOOP
        race := txcore.int_at(p_command, element + 2, 4) * 10000 + txcore.int_at(p_command, element + 6, 1) * 100
              + txcore.int_at(p_command, element + 7, 1);
        pool := txcore.int_at(p_command, element + 8, 2);
        from_pool := txcore.int_at(p_command, element + 10, 2);
        amount_cents := txcore.int_at(p_command, element + 12, 8);
        EXIT WHEN amount_cents IS NULL;
        RETURN NEXT;
        element := element + 2 + txcore.int_at(p_command, element, 2);
    END LOOP;
END
$$;

COMMENT ON FUNCTION txcore.settled_carries IS 'What reports carry on into later races, in the settlement of a publication.';

CREATE VIEW txcore.pool_settlement AS
SELECT p.shard, p.business_day, p.number, p.sequenced_at AS published_at, p.race, s.pool, txcore.name_of('bet_type', s.pool % 1000) AS bet_type,
       s.refunded, s.pays_non_runners, s.gross_cents, s.report_in_cents, s.carry_in_cents, s.refund_cents, s.takeout_cents, s.winners_cents,
       s.breakage_cents, s.top_up_cents, s.carry_over_cents,
       s.gross_cents + s.report_in_cents + s.carry_in_cents
         = s.refund_cents + s.takeout_cents + s.winners_cents + s.breakage_cents - s.top_up_cents + s.carry_over_cents AS balanced
  FROM txcore.transaction p CROSS JOIN LATERAL txcore.settled_pools(p.command) s
 WHERE p.kind = 778 AND p.code = 0 AND p.line = 1;

COMMENT ON VIEW txcore.pool_settlement IS 'Every published pool: where its money came from and where it went, to the cent.';

CREATE VIEW txcore.dividend AS
SELECT p.shard, p.business_day, p.number, p.race, s.pool, txcore.name_of('bet_type', s.pool % 1000) AS bet_type,
       txcore.name_of('pay_rank', d.rank) AS rank, d.risk, d.runners, d.others, d.dividend_cents, d.stake_cents
  FROM txcore.transaction p
 CROSS JOIN LATERAL txcore.settled_pools(p.command) s
 CROSS JOIN LATERAL txcore.settled_dividends(p.command, s.payables_at) d
 WHERE p.kind = 778 AND p.code = 0 AND p.line = 1;

COMMENT ON VIEW txcore.dividend IS 'Every combination that a publication pays, with what one euro on it returns.';

CREATE VIEW txcore.report_carry AS
SELECT p.shard, p.business_day, p.number, p.race AS from_race, c.from_pool, c.race, c.pool, c.amount_cents
  FROM txcore.transaction p CROSS JOIN LATERAL txcore.settled_carries(p.command) c
 WHERE p.kind = 778 AND p.code = 0 AND p.line = 1;

COMMENT ON VIEW txcore.report_carry IS 'Gains that reports carried from a published race into a pool of a later one.';

CREATE FUNCTION txcore.settled_races(p_day date)
RETURNS TABLE (shard int2, race int8, business_day date, number int8, settled_at timestamptz, state text, owed_cents int8, expires_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE SET enable_nestloop = off AS $$
    WITH ending AS MATERIALIZED (
        SELECT p.shard, p.race, p.business_day, p.number, p.sequenced_at,
               CASE p.kind WHEN 778 THEN 'Payable' WHEN 775 THEN 'Cancelled' ELSE 'Postponed' END AS state,
               CASE WHEN p.kind = 778 THEN (SELECT coalesce(sum(s.winners_cents + s.refund_cents), 0) FROM txcore.settled_pools(p.command) s)
                                         - (SELECT coalesce(sum(c.amount_cents), 0) FROM txcore.settled_carries(p.command) c) END AS published_cents
          FROM txcore.transaction p
         WHERE p.kind IN (775, 776, 778) AND p.code = 0 AND p.line = 1 AND p.business_day <= p_day
           AND (p.kind <> 776 OR txcore.int_at(p.command, 25, 8) = 0)),
    -- A race that is refunded owes every stake at once; its publication, when it comes, tells what reports carry on instead.
    settled AS MATERIALIZED (
        SELECT DISTINCT ON (e.race) e.shard, e.race, e.business_day, e.number, e.sequenced_at, e.state,
               max(e.published_cents) OVER (PARTITION BY e.race) AS published_cents
          FROM ending e ORDER BY e.race, e.number),
    refunded AS MATERIALIZED (
        SELECT t.race, sum(t.amount_cents) AS cents
          FROM txcore.pool_stake t
         WHERE t.business_day <= p_day AND t.race IN (SELECT s.race FROM settled s WHERE s.published_cents IS NULL)
           AND NOT EXISTS (SELECT FROM txcore.ticket_undone u WHERE u.ticket = t.number AND u.business_day <= p_day)
         GROUP BY t.race),
    rules AS MATERIALIZED (
        SELECT r.number, txcore.int_at(r.command, 42, 2)::int AS ticket_days FROM txcore.transaction r WHERE r.kind = 1281 AND r.business_day <= p_day)
    SELECT s.shard, s.race, s.business_day, s.number, s.sequenced_at, s.state, coalesce(s.published_cents, r.cents, 0)::int8,
           s.sequenced_at + (SELECT u.ticket_days FROM rules u WHERE u.number < s.number ORDER BY u.number DESC LIMIT 1) * interval '24 hours'
      FROM settled s LEFT JOIN refunded r ON r.race = s.race
$$;

COMMENT ON FUNCTION txcore.settled_races IS 'The races published, cancelled or postponed to another day by the end of a day, with what their tickets have to get.';

CREATE VIEW txcore.ticket_unpaid AS
SELECT s.shard, s.race, CASE WHEN c.race IS NULL THEN s.state ELSE 'Closed' END AS state, s.settled_at, s.owed_cents,
       coalesce(p.cents, 0)::int8 AS paid_cents, coalesce(c.cents, 0)::int8 AS expired_cents,
       (s.owed_cents - coalesce(p.cents, 0) - coalesce(c.cents, 0))::int8 AS unpaid_cents, s.expires_at
  FROM txcore.settled_races(DATE 'infinity') s
  LEFT JOIN (SELECT p.race, sum(p.gain_cents + p.refund_cents) AS cents FROM txcore.ticket_payment p GROUP BY p.race) p ON p.race = s.race
  LEFT JOIN (SELECT c.race, sum(c.amount_cents) AS cents FROM txcore.transaction c
              WHERE c.kind = 1286 AND c.code = 0 AND c.line = 1 GROUP BY c.race) c ON c.race = s.race;

COMMENT ON VIEW txcore.ticket_unpaid IS 'What is still owed to the holders of tickets, race by race: the liability.';

CREATE VIEW txcore.supervisor_queue AS
WITH resolved AS (
    SELECT r.reference, max(r.number) AS number FROM txcore.transaction r WHERE r.kind = 802 AND r.code = 0 AND r.line = 1 GROUP BY r.reference),
waiting AS (
    SELECT DISTINCT ON (a.reference) a.shard, a.reference AS ticket, a.number, a.source, a.sequenced_at
      FROM txcore.transaction a LEFT JOIN resolved r ON r.reference = a.reference
     WHERE a.kind = 259 AND a.code = 236 AND a.line = 1 AND a.reference IS NOT NULL AND a.number > coalesce(r.number, 0)
     ORDER BY a.reference, a.number)
SELECT w.shard, w.ticket, w.number, w.source, t.outlet, coalesce(t.total_cents, t.amount_cents) AS amount_cents, t.race, w.sequenced_at AS since
  FROM waiting w JOIN txcore.transaction t ON t.number = w.ticket AND t.line = 1;

COMMENT ON VIEW txcore.supervisor_queue IS 'Tickets whose reversal came after a stop and waits for a supervisor; the number is that of the reversal.';

CREATE FUNCTION txcore.late_batches(p_shard int2, p_number int8, p_stopped_at timestamptz)
RETURNS TABLE (first_number int8, last_number int8, written_at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 3 AS $$
DECLARE
    low int8 := 1;
    high int8 := (SELECT s.last_batch FROM txcore.shard s WHERE s.shard = p_shard);
    middle int8;
BEGIN
    WHILE low < high LOOP
        middle := (low + high) / 2;
        IF (SELECT b.last_number FROM txcore.batch b WHERE b.shard = p_shard AND b.batch = middle) < p_number THEN
            low := middle + 1;
        ELSE
            high := middle;
        END IF;
    END LOOP;

    -- From the batch of the stop back over those that were written after its time: batches are written one after the other.
    LOOP
        SELECT b.first_number, least(b.last_number, p_number - 1), b.written_at INTO first_number, last_number, written_at
          FROM txcore.batch b WHERE b.shard = p_shard AND b.batch = low AND b.written_at > p_stopped_at;
        EXIT WHEN NOT FOUND;
        RETURN NEXT;
        low := low - 1;
    END LOOP;
END
$$;

COMMENT ON FUNCTION txcore.late_batches IS 'The numbers decided before a stop and written after its time, batch by batch.';

CREATE FUNCTION txcore.wager_races(p_command bytea) RETURNS int8[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    races int8[] := '{}';
    element int := (txcore.wager_fields(p_command)).lines_at + 2;
    meeting int8;
    runner_bytes int;
    leg int;
BEGIN
    FOR i IN 1..coalesce(txcore.int_at(p_command, element - 3, 1), 0) LOOP
        meeting := txcore.int_at(p_command, element, 4) * 10000 + txcore.int_at(p_command, element + 4, 1) * 100;
        races := races || (meeting + txcore.int_at(p_command, element + 5, 1));
        runner_bytes := txcore.int_at(p_command, element + 29, 1);
        runner_bytes := runner_bytes + txcore.int_at(p_command, element + 30 + runner_bytes, 1);
        leg := element + 32 + runner_bytes;
        FOR j IN 1..coalesce(txcore.int_at(p_command, leg - 1, 1), 0) LOOP
            races := races || (meeting + txcore.int_at(p_command, leg + 2, 1));
            leg := leg + 2 + txcore.int_at(p_command, leg, 2);
        END LOOP;
        element := element + 2 + txcore.int_at(p_command, element - 2, 2);
    END LOOP;
    RETURN races;
END
$$;

COMMENT ON FUNCTION txcore.wager_races IS 'The races of all lines and legs in the command of a wager.';

CREATE VIEW txcore.late_wager AS
WITH stop AS MATERIALIZED (
    SELECT s.shard, s.race, s.number, s.sequenced_at, lag(s.number, 1, 0::int8) OVER (PARTITION BY s.race ORDER BY s.number) AS earlier_stop
      FROM txcore.transaction s
     WHERE s.kind IN (772, 1284) AND s.code = 0 AND s.line = 1 AND s.race IS NOT NULL)
SELECT s.shard, s.race, s.number AS stopped_by, s.sequenced_at AS stopped_at, w.business_day, w.number, w.source, w.outlet, w.sequenced_at,
       l.written_at, coalesce(w.total_cents, w.amount_cents) AS amount_cents
  FROM stop s
 CROSS JOIN LATERAL txcore.late_batches(s.shard, s.number, s.sequenced_at) l
  JOIN txcore.transaction w ON w.number BETWEEN l.first_number AND l.last_number
 WHERE w.kind = 257 AND w.code = 0 AND w.line = 1 AND w.number > s.earlier_stop AND s.race = ANY (txcore.wager_races(w.command));

COMMENT ON VIEW txcore.late_wager IS 'Wagers taken before a race stopped and committed after it. They stand; whoever closes the race is to know them.';

CREATE VIEW txcore.voucher AS
SELECT v.shard, v.business_day, v.number, v.source, v.outlet, v.sequenced_at, v.amount_cents,
       CASE WHEN e.redeemed_by IS NOT NULL THEN 'Redeemed' WHEN e.reversed_by IS NOT NULL THEN 'Reversed' ELSE 'Outstanding' END AS state,
       e.redeemed_by, e.redeemed_at, e.reversed_by,
       CASE WHEN e.reference IS NULL THEN v.amount_cents ELSE 0 END AS outstanding_cents
  FROM txcore.transaction v
  LEFT JOIN (SELECT r.reference, min(r.number) FILTER (WHERE r.kind = 262) AS redeemed_by, min(r.sequenced_at) FILTER (WHERE r.kind = 262) AS redeemed_at,
                    min(r.number) FILTER (WHERE r.kind = 259) AS reversed_by
               FROM txcore.transaction r WHERE r.kind IN (259, 262) AND r.code = 0 AND r.line = 1 AND r.reference IS NOT NULL
              GROUP BY r.reference) e ON e.reference = v.number
 WHERE v.kind = 261 AND v.code = 0 AND v.line = 1;

COMMENT ON VIEW txcore.voucher IS 'Every voucher sold, and whether it was redeemed.';

CREATE VIEW txcore.player_stake AS
SELECT w.shard, w.business_day, encode(substr(w.command, 31, 32), 'hex') AS player, count(*) AS tickets,
       sum(coalesce(w.total_cents, w.amount_cents))::int8 AS taken_cents,
       coalesce(sum(coalesce(w.total_cents, w.amount_cents)) FILTER (WHERE u.ticket IS NOT NULL), 0)::int8 AS undone_cents,
       coalesce(sum(coalesce(w.total_cents, w.amount_cents)) FILTER (WHERE u.ticket IS NULL), 0)::int8 AS total_cents
  FROM txcore.transaction w
  LEFT JOIN (SELECT DISTINCT r.ticket FROM txcore.ticket_undone r) u ON u.ticket = w.number
 WHERE w.kind = 257 AND w.code = 0 AND w.line = 1 AND CASE WHEN length(w.command) >= 62 THEN get_byte(w.command, 29) = 32 END
 GROUP BY w.shard, w.business_day, substr(w.command, 31, 32);

COMMENT ON VIEW txcore.player_stake IS 'What each player staked on each business day; a stake taken back counts on the day it was taken.';

CREATE VIEW txcore.sales_per_minute_and_terminal AS
SELECT t.shard, date_trunc('minute', t.sequenced_at) AS minute, t.source, t.outlet,
       count(*) FILTER (WHERE t.kind = 257 AND t.line = 1 AND t.code = 0) AS accepted,
       count(*) FILTER (WHERE t.kind = 257 AND t.line = 1 AND t.code <> 0) AS refused,
       coalesce(sum(t.amount_cents) FILTER (WHERE t.kind = 257), 0)::int8 AS taken_cents,
       coalesce(sum(t.amount_cents) FILTER (WHERE t.kind = 258 OR (t.kind = 259 AND length(t.command) > 38)), 0)::int8 AS undone_cents,
       coalesce(sum(t.amount_cents) FILTER (WHERE t.kind = 260), 0)::int8 AS paid_cents
  FROM txcore.transaction t
 WHERE t.kind IN (257, 258, 259, 260) AND (t.code = 0 OR (t.kind = 257 AND t.line = 1))
 GROUP BY t.shard, date_trunc('minute', t.sequenced_at), t.source, t.outlet;

COMMENT ON VIEW txcore.sales_per_minute_and_terminal IS 'What each terminal took, gave back and paid in each minute.';

-- Columns that earlier views have too mean the same here.
DO $$
DECLARE
    explained CONSTANT text[] := ARRAY[
        'published_at', 'When the dividends were published.',
        'refunded', 'True when the whole pool is refunded.',
        'pays_non_runners', 'True when unit bets with a non-runner compete for dividends and are not refunded.',
        'gross_cents', 'Stakes that stand, in cents.',
        'report_in_cents', 'Gains that reports carried in from earlier races, in cents.',
        'carry_in_cents', 'Put in from earlier pools that nobody won, in cents.',
        'takeout_cents', 'The share of the operator, in cents.',
        'winners_cents', 'Gains of all winning lines, stakes included, in cents; those that reports carry on too.',
        'breakage_cents', 'What rounding dividends down left, in cents.',
        'top_up_cents', 'What the operator added to a minus pool, in cents.',
        'carry_over_cents', 'Carried over because nobody won, in cents.',
        'balanced', 'True when what came in is what went out, to the cent.',
        'rank', 'What it rewards.',
        'runners', 'Runners, in the order of finish where it matters; 0 is a non-runner.',
        'others', 'Runners that may fill the places left open; NULL for none.',
        'dividend_cents', 'What one euro on it returns, the stake included, in cents.',
        'stake_cents', 'Stakes on it, in cents.',
        'from_race', 'The published race, as YYYYMMDDMMRR.',
        'from_pool', 'The pool of it that the gains come out of.',
        'settled_at', 'When it was published, cancelled or postponed.',
        'owed_cents', 'Gains and refunds that its tickets have to get, without what reports carried on, in cents.',
        'expired_cents', 'Not fetched in time, in cents.',
        'unpaid_cents', 'Still owed, in cents.',
        'expires_at', 'After this time its tickets are no longer paid.',
        'stopped_by', 'Number of the entry that stopped the race.',
        'stopped_at', 'When the race stopped.',
        'written_at', 'When its batch was written, by the clock of the database.',
        'redeemed_by', 'Number of the entry that redeemed it.',
        'redeemed_at', 'When it was redeemed.',
        'outstanding_cents', 'Not redeemed yet, in cents.'];
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

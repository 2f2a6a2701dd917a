-- The figures of the end of a day, as of its last entry. The same amounts come by two ways that share nothing but the rows: from the typed
-- columns, and from the commands. Whoever calls compares them; what is compared is told by DayBalance.
--
-- A day that is still written has no statistics, so the planner takes everything for a few rows: it is kept from nested loops over millions.

CREATE FUNCTION txcore.races_of_day(p_day date) RETURNS SETOF int8
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT DISTINCT t.race
      FROM txcore.transaction t
     WHERE t.business_day <= p_day AND t.code = 0 AND t.kind IN (257, 769, 775, 776, 778)
       AND ((t.race BETWEEN to_char(p_day, 'YYYYMMDD')::int8 * 10000 AND to_char(p_day, 'YYYYMMDD')::int8 * 10000 + 9999)
            OR (t.kind IN (775, 776, 778) AND t.line = 1 AND t.business_day = p_day))
$$;

COMMENT ON FUNCTION txcore.races_of_day IS 'The races run on a day, and those published, cancelled or postponed on it.';

CREATE FUNCTION txcore.balance_pools(p_day date)
RETURNS TABLE (race int8, pool int4, bet_type text, taken_cents int8, undone_cents int8, log_taken_cents int8, log_undone_cents int8,
               published boolean, gross_cents int8, report_in_cents int8, carry_in_cents int8, refund_cents int8, takeout_cents int8,
               winners_cents int8, breakage_cents int8, top_up_cents int8, carry_over_cents int8, carried_on_cents int8,
               carried_here_cents int8, put_in_cents int8, gain_paid_cents int8, refund_paid_cents int8)
LANGUAGE sql STABLE SET enable_nestloop = off AS $$
    WITH races AS MATERIALIZED (SELECT r.race FROM txcore.races_of_day(p_day) AS r (race)),
    -- The days of the races as they stand in commands, to look into those commands only.
    days AS MATERIALIZED (
        SELECT DISTINCT decode(lpad(to_hex(((d.day & 255) << 24) | (((d.day >> 8) & 255) << 16) | (((d.day >> 16) & 255) << 8) | (d.day >> 24)), 8, '0'), 'hex') AS bytes
          FROM (SELECT r.race / 10000 AS day FROM races r) d),
    undone AS MATERIALIZED (SELECT DISTINCT u.ticket FROM txcore.ticket_undone u WHERE u.business_day <= p_day),
    stakes AS (
        SELECT s.race, s.pool, sum(s.amount_cents) AS taken, sum(s.amount_cents) FILTER (WHERE u.ticket IS NOT NULL) AS undone
          FROM txcore.pool_stake s LEFT JOIN undone u ON u.ticket = s.number
         WHERE s.business_day <= p_day AND s.race IN (SELECT r.race FROM races r)
         GROUP BY s.race, s.pool),
    log_stakes AS (
        SELECT g.race, g.pool, sum(g.amount_cents) AS taken
          FROM txcore.transaction w CROSS JOIN LATERAL txcore.wager_stakes(w.command) g
         WHERE w.business_day <= p_day AND w.kind = 257 AND w.code = 0 AND w.line = 1
           AND EXISTS (SELECT FROM days d WHERE position(d.bytes IN w.command) > 0) AND g.race IN (SELECT r.race FROM races r)
         GROUP BY g.race, g.pool),
    log_undone AS (
        SELECT m.race, m.pool, sum(m.refund_cents) AS undone
          FROM txcore.transaction u CROSS JOIN LATERAL txcore.money_moves(u.kind, u.command) m
         WHERE u.business_day <= p_day AND u.kind IN (258, 259, 802) AND u.code = 0 AND u.line = 1 AND m.race IN (SELECT r.race FROM races r)
         GROUP BY m.race, m.pool),
    settled AS (
        SELECT s.race, s.pool, s.gross_cents, s.report_in_cents, s.carry_in_cents, s.refund_cents, s.takeout_cents, s.winners_cents,
               s.breakage_cents, s.top_up_cents, s.carry_over_cents
          FROM txcore.pool_settlement s WHERE s.business_day <= p_day AND s.race IN (SELECT r.race FROM races r)),
    carries AS MATERIALIZED (SELECT c.from_race, c.from_pool, c.race, c.pool, c.amount_cents FROM txcore.report_carry c WHERE c.business_day <= p_day),
    put_in AS (
        SELECT c.race, txcore.int_at(c.command, 24, 2)::int4 AS pool, sum(txcore.int_at(c.command, 26, 8)) AS cents
          FROM txcore.transaction c
         WHERE c.business_day <= p_day AND c.kind = 779 AND c.code = 0 AND c.line = 1 AND c.race IN (SELECT r.race FROM races r)
         GROUP BY c.race, txcore.int_at(c.command, 24, 2)),
    paid AS (
        SELECT p.race, p.pool, sum(p.gain_cents) AS gain, sum(p.refund_cents) AS refund
          FROM txcore.ticket_payment p WHERE p.business_day <= p_day AND p.race IN (SELECT r.race FROM races r)
         GROUP BY p.race, p.pool),
    pools AS (
        SELECT s.race, s.pool FROM stakes s UNION SELECT s.race, s.pool FROM log_stakes s UNION SELECT u.race, u.pool FROM log_undone u
        UNION SELECT s.race, s.pool FROM settled s UNION SELECT p.race, p.pool FROM paid p UNION SELECT c.race, c.pool FROM put_in c
        UNION SELECT c.race, c.pool FROM carries c WHERE c.race IN (SELECT r.race FROM races r))
    SELECT k.race, k.pool, txcore.name_of('bet_type', k.pool % 1000), coalesce(a.taken, 0)::int8, coalesce(a.undone, 0)::int8,
           coalesce(b.taken, 0)::int8, coalesce(u.undone, 0)::int8, s.race IS NOT NULL, s.gross_cents, s.report_in_cents, s.carry_in_cents,
           s.refund_cents, s.takeout_cents, s.winners_cents, s.breakage_cents, s.top_up_cents, s.carry_over_cents,
           (SELECT coalesce(sum(c.amount_cents), 0)::int8 FROM carries c WHERE c.from_race = k.race AND c.from_pool = k.pool),
           (SELECT coalesce(sum(c.amount_cents), 0)::int8 FROM carries c WHERE c.race = k.race AND c.pool = k.pool),
           coalesce(i.cents, 0)::int8, coalesce(p.gain, 0)::int8, coalesce(p.refund, 0)::int8
      FROM pools k
      LEFT JOIN stakes a ON a.race = k.race AND a.pool = k.pool
      LEFT JOIN log_stakes b ON b.race = k.race AND b.pool = k.pool
      LEFT JOIN log_undone u ON u.race = k.race AND u.pool = k.pool
      LEFT JOIN settled s ON s.race = k.race AND s.pool = k.pool
      LEFT JOIN put_in i ON i.race = k.race AND i.pool = k.pool
      LEFT JOIN paid p ON p.race = k.race AND p.pool = k.pool
     ORDER BY k.race, k.pool
$$;

COMMENT ON FUNCTION txcore.balance_pools IS 'End of a day: every pool of its races, with the stakes as the columns and as the commands tell them, its settlement and its payments.';

CREATE FUNCTION txcore.balance_terminals(p_day date)
RETURNS TABLE (source int8, entries int8, first_sequence int8, last_sequence int8, sequence_sum numeric, sold_cents int8, sold_lines_cents int8,
               undone_cents int8, granted_cents int8, paid_cents int8, gain_paid_cents int8, refund_paid_cents int8, voucher_issued_cents int8,
               voucher_reversed_cents int8, voucher_redeemed_cents int8)
LANGUAGE sql STABLE SET enable_nestloop = off AS $$
    WITH sequences AS (
        SELECT t.source, count(*) AS entries, min(t.sequence) AS first, max(t.sequence) AS last, sum(t.sequence) AS total
          FROM txcore.transaction t WHERE t.business_day <= p_day AND t.line = 1 GROUP BY t.source),
    today AS (
        SELECT t.source, t.kind, t.line, t.amount_cents AS line_cents, coalesce(t.total_cents, t.amount_cents) AS cents, NULL::int2 AS original
          FROM txcore.transaction t
         WHERE t.business_day = p_day AND t.code = 0 AND t.kind IN (257, 258, 260, 261, 262)
        UNION ALL
        SELECT t.source, t.kind, t.line, t.amount_cents, t.amount_cents, o.kind
          FROM txcore.transaction t
          JOIN txcore.transaction o ON o.number = t.reference AND o.line = 1 AND o.kind IN (257, 261)
         WHERE t.business_day = p_day AND t.code = 0 AND t.kind = 259),
    flows AS (
        SELECT t.source, sum(t.cents) FILTER (WHERE t.kind = 257 AND t.line = 1) AS sold, sum(t.line_cents) FILTER (WHERE t.kind = 257) AS sold_lines,
               sum(t.cents) FILTER (WHERE t.kind = 258 OR t.original = 257) AS undone, sum(t.cents) FILTER (WHERE t.kind = 260) AS paid,
               sum(t.cents) FILTER (WHERE t.kind = 261) AS issued, sum(t.cents) FILTER (WHERE t.original = 261) AS unissued,
               sum(t.cents) FILTER (WHERE t.kind = 262) AS redeemed
          FROM today t GROUP BY t.source),
    -- A reversal that a supervisor granted gives the stake back at the terminal that had asked for it, which sold the ticket.
    granted AS (
        SELECT o.source, sum(g.amount_cents) AS cents
          FROM txcore.transaction g JOIN txcore.transaction o ON o.number = g.reference AND o.line = 1
         WHERE g.business_day = p_day AND g.kind = 802 AND g.code = 0 AND g.line = 1 AND g.amount_cents IS NOT NULL
         GROUP BY o.source),
    moves AS (
        SELECT p.source, sum(p.gain_cents) AS gain, sum(p.refund_cents) AS refund FROM txcore.ticket_payment p WHERE p.business_day = p_day GROUP BY p.source)
    SELECT s.source, s.entries, s.first, s.last, s.total, coalesce(f.sold, 0)::int8, coalesce(f.sold_lines, 0)::int8, coalesce(f.undone, 0)::int8,
           coalesce(g.cents, 0)::int8, coalesce(f.paid, 0)::int8, coalesce(m.gain, 0)::int8, coalesce(m.refund, 0)::int8, coalesce(f.issued, 0)::int8,
           coalesce(f.unissued, 0)::int8, coalesce(f.redeemed, 0)::int8
      FROM sequences s
      LEFT JOIN flows f ON f.source = s.source
      LEFT JOIN granted g ON g.source = s.source
      LEFT JOIN moves m ON m.source = s.source
     ORDER BY s.source
$$;

COMMENT ON FUNCTION txcore.balance_terminals IS 'End of a day: every source with its sequence since ever and what it sold, gave back and paid that day; source 0 is the shard itself.';

CREATE FUNCTION txcore.balance_races(p_day date)
RETURNS TABLE (race int8, settled_on date, state text, owed_before_cents int8, owed_cents int8, paid_before_cents int8, paid_cents int8, closed_on date, expired_cents int8)
LANGUAGE sql STABLE SET enable_nestloop = off AS $$
    SELECT s.race, s.business_day, s.state, coalesce(b.owed_cents, 0), s.owed_cents, coalesce(p.before, 0)::int8, coalesce(p.today, 0)::int8, c.closed_on, coalesce(c.cents, 0)::int8
      FROM txcore.settled_races(p_day) s
      LEFT JOIN txcore.settled_races(p_day - 1) b ON b.race = s.race
      LEFT JOIN (SELECT p.race, sum(p.gain_cents + p.refund_cents) FILTER (WHERE p.business_day < p_day) AS before,
                        sum(p.gain_cents + p.refund_cents) FILTER (WHERE p.business_day = p_day) AS today
                   FROM txcore.ticket_payment p WHERE p.business_day <= p_day GROUP BY p.race) p ON p.race = s.race
      LEFT JOIN (SELECT c.race, min(c.business_day) AS closed_on, sum(c.amount_cents) AS cents
                   FROM txcore.transaction c WHERE c.business_day <= p_day AND c.kind = 1286 AND c.code = 0 AND c.line = 1
                  GROUP BY c.race) c ON c.race = s.race
     ORDER BY s.race
$$;

COMMENT ON FUNCTION txcore.balance_races IS 'End of a day: every race settled so far, with what its tickets have to get, got before and on that day, and did not fetch.';

CREATE FUNCTION txcore.balance_misfits(p_day date) RETURNS TABLE (number int8, message text, amount_cents int8, expected_cents int8, expected_from text)
LANGUAGE sql STABLE SET enable_nestloop = off AS $$
    WITH entry AS (
        SELECT t.number, t.kind, t.reference, t.command, coalesce(t.total_cents, t.amount_cents, 0) AS cents
          FROM txcore.transaction t
         WHERE t.business_day = p_day AND t.line = 1 AND t.code = 0 AND t.plain IS NULL
           AND (t.kind IN (257, 258, 260, 262) OR (t.kind = 259 AND length(t.command) > 38) OR (t.kind = 802 AND t.amount_cents IS NOT NULL))),
    lines AS (
        SELECT l.number, sum(l.amount_cents) AS cents
          FROM txcore.transaction l WHERE l.business_day = p_day AND l.kind = 257 AND l.code = 0 AND l.plain IS NULL GROUP BY l.number),
    expected AS (
        SELECT e.number, e.kind, e.cents, coalesce(l.cents, 0) AS expected, 'its lines' AS source
          FROM entry e LEFT JOIN lines l ON l.number = e.number WHERE e.kind = 257
        UNION ALL
        SELECT e.number, e.kind, e.cents, coalesce((SELECT sum(m.gain_cents + m.refund_cents) FROM txcore.money_moves(e.kind, e.command) m), 0), 'its money moves'
          FROM entry e WHERE e.kind IN (258, 259, 260, 802)
        UNION ALL
        SELECT e.number, e.kind, e.cents, coalesce(o.total_cents, o.amount_cents, 0), 'the entry it is about'
          FROM entry e LEFT JOIN txcore.transaction o ON o.number = e.reference AND o.line = 1 AND o.code = 0
         WHERE e.kind IN (258, 259, 262, 802))
    SELECT x.number, txcore.name_of('message', x.kind), x.cents, x.expected::int8, x.source
      FROM expected x WHERE x.cents <> x.expected ORDER BY x.number
$$;

COMMENT ON FUNCTION txcore.balance_misfits IS 'End of a day: entries whose amount is not what their lines, their money moves or the entry they are about say.';

CREATE FUNCTION txcore.balance_strays(p_day date) RETURNS TABLE (strays int8, first_number int8, plain_rows int8, first_plain int8)
LANGUAGE sql STABLE SET enable_nestloop = off AS $$
    WITH own AS (SELECT s.channel = 2 AS is_online FROM txcore.shard s),
    pools AS (
        SELECT t.number, t.pool::int4 AS pool FROM txcore.transaction t WHERE t.business_day = p_day AND t.pool IS NOT NULL
        UNION ALL SELECT s.number, s.pool FROM txcore.pool_settlement s WHERE s.business_day = p_day
        UNION ALL SELECT c.number, c.pool FROM txcore.report_carry c WHERE c.business_day = p_day
        UNION ALL SELECT p.number, p.pool FROM txcore.ticket_payment p WHERE p.business_day = p_day),
    stray AS (SELECT p.number FROM pools p, own o WHERE (p.pool >= 1000) <> o.is_online),
    plain AS (SELECT t.number FROM txcore.transaction t WHERE t.business_day = p_day AND t.plain IS NOT NULL)
    SELECT (SELECT count(*) FROM stray), (SELECT min(s.number) FROM stray s), (SELECT count(*) FROM plain), (SELECT min(p.number) FROM plain p)
$$;

COMMENT ON FUNCTION txcore.balance_strays IS 'End of a day: rows that name a pool of the other channel, and rows in plain form, whose columns no figure contains.';

-- What an analyst reads of ticket sales. Commands are decoded by position; the layouts are those of the canonical bodies and their addenda.

CREATE OR REPLACE FUNCTION txcore.addendum_at(p_kind int, p_command bytea) RETURNS int
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    element int := 26;
BEGIN
    CASE p_kind
        WHEN 258 THEN RETURN 8 + 22;
        WHEN 259 THEN RETURN 8 + 30;
        WHEN 260 THEN RETURN 8 + 22 + txcore.int_at(p_command, 28, 1);
        WHEN 273, 275 THEN RETURN 8 + 25 + txcore.int_at(p_command, 32, 1);
        WHEN 274 THEN RETURN 8 + 18;
        WHEN 276 THEN RETURN 8 + 21;
        WHEN 820 THEN RETURN 8 + 79 + txcore.int_at(p_command, 86, 1);
        WHEN 1283, 1287 THEN RETURN 8 + 8;
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

COMMENT ON FUNCTION txcore.addendum_at IS 'Where the addendum of a command begins: what the decision put behind it (cancel, reversal, pay, publication, resolution, seats, run of a draw).';

CREATE FUNCTION txcore.payment_of(
    p_kind int, p_command bytea, OUT order_kind int2, OUT hold int8, OUT amount_cents int8, OUT authorisation text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    order_at int := txcore.addendum_at(p_kind, p_command);
    order_bytes int := 18 + txcore.int_at(p_command, order_at + 17, 1);
BEGIN
    -- A reversal that took a ticket back has its money moves there instead: 92 bytes or more in all where the first of them is a 2, and this
    -- at most 88.
    IF order_bytes IS NULL OR (p_kind <> 276 AND length(p_command) <> order_at + order_bytes)
       OR (p_kind = 259 AND txcore.int_at(p_command, order_at, 1) <> 2) THEN
        RETURN;
    END IF;

    order_kind := txcore.int_at(p_command, order_at, 1);
    hold := txcore.int_at(p_command, order_at + 1, 8);
    amount_cents := txcore.int_at(p_command, order_at + 9, 8);
    authorisation := nullif(encode(substr(p_command, order_at + 19, order_bytes - 18), 'hex'), '');
END
$$;

COMMENT ON FUNCTION txcore.payment_of IS 'The payment order behind a command; NULL where there is none.';

CREATE OR REPLACE FUNCTION txcore.money_moves(p_kind int, p_command bytea)
RETURNS TABLE (race int8, pool int4, gain_cents int8, refund_cents int8)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    moves_at int := txcore.addendum_at(p_kind, p_command);
    move int;
BEGIN
    IF p_kind NOT IN (258, 259, 260, 802) OR (p_kind = 259 AND (txcore.payment_of(p_kind, p_command)).order_kind IS NOT NULL) THEN
        RETURN;
    END IF;

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

CREATE FUNCTION txcore.takes_back_ticket(p_kind int, p_command bytea) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT p_kind = 258 OR (p_kind = 259 AND length(p_command) > 38 AND (txcore.payment_of(p_kind, p_command)).order_kind IS NULL)
$$;

COMMENT ON FUNCTION txcore.takes_back_ticket IS 'True for a cancellation, and for a reversal of a wager; false for that of a hold or a voucher.';

CREATE OR REPLACE VIEW txcore.sales_per_minute_and_terminal AS
SELECT t.shard, date_trunc('minute', t.sequenced_at) AS minute, t.source, t.outlet,
       count(*) FILTER (WHERE t.kind = 257 AND t.line = 1 AND t.code = 0) AS accepted,
       count(*) FILTER (WHERE t.kind = 257 AND t.line = 1 AND t.code <> 0) AS refused,
       coalesce(sum(t.amount_cents) FILTER (WHERE t.kind = 257), 0)::int8 AS taken_cents,
       coalesce(sum(t.amount_cents) FILTER (WHERE txcore.takes_back_ticket(t.kind, t.command)), 0)::int8 AS undone_cents,
       coalesce(sum(t.amount_cents) FILTER (WHERE t.kind = 260), 0)::int8 AS paid_cents
  FROM txcore.transaction t
 WHERE t.kind IN (257, 258, 259, 260) AND (t.code = 0 OR (t.kind = 257 AND t.line = 1))
 GROUP BY t.shard, date_trunc('minute', t.sequenced_at), t.source, t.outlet;

CREATE OR REPLACE FUNCTION txcore.balance_misfits(p_day date) RETURNS TABLE (number int8, message text, amount_cents int8, expected_cents int8, expected_from text)
LANGUAGE sql STABLE SET enable_nestloop = off AS $$
    WITH entry AS (
        SELECT t.number, t.kind, t.reference, t.command, coalesce(t.total_cents, t.amount_cents, 0) AS cents
          FROM txcore.transaction t
         WHERE t.business_day = p_day AND t.line = 1 AND t.code = 0 AND t.plain IS NULL
           AND (t.kind IN (257, 260, 262) OR txcore.takes_back_ticket(t.kind, t.command) OR (t.kind = 802 AND t.amount_cents IS NOT NULL))),
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

CREATE FUNCTION txcore.hold_person(p_kind int, p_command bytea) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- An offer carries the body of a hold behind its subject.
    SELECT CASE txcore.int_at(p_command, CASE p_kind WHEN 1287 THEN 28 ELSE 20 END, 1)
           WHEN 32 THEN encode(substr(p_command, CASE p_kind WHEN 1287 THEN 30 ELSE 22 END, 32), 'hex') END
$$;

COMMENT ON FUNCTION txcore.hold_person IS 'The person of a hold or an offer, hexadecimal; NULL for none.';

CREATE FUNCTION txcore.hold_pack(p_kind int, p_command bytea, p_line int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- Behind the person (counted) and the number of lines; a line has 11 bytes, the pack is its last.
    SELECT nullif(txcore.int_at(p_command, x.person_at + 2 + txcore.int_at(p_command, x.person_at, 1)::int + 11 * p_line - 1, 1), 0)::int
      FROM (SELECT CASE p_kind WHEN 1287 THEN 28 ELSE 20 END AS person_at) x
$$;

COMMENT ON FUNCTION txcore.hold_pack IS 'The pack of a line of a hold; NULL for none.';

CREATE VIEW txcore.sale_state AS
WITH change AS (
    SELECT t.shard, t.sale, t.number, t.kind, t.sequenced_at FROM txcore.transaction t
     WHERE t.kind IN (785, 787, 788, 1285) AND t.code = 0 AND t.line = 1 AND t.sale IS NOT NULL),
latest AS (SELECT DISTINCT ON (c.shard, c.sale) c.* FROM change c ORDER BY c.shard, c.sale, c.number DESC)
SELECT d.shard, d.sale, CASE l.kind WHEN 785 THEN 'Draft' WHEN 787 THEN 'Open' ELSE 'Closed' END AS state, l.sequenced_at AS since, l.number,
       txcore.time_of(txcore.int_at(d.command, 22, 8)) AS closes_at, txcore.int_at(d.command, 30, 4) AS hold_seconds,
       nullif(txcore.int_at(d.command, 34, 4), 0) AS draw, nullif(txcore.int_at(d.command, 38, 2), 0) AS person_max,
       nullif(txcore.int_at(d.command, 40, 1), 0) AS pack_sessions, nullif(txcore.int_at(d.command, 41, 1), 0) AS packs_max,
       nullif(txcore.int_at(d.command, 42, 4), 0) AS offer_seconds, nullif(txcore.int_at(d.command, 46, 4), 0) AS wait_max
  FROM txcore.transaction d JOIN latest l ON l.shard = d.shard AND l.sale = d.sale
 WHERE d.kind = 785 AND d.code = 0 AND d.line = 1;

COMMENT ON VIEW txcore.sale_state IS 'Every sale: its present state, the entry that brought it there, and what it asks of buyers.';

CREATE VIEW txcore.seat_holds AS
WITH held AS (
    SELECT h.number, sum(h.quantity)::int8 AS seats, count(*) AS lines, sum(coalesce(h.amount_cents, 0))::int8 AS amount_cents
      FROM txcore.transaction h WHERE h.kind IN (272, 1287) AND h.code = 0 GROUP BY h.number),
ended AS (
    SELECT e.reference, e.number, e.kind, e.sequenced_at FROM txcore.transaction e
     WHERE e.kind IN (259, 273, 274, 1283) AND e.code = 0 AND e.line = 1 AND e.reference IS NOT NULL),
authorised AS (
    SELECT DISTINCT ON (a.reference) a.reference, encode(substr(a.command, 34, txcore.int_at(a.command, 32, 1)::int), 'hex') AS authorisation
      FROM txcore.transaction a WHERE a.kind = 275 AND a.code = 0 AND a.line = 1 ORDER BY a.reference, a.number DESC),
returned AS (
    SELECT r.reference, sum(r.quantity)::int8 AS seats FROM txcore.transaction r WHERE r.kind = 276 AND r.code = 0 GROUP BY r.reference)
SELECT h.shard, h.business_day, h.number, h.source, coalesce(h.sale, 0) AS sale, txcore.hold_person(h.kind, h.command) AS person_key, s.lines, s.seats,
       s.amount_cents, h.sequenced_at AS held_at, h.expires_at, CASE WHEN h.kind = 1287 THEN h.reference END AS wait,
       CASE WHEN e.kind IS NULL THEN 'Held' WHEN e.kind = 273 THEN CASE WHEN r.seats = s.seats THEN 'Returned' ELSE 'Confirmed' END
            WHEN e.kind = 274 THEN 'Released' WHEN e.kind = 1283 THEN 'Expired' ELSE 'Reversed' END AS state,
       e.number AS ended_by, e.sequenced_at AS ended_at, a.authorisation
  FROM txcore.transaction h JOIN held s ON s.number = h.number
  LEFT JOIN ended e ON e.reference = h.number
  LEFT JOIN authorised a ON a.reference = h.number
  LEFT JOIN returned r ON r.reference = h.number
 WHERE h.kind IN (272, 1287) AND h.code = 0 AND h.line = 1;

COMMENT ON VIEW txcore.seat_holds IS 'Every hold of seats, and every offer to the waiting list, with how it ended.';

CREATE VIEW txcore.seat_tickets AS
SELECT l.shard, c.business_day, c.number, l.number AS hold, l.line, coalesce(l.sale, 0) AS sale, coalesce(l.session, 0) AS session,
       coalesce(l.category, 0) AS category, txcore.hold_pack(f.kind, f.command, l.line) AS pack, l.quantity,
       coalesce(r.quantity, 0)::int4 AS returned, (coalesce(l.amount_cents, 0) / l.quantity)::int8 AS price_cents, coalesce(l.amount_cents, 0) AS amount_cents
  FROM txcore.transaction c
  JOIN txcore.transaction l ON l.number = c.reference AND l.kind IN (272, 1287) AND l.code = 0 AND l.quantity > 0
  JOIN txcore.transaction f ON f.number = c.reference AND f.line = 1 AND f.kind IN (272, 1287) AND f.code = 0
  LEFT JOIN (SELECT r.reference, txcore.int_at(r.command, 24, 1) AS line, sum(r.quantity) AS quantity
               FROM txcore.transaction r WHERE r.kind = 276 AND r.code = 0 AND r.line = 1 GROUP BY r.reference, txcore.int_at(r.command, 24, 1)) r
    ON r.reference = l.number AND r.line = l.line
 WHERE c.kind = 273 AND c.code = 0 AND c.line = 1;

COMMENT ON VIEW txcore.seat_tickets IS 'The tickets of every order, line by line: seats of one inventory cell, and how many of them were given back.';

CREATE VIEW txcore.orders AS
SELECT c.shard, c.business_day, c.number, c.reference AS hold, c.source, h.sale, h.person_key, h.seats, h.amount_cents,
       nullif(encode(substr(c.command, 34, txcore.int_at(c.command, 32, 1)::int), 'hex'), '') AS authorisation, c.sequenced_at AS confirmed_at,
       h.wait IS NOT NULL AS from_waiting_list, coalesce(r.seats, 0)::int8 AS returned_seats, coalesce(r.cents, 0)::int8 AS refunded_cents
  FROM txcore.transaction c JOIN txcore.seat_holds h ON h.number = c.reference AND h.ended_by = c.number
  LEFT JOIN (SELECT r.reference, sum(r.quantity) AS seats, sum(coalesce(r.amount_cents, 0)) AS cents
               FROM txcore.transaction r WHERE r.kind = 276 AND r.code = 0 AND r.line = 1 GROUP BY r.reference) r ON r.reference = c.reference
 WHERE c.kind = 273 AND c.code = 0 AND c.line = 1;

COMMENT ON VIEW txcore.orders IS 'Every order: a hold that was confirmed. Its tickets stand in seat_tickets.';

CREATE VIEW txcore.waiting AS
SELECT j.shard, j.business_day, j.number, j.source, j.sale, coalesce(j.session, 0) AS session, coalesce(j.category, 0) AS category, j.quantity,
       encode(substr(j.command, 21, 32), 'hex') AS person_key, j.sequenced_at AS joined_at,
       CASE e.kind WHEN 278 THEN 'Left' WHEN 1287 THEN 'Offered' WHEN 1288 THEN 'Lapsed' ELSE 'Waiting' END AS outcome,
       e.number AS ended_by, e.sequenced_at AS ended_at,
       CASE WHEN e.kind = 1287 THEN CASE o.kind WHEN 273 THEN 'Confirmed' WHEN 274 THEN 'Released' WHEN 1283 THEN 'Expired' ELSE 'Held' END END AS offer_state
  FROM txcore.transaction j
  LEFT JOIN txcore.transaction e ON e.reference = j.number AND e.kind IN (278, 1287, 1288) AND e.code = 0 AND e.line = 1
  LEFT JOIN txcore.transaction o ON o.reference = e.number AND e.kind = 1287 AND o.kind IN (273, 274, 1283) AND o.code = 0 AND o.line = 1
 WHERE j.kind = 277 AND j.code = 0 AND j.line = 1;

COMMENT ON VIEW txcore.waiting IS 'Everybody who joined a waiting list, and what came of it: still waiting, left, lapsed, or offered seats under the number that ended it.';

CREATE VIEW txcore.payment_orders AS
SELECT t.shard, t.business_day, t.number, txcore.name_of('payment_kind', p.order_kind) AS kind, p.hold, p.amount_cents, p.authorisation,
       t.sequenced_at, t.number <= coalesce((SELECT max(txcore.int_at(k.command, 18, 8)) FROM txcore.transaction k
                                              WHERE k.kind = 805 AND k.code = 0 AND k.line = 1), 0) AS acknowledged
  FROM txcore.transaction t CROSS JOIN LATERAL txcore.payment_of(t.kind, t.command) p
 WHERE t.kind IN (259, 273, 274, 275, 276, 1283) AND t.line = 1 AND (t.code = 0 OR t.kind IN (273, 275)) AND t.code <> 100
   AND p.order_kind IS NOT NULL;

COMMENT ON VIEW txcore.payment_orders IS 'What a payment service has to capture, void and refund, in the order of the numbers, each of them once.';

-- The cells as before, with one column more: the inventory, which reads them, is made anew below.
DROP VIEW txcore.inventory;
DROP FUNCTION txcore.cells_of(bytea);

CREATE FUNCTION txcore.cells_of(p_command bytea)
RETURNS TABLE (sale int8, session int8, category int4, price_cents int8, capacity int8, blocked int8, quantity_max int4)
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
        quantity_max := txcore.int_at(p_command, element + 24, 2);
        RETURN NEXT;
        element := element + 2 + txcore.int_at(p_command, element, 2);
    END LOOP;
END
$$;

COMMENT ON FUNCTION txcore.cells_of IS 'The inventory cells in the command of a definition of cells.';

CREATE VIEW txcore.inventory_events AS
WITH fixed AS (
    SELECT d.shard, d.business_day, d.number, d.sequenced_at, d.kind, c.sale, c.session, c.category, c.capacity, c.blocked
      FROM txcore.transaction d CROSS JOIN LATERAL txcore.cells_of(d.command) c
     WHERE d.kind = 786 AND d.code = 0 AND d.line = 1
    UNION ALL
    SELECT b.shard, b.business_day, b.number, b.sequenced_at, b.kind, txcore.int_at(b.command, 18, 4), txcore.int_at(b.command, 22, 4),
           txcore.int_at(b.command, 26, 2)::int4, 0, txcore.int_at(b.command, 28, 4)
      FROM txcore.transaction b WHERE b.kind = 789 AND b.code = 0 AND b.line = 1),
seats AS (
    SELECT h.number, coalesce(h.sale, 0)::int8 AS sale, coalesce(h.session, 0) AS session, coalesce(h.category, 0) AS category,
           sum(h.quantity)::int8 AS quantity
      FROM txcore.transaction h WHERE h.kind IN (272, 1287) AND h.code = 0
     GROUP BY h.number, coalesce(h.sale, 0), coalesce(h.session, 0), coalesce(h.category, 0)),
change AS (
    SELECT f.shard, f.business_day, f.number, f.sequenced_at, f.kind, f.sale, f.session, f.category, f.capacity AS capacity_change,
           f.blocked - coalesce(lag(f.blocked) OVER (PARTITION BY f.shard, f.sale, f.session, f.category ORDER BY f.number), 0) AS blocked_change,
           0::int8 AS held_change, 0::int8 AS sold_change
      FROM fixed f
    UNION ALL
    SELECT h.shard, h.business_day, h.number, h.sequenced_at, h.kind, s.sale, s.session, s.category, 0, 0, s.quantity, 0
      FROM txcore.transaction h JOIN seats s ON s.number = h.number
     WHERE h.kind IN (272, 1287) AND h.code = 0 AND h.line = 1
    UNION ALL
    SELECT e.shard, e.business_day, e.number, e.sequenced_at, e.kind, s.sale, s.session, s.category, 0, 0, -s.quantity,
           CASE e.kind WHEN 273 THEN s.quantity ELSE 0 END
      FROM txcore.transaction e JOIN seats s ON s.number = e.reference
     WHERE e.kind IN (259, 273, 274, 1283) AND e.code = 0 AND e.line = 1
    UNION ALL
    SELECT r.shard, r.business_day, r.number, r.sequenced_at, r.kind, coalesce(r.sale, 0), coalesce(r.session, 0), coalesce(r.category, 0), 0, 0, 0,
           -r.quantity
      FROM txcore.transaction r WHERE r.kind = 276 AND r.code = 0 AND r.line = 1
    UNION ALL
    SELECT m.shard, m.business_day, m.number, m.sequenced_at, m.kind, txcore.int_at(m.command, CASE WHEN x.gives THEN 18 ELSE 28 END, 4),
           txcore.int_at(m.command, 22, 4), txcore.int_at(m.command, 26, 2)::int4,
           CASE WHEN x.gives THEN -1 ELSE 1 END * txcore.int_at(m.command, 32, 4), 0, 0, 0
      FROM txcore.transaction m CROSS JOIN (VALUES (true), (false)) AS x (gives) WHERE m.kind = 790 AND m.code = 0 AND m.line = 1)
SELECT c.shard, c.business_day, c.number, c.sequenced_at, txcore.name_of('message', c.kind) AS message, c.sale, c.session, c.category,
       c.capacity_change, c.blocked_change, c.held_change, c.sold_change
  FROM change c;

COMMENT ON VIEW txcore.inventory_events IS 'Every entry that changed an inventory cell, and by how much.';

CREATE VIEW txcore.inventory_over_time AS
SELECT o.shard, o.business_day, o.number, o.sequenced_at, o.message, o.sale, o.session, o.category, o.capacity - o.blocked - o.held - o.sold AS available,
       o.held, o.sold, o.blocked, o.capacity
  FROM (SELECT e.shard, e.business_day, e.number, e.sequenced_at, e.message, e.sale, e.session, e.category,
               sum(e.capacity_change) OVER cell::int8 AS capacity, sum(e.blocked_change) OVER cell::int8 AS blocked,
               sum(e.held_change) OVER cell::int8 AS held, sum(e.sold_change) OVER cell::int8 AS sold
          FROM txcore.inventory_events e WINDOW cell AS (PARTITION BY e.shard, e.sale, e.session, e.category ORDER BY e.number)) o;

COMMENT ON VIEW txcore.inventory_over_time IS 'Seats of every inventory cell after each entry that changed it; available, held, sold and blocked add up to the capacity, and none is below zero.';

CREATE VIEW txcore.inventory AS
SELECT d.shard, c.sale, c.session, c.category, c.price_cents, s.capacity, s.blocked, s.held, s.sold, s.capacity - s.blocked - s.held - s.sold AS available
  FROM txcore.transaction d CROSS JOIN LATERAL txcore.cells_of(d.command) c
  JOIN (SELECT e.shard, e.sale, e.session, e.category, sum(e.capacity_change)::int8 AS capacity, sum(e.blocked_change)::int8 AS blocked,
               sum(e.held_change)::int8 AS held, sum(e.sold_change)::int8 AS sold
          FROM txcore.inventory_events e GROUP BY e.shard, e.sale, e.session, e.category) s
    ON s.shard = d.shard AND s.sale = c.sale AND s.session = c.session AND s.category = c.category
 WHERE d.kind = 786 AND d.code = 0 AND d.line = 1;

COMMENT ON VIEW txcore.inventory IS 'Seats of every inventory cell, computed from the rows: available, held, sold and blocked add up to the capacity.';

-- Columns of views are explained once, by name: the same name means the same everywhere.
DO $$
DECLARE
    explained CONSTANT text[] := ARRAY[
        'sale', 'Sale.',
        'session', 'Session of the sale.',
        'category', 'Price category.',
        'closes_at', 'When it closes by itself.',
        'hold_seconds', 'Life of a hold, in seconds.',
        'draw', 'Draw.',
        'person_max', 'Most seats of a person over all sales of the shard; NULL for no limit.',
        'pack_sessions', 'Different sessions of a pack; NULL for a sale without packs.',
        'packs_max', 'Most packs of one hold; NULL for no limit.',
        'offer_seconds', 'Life of an offer to the waiting list, in seconds; NULL for a sale without one.',
        'wait_max', 'Most persons that wait for one cell; NULL for a sale without a waiting list.',
        'person_key', 'Key of the person (a keyed hash), hexadecimal; NULL for none.',
        'seats', 'Seats.',
        'held_at', 'When the seats were held.',
        'expires_at', 'When it expires, or would have.',
        'wait', 'Number of the joining of the waiting list that it is an offer for; NULL for a hold.',
        'ended_by', 'Number of the entry that ended it; NULL while it lasts.',
        'ended_at', 'When that was.',
        'hold', 'Number of the hold or offer.',
        'pack', 'Lines of one pack share it; NULL for none.',
        'quantity', 'Seats.',
        'returned', 'Seats of them given back.',
        'confirmed_at', 'When it was confirmed.',
        'from_waiting_list', 'True when it was an offer to the waiting list.',
        'returned_seats', 'Seats of it given back.',
        'refunded_cents', 'Refunded for them, in cents.',
        'joined_at', 'When the person joined.',
        'outcome', 'Waiting, Left, Offered or Lapsed.',
        'offer_state', 'What came of the offer; NULL without one.',
        'kind', 'Capture, Void or Refund.',
        'acknowledged', 'True once it was told that it was carried out.',
        'price_cents', 'Price of a seat, in cents.',
        'capacity', 'Seats in all.',
        'blocked', 'Seats not for sale.',
        'held', 'Seats in live holds and offers.',
        'sold', 'Seats in orders.',
        'available', 'Seats left.',
        'capacity_change', 'Change of the seats in all.',
        'blocked_change', 'Change of the seats not for sale.',
        'held_change', 'Change of the seats in live holds and offers.',
        'sold_change', 'Change of the seats in orders.'];
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

COMMENT ON COLUMN txcore.seat_holds.number IS 'Number of the hold or offer.';
COMMENT ON COLUMN txcore.seat_tickets.number IS 'Number of the order.';
COMMENT ON COLUMN txcore.orders.number IS 'Number of the order.';
COMMENT ON COLUMN txcore.waiting.number IS 'Number under which the person waits.';
COMMENT ON COLUMN txcore.payment_orders.number IS 'Number of the entry that gave it, its place in the order of all.';
COMMENT ON COLUMN txcore.code_name.domain IS 'What the number means: message, result, field, bet_type, formula, stake_form, payment_means, channel, source_role, pay_rank, payment_kind.';

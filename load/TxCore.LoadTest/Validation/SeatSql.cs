namespace TxCore.LoadTest.Validation;

/// <summary>
/// Seats, persons, slots and money recomputed from the rows, in SQL of the tool's own; what only the stored command tells (person,
/// authorisation, payment order) is cut out of it here.
/// </summary>
internal static class SeatSql
{
    // 272 hold, 273 confirm, 274 release, 275 authorise, 276 return, 1283 hold expired, 1287 offered; code 0 is accepted. A stored command
    // begins with 8 bytes of deadline. Hold: client time 8, sale 4, person 1 + 32. Offer: 8 bytes of subject before the same body.
    // Confirm, authorise: client time 8, hold 8, amount 8, authorisation 1 + n, and behind it the payment order, if there is one: kind 1, hold
    // 8, amount 8, authorisation 1 + n. Release: client time 8, hold 8, reason 2, order. Expiry: subject 8, order. Return: client time 8,
    // number 8, line 1, quantity 2, reason 2, order.
    public const string Gather = """
        SET work_mem = '128MB';
        SET jit = off;
        SET enable_nestloop = off;
        CREATE TEMP TABLE owner AS
        SELECT number, kind, sale, sequenced_at, expires_at,
               CASE kind WHEN 272 THEN substring(command FROM 22 FOR 32) ELSE substring(command FROM 30 FOR 32) END AS person
          FROM txcore.transaction WHERE kind IN (272, 1287) AND code = 0 AND line = 1;
        CREATE TEMP TABLE seat AS
        SELECT t.number, t.line, o.sale, t.session, t.category, t.quantity, o.person
          FROM txcore.transaction t JOIN owner o USING (number) WHERE t.kind IN (272, 1287) AND t.code = 0;
        CREATE TEMP TABLE ended AS
        SELECT number, kind, reference, sequenced_at FROM txcore.transaction WHERE kind IN (273, 274, 1283) AND code = 0 AND line = 1;
        CREATE TEMP TABLE given_back AS
        SELECT number, reference, sale, session, category, quantity FROM txcore.transaction WHERE kind = 276 AND code = 0 AND line = 1;
        ANALYZE owner, seat, ended, given_back;
        CREATE TEMP TABLE movement AS
        SELECT number, sale, session, category, person, quantity AS change FROM seat
        UNION ALL
        SELECT e.number, s.sale, s.session, s.category, s.person, -s.quantity
          FROM ended e JOIN seat s ON s.number = e.reference WHERE e.kind IN (274, 1283)
        UNION ALL
        SELECT g.number, o.sale, g.session, g.category, o.person, -g.quantity FROM given_back g JOIN owner o ON o.number = g.reference;
        CREATE TEMP TABLE money AS
        SELECT number, kind, code, command, reference,
               CASE WHEN kind IN (273, 275) THEN nullif(substring(command FROM 34 FOR get_byte(command, 32)), '') END AS named,
               substring(command FROM CASE kind WHEN 274 THEN 27 WHEN 1283 THEN 17 WHEN 276 THEN 30 ELSE 34 + get_byte(command, 32) END) AS rest
          FROM txcore.transaction
         WHERE kind IN (273, 274, 275, 276, 1283) AND line = 1 AND command IS NOT NULL;
        CREATE TEMP TABLE payment_order AS
        SELECT number, get_byte(rest, 0) AS what, substring(rest FROM 19 FOR get_byte(rest, 17)) AS authorisation
          FROM money WHERE length(rest) >= 18;
        ANALYZE movement, money, payment_order;
        """;

    public static readonly StoredRule[] All =
    [
        new("a hold is confirmed, released or expired at most once, after it began, and in its time", """
            SELECT format('number %s (kind %s) ends hold %s, as no. %s', x.number, x.kind, x.reference, x.nth)
              FROM (SELECT *, row_number() OVER (PARTITION BY reference ORDER BY number) AS nth FROM ended) x
              LEFT JOIN owner o ON o.number = x.reference
             WHERE x.nth > 1 OR o.number IS NULL OR o.number >= x.number OR (x.kind = 1283) <> (x.sequenced_at >= o.expires_at)
            """),
        new("by the rows, no cell ever held and sold more seats than it had for sale at that number", """
            SELECT format('sale %s session %s category %s: %s seats over after number %s', sale, session, category, -available, number)
              FROM (SELECT *, sum(change) OVER (PARTITION BY sale, session, category ORDER BY number, change DESC) AS available
                      FROM (SELECT number, sale, session, category, -change AS change FROM movement
                            UNION ALL SELECT number, sale, session, category, change FROM supply) m) a
             WHERE available < 0
            """),
        new("by the rows, every seat of every cell is sold in the end, and not one more", """
            SELECT format('sale %s session %s category %s: %s sold of %s', sale, session, category, coalesce(b.sold, 0), c.capacity)
              FROM cell_end c
              LEFT JOIN (SELECT sale, session, category, sum(quantity) AS sold
                           FROM (SELECT s.sale, s.session, s.category, s.quantity FROM seat s JOIN ended e ON e.reference = s.number AND e.kind = 273
                                 UNION ALL
                                 SELECT o.sale, g.session, g.category, -g.quantity FROM given_back g JOIN owner o ON o.number = g.reference) q
                          GROUP BY 1, 2, 3) b USING (sale, session, category)
             WHERE c.capacity <> coalesce(b.sold, 0)
            """),
        new("no person ever has more seats than the limit, over all sales, nor in a session", """
            SELECT format('person %s has %s seats, %s of session %s, after number %s', encode(person, 'hex'), seats, here, m.session, number)
              FROM (SELECT *, sum(change) OVER (PARTITION BY person ORDER BY number) AS seats,
                           sum(change) OVER (PARTITION BY person, session ORDER BY number) AS here
                      FROM movement WHERE person <> '') m
              JOIN session_limit l USING (session), person_limit p
             WHERE m.seats > p.seats_max OR m.here > l.seats_max
            """),
        new("every hold of the drawn was taken inside the slot that the tool's own draw gives the person", """
            SELECT format('hold %s at %s, slot from %s to %s', o.number, o.sequenced_at, s.starts_at, s.ends_at)
              FROM owner o JOIN drawn_sale d USING (sale) LEFT JOIN slot s USING (person, sale)
             WHERE o.kind = 272 AND (s.person IS NULL OR o.sequenced_at < s.starts_at OR o.sequenced_at >= s.ends_at)
            """),
        new("each authorisation that somebody named is captured or voided, once", """
            SELECT format('authorisation %s: %s captures, %s voids', convert_from(m.named, 'UTF8'), coalesce(p.captures, 0), coalesce(p.voids, 0))
              FROM (SELECT DISTINCT named FROM money WHERE named IS NOT NULL) m
              FULL JOIN (SELECT authorisation, count(*) FILTER (WHERE what = 1) AS captures, count(*) FILTER (WHERE what = 2) AS voids
                           FROM payment_order WHERE what <> 3 GROUP BY authorisation) p ON p.authorisation = m.named
             WHERE m.named IS NULL OR coalesce(p.captures, 0) + coalesce(p.voids, 0) <> 1
            """),
        new("what is captured is what was confirmed: one capture for each, and none for anything else", """
            SELECT format('number %s kind %s code %s: order %s', m.number, m.kind, m.code, p.what)
              FROM money m LEFT JOIN payment_order p USING (number)
             WHERE (m.kind = 273 AND m.code = 0) <> coalesce(p.what = 1, false) OR (m.kind = 276 AND m.code = 0) <> coalesce(p.what = 3, false)
            """),
        new("batches cover all rows, and the shard's row names the last number", """
            SELECT format('%s rows in batches, %s stored; the shard says number %s, the highest is %s', b.rows, t.rows, s.last_number, t.number)
              FROM (SELECT coalesce(sum(row_count), 0) AS rows FROM txcore.batch) b,
                   (SELECT count(*) AS rows, max(number) AS number FROM txcore.transaction) t,
                   txcore.shard s
             WHERE b.rows <> t.rows OR s.last_number <> t.number
            """),
    ];
}

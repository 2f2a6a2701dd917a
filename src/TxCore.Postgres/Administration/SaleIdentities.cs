namespace TxCore.Postgres;

/// <summary>
/// The identities of ticket sales as queries over the views: each tells how many things it looked at, for how many it does not hold, and the
/// first of those.
/// </summary>
public static class SaleIdentities
{
    /// <summary>Available + held + sold + blocked is the capacity of every cell after every entry, each of them 0 or more.</summary>
    public const string Cells = "cells";

    /// <summary>The seats held are those of the holds that live.</summary>
    public const string Held = "held";

    /// <summary>Nobody has more seats over all sales than the sale allows, at any entry.</summary>
    public const string Person = "person";

    /// <summary>Nobody has more seats of a session than its cell allows, at any entry.</summary>
    public const string Session = "session";

    /// <summary>Seats were held inside the slot of the person's rank.</summary>
    public const string Slot = "slot";

    /// <summary>A hold ends once.</summary>
    public const string Ending = "ending";

    /// <summary>An order has the amount of its tickets.</summary>
    public const string Order = "order";

    /// <summary>No more seats are given back than were bought, for what they cost.</summary>
    public const string Return = "return";

    /// <summary>An authorisation is captured or voided once.</summary>
    public const string Payment = "payment";

    /// <summary>Every order captures its amount; nothing else is captured.</summary>
    public const string Capture = "capture";

    /// <summary>Every authorisation that was named is captured or voided, unless its hold lives.</summary>
    public const string Authorisation = "authorisation";

    /// <summary>Nobody gets two offers for one place on a waiting list.</summary>
    public const string Offer = "offer";

    /// <summary>Every row has its columns, or the checks would be without it.</summary>
    public const string Plain = "plain rows";

    private const string PersonSeats = """
        WITH change AS (
            SELECT h.number, h.line, h.kind, h.sale, coalesce(h.session, 0) AS session, coalesce(h.category, 0) AS category, h.quantity::int8 AS quantity, f.person
              FROM txcore.transaction h
              JOIN (SELECT l.number, txcore.hold_person(l.kind, l.command) AS person FROM txcore.transaction l
                     WHERE l.kind IN (272, 1287) AND l.code = 0 AND l.line = 1) f ON f.number = h.number AND f.person IS NOT NULL
             WHERE h.kind IN (272, 1287) AND h.code = 0),
        moves AS (
            SELECT c.number, c.line, c.kind, c.sale, c.session, c.category, c.quantity, c.person FROM change c
            UNION ALL
            SELECT e.number, c.line, e.kind, c.sale, c.session, c.category, -c.quantity, c.person
              FROM txcore.transaction e JOIN change c ON c.number = e.reference
             WHERE e.kind IN (259, 274, 1283) AND e.code = 0 AND e.line = 1
            UNION ALL
            SELECT r.number, 1::int2, r.kind, r.sale, coalesce(r.session, 0), coalesce(r.category, 0), -r.quantity, c.person
              FROM txcore.transaction r JOIN (SELECT DISTINCT c.number, c.person FROM change c) c ON c.number = r.reference
             WHERE r.kind = 276 AND r.code = 0 AND r.line = 1)
        """;

    /// <summary>Name, what must hold, and the query.</summary>
    internal static IReadOnlyList<(string Name, string Says, string Sql)> All { get; } =
    [
        (Cells, "available + held + sold + blocked = capacity, none below zero, after every entry", """
            SELECT count(*), count(*) FILTER (WHERE b.bad),
                   (array_agg(format('sale %s session %s category %s after number %s: available %s, held %s, sold %s, blocked %s of %s',
                       b.sale, b.session, b.category, b.number, b.available, b.held, b.sold, b.blocked, b.capacity) ORDER BY b.number) FILTER (WHERE b.bad))[1]
              FROM (SELECT t.*, least(t.available, t.held, t.sold, t.blocked, t.capacity) < 0 OR t.capacity IS NULL OR t.blocked IS NULL AS bad
                      FROM txcore.inventory_over_time t) b
            """),
        (Held, "the seats held are those of live holds, the seats sold those of orders less what was given back", """
            SELECT count(*), count(*) FILTER (WHERE b.bad),
                   (array_agg(format('sale %s session %s category %s: held %s, live holds %s; sold %s, tickets %s',
                       b.sale, b.session, b.category, b.held, b.live, b.sold, b.bought) ORDER BY b.sale, b.session, b.category) FILTER (WHERE b.bad))[1]
              FROM (SELECT i.sale, i.session, i.category, i.held, i.sold, coalesce(l.seats, 0) AS live, coalesce(k.seats, 0) AS bought,
                           i.held <> coalesce(l.seats, 0) OR i.sold <> coalesce(k.seats, 0) AS bad
                      FROM txcore.inventory i
                      LEFT JOIN (SELECT q.sale, coalesce(q.session, 0) AS session, coalesce(q.category, 0) AS category, sum(q.quantity) AS seats
                                   FROM txcore.transaction q JOIN txcore.seat_holds h ON h.number = q.number AND h.state = 'Held'
                                  WHERE q.kind IN (272, 1287) AND q.code = 0
                                  GROUP BY q.sale, coalesce(q.session, 0), coalesce(q.category, 0)) l
                        ON l.sale = i.sale AND l.session = i.session AND l.category = i.category
                      LEFT JOIN (SELECT s.sale, s.session, s.category, sum(s.quantity - s.returned) AS seats FROM txcore.seat_tickets s
                                  GROUP BY s.sale, s.session, s.category) k
                        ON k.sale = i.sale AND k.session = i.session AND k.category = i.category) b
            """),
        (Person, "no person has more seats over all sales than a sale allows when seats are held in it", $"""
            {PersonSeats},
            entry AS (SELECT m.person, m.number, m.kind, m.sale, sum(m.quantity) AS quantity FROM moves m GROUP BY m.person, m.number, m.kind, m.sale),
            running AS (SELECT e.*, sum(e.quantity) OVER (PARTITION BY e.person ORDER BY e.number) AS seats FROM entry e),
            judged AS (SELECT r.*, s.person_max, r.seats > s.person_max AS bad
                         FROM running r JOIN txcore.sale_state s ON s.sale = r.sale AND s.person_max IS NOT NULL WHERE r.kind IN (272, 1287))
            SELECT count(*), count(*) FILTER (WHERE j.bad),
                   (array_agg(format('number %s: person %s has %s seats, sale %s allows %s', j.number, j.person, j.seats, j.sale, j.person_max)
                       ORDER BY j.number) FILTER (WHERE j.bad))[1]
              FROM judged j
            """),
        (Session, "no person has more seats of a session over all sales than its cell allows when they are held", $"""
            {PersonSeats},
            cell AS (SELECT c.sale, c.session, c.category, c.quantity_max FROM txcore.transaction d CROSS JOIN LATERAL txcore.cells_of(d.command) c
                      WHERE d.kind = 786 AND d.code = 0 AND d.line = 1),
            running AS (SELECT m.*, sum(m.quantity) OVER (PARTITION BY m.person, m.session ORDER BY m.number, m.line ROWS UNBOUNDED PRECEDING) AS seats
                          FROM moves m),
            judged AS (SELECT r.*, c.quantity_max, r.seats > c.quantity_max AS bad
                         FROM running r JOIN cell c ON c.sale = r.sale AND c.session = r.session AND c.category = r.category WHERE r.kind IN (272, 1287))
            SELECT count(*), count(*) FILTER (WHERE j.bad),
                   (array_agg(format('number %s line %s: person %s has %s seats of session %s, its cell allows %s', j.number, j.line, j.person, j.seats,
                       j.session, j.quantity_max) ORDER BY j.number) FILTER (WHERE j.bad))[1]
              FROM judged j
            """),
        (Slot, "seats of a sale with a draw are held inside the slot of the person's rank (draws whose ranks are written)", """
            WITH judged AS (
                SELECT h.number, h.person_key, h.sale, p.rank, p.wave, p.wave IS NULL OR p.sale <> h.sale OR h.held_at < p.starts_at OR h.held_at >= p.ends_at AS bad
                  FROM txcore.seat_holds h JOIN txcore.sale_state s ON s.sale = h.sale AND s.draw IS NOT NULL
                  JOIN txcore.draw_projections w ON w.draw = s.draw
                  LEFT JOIN txcore.draw_person_slots p ON p.draw = s.draw AND p.person_key = h.person_key
                 WHERE h.wait IS NULL)
            SELECT count(*), count(*) FILTER (WHERE j.bad),
                   (array_agg(format('number %s: person %s of rank %s wave %s holds seats of sale %s outside the slot', j.number, j.person_key,
                       coalesce(j.rank::text, 'none'), coalesce(j.wave::text, 'none'), j.sale) ORDER BY j.number) FILTER (WHERE j.bad))[1]
              FROM judged j
            """),
        (Ending, "a hold ends once: confirmed, released, reversed or expired; only an accepted one is confirmed", """
            WITH ending AS (
                SELECT e.reference, count(*) AS endings, bool_or(h.number IS NULL) AS unknown
                  FROM txcore.transaction e
                  LEFT JOIN txcore.transaction h ON h.number = e.reference AND h.kind IN (272, 1287) AND h.code = 0 AND h.line = 1
                 WHERE e.code = 0 AND e.line = 1 AND (e.kind IN (273, 274, 1283) OR (e.kind = 259 AND h.number IS NOT NULL))
                 GROUP BY e.reference)
            SELECT count(*), count(*) FILTER (WHERE e.endings <> 1 OR e.unknown),
                   (array_agg(format('hold %s: %s endings%s', e.reference, e.endings, CASE WHEN e.unknown THEN ', and it is none' ELSE '' END) ORDER BY e.reference)
                       FILTER (WHERE e.endings <> 1 OR e.unknown))[1]
              FROM ending e
            """),
        (Order, "an order has the amount of its tickets, and each ticket belongs to one order", """
            WITH judged AS (
                SELECT o.number, o.hold, o.amount_cents, txcore.int_at(c.command, 24, 8) AS announced, t.cents, t.seats, o.seats AS order_seats
                  FROM txcore.orders o JOIN txcore.transaction c ON c.number = o.number AND c.line = 1
                  LEFT JOIN (SELECT s.number, sum(s.quantity * s.price_cents) AS cents, sum(s.quantity) AS seats FROM txcore.seat_tickets s GROUP BY s.number) t
                    ON t.number = o.number)
            SELECT count(*), count(*) FILTER (WHERE j.bad),
                   (array_agg(format('order %s of hold %s: %s cents, announced %s, its tickets cost %s', j.number, j.hold, j.amount_cents, j.announced, j.cents)
                       ORDER BY j.number) FILTER (WHERE j.bad))[1]
              FROM (SELECT j.*, j.cents IS DISTINCT FROM j.amount_cents OR j.announced IS DISTINCT FROM j.amount_cents
                           OR j.seats IS DISTINCT FROM j.order_seats AS bad FROM judged j) j
            """),
        (Return, "no more seats are given back than were bought, and what they cost is refunded", """
            WITH judged AS (
                SELECT r.number, r.reference, t.quantity, t.returned, p.amount_cents AS refunded, r.quantity * t.price_cents AS due,
                       t.number IS NULL OR t.returned > t.quantity OR p.order_kind IS DISTINCT FROM 3 OR p.hold IS DISTINCT FROM r.reference
                           OR p.amount_cents IS DISTINCT FROM r.quantity * t.price_cents AS bad
                  FROM txcore.transaction r CROSS JOIN LATERAL txcore.payment_of(r.kind, r.command) p
                  LEFT JOIN txcore.seat_tickets t ON t.hold = r.reference AND t.line = txcore.int_at(r.command, 24, 1)
                 WHERE r.kind = 276 AND r.code = 0 AND r.line = 1)
            SELECT count(*), count(*) FILTER (WHERE j.bad),
                   (array_agg(format('number %s: %s of %s seats of hold %s given back in all, refunded %s, due %s', j.number, j.returned, j.quantity, j.reference,
                       j.refunded, j.due) ORDER BY j.number) FILTER (WHERE j.bad))[1]
              FROM judged j
            """),
        (Payment, "an authorisation is captured or voided once", """
            WITH given AS (
                SELECT p.authorisation, count(*) AS orders, min(p.number) AS first, max(p.number) AS last FROM txcore.payment_orders p
                 WHERE p.kind <> 'Refund' GROUP BY p.authorisation)
            SELECT count(*), count(*) FILTER (WHERE g.orders > 1 OR g.authorisation IS NULL),
                   (array_agg(format('authorisation %s: %s payment orders, numbers %s to %s', coalesce(g.authorisation, 'none'), g.orders, g.first, g.last)
                       ORDER BY g.first) FILTER (WHERE g.orders > 1 OR g.authorisation IS NULL))[1]
              FROM given g
            """),
        (Capture, "every order captures its amount once, and nothing else is captured", """
            WITH judged AS (
                SELECT coalesce(o.number, p.number) AS number, o.amount_cents, p.amount_cents AS captured,
                       o.number IS NULL OR p.number IS NULL OR o.amount_cents <> p.amount_cents OR o.hold <> p.hold
                           OR o.authorisation IS DISTINCT FROM p.authorisation AS bad
                  FROM txcore.orders o FULL JOIN (SELECT * FROM txcore.payment_orders p WHERE p.kind = 'Capture') p ON p.number = o.number)
            SELECT count(*), count(*) FILTER (WHERE j.bad),
                   (array_agg(format('number %s: order of %s cents, captured %s', j.number, coalesce(j.amount_cents::text, 'none'),
                       coalesce(j.captured::text, 'none')) ORDER BY j.number) FILTER (WHERE j.bad))[1]
              FROM judged j
            """),
        (Authorisation, "every authorisation that was named is captured or voided, unless its hold lives", """
            WITH named AS (
                SELECT encode(substr(a.command, 34, txcore.int_at(a.command, 32, 1)::int), 'hex') AS authorisation, min(a.number) AS number,
                       bool_or(a.kind = 275 AND a.code = 0 AND h.state = 'Held' AND h.authorisation
                           = encode(substr(a.command, 34, txcore.int_at(a.command, 32, 1)::int), 'hex')) AS is_live
                  FROM txcore.transaction a LEFT JOIN txcore.seat_holds h ON h.number = a.reference
                 WHERE a.kind IN (273, 275) AND a.line = 1 AND a.code <> 100 AND txcore.int_at(a.command, 32, 1) BETWEEN 1 AND 32 GROUP BY 1),
            judged AS (
                SELECT n.*, (p.authorisation IS NULL) <> coalesce(n.is_live, false) AS bad
                  FROM named n LEFT JOIN (SELECT DISTINCT p.authorisation FROM txcore.payment_orders p) p ON p.authorisation = n.authorisation)
            SELECT count(*), count(*) FILTER (WHERE j.bad),
                   (array_agg(format('authorisation %s, first named by number %s, %s', j.authorisation, j.number,
                       CASE WHEN j.is_live THEN 'has a payment order although its hold lives' ELSE 'is neither captured nor voided' END) ORDER BY j.number)
                       FILTER (WHERE j.bad))[1]
              FROM judged j
            """),
        (Offer, "a place on a waiting list ends once, and only one that there is", """
            WITH ending AS (
                SELECT e.reference, count(*) AS endings, bool_or(w.number IS NULL) AS unknown
                  FROM txcore.transaction e
                  LEFT JOIN txcore.transaction w ON w.number = e.reference AND w.kind = 277 AND w.code = 0 AND w.line = 1
                 WHERE e.kind IN (278, 1287, 1288) AND e.code = 0 AND e.line = 1 GROUP BY e.reference)
            SELECT count(*), count(*) FILTER (WHERE e.endings <> 1 OR e.unknown),
                   (array_agg(format('place %s: %s endings%s', e.reference, e.endings, CASE WHEN e.unknown THEN ', and it is none' ELSE '' END) ORDER BY e.reference)
                       FILTER (WHERE e.endings <> 1 OR e.unknown))[1]
              FROM ending e
            """),
        (Plain, "every row about seats has its columns, or the checks would be without it", """
            SELECT count(*), count(t.plain), min(format('number %s', t.number)) FILTER (WHERE t.plain IS NOT NULL) FROM txcore.transaction t
             WHERE t.kind IN (272, 273, 274, 275, 276, 277, 278, 785, 786, 787, 788, 789, 790, 805, 1283, 1285, 1287, 1288)
            """),
    ];
}

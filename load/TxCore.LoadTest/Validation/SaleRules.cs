namespace TxCore.LoadTest.Validation;

/// <summary>Tickets are cancelled once, holds end once, and no seat is sold twice, recomputed from the rows.</summary>
internal static class SaleRules
{
    // 258 cancel, 257 wager, 272 hold, 273 confirm, 274 release, 1283 hold expired; code 0 is accepted, 303 sold out.
    private const string Movements = """
        WITH hold AS (
            SELECT t.number, t.session, t.category, t.quantity FROM stored t WHERE t.kind = 272 AND t.code = 0),
        movement AS (
            SELECT number, session, category, quantity AS change FROM hold
            UNION ALL
            SELECT e.number, h.session, h.category, -h.quantity
              FROM entry e JOIN hold h ON h.number = e.reference
             WHERE e.kind IN (274, 1283) AND e.code = 0)
        """;

    public static readonly StoredRule[] All =
    [
        new("a ticket is cancelled at most once, after it was sold, for its amount, in its outlet", """
            SELECT format('cancel %s of ticket %s: cancel no. %s, amount %s of %s', c.number, c.reference, c.nth, c.amount_cents, t.amount_cents)
              FROM (SELECT *, row_number() OVER (PARTITION BY reference ORDER BY number) AS nth FROM entry WHERE kind = 258 AND code = 0) c
              LEFT JOIN entry t ON t.number = c.reference AND t.kind = 257 AND t.code = 0
             WHERE c.nth > 1 OR t.number IS NULL OR t.number >= c.number OR t.amount_cents <> c.amount_cents OR t.outlet <> c.outlet
            """),
        new("a hold is confirmed, released or expired at most once, after it began, and in its time", """
            SELECT format('number %s (kind %s) ends hold %s, as no. %s', x.number, x.kind, x.reference, x.nth)
              FROM (SELECT *, row_number() OVER (PARTITION BY reference ORDER BY number) AS nth
                      FROM entry WHERE kind IN (273, 274, 1283) AND code = 0) x
              LEFT JOIN entry h ON h.number = x.reference AND h.kind = 272 AND h.code = 0
             WHERE x.nth > 1 OR h.number IS NULL OR h.number >= x.number OR (x.kind = 1283) <> (x.sequenced_at >= h.expires_at)
                OR x.kind = 273 AND x.amount_cents <> h.amount_cents
            """),
        new("held and sold seats of a cell never exceed those for sale", Movements + """
            SELECT format('session %s category %s: %s of %s seats after number %s', m.session, m.category, m.taken, c.capacity, m.number)
              FROM (SELECT *, sum(change) OVER (PARTITION BY session, category ORDER BY number) AS taken FROM movement) m
              LEFT JOIN cell c USING (session, category)
             WHERE c.capacity IS NULL OR m.taken > c.capacity OR m.taken < 0
            """),
        new("a hold is refused as sold out only when too few seats were left at that number", Movements + """
            , refused AS (
                SELECT number, session, category, quantity FROM stored WHERE kind = 272 AND code = 303),
            line AS (
                SELECT number, session, category, change, NULL::int4 AS wanted FROM movement
                UNION ALL SELECT number, session, category, 0, quantity FROM refused)
            SELECT format('number %s wanted %s of session %s category %s, where %s of %s were taken',
                          l.number, l.wanted, l.session, l.category, l.taken, c.capacity)
              FROM (SELECT *, sum(change) OVER (PARTITION BY session, category ORDER BY number) AS taken FROM line) l
              JOIN cell c USING (session, category)
             WHERE l.wanted IS NOT NULL AND c.capacity - l.taken >= l.wanted
            """),
        new("the seats of each cell, by what was answered, are those of the tool's own book", Movements + """
            SELECT format('session %s category %s: the book has %s, the database %s', c.session, c.category, c.booked, coalesce(m.taken, 0))
              FROM cell c
              LEFT JOIN (SELECT m.session, m.category, sum(m.change) AS taken
                           FROM movement m JOIN entry e USING (number) JOIN sent s USING (source, sequence)
                          WHERE s.answered GROUP BY 1, 2) m USING (session, category)
             WHERE c.booked <> coalesce(m.taken, 0)
            """),
    ];
}

namespace TxCore.LoadTest.Validation;

/// <summary>
/// The books of the day: pools, payments and vouchers as the rows have them against what the tool counted from its answers (temporary table
/// <c>counted</c>; <c>race_before</c> has the races of earlier runs), and that nothing entered a race after its stop.
/// </summary>
internal static class BookRules
{
    /// <summary>Also of a scenario with a single race. 257 is a wager, 258 a cancel, 772, 775 and 1284 end the sale of a race.</summary>
    public static readonly StoredRule NothingAfterTheStop = new(
        "no ticket on a race is taken or cancelled after its stop", """
        SELECT format('number %s (kind %s) on race %s, stopped by number %s', w.number, w.kind, w.race, s.number)
          FROM (SELECT number, kind, race FROM stored WHERE kind = 257 AND code = 0
                UNION ALL SELECT c.number, c.kind, t.race FROM stored c JOIN stored t ON t.number = c.reference AND t.kind = 257
                 WHERE c.kind = 258 AND c.code = 0) w
          JOIN (SELECT race, min(number) AS number FROM stored WHERE kind IN (772, 775, 1284) AND code = 0 GROUP BY race) s USING (race)
         WHERE w.number > s.number
        """);

    /// <summary>Against the database's own views, whose functions not every reader may call.</summary>
    public static readonly StoredRule[] OfViews =
    [
        new("per pool, accepted stakes less those undone are the total that the database tells", """
            SELECT format('race %s pool %s: counted %s taken and %s undone, told %s and %s', coalesce(c.race, p.race), coalesce(c.pool, p.pool),
                          c.taken_cents, c.undone_cents, p.taken_cents, p.undone_cents)
              FROM counted c
              FULL JOIN (SELECT * FROM txcore.pool_total WHERE race NOT IN (SELECT race FROM race_before)) p ON p.race = c.race AND p.pool = c.pool
             WHERE (c.taken_cents, c.undone_cents) IS DISTINCT FROM (p.taken_cents, p.undone_cents)
                OR p.total_cents <> p.taken_cents - p.undone_cents
            """),
        new("every payment is the sum of its gains and refunds, line by line", """
            SELECT format('payment %s: %s paid, moves come to %s', p.number, p.amount_cents, m.cents)
              FROM (SELECT number, amount_cents FROM entry WHERE kind = 260 AND code = 0) p
              LEFT JOIN (SELECT number, sum(gain_cents + refund_cents) AS cents FROM txcore.ticket_payment GROUP BY number) m USING (number)
             WHERE p.amount_cents IS DISTINCT FROM m.cents
            """),
    ];

    // 257 wager, 258 cancel, 259 reversal, 260 pay, 261 voucher issued, 262 redeemed, 772 stop, 775 race cancelled, 778 published,
    // 802 supervisor's decision, 1284 stopped by itself; code 0 is accepted.
    public static readonly StoredRule[] All =
    [
        new("a ticket is paid at most once, after it was sold, and not when it was taken back", """
            SELECT format('payment %s of ticket %s: no. %s, sold %s, taken back by %s', p.number, p.reference, p.nth, t.number, u.number)
              FROM (SELECT *, row_number() OVER (PARTITION BY reference ORDER BY number) AS nth FROM entry WHERE kind = 260 AND code = 0) p
              LEFT JOIN entry t ON t.number = p.reference AND t.kind = 257 AND t.code = 0
              LEFT JOIN stored u ON u.reference = p.reference AND u.code = 0
                    AND (u.kind IN (258, 259) OR u.kind = 802 AND u.amount_cents IS NOT NULL)
             WHERE p.nth > 1 OR t.number IS NULL OR t.number >= p.number OR u.number IS NOT NULL OR p.amount_cents <= 0
            """),
        new("a ticket is taken back at most once", """
            SELECT format('ticket %s was taken back %s times', reference, count(*))
              FROM entry
             WHERE code = 0 AND (kind IN (258, 259) OR kind = 802 AND amount_cents > 0)
             GROUP BY reference HAVING count(*) > 1
            """),
        NothingAfterTheStop,
        new("no ticket is paid before every race of it is published or cancelled", """
            SELECT format('payment %s of ticket %s on race %s, which was not settled', p.number, p.reference, t.race)
              FROM (SELECT number, reference FROM entry WHERE kind = 260 AND code = 0) p
              JOIN stored t ON t.number = p.reference AND t.kind = 257
              LEFT JOIN (SELECT race, min(number) AS number FROM stored WHERE kind IN (775, 778) AND code = 0 GROUP BY race) s USING (race)
             WHERE s.number IS NULL OR s.number > p.number
            """),
        new("a voucher is redeemed at most once, for its amount", """
            SELECT format('redemption %s of voucher %s: no. %s, %s of %s cents', r.number, r.reference, r.nth, r.amount_cents, v.amount_cents)
              FROM (SELECT *, row_number() OVER (PARTITION BY reference ORDER BY number) AS nth FROM entry WHERE kind = 262 AND code = 0) r
              LEFT JOIN entry v ON v.number = r.reference AND v.kind = 261 AND v.code = 0
             WHERE r.nth > 1 OR v.number IS NULL OR v.number >= r.number OR v.amount_cents <> r.amount_cents
            """),
        new("every terminal's cash due by the rows is what its answers come to", """
            SELECT format('source %s: %s by the rows, %s by its answers', coalesce(r.source, a.source), r.cents, a.cents)
              FROM (SELECT source, sum(CASE WHEN kind IN (257, 261) THEN amount_cents ELSE -amount_cents END) AS cents
                      FROM entry WHERE code = 0 AND kind IN (257, 258, 259, 260, 261, 262) GROUP BY source) r
              FULL JOIN (SELECT source, sum(CASE WHEN kind IN (257, 261) THEN amount_cents ELSE -amount_cents END) AS cents
                      FROM sent WHERE answered AND code = 0 AND kind IN (257, 258, 259, 260, 261, 262) GROUP BY source) a USING (source)
             WHERE r.cents IS DISTINCT FROM a.cents
            """),
        new("no row of one channel is in a pool of the other", """
            SELECT format('number %s in pool %s of channel %s', t.number, t.pool, s.channel)
              FROM stored t CROSS JOIN txcore.shard s
             WHERE t.pool IS NOT NULL AND t.code = 0 AND (t.pool >= 1000) <> (s.channel = 2)
            """),
    ];
}

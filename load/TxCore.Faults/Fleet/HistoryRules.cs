namespace TxCore.Faults.Fleet;

/// <summary>What a broken rule means to somebody who trusted an answer.</summary>
internal enum Harm
{
    /// <summary>Something acknowledged is not there, or is there as something else.</summary>
    Lost,

    /// <summary>Something happened twice.</summary>
    Doubled,

    /// <summary>Something taken was never answered.</summary>
    Hanging,

    /// <summary>Order, numbers, totals or seats do not add up, or something was done that nobody asked for.</summary>
    Wrong,
}

/// <summary>A rule of the history: its query returns what breaks it.</summary>
internal sealed record HistoryRule(string Rule, Harm Harm, string Sql);

/// <summary>
/// What must hold between the terminals' memory (<c>told</c>, <c>sent</c>, <c>cell</c>) and the rows (<c>stored</c>), in SQL of its own.
/// </summary>
internal static class HistoryRules
{
    /// <summary>Every seat taken and given back, by the rows.</summary>
    public const string Moves = """
        WITH hold AS (SELECT number, session, category, quantity FROM txcore.transaction WHERE kind = 272 AND code = 0),
             given_back AS (SELECT number, reference FROM stored WHERE kind IN (259, 274, 1283) AND code = 0),
             move AS (SELECT number, session, category, quantity AS seats FROM hold
                      UNION ALL
                      SELECT g.number, h.session, h.category, -h.quantity FROM given_back g JOIN hold h ON h.number = g.reference)
        """;

    /// <summary>The free seats of each cell by the rows, as <c>session/category=seats</c>.</summary>
    public const string FreeSeats = $"""
        {Moves},
             taken AS (SELECT session, category, sum(seats) AS seats FROM move GROUP BY session, category)
        SELECT session || '/' || category || '=' || capacity - blocked - coalesce(seats, 0) FROM cell LEFT JOIN taken USING (session, category)
         ORDER BY session, category
        """;

    /// <summary>The stakes of each pool by the rows, less what was cancelled or reversed, as <c>race/pool=cents</c>.</summary>
    public const string PoolStakes = """
        WITH undone AS (SELECT reference FROM stored WHERE kind IN (258, 259) AND code = 0)
        SELECT race || '/' || pool || '=' || sum(amount_cents) FROM txcore.transaction t
         WHERE kind = 257 AND code = 0 AND NOT EXISTS (SELECT FROM undone u WHERE u.reference = t.number)
         GROUP BY race, pool ORDER BY race, pool
        """;

    public static readonly HistoryRule[] All =
    [
        new("every acknowledged transaction is stored", Harm.Lost, """
            SELECT t.source || ':' || t.sequence || ' was acknowledged with number ' || t.number
              FROM told t LEFT JOIN stored s USING (source, sequence) WHERE s.number IS NULL
            """),
        new("what is stored is what was acknowledged: number, kind, code, day, time, amount, reference, expiry", Harm.Lost, """
            SELECT t.source || ':' || t.sequence || ' was acknowledged with number ' || t.number || ' and code ' || t.code
                   || ', stored with number ' || s.number || ' and code ' || s.code
              FROM told t JOIN stored s USING (source, sequence)
             WHERE (s.number, s.kind, s.code, to_char(s.business_day, 'YYYYMMDD')::int, round(extract(epoch FROM s.sequenced_at) * 1000000)::int8)
                   IS DISTINCT FROM (t.number, t.kind, t.code, t.business_day, t.sequenced_at)
                OR (NOT s.is_plain AND (s.amount_cents, s.reference, coalesce(round(extract(epoch FROM s.expires_at) * 1000000), 0)::int8)
                    IS DISTINCT FROM (t.amount_cents, t.reference, t.expires_at))
            """),
        new("every (source, sequence) is stored once", Harm.Doubled, """
            SELECT source || ':' || sequence FROM txcore.transaction WHERE line = 1 GROUP BY source, sequence HAVING count(*) > 1
            """),
        new("everything stored was sent, byte for byte", Harm.Wrong, """
            SELECT s.source || ':' || s.sequence FROM stored s
             WHERE s.source IN (SELECT source FROM sent) AND NOT s.is_plain
               AND NOT EXISTS (
                   SELECT FROM sent x
                    WHERE x.source = s.source AND x.sequence = s.sequence AND x.kind = s.kind
                      -- Behind an accepted cancellation or reversal stands what it took back: a count, 24 bytes a line, a player, a day.
                      AND (x.command = s.command
                           OR (s.kind IN (258, 259) AND s.code = 0 AND length(s.command) > length(x.command)
                               AND substr(s.command, 1, length(x.command)) = x.command
                               AND length(s.command) = length(x.command) + 1 + 24 * get_byte(s.command, length(x.command)) + 1 + 4)
                           -- Behind a payment stands what it moved: a count, 24 bytes a line.
                           OR (s.kind = 260 AND s.code = 0 AND length(s.command) > length(x.command)
                               AND substr(s.command, 1, length(x.command)) = x.command
                               AND length(s.command) = length(x.command) + 1 + 24 * get_byte(s.command, length(x.command)))
                           -- Behind a confirmation stands what is to be done with the money, 1 to take it, 2 to let go of it: hold, amount, authorisation.
                           OR (s.kind = 273 AND s.command = x.command
                               || CASE s.code WHEN 0 THEN '\x01'::bytea ELSE '\x02'::bytea END || substr(x.command, 17))))
            """),
        new("everything stored was acknowledged in the end", Harm.Hanging, """
            SELECT s.source || ':' || s.sequence FROM stored s WHERE s.source IN (SELECT source FROM sent)
               AND NOT EXISTS (SELECT FROM told t WHERE t.source = s.source AND t.sequence = s.sequence)
            """),
        new("numbers have no hole", Harm.Lost, """
            SELECT 'before ' || number FROM (SELECT number, lag(number, 1, 0::int8) OVER (ORDER BY number) AS before FROM stored) n
             WHERE number <> before + 1
            """),
        new("sequences have no hole and each entry names the one before", Harm.Lost, """
            SELECT source || ':' || sequence FROM (
                SELECT t.source, t.sequence, t.previous, lag(t.sequence, 1, 0::int8) OVER w AS before, lag(t.number, 1, 0::int8) OVER w AS number_before
                  FROM txcore.transaction t WHERE t.line = 1 WINDOW w AS (PARTITION BY t.source ORDER BY t.number)) s
             WHERE sequence <> before + 1 OR previous <> number_before
            """),
        new("sequence time never goes back", Harm.Wrong, """
            SELECT number::text FROM (SELECT number, sequenced_at, lag(sequenced_at) OVER (ORDER BY number) AS before FROM stored) s WHERE sequenced_at < before
            """),
        new("a ticket is cancelled or reversed once", Harm.Doubled, """
            SELECT reference::text FROM stored WHERE kind IN (258, 259) AND code = 0 GROUP BY reference HAVING count(*) > 1
            """),
        new("a ticket is paid once, and never after it was cancelled or reversed", Harm.Doubled, """
            SELECT reference::text FROM stored WHERE kind IN (258, 259, 260) AND code = 0 GROUP BY reference
            HAVING count(*) > 1 AND bool_or(kind = 260)
            """),
        new("a payment is the stakes of a ticket whose races were all cancelled before", Harm.Wrong, """
            SELECT p.number::text FROM stored p
             WHERE p.kind = 260 AND p.code = 0 AND NOT p.is_plain
               AND NOT EXISTS (SELECT FROM stored w WHERE w.number = p.reference AND w.is_plain)
               AND (p.amount_cents IS DISTINCT FROM (SELECT w.amount_cents FROM stored w WHERE w.number = p.reference AND w.kind = 257 AND w.code = 0)
                    OR EXISTS (
                        SELECT FROM txcore.transaction l
                         WHERE l.number = p.reference AND NOT EXISTS (
                             SELECT FROM txcore.transaction c WHERE c.kind = 775 AND c.code = 0 AND c.race = l.race AND c.number < p.number)))
            """),
        new("a hold ends once: confirmed, released, reversed or expired", Harm.Doubled, """
            SELECT reference::text FROM stored WHERE kind IN (259, 273, 274, 1283) AND code = 0 GROUP BY reference HAVING count(*) > 1
            """),
        new("closed is closed: a wager is accepted on a race only while its last control before is an opening", Harm.Wrong, """
            WITH control AS (
                SELECT race, number, kind, lead(number, 1, 9223372036854775807) OVER (PARTITION BY race ORDER BY number) AS until
                  FROM txcore.transaction WHERE kind IN (769, 770, 771, 772, 773, 775, 776, 1284) AND code = 0 AND line = 1)
            SELECT w.number || ' on ' || w.race FROM txcore.transaction w
             WHERE w.kind = 257 AND w.code = 0 AND w.plain IS NULL
               AND NOT EXISTS (SELECT FROM control c WHERE c.race = w.race AND c.kind IN (770, 773) AND w.number > c.number AND w.number < c.until)
            """),
        new("at no number more seats are taken than there are", Harm.Wrong, $"""
            {Moves}
            SELECT session || '/' || category || ' at ' || number FROM (
                SELECT *, sum(seats) OVER (PARTITION BY session, category ORDER BY number) AS taken FROM move) m JOIN cell USING (session, category)
             WHERE taken > capacity - blocked OR taken < 0
            """),
    ];
}

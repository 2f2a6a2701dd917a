namespace TxCore.LoadTest.Validation;

/// <summary>What was acknowledged is stored, once, as it was acknowledged; and nothing else is.</summary>
internal static class AnswerRules
{
    public static readonly StoredRule[] All =
    [
        new("every acknowledged transaction is stored exactly once", """
            SELECT format('source %s sequence %s, acknowledged as number %s: stored %s times', s.source, s.sequence, s.number, count(e.number))
              FROM sent s LEFT JOIN entry e USING (source, sequence)
             WHERE s.answered
             GROUP BY s.source, s.sequence, s.number HAVING count(e.number) <> 1
            """),
        new("what is stored is what was acknowledged: number, code, kind, amount, times and reference", """
            SELECT format('source %s sequence %s: acknowledged number %s code %s kind %s amount %s at %s, '
                          'stored number %s code %s kind %s amount %s at %s',
                          s.source, s.sequence, s.number, s.code, s.kind, s.amount_cents, s.sequenced_at,
                          e.number, e.code, e.kind, e.amount_cents, e.sequenced_at)
              FROM sent s JOIN entry e USING (source, sequence)
             WHERE s.answered
               AND (s.number, s.code, s.kind, s.amount_cents, s.sequenced_at, s.answered_reference)
                   IS DISTINCT FROM (e.number, e.code, e.kind, e.amount_cents, e.sequenced_at, coalesce(e.reference, 0))
                OR s.answered AND s.expires_at IS DISTINCT FROM e.expires_at
            """),
        new("the reference is what the tool asked for", """
            SELECT format('source %s sequence %s: asked about %s, stored about %s', s.source, s.sequence, s.reference, e.reference)
              FROM sent s JOIN entry e USING (source, sequence)
             WHERE s.reference <> coalesce(e.reference, 0)
            """),
        new("nothing is stored for a source that was not sent", """
            SELECT format('source %s sequence %s, number %s', e.source, e.sequence, e.number)
              FROM entry e LEFT JOIN sent s USING (source, sequence)
             WHERE e.source <> 0 AND s.source IS NULL
            """),
        new("the lines of a transaction are 1 to n, each once, and the first alone carries the command", """
            SELECT format('number %s: %s rows, highest line %s, %s commands', number, rows, lines, commands)
              FROM entry WHERE rows <> lines OR distinct_lines <> rows OR commands > 1
            """),
        new("lines of accepted tickets and holds are those sent, priced as the tool prices them", """
            SELECT format('source %s sequence %s line %s: sent %s, stored %s', l.source, l.sequence, l.line,
                          concat_ws(' ', l.race, l.pool, l.session, l.category, l.quantity, l.amount_cents),
                          concat_ws(' ', t.race, t.pool, t.session, t.category, t.quantity, t.amount_cents))
              FROM sent_line l
              JOIN sent s USING (source, sequence)
              LEFT JOIN stored t ON t.source = l.source AND t.sequence = l.sequence AND t.line = l.line
             WHERE s.answered AND s.code = 0
               AND (l.race, l.pool, l.session, l.category, l.quantity, l.amount_cents)
                   IS DISTINCT FROM (coalesce(t.race, 0), coalesce(t.pool, 0), coalesce(t.session, 0), coalesce(t.category, 0),
                                     coalesce(t.quantity, 0), coalesce(t.amount_cents, 0))
            """),
        new("the total beside the first of several lines is the sum of their amounts", """
            SELECT format('number %s: the lines come to %s, the total says %s', number, amount_cents, total_cents)
              FROM entry
             WHERE CASE WHEN rows > 1 THEN total_cents IS DISTINCT FROM amount_cents ELSE total_cents <> amount_cents END
            """),
        new("an accepted ticket or hold has as many lines as were sent, and a refusal takes no amount", """
            SELECT format('source %s sequence %s: %s lines sent, %s stored, amount %s', s.source, s.sequence, s.lines, e.rows, e.amount_cents)
              FROM sent s JOIN entry e USING (source, sequence)
             WHERE e.code = 0 AND s.lines > 0 AND e.rows <> s.lines OR e.code <> 0 AND e.amount_cents <> 0
            """),
    ];
}

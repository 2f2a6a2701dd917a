namespace TxCore.LoadTest.Validation;

/// <summary>Numbers, sequences and time have no holes and never go back, and the books of the shard agree with its rows.</summary>
internal static class SequenceRules
{
    public static readonly StoredRule[] All =
    [
        new("numbers run on without a hole and none is used twice", """
            SELECT format('number %s follows %s', number, before)
              FROM (SELECT entry.number, lag(entry.number, 1, base.number) OVER (ORDER BY entry.number) AS before FROM entry CROSS JOIN base) n
             WHERE number <> before + 1
            """),
        new("the sequences of each source run on without a hole", """
            SELECT format('source %s: sequence %s follows %s', source, sequence, before)
              FROM (SELECT source, e.sequence, lag(e.sequence, 1, coalesce(s.sequence, 0)) OVER (PARTITION BY source ORDER BY e.sequence) AS before
                      FROM entry e LEFT JOIN since s USING (source)) n
             WHERE sequence <> before + 1
            """),
        new("each row names the source's previous number, and sequences are decided in order", """
            SELECT format('number %s of source %s names %s, before it is %s', number, source, previous, before)
              FROM (SELECT e.number, source, e.previous, lag(e.number, 1, coalesce(s.number, 0)) OVER (PARTITION BY source ORDER BY e.sequence) AS before
                      FROM entry e LEFT JOIN since s USING (source) WHERE source <> 0) n
             WHERE previous <> before OR number <= before
            """),
        new("sequence time never goes back", """
            SELECT format('number %s at %s, the one before at %s', number, sequenced_at, before)
              FROM (SELECT number, sequenced_at, lag(sequenced_at) OVER (ORDER BY number) AS before FROM entry) n
             WHERE sequenced_at < before
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

namespace TxCore.LoadTest.Validation;

/// <summary>A draw has everybody once.</summary>
internal static class RegistrationRules
{
    // 288 register, 289 withdraw; the person key stands behind deadline, client time and draw in the command.
    public static readonly StoredRule[] All =
    [
        new("a person is entered in a draw once until withdrawn, and withdrawn only when entered", """
            SELECT format('number %s: %s times entered', number, entered)
              FROM (SELECT number, sum(CASE WHEN kind = 288 THEN 1 ELSE -1 END) OVER (PARTITION BY person ORDER BY number) AS entered
                      FROM entry WHERE kind IN (288, 289) AND code = 0) p
             WHERE entered NOT IN (0, 1)
            """),
        new("a person is refused as registered only while entered", $$"""
            SELECT format('number %s was refused as registered already and was not', number)
              FROM (SELECT number, code,
                           sum(CASE WHEN code <> 0 THEN 0 WHEN kind = 288 THEN 1 ELSE -1 END) OVER (PARTITION BY person ORDER BY number) AS entered
                      FROM entry WHERE kind IN (288, 289)) p
             WHERE code = {{(int)Protocol.ResultCode.AlreadyRegistered}} AND entered <> 1
            """),
    ];
}

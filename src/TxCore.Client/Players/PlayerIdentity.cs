using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TxCore.Client.Players;

/// <summary>
/// Makes the key under which a player is known to the core (<c>domain.md</c> sections 2.5 and 3.4): a keyed hash of a canonical form of the
/// identity. The identity itself never leaves the frontend.
/// </summary>
public static class PlayerIdentity
{
    /// <summary>Fewest bytes of the secret.</summary>
    public const int SecretBytesMin = 16;

    private const char FirstMarked = '\u00C0';
    private const char LastMarked = '\u017F';

    // Unicode's Latin-1 Supplement and Latin Extended-A, letter by letter. A table, because normalization is not there without culture data.
    private static readonly string[] Marked = (
        "A A A A A A AE C E E E E I I I I D N O O O O O - O U U U U Y TH SS "
        + "A A A A A A AE C E E E E I I I I D N O O O O O - O U U U U Y TH Y "
        + "A A A A A A C C C C C C C C D D D D E E E E E E E E E E G G G G "
        + "G G G G H H H H I I I I I I I I I I IJ IJ J J K K K L L L L L L L "
        + "L L L N N N N N N N N N O O O O O O OE OE R R R R R R S S S S S S "
        + "S S T T T T T T U U U U U U U U U U U U W W Y Y Y Z Z Z Z Z Z S").Split(' ');

    /// <summary>
    /// The canonical form: first name and surname without diacritics, in capitals, A to Z only, then the date of birth as YYYYMMDD. It is
    /// that of the French ban list.
    /// </summary>
    /// <exception cref="ArgumentException">A name has no letter of the Latin alphabet, or one of another alphabet.</exception>
    public static string Canonical(string firstName, string surname, DateOnly birth) =>
        Letters(firstName, nameof(firstName)) + Letters(surname, nameof(surname)) + birth.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>The player key of a canonical identity: HMAC-SHA-256 under a secret of the operator, 32 bytes.</summary>
    /// <exception cref="ArgumentException">The secret is shorter than <see cref="SecretBytesMin"/>.</exception>
    public static byte[] Key(ReadOnlySpan<byte> secret, string canonical) => secret.Length >= SecretBytesMin
        ? HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(canonical))
        : throw new ArgumentException($"The secret has {secret.Length} bytes; it must have {SecretBytesMin} or more.", nameof(secret));

    private static string Letters(string name, string parameter)
    {
        var letters = new StringBuilder(name.Length);
        foreach (char c in name)
        {
            letters.Append(char.IsAsciiLetter(c) ? char.ToUpperInvariant(c).ToString() : Plain(c, parameter));
        }

        return letters.Length > 0
            ? letters.ToString()
            : throw new ArgumentException("The name has no letter of the Latin alphabet.", parameter);
    }

    /// <summary>A letter without its diacritic. What is no letter is left out; a letter that is not known must not vanish in silence.</summary>
    private static string Plain(char c, string parameter)
    {
        if (c is >= FirstMarked and <= LastMarked)
        {
            return Marked[c - FirstMarked] is var plain and not "-" ? plain : "";
        }

        return char.IsLetter(c)
            ? throw new ArgumentException($"The letter '{c}' has no form in the Latin alphabet here: write the name as on the identity document.", parameter)
            : "";
    }
}

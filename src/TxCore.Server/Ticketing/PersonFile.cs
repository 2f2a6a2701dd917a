using TxCore.Protocol;

namespace TxCore.Server.Ticketing;

/// <summary>Person keys as text: 64 hexadecimal digits.</summary>
internal static class PersonFile
{
    /// <summary>A key; null when it is none.</summary>
    public static byte[]? Key(string text)
    {
        try
        {
            return text.Length == 2 * Wire.PersonKeyBytes ? Convert.FromHexString(text) : null;
        }
        catch (FormatException)
        {
            // Said by the null.
            return null;
        }
    }

    /// <summary>The keys of a list, one a line; empty lines and lines that begin with # are passed over.</summary>
    /// <exception cref="InvalidDataException">A line is none; the message names it.</exception>
    public static List<byte[]> Read(IEnumerable<string> lines)
    {
        var keys = new List<byte[]>();
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (line.Trim() is { Length: > 0 } text && text[0] != '#')
            {
                keys.Add(Key(text) ?? throw new InvalidDataException($"Line {number} is not a person key of {2 * Wire.PersonKeyBytes} hexadecimal digits."));
            }
        }

        return keys;
    }
}

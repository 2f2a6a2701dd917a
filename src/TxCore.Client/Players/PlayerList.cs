using System.Globalization;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Players;

/// <summary>
/// Reads a list of barred players and sends it in parts. A line is a player key in 64 hexadecimal digits and what is said of it: <c>banned</c>,
/// <c>excluded 2026-12-31T23:00:00Z</c>, <c>none</c>; nothing behind the key means banned. Empty lines and lines that begin with # are skipped.
/// </summary>
public static class PlayerList
{
    /// <summary>Reads the lines of a list; the first that cannot be read is told by its number.</summary>
    public static bool TryRead(IEnumerable<string> lines, out BarredPlayer[] players, out string fault)
    {
        var read = new List<BarredPlayer>();
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0].StartsWith('#'))
            {
                continue;
            }

            if (Read(words, out fault) is not { } player)
            {
                players = [];
                fault = $"line {number}: {fault}";
                return false;
            }

            read.Add(player);
        }

        players = [.. read];
        fault = "";
        return true;
    }

    /// <summary>
    /// Sends a version of the list in parts; it counts from the last one on. Returns the outcome of the last part, or of the first that was
    /// refused.
    /// </summary>
    /// <param name="client">An administrator.</param>
    /// <param name="version">One more than the version in force.</param>
    /// <param name="replacesAll">True for a whole list, false for changes.</param>
    /// <param name="players">The players.</param>
    /// <param name="control">Who asks for it and why.</param>
    /// <param name="cancellationToken">Ends the waiting; parts sent until then are collected and count for nothing.</param>
    public static async Task<SubmitResult> BarPlayersAsync(
        this TxCoreClient client, uint version, bool replacesAll, IReadOnlyList<BarredPlayer> players, ControlHeader control,
        CancellationToken cancellationToken = default)
    {
        var parts = players.Count == 0 ? [[]] : players.Chunk(Wire.BarredPlayersMax).ToArray();
        SubmitResult result = null!;
        for (int i = 0; i < parts.Length; i++)
        {
            // A whole list begins anew with its first part; changes sent again say the same of the same players.
            bool isFirst = i == 0;
            var part = new PlayersBar(default, control, version, replacesAll && isFirst, i == parts.Length - 1, parts[i]);
            result = await client.PlayersBarAsync(part, cancellationToken);
            if (!result.IsAccepted)
            {
                break;
            }
        }

        return result;
    }

    private static BarredPlayer? Read(string[] words, out string fault)
    {
        byte[]? key = TryReadKey(words[0]);
        fault = key is null ? $"'{words[0]}' is not a player key of {2 * Wire.PersonKeyBytes} hexadecimal digits" : "";
        if (key is null)
        {
            return null;
        }

        switch (words)
        {
            case [_] or [_, "banned"]:
                return new BarredPlayer(key, PlayerBar.Banned, 0);
            case [_, "none"]:
                return new BarredPlayer(key, PlayerBar.None, 0);
            case [_, "excluded", var time] when DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until):
                return new BarredPlayer(key, PlayerBar.SelfExcluded, (until - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            default:
                fault = $"'{string.Join(' ', words[1..])}' is none of banned, none, excluded TIME";
                return null;
        }
    }

    private static byte[]? TryReadKey(string text)
    {
        byte[] key = new byte[Wire.PersonKeyBytes];
        return text.Length == 2 * key.Length && Convert.FromHexString(text, key, out _, out _) == System.Buffers.OperationStatus.Done ? key : null;
    }
}

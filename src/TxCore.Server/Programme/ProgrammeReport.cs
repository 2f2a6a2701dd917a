using System.Globalization;
using TxCore.Client.Programme;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Server.Programme;

/// <summary>Tells on the console what a programme holds and what of it is not defined.</summary>
internal static class ProgrammeReport
{
    private const int ListedMax = 20;

    public static void Write(ProgrammeDay day, TextWriter output)
    {
        int scratches = day.Races.Sum(static race => race.Scratches.Count);
        int results = day.Races.Count(static race => race.Finish.Count > 0);
        output.WriteLine(
            $"Day {day.Day}, {Lower(day.Channel)}: {Count(day.Races.Count, "race")}, {Count(day.Races.Sum(static race => race.Pools.Count), "pool")}, "
            + $"{Count(scratches, "scratch", "scratches")}, {Count(results, "result")}");
        foreach (var pools in day.Races.SelectMany(static race => race.Pools).GroupBy(static pool => pool.Pool).OrderBy(static pools => pools.Key))
        {
            output.WriteLine($"  {OperatorCode.Of(pools.Key),-20} {pools.Count(),4}");
        }

        WriteSkipped(day, output);
        foreach (var left in day.LeftOut.GroupBy(static race => race.Reason))
        {
            output.WriteLine($"Left out, {Describe(left.Key)}: {Count(left.Count(), "race")}: {Some(left.Select(static race => Short(race.Race)))}");
        }

        foreach (var race in day.Races.Where(static race => race.Scratches.Count > 0))
        {
            output.WriteLine($"Scratched {Short(race.Race)}: {string.Join(", ", race.Scratches.Select(scratch => $"{scratch.Runner} at {Local(scratch.At, day)}"))}");
        }

        foreach (var race in day.Races.Where(static race => race.Finish.Count > 0))
        {
            output.WriteLine($"Finish {Short(race.Race)}: {Finish(race.Finish)}");
        }

        foreach (var warning in day.Warnings.Take(ListedMax))
        {
            output.WriteLine($"Warning: {warning}");
        }

        if (day.Warnings.Count > ListedMax)
        {
            output.WriteLine($"Warning: and {day.Warnings.Count - ListedMax} more");
        }
    }

    private static void WriteSkipped(ProgrammeDay day, TextWriter output)
    {
        foreach (var skipped in day.Skipped.GroupBy(static pool => (pool.Reason, pool.Code)).OrderBy(static group => group.Key))
        {
            output.WriteLine(
                $"Skipped, {Describe(skipped.Key.Reason)}: {skipped.Key.Code}, {Count(skipped.Count(), "pool")}, first {skipped.First().Path}");
        }
    }

    /// <summary>Runners in order; those of a dead heat joined by an equals sign.</summary>
    private static string Finish(IReadOnlyList<FinishPlace> finish) =>
        string.Join('-', finish.GroupBy(static place => place.Place).Select(static place => string.Join('=', place.Select(static runner => runner.Runner))));

    private static string Some(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return string.Join(", ", all.Take(ListedMax)) + (all.Length > ListedMax ? $" and {all.Length - ListedMax} more" : "");
    }

    private static string Count(int count, string noun, string? plural = null) => count == 1 ? $"1 {noun}" : $"{count} {plural ?? noun + "s"}";

    private static string Short(RaceId race) => $"R{race.Meeting}C{race.Race}";

    private static string Local(long at, ProgrammeDay day) =>
        DateTimeOffset.UnixEpoch.AddMicroseconds(at).ToOffset(day.UtcOffset).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Lower(Channel channel) => channel.ToString().ToLowerInvariant();

    private static string Describe(SkipReason reason) => reason switch
    {
        SkipReason.NotSoldHere => "not sold here",
        SkipReason.NoBaseStake => "no base stake",
        SkipReason.UnknownCode => "code not known",
        _ => "not on sale",
    };

    private static string Describe(LeaveReason reason) => reason switch
    {
        LeaveReason.NotInChannel => "no pool in the channel",
        LeaveReason.NotToRun => "not still to run",
        _ => "nothing on sale",
    };
}

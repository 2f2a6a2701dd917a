using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using TxCore.Diagnostics;
using TxCore.Postgres;

namespace TxCore.Server.Commands;

/// <summary><c>txcore day balance|late|archive</c>: what is looked at when a day ends, and where it goes in the end, from the database alone.</summary>
internal static class DayCommands
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };

    public static Command Create() => new("day", "Looks at a business day from its rows, or archives it.") { Balance(), Late(), ArchiveCommand.Create(DayOption) };

    private static Command Balance()
    {
        var database = new DatabaseOptions();
        var day = DayOption();
        var file = new Option<string?>("--out") { Description = "File that the figures are written to as JSON, amounts in cents" };
        var command = new Command("balance", "Balances a day: per pool, race, terminal and channel; exit code 1 names each identity that does not hold.")
        {
            day, file,
        };
        database.AddTo(command);
        command.SetAction((parsed, cancellationToken) => DatabaseOptions.GuardAsync(async () =>
        {
            if (database.Read(parsed) is not { } connection)
            {
                return (int)ExitCode.Usage;
            }

            await using var reader = new DayReader(connection, database.Identity(parsed));
            var balance = await reader.ReadBalanceAsync(parsed.GetValue(day), cancellationToken);
            if (parsed.GetValue(file) is { } path)
            {
                await File.WriteAllTextAsync(path, JsonSerializer.Serialize(balance, Json), cancellationToken);
            }

            DayReport.Write(balance, Console.Out);
            foreach (var broken in balance.Broken)
            {
                Console.Error.WriteLine($"DOES NOT HOLD: {broken.Identity}, {broken.Subject}: {broken.What}");
            }

            return balance.Broken.Count == 0 ? 0 : 1;
        }));
        return command;
    }

    private static Command Late()
    {
        var database = new DatabaseOptions();
        var day = DayOption();
        var command = new Command("late", "Lists the wagers taken before their race stopped and committed after it; they stand.") { day };
        database.AddTo(command);
        command.SetAction((parsed, cancellationToken) => DatabaseOptions.GuardAsync(async () =>
        {
            if (database.Read(parsed) is not { } connection)
            {
                return (int)ExitCode.Usage;
            }

            await using var reader = new DayReader(connection, database.Identity(parsed));
            var late = await reader.ReadLateWagersAsync(parsed.GetValue(day), cancellationToken);
            foreach (var wager in late)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{DayIdentities.Name(wager.Race)} stopped {wager.StoppedAt:HH:mm:ss.fff}: number {wager.Number}, terminal {wager.Source}, outlet {wager.Outlet}, {DayIdentities.Euros(wager.AmountCents)}, taken {wager.SequencedAt:HH:mm:ss.fff}, committed {wager.WrittenAt:HH:mm:ss.fff}"));
            }

            Console.WriteLine($"{late.Count} late wagers, {DayIdentities.Euros(late.Sum(wager => wager.AmountCents))} in all.");
            return 0;
        }));
        return command;
    }

    private static Option<int> DayOption() => new("--day")
    {
        Description = "The business day, as 20251105",
        Required = true,
        CustomParser = static result => ParseDay(result),
    };

    private static int ParseDay(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (DateOnly.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return (day.Year * 10_000) + (day.Month * 100) + day.Day;
        }

        result.AddError($"'{text}' is not a day; write it as 20251105.");
        return 0;
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;

namespace TxCore.LoadTest.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommandOptions
{
    public static Option<int> Number(string name, string description, int byDefault, int min, int max)
    {
        var option = new Option<int>(name)
        {
            HelpName = "N",
            Description = $"{description}, {min:N0} to {max:N0}.",
            DefaultValueFactory = _ => byDefault,
        };
        option.Validators.Add(result =>
        {
            int value = result.GetValueOrDefault<int>();
            if (value < min || value > max)
            {
                result.AddError($"{name} is {value}; it must be from {min:N0} to {max:N0}.");
            }
        });
        return option;
    }

    public static Option<int?> Seed() => new("--seed")
    {
        HelpName = "N",
        Description = "Makes the same plan again; chosen at random, and printed, when not given.",
    };

    public static Option<FileInfo?> Json()
    {
        var json = new Option<FileInfo?>("--json") { HelpName = "FILE", Description = "Writes the figures as JSON." };
        json.Validators.Add(RequireDirectory);
        return json;
    }

    private static void RequireDirectory(OptionResult result)
    {
        if (result.GetValueOrDefault<FileInfo?>() is { } file && file.Directory is not { Exists: true })
        {
            result.AddError($"--json names {file.FullName}, whose directory does not exist.");
        }
    }
}

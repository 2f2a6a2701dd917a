using System.CommandLine;
using System.CommandLine.Parsing;
using TxCore.LoadTest.Hosting;

namespace TxCore.LoadTest.Commands;

/// <summary>The options that name a server which runs already.</summary>
internal sealed class TargetOptions
{
    private readonly Option<string?> _target = Text("--target", "HOST:PORT", "Drives a server that runs already. Default: a private PostgreSQL and server.");
    private readonly Option<string?> _database = Text("--database", "CONNECTION", "The target's database, read-only: for the rehearsal mark and the validation. Default: TXCORE_LOAD_DATABASE.");
    private readonly Option<string?> _enrol = Text("--enrol", "CONNECTION", "The same as its writer or owner, to enrol the run's own sources. Default: TXCORE_LOAD_ENROL.");
    private readonly Option<FileInfo?> _sources = new("--sources") { HelpName = "FILE", Description = "Sources that are enrolled already, one a line: source outlet submit|admin window password." };
    private readonly Option<Uri?> _admin = new("--admin") { HelpName = "URL", Description = "The target's admin port, for the server's own latencies.", CustomParser = Address };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_target, _database, _enrol, _sources, _admin])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The target; null when none is given.</summary>
    /// <exception cref="FormatException">Something of it is wrong or missing; the message says what.</exception>
    public TargetSettings? Read(ParseResult parsed)
    {
        if (parsed.GetValue(_target) is not { } target)
        {
            return FirstGiven(parsed, [_database, _enrol, _sources, _admin]) is not { } alone
                ? null
                : throw new FormatException($"{alone.Name} is about a server that runs already, and --target, which names it, is missing.");
        }

        int colon = target.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(target.AsSpan(colon + 1), out ushort port))
        {
            throw new FormatException($"--target is {target}; it must be host:port.");
        }

        string database = parsed.GetValue(_database) ?? Environment.GetEnvironmentVariable("TXCORE_LOAD_DATABASE")
            ?? throw new FormatException("--target needs --database or TXCORE_LOAD_DATABASE: only a database marked as a rehearsal is driven.");
        string? enrol = parsed.GetValue(_enrol) ?? Environment.GetEnvironmentVariable("TXCORE_LOAD_ENROL");
        return enrol is null && parsed.GetValue(_sources) is null
            ? throw new FormatException("--target needs sources: --enrol for a connection that may add them, or --sources for those that are there.")
            : new TargetSettings(target[..colon], port, database, parsed.GetValue(_sources) is null ? enrol : null, parsed.GetValue(_admin));
    }

    /// <summary>The lines of the sources given; null when none are.</summary>
    /// <exception cref="FormatException">There is no such file.</exception>
    public IReadOnlyList<string>? ReadSources(ParseResult parsed) =>
        parsed.GetValue(_sources) is not { } file ? null
        : file.Exists ? File.ReadAllLines(file.FullName)
        : throw new FormatException($"--sources names {file.FullName}, which does not exist.");

    /// <summary>The first of some options that is on the command line; null when none is.</summary>
    public static Option? FirstGiven(ParseResult parsed, IEnumerable<Option> options) =>
        options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false });

    private static Uri? Address(ArgumentResult result)
    {
        string text = result.Tokens.Single().Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return address;
        }

        result.AddError($"--admin is {text}; it must be an address such as http://core1:7480.");
        return null;
    }

    private static Option<string?> Text(string name, string help, string description) => new(name) { HelpName = help, Description = description };
}

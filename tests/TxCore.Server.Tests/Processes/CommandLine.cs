namespace TxCore.Server.Tests.Processes;

/// <summary>One command of <c>txcore</c>, run to its end.</summary>
internal sealed record CommandLine(int ExitCode, string Output, string Error)
{
    /// <summary>Everything it wrote, for assertions and their messages.</summary>
    public string Text => $"{Output}\n{Error}";

    public static Task<CommandLine> RunAsync(params string[] arguments) => RunAsync(arguments, environment: null);

    public static async Task<CommandLine> RunAsync(string[] arguments, IReadOnlyDictionary<string, string>? environment)
    {
        await using var program = ServerProgram.Start(arguments, environment);
        int exitCode = await program.ExitCodeAsync();
        return new CommandLine(exitCode, program.Output, program.Log);
    }

    /// <summary>Asserts the exit code, showing what was written.</summary>
    public CommandLine Exits(int expected)
    {
        Assert.True(ExitCode == expected, $"Exit code {ExitCode} instead of {expected}.\n{Text}");
        return this;
    }
}

using System.CommandLine;
using TxCore.LoadTest.Chaos;
using TxCore.LoadTest.Commands;
using TxCore.LoadTest.Overload;

var root = new RootCommand("Load tests of TxCore: load, honest latencies, and a check of every answer against PostgreSQL.")
{
    DemoCommand.Create(TimeProvider.System),
    RaceDayCommand.Create(TimeProvider.System),
    ReportCommand.Create(),
    CompareCommand.Create(),
    RunCommand.Create(TimeProvider.System),
    NullServerCommand.Create(),
    LotteryCommand.Create(TimeProvider.System),
    HotCellCommand.Create(TimeProvider.System),
    ChaosCommand.Create(TimeProvider.System),
    OverloadCommand.Create(TimeProvider.System),
};

var parsed = root.Parse(args);

// After Ctrl-C the server drains and PostgreSQL stops; the process must not be ended before that.
int exitCode = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
return parsed.Errors.Count > 0 ? ExitCode.WrongUsage : exitCode;

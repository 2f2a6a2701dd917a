using System.CommandLine;
using TxCore.Server.Commands;

var root = new RootCommand("TxCore: a transaction core for wagers and tickets.")
{
    ServeCommand.Create(),
    VerifyCommand.Create(),
    StatusCommand.Create(),
    TopCommand.Create(),
    SourceCommands.Create(),
    RaceCommands.Create(),
    ProgrammeCommand.Create(),
    SaleCommands.Create(),
    DrawCommands.Create(),
    SupervisorCommands.Create(),
    PlayerCommands.Create(),
    DayCommands.Create(),
    DatabaseCommands.Create(),
    PepperCommands.Create(),
    IdentityCommands.Create(),
    HandoverCommands.Create(),
    ConfigCommands.Create(),
    VersionCommand.Create(),
};
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

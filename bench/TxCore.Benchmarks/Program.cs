using BenchmarkDotNet.Running;
using TxCore.Benchmarks.Ceilings;
using TxCore.Benchmarks.Draws;
using TxCore.Benchmarks.OldWinner;

if (args is ["ceilings", ..])
{
    return await CeilingsCommand.RunAsync(args[1..]);
}

if (args is ["open-loop", ..])
{
    return await OpenLoopCommand.RunAsync(args[1..]);
}

if (args is ["old-winner", ..])
{
    return await OldWinnerCommand.RunAsync(args[1..]);
}

if (args is ["draw", ..])
{
    return DrawCommand.Run(args[1..]);
}

BenchmarkSwitcher.FromAssembly(typeof(CeilingsCommand).Assembly).Run(args);
return 0;

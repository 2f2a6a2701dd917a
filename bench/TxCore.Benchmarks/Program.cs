using BenchmarkDotNet.Running;
using TxCore.Benchmarks.Ceilings;

if (args is ["ceilings", ..])
{
    return await CeilingsCommand.RunAsync(args[1..]);
}

BenchmarkSwitcher.FromAssembly(typeof(CeilingsCommand).Assembly).Run(args);
return 0;

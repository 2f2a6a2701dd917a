using TxCore.Fuzzing;
using TxCore.Fuzzing.Driving;

return FuzzCommand.Run(args);

using Disruptor;
using TxCore.Pipeline;
using TxCore.Simulation.Engine;
using TxCore.Storage;

namespace TxCore.Simulation.Bugs;

/// <summary>Puts a planted bug around a part; without one the part stays as it is.</summary>
internal static class Planting
{
    public static IBatchEventHandler<TxEvent> Around(World world, SimProcess process, int stage, IBatchEventHandler<TxEvent> handler) => world.Bug switch
    {
        PlantedBug.RepeatDecidedAgain or PlantedBug.RefusalNotStored or PlantedBug.StopAppliedLate or PlantedBug.RecentWindowOffByOne
            or PlantedBug.OlderConnectionDecides or PlantedBug.BusyConsumesSequence when stage == SteppedStages.Decide => new BuggyDecide(world.Bug, process, handler),
        _ => handler,
    };

    public static IShardReader Around(World world, IShardReader reader) => world.Bug switch
    {
        PlantedBug.SnapshotSkipsEntry or PlantedBug.HoldExpiryNotReplayed => new BuggyReader(world.Bug, reader),
        _ => reader,
    };
}

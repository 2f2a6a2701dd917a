using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Testing.Shards;
using TxCore.Tests.Support;

namespace TxCore.Tests.Pipeline;

/// <summary>State rebuilt from rows, and from snapshot and rows, is the state that was; repeats get what was answered first.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public async Task After_any_history_live_state_rows_and_snapshot_with_rows_give_the_same_bytes() =>
        await Gen.Int[0, int.MaxValue].SampleAsync(async seed =>
        {
            var history = new RandomHistory(seed);
            history.Run(400);
            byte[] middle = ShardSnapshot.Save(history.Bench.State).ToArray();
            long middleNumber = history.Bench.State.LastNumber;
            history.Run(400);
            byte[] live = ShardSnapshot.Save(history.Bench.State).ToArray();

            var reader = new MemoryReader(history.Bench.Database);
            var fromRows = await RecoverAsync(reader);
            Assert.Equal(live, ShardSnapshot.Save(fromRows).ToArray());
            history.Bench.Database.AddSnapshot(middleNumber, ShardSnapshot.Format, middle);
            Assert.Equal(live, ShardSnapshot.Save(await RecoverAsync(reader)).ToArray());
        }, iter: 12, threads: 1);

    [Fact]
    public async Task Repeats_after_recovery_get_their_first_answers_byte_for_byte()
    {
        var history = new RandomHistory(20251105);
        history.Run(1500);
        var old = history.Bench;
        var recovered = new DeciderBench(old.Database, await RecoverAsync(new MemoryReader(old.Database)), now: old.Now);
        foreach (uint source in RandomHistory.Sources)
        {
            recovered.LogOn(source);
        }

        foreach (var (frame, first) in history.Answers)
        {
            var repeat = recovered.Do(frame);
            Assert.Equal(first with { IsRepeat = true, State = repeat.State, TicketSerial = "", ControlCode = "" }, repeat with { TicketSerial = "", ControlCode = "" });
            if (repeat.State == first.State)
            {
                Assert.Equal((first.TicketSerial, first.ControlCode), (repeat.TicketSerial, repeat.ControlCode));
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_unreadable_snapshot_falls_back_to_the_one_before(int fault)
    {
        var history = new RandomHistory(3);
        history.Run(100);
        var reader = new MemoryReader(history.Bench.Database);
        history.Bench.Database.AddSnapshot(history.Bench.State.LastNumber, ShardSnapshot.Format, ShardSnapshot.Save(history.Bench.State).ToArray());
        history.Run(100);
        byte[] bytes = ShardSnapshot.Save(history.Bench.State).ToArray();
        history.Bench.Database.AddSnapshot(history.Bench.State.LastNumber, fault == 2 ? (short)99 : ShardSnapshot.Format, fault == 1 ? bytes[..^9] : bytes);
        if (fault == 0)
        {
            history.Bench.Database.Snapshots[^1].Bytes[40] ^= 1;
        }

        Assert.Equal(bytes, ShardSnapshot.Save(await RecoverAsync(reader)).ToArray());
    }

    [Fact]
    public async Task A_snapshot_with_any_byte_changed_is_read_or_refused_but_never_breaks_recovery()
    {
        var history = new RandomHistory(4);
        history.Run(60);
        byte[] good = ShardSnapshot.Save(history.Bench.State).ToArray();
        int useful = good.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        for (int at = 0; at < useful; at += 3)
        {
            byte[] bad = [.. good];
            bad[at] ^= 0x81;
            var reader = new MemoryReader(history.Bench.Database);
            history.Bench.Database.AddSnapshot(history.Bench.State.LastNumber, ShardSnapshot.Format, bad);
            Assert.Equal(history.Bench.State.LastNumber, (await RecoverAsync(reader)).LastNumber);
        }
    }

    private static async Task<ShardState> RecoverAsync(MemoryReader reader) =>
        await Recovery.RecoverAsync(TestShard.Identity, reader, static _ => 64, NullLogger.Instance, TestContext.Current.CancellationToken);
}

using System.Buffers.Binary;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Support;

/// <summary>A random but repeatable day of four terminals and an administrator; every frame and its first outcome is kept.</summary>
internal sealed class RandomHistory
{
    public static readonly uint[] Sources = [11, 12, 21, 22, TestShard.Admin];

    private readonly Random _random;
    private readonly List<ulong> _tickets = [];
    private readonly List<(ulong Number, long Amount)> _holds = [];
    private readonly List<(byte[] Frame, Outcome First)> _answers = [];

    public RandomHistory(int seed)
    {
        _random = new Random(seed);
        Bench = new DeciderBench().OpenAll(holdSeconds: 30);
        foreach (uint source in Sources)
        {
            Bench.LogOn(source);
        }
    }

    public DeciderBench Bench { get; }

    public IReadOnlyList<(byte[] Frame, Outcome First)> Answers => _answers;

    public void Run(int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            Step();
        }

        // The last entry carries the present time, which ticks alone leave unstored.
        Submit(Frame.Encode(Messages.Wager(11, Bench.Next(11))));
    }

    private void Step()
    {
        uint source = Sources[_random.Next(4)];
        long next = Bench.Next(source);
        switch (_random.Next(12))
        {
            case 0 or 1 or 2:
                int lines = _random.Next(1, 5);
                Submit(Frame.Encode(Messages.Wager(source, next, [.. Enumerable.Range(0, lines).Select(_ => AnyLine())])));
                break;
            case 3 when _tickets.Count > 0:
                Submit(Frame.Encode(Messages.Cancel(source, next, Any(_tickets))));
                break;
            case 4:
                long original = _random.NextInt64(Math.Max(1, next - 6), next + 1);
                long amount = original == next ? 0 : Bench.Database.Find(source, original)!.Entry.AmountCents;
                Submit(Frame.Encode(Messages.Reversal(source, next, original, amount)));
                break;
            case 5 or 6:
                Submit(Frame.Encode(Messages.Hold(source, next, AnyHold())));
                break;
            case 7 when _holds.Count > 0:
                var (hold, price) = Any(_holds);
                Submit(Frame.Encode(Messages.Confirm(source, next, hold, price)));
                break;
            case 8 when _holds.Count > 0:
                Submit(Frame.Encode(Messages.Release(source, next, Any(_holds).Number)));
                break;
            case 9:
                Submit(AnyControl(Bench.Next(TestShard.Admin)));
                break;
            case 10:
                Bench.Wait(TimeSpan.FromMilliseconds(_random.Next(20_000)));
                Bench.Tick();
                break;
            default:
                Bench.Wait(TimeSpan.FromMilliseconds(_random.Next(500)));
                break;
        }
    }

    private void Submit(byte[] frame)
    {
        if (_random.Next(20) == 0)
        {
            // A deadline long passed: refused, whatever it is.
            BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(Wire.HeaderBytes + sizeof(uint) + sizeof(ulong)), 1);
        }

        var outcome = Bench.Do(frame);
        _answers.Add((frame, outcome));
        if (outcome.Code == ResultCode.Accepted && outcome.TransactionType == MessageType.Wager)
        {
            _tickets.Add(outcome.Number);
        }
        else if (outcome.Code == ResultCode.Accepted && outcome.TransactionType == MessageType.Hold)
        {
            _holds.Add((outcome.Number, outcome.AmountCents));
        }
    }

    private WagerLine AnyLine() =>
        Messages.Line((byte)_random.Next(1, 14), _random.Next(2) == 0 ? BetType.Win : BetType.Place, _random.Next(1, 4));

    private HoldLine[] AnyHold() => _random.Next(3) == 0
        ? [new HoldLine(1, 1, (ushort)_random.Next(1, 4), 0), new HoldLine(1, 2, 1, 0)]
        : [new HoldLine(1, (ushort)_random.Next(1, 3), (ushort)_random.Next(0, 7), 0)];

    private byte[] AnyControl(long next) => _random.Next(9) switch
    {
        0 => Messages.RaceControl(MessageType.RaceScratch, TestShard.Admin, next, runner: (byte)_random.Next(1, 14)),
        1 => Messages.RaceControl(MessageType.RaceSuspend, TestShard.Admin, next),
        2 => Messages.RaceControl(MessageType.RaceStop, TestShard.Admin, next),
        3 => Frame.Encode(Messages.DefineRace(TestShard.Admin, next, Messages.Race with { Race = (byte)_random.Next(1, 99) })),
        4 => Frame.Encode(Messages.DefineSale(TestShard.Admin, next, (uint)_random.Next(1, 20))),
        5 or 6 => Messages.RaceControl(
            MessageType.RaceReopen, TestShard.Admin, next, latestStopAt: Bench.Now + (_random.Next(1, 60) * 60_000_000L), second: 43),
        _ => Messages.RaceControl(MessageType.RaceOpen, TestShard.Admin, next),
    };

    private T Any<T>(List<T> list) => list[_random.Next(list.Count)];
}

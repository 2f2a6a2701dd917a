using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using Disruptor;
using Disruptor.Dsl;
using TxCore.Pipeline;

namespace TxCore.Benchmarks.Micro;

/// <summary>A hundred thousand events from one thread to another: the ring as the server wires it, against a bounded channel.</summary>
[MemoryDiagnoser]
public class RingHopBenchmarks
{
    private const int Events = 100_000;
    private const int Capacity = 65_536;
    private readonly Counter _counter = new();
    private Disruptor<Slot> _disruptor = null!;

    /// <summary>Starts the ring.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _disruptor = new Disruptor<Slot>(static () => new Slot(), Capacity, TaskScheduler.Default, ProducerType.Multi, new StageWaitStrategy());
        _disruptor.HandleEventsWith(_counter);
        _disruptor.Start();
    }

    /// <summary>Stops the ring.</summary>
    [GlobalCleanup]
    public void Cleanup() => _disruptor.Halt();

    /// <summary>Through the ring, one publication an event.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Events)]
    public long Ring()
    {
        _counter.Expect(Events);
        var ring = _disruptor.RingBuffer;
        for (int i = 0; i < Events; i++)
        {
            long sequence = ring.Next();
            ring[sequence].Value = i;
            ring.Publish(sequence);
        }

        return _counter.Wait();
    }

    /// <summary>Through a bounded channel.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public long Channel()
    {
        var channel = System.Threading.Channels.Channel.CreateBounded<long>(
            new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = false });
        var reading = Task.Run(async () =>
        {
            long sum = 0;
            await foreach (long value in channel.Reader.ReadAllAsync())
            {
                sum += value;
            }

            return sum;
        });
        for (int i = 0; i < Events; i++)
        {
            while (!channel.Writer.TryWrite(i))
            {
                Thread.Yield();
            }
        }

        channel.Writer.Complete();
        return Checked(reading.GetAwaiter().GetResult());
    }

    private static long Checked(long sum) =>
        sum == (long)Events * (Events - 1) / 2 ? sum : throw new InvalidOperationException($"The sum is {sum}.");

    /// <summary>The event.</summary>
    public sealed class Slot
    {
        /// <summary>What it carries.</summary>
        public long Value { get; set; }
    }

    private sealed class Counter : IBatchEventHandler<Slot>
    {
        private readonly ManualResetEventSlim _done = new();
        private long _left;
        private long _sum;

        public int? MaxBatchSize => null;

        public void Expect(int events)
        {
            _done.Reset();
            _sum = 0;
            Volatile.Write(ref _left, events);
        }

        public long Wait()
        {
            _done.Wait();
            return Checked(_sum);
        }

        public void OnBatch(EventBatch<Slot> batch, long sequence)
        {
            foreach (var slot in batch)
            {
                _sum += slot.Value;
            }

            _left -= batch.Length;
            if (_left == 0)
            {
                _done.Set();
            }
        }
    }
}

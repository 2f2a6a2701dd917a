using System.Runtime.CompilerServices;
using System.Text;
using TxCore.Simulation.Bugs;
using TxCore.Simulation.Checks;
using TxCore.Simulation.Clients;
using TxCore.Simulation.Storage;

namespace TxCore.Simulation.Engine;

/// <summary>
/// One run: servers, clients, network, store and time on one thread. Each step does one thing that could happen next, chosen by the seed.
/// </summary>
internal sealed class World
{
    /// <summary>Client transactions of a seed; a few more come of what clients do about answers.</summary>
    public const int Transactions = 500;

    /// <summary>Events of one moment come in the order in which they were asked for.</summary>
    private const int OrderBits = 22;

    private const int StepsMax = 400_000;
    private const int LivenessStepsMax = 150_000;
    private const int LivenessSecondsMax = 120;
    private readonly PriorityQueue<(Action Action, SimProcess? Owner), long> _events = new();
    private readonly List<SimLink> _links = [];
    private readonly List<(int Kind, object Subject)> _possible = [];
    private long _order;
    private int _processes;
    private int _linkCount;
    private readonly int[] _sights = new int[Enum.GetValues<Sight>().Length];
    private bool _isStartDue;

    public World(ulong seed, PlantedBug bug, bool keepsText)
    {
        Seed = seed;
        Bug = bug;
        Random = new SimRandom(seed);
        Trace = new SimTrace(keepsText);
        Setup = new Setup(Random);
        Now = StoreDownUntil = Setup.StartsAt;
        Database = new SimDatabase(this);
        Clients = SimClient.MakeAll(this);
        Check = new Checker(this);
        Faults = new FaultPlan(this);
    }

    public ulong Seed { get; }

    public PlantedBug Bug { get; }

    public SimRandom Random { get; }

    public SimTrace Trace { get; }

    public Setup Setup { get; }

    /// <summary>Microseconds since 1970-01-01 UTC, by no process's clock.</summary>
    public long Now { get; private set; }

    public long Steps { get; private set; }

    public SimDatabase Database { get; }

    public IReadOnlyList<SimClient> Clients { get; }

    public Checker Check { get; }

    public FaultPlan Faults { get; }

    public List<SimProcess> Processes { get; } = [];

    public IReadOnlyList<SimLink> Links => _links;

    /// <summary>Nothing can be written or read before this time.</summary>
    public long StoreDownUntil { get; set; }

    public string? Violation { get; private set; }

    /// <summary>No more faults: from here on everything has to come to its end.</summary>
    public bool IsHealing { get; private set; }

    /// <summary>Transactions that clients have begun.</summary>
    public int Begun { get; set; }

    public void Violate(string what)
    {
        if (Violation is null)
        {
            Violation = what;
            Trace.Say(Now - Setup.StartsAt, "VIOLATION: " + what);
        }
    }

    public void Saw(Sight sight) => _sights[(int)sight]++;

    public void Say([InterpolatedStringHandlerArgument("")] ref SimTrace.Line text)
    {
        if (Trace.Text is not null)
        {
            Trace.Say(Now - Setup.StartsAt, text.Text);
        }
    }

    /// <summary>Does something at a time; an event of a process waits while it is frozen and is forgotten when it is dead.</summary>
    public void At(long time, Action action, SimProcess? owner = null) =>
        _events.Enqueue((action, owner), ((time - Setup.StartsAt) << OrderBits) + _order++);

    private long DueAt(long priority) => (priority >> OrderBits) + Setup.StartsAt;

    /// <summary>Lets something of a process wait for up to so many microseconds.</summary>
    public async ValueTask PauseAsync(SimProcess process, int longest)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        At(Now + Random.Between(1, longest), done.SetResult, process);
        await done.Task;
    }

    /// <summary>Lets everything else go on while a thread of a process waits; unwinds it when the process is killed meanwhile.</summary>
    public void Run(SimProcess process, long until)
    {
        At(until, static () => { });
        while (!process.IsDead && Violation is null && (Now < until || process.IsFrozen))
        {
            Step();
        }

        if (process.IsDead || Violation is not null)
        {
            throw new ProcessKilledException();
        }
    }

    /// <summary>Lets a thread of a process wait for up to so many microseconds.</summary>
    public void Wait(SimProcess process, int longest) => Run(process, Now + Random.Between(longest > 100_000 ? longest / 2 : 50, longest));

    public SeedResult Run()
    {
        StartProcess();
        while (Violation is null && !(Begun >= Transactions && Faults.AreDone))
        {
            Step();
        }

        Heal();
        if (Violation is null)
        {
            Check.End();
        }

        Processes.ForEach(static process => process.Forget());
        Trace.Note(Database.Head.Hash);

        return new SeedResult(Seed, Violation, Trace.Hash, Check.Decided, Faults.Counts, Steps, Check.AnswersSeen, _sights);
    }

    /// <summary>A server to connect to: usually the newest, sometimes any that still answers.</summary>
    public SimProcess? FindServer()
    {
        var serving = Processes.FindAll(static process => process.IsServing);
        return serving.Count == 0 ? null : Random.Percent(85) ? serving[^1] : serving[Random.Next(serving.Count)];
    }

    public SimLink Connect(SimClient client, SimProcess process)
    {
        var link = new SimLink(this, ++_linkCount, client, process);
        _links.Add(link);
        process.Links.Add(link);
        process.Run(link.Accept);
        return link;
    }

    public void StartProcess()
    {
        _isStartDue = false;
        var process = new SimProcess(this, ++_processes);
        Processes.Add(process);
        process.Start();
    }

    private void Heal()
    {
        IsHealing = true;
        Say($"no more faults");
        StoreDownUntil = Now;
        foreach (var process in Processes.ToArray())
        {
            process.Thaw();
            process.Clock.Offset = Math.Max(process.Clock.Offset, 0);
        }

        long from = Steps, since = Now;
        while (Violation is null && !(Clients.All(static client => client.IsContent) && Database.Writer == Processes[^1].Id && Processes[^1].IsServing))
        {
            Step();
            if (Steps - from > LivenessStepsMax || Now - since > LivenessSecondsMax * 1_000_000L)
            {
                var waiting = new StringBuilder();
                foreach (var client in Clients)
                {
                    waiting.Append(client.IsContent ? "" : $" {client};");
                }

                Violate($"{Steps - from} steps and {(Now - since) / 1_000_000} s after the last fault there are clients without an answer:{waiting}");
            }
        }
    }

    private void Step()
    {
        Steps++;
        Require(Steps < StepsMax, "it does not come to an end");
        Now += Random.Next(450);
        RunEvents();
        CollectPossible();
        if (_possible.Count == 0)
        {
            SkipTime();
            return;
        }

        var (kind, subject) = _possible[Random.Next(_possible.Count)];
        Trace.Note(kind, Now, _possible.Count);
        Do(kind, subject);
        foreach (var process in Processes)
        {
            process.Look();
        }

        Supervise();
        Faults.Look();
    }

    private void RunEvents()
    {
        while (_events.TryPeek(out _, out long due) && DueAt(due) <= Now && Violation is null)
        {
            var (action, owner) = _events.Dequeue();
            if (owner is null)
            {
                action();
            }
            else
            {
                owner.Run(action);
            }
        }
    }

    private const int Posted = 3, Network = 4, ClientTurn = 5, ToClient = 6;

    private void CollectPossible()
    {
        _possible.Clear();
        foreach (var process in Processes)
        {
            if (process.IsDead || process.IsFrozen)
            {
                continue;
            }

            if (process.Context.Count > 0)
            {
                _possible.Add((Posted, process));
            }

            for (int stage = SteppedStages.Decide; stage <= SteppedStages.Reply; stage++)
            {
                if (process.Stages.Failure is not null && process.Stages.Backlog(stage) > 0)
                {
                    _possible.Add((stage, process));
                }
            }
        }

        for (int i = _links.Count - 1; i >= 0; i--)
        {
            var link = _links[i];
            if (link.IsGone)
            {
                link.CheckSession();
                _links.RemoveAt(i);
                continue;
            }

            if (link.CanDeliverToServer)
            {
                _possible.Add((Network, link));
            }

            if (link.CanDeliverToClient)
            {
                _possible.Add((ToClient, link));
            }
        }

        foreach (var client in Clients)
        {
            if (client.NextTurnAt <= Now)
            {
                _possible.Add((ClientTurn, client));
            }
        }
    }

    private void Do(int kind, object subject)
    {
        switch (kind)
        {
            case Posted:
                RunPosted((SimProcess)subject);
                break;
            case Network:
                var link = (SimLink)subject;
                link.Process.Run(link.DeliverToServer);
                break;
            case ToClient:
                var answered = (SimLink)subject;
                using (answered.Process.Enter())
                {
                    answered.DeliverToClient();
                }

                break;
            case ClientTurn:
                ((SimClient)subject).Turn();
                break;
            default:
                var process = (SimProcess)subject;
                using (process.Enter())
                {
                    process.Stages.Step(kind, Random.Percent(50) ? 64 : Random.Between(1, 6));
                }

                break;
        }
    }

    private void RunPosted(SimProcess process)
    {
        using (process.Enter())
        {
            for (int i = Random.Between(1, 8); i > 0 && process.Context.Count > 0 && !process.IsDead && !process.IsFrozen; i--)
            {
                process.Context.RunOne(Random);
            }
        }
    }

    /// <summary>Nothing can happen now: goes on to the next moment at which something can.</summary>
    private void SkipTime()
    {
        long next = _events.TryPeek(out _, out long due) ? DueAt(due) : long.MaxValue;
        foreach (var client in Clients)
        {
            next = Math.Min(next, client.NextTurnAt);
        }

        foreach (var link in _links)
        {
            long free = Math.Max(link.StalledUntil, link.UnreadUntil);
            next = free > Now ? Math.Min(next, free) : next;
        }

        Require(next != long.MaxValue, "nothing can ever happen again");
        Now = Math.Max(Now, next);
        Trace.Note(99, Now);
    }

    /// <summary>Keeps a server running: when the last one has died, another starts.</summary>
    private void Supervise()
    {
        if (Processes.Exists(static process => process.IsDead))
        {
            Processes.RemoveAll(static process => process.IsDead);
        }

        if (Processes.Count == 0 && !_isStartDue)
        {
            _isStartDue = true;
            At(Now + Random.Between(1000, 200_000), StartProcess);
        }
    }

    private void Require(bool holds, string what)
    {
        if (!holds)
        {
            Violate(what);
        }
    }
}

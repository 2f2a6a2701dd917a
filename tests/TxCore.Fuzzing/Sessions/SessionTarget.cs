using System.Globalization;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;

namespace TxCore.Fuzzing.Sessions;

/// <summary>
/// A whole session of a shard, before or after its logon, in a role that the input chooses. Beside it another source sells on: its wager
/// before and after every input gets its right answer and nothing else comes to it. The session ends, what it was sent was its own,
/// nothing throws, what was stored can be recovered and decided again, and nothing of ended sessions stays in memory.
/// </summary>
public sealed class SessionTarget : IFuzzTarget
{
    /// <summary>Inputs played to one shard, which keeps in memory all it has stored.</summary>
    private const int InputsOfScene = 2000;

    /// <summary>Shards after which nothing is new any more that would stay for good.</summary>
    private const int WarmUpScenes = 3;

    private const long GrowthMax = 8 * 1024 * 1024;
    private const int UnreadBytesMax = 2048;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);

    /// <summary>Ten logons of a source may fail in a minute; the eleventh would be refused without a look.</summary>
    private static readonly TimeSpan AfterFailedLogon = TimeSpan.FromSeconds(6);

    private readonly List<WeakReference> _ended = [];
    private Scene? _scene;
    private Scene? _administered;
    private long _inputs;
    private long _scenes;
    private long _memoryAfterWarmUp;
    private Exception? _unobserved;

    public SessionTarget() => TaskScheduler.UnobservedTaskException += (_, fault) => _unobserved = fault.Exception;

    public string Name => "session";

    /// <summary>Transactions decided for the inputs, and answers to them.</summary>
    public (long Decided, long Answers) Answered { get; private set; }

    public void Run(ReadOnlySpan<byte> input)
    {
        var fuzz = new FuzzInput(input);
        var role = RoleOf(fuzz.How);
        if (role == SourceRole.Admin)
        {
            // What an administrator does may end every sale: he has a shard of his own, and the next one another once he has changed anything.
            _administered ??= new Scene();
            if (Play(_administered, in fuzz, role) || _administered.Inputs == InputsOfScene)
            {
                Close(ref _administered);
            }

            return;
        }

        _scene ??= new Scene();
        Play(_scene, in fuzz, role);
        if (_scene.Inputs == InputsOfScene)
        {
            Finish();
        }
    }

    public void Finish()
    {
        CheckNothingIsKept();
        Close(ref _scene);
        Close(ref _administered);
        CheckMemory();
    }

    public override string ToString() => $"{Answered.Answers} answers, {Answered.Decided} of them decisions; {_scenes} shards, {GC.GetTotalMemory(false) >> 20} MB in use";

    private static void Close(ref Scene? scene)
    {
        scene?.Close();
        scene = null;
    }

    /// <summary>Plays an input; true when it decided anything.</summary>
    private bool Play(Scene scene, in FuzzInput fuzz, SourceRole? role)
    {
        scene.Inputs++;
        scene.Sell(anyDecision: false);
        long before = scene.Shard.LastNumber;
        var connection = Connect(scene, fuzz.How, role, out uint source);
        Send(scene.Shard, connection, in fuzz, source);
        connection.End(inOrder: (fuzz.How & 0x10) == 0);
        scene.Shard.RunUntil(() => connection.HasEnded, EndLimit, "the session ends");
        connection.Read();
        connection.CheckEnd();
        if (scene.Shard.ConnectionCount != 1)
        {
            throw new FuzzFailureException($"The shard knows {scene.Shard.ConnectionCount} connections when one is left.");
        }

        CheckAnswers(scene.Shard, connection, source);
        bool hasDecided = scene.Shard.LastNumber != before;
        scene.Sell(anyDecision: role == SourceRole.Admin);
        scene.Shard.Pass(Beat);
        _ended.Add(connection.Session);
        _inputs++;
        return hasDecided;
    }

    /// <summary>The role the input is logged on with; none for a stranger.</summary>
    private static SourceRole? RoleOf(byte how) => (SourceRole)(how & 3) is var role && Enum.IsDefined(role) ? role : null;

    private FuzzConnection Connect(Scene scene, byte how, SourceRole? role, out uint source)
    {
        int unreadBytesMax = (how & 8) != 0 ? UnreadBytesMax : 0;
        source = FuzzSources.Of(_inputs, role ?? SourceRole.Submit);
        if (role is not null)
        {
            return Programme.LogOn(scene.Shard, source, FuzzSources.Certificate, unreadBytesMax);
        }

        string address = _inputs.ToString(CultureInfo.InvariantCulture);
        return scene.Shard.Connect(new SessionPeer(address, "", (how & 4) != 0 ? FuzzSources.Certificate : null), unreadBytesMax);
    }

    private static void Send(FuzzShard shard, FuzzConnection connection, in FuzzInput fuzz, uint source)
    {
        byte[] stream = fuzz.Stream.ToArray();
        SpokenSource.Replace(stream, source);
        int at = 0;
        foreach (int end in fuzz.Ends())
        {
            connection.Send(stream.AsSpan(at, end - at));
            at = end;
            shard.Settle();
            connection.Read();
        }
    }

    /// <summary>Whatever was sent there belongs to the source of the connection.</summary>
    private void CheckAnswers(FuzzShard shard, FuzzConnection connection, uint source)
    {
        foreach (var (type, payload) in connection.Received)
        {
            if (type == MessageType.Outcome && Frame.TryDecode<Outcome>(payload, out var outcome))
            {
                Answered = (Answered.Decided + 1, Answered.Answers);
                if (outcome.Source != source && outcome.Source != FuzzSources.Spoken)
                {
                    throw new FuzzFailureException($"Source {source} was sent an outcome of source {outcome.Source}.");
                }
            }
            else if (type == MessageType.LogonReply && Frame.TryDecode<LogonReply>(payload, out var reply) && reply.Code != ResultCode.Accepted)
            {
                shard.Pass(AfterFailedLogon);
            }
        }

        Answered = (Answered.Decided, Answered.Answers + connection.Received.Count);
    }

    /// <summary>Ended sessions are forgotten, except by the slots of the ring that named them last.</summary>
    private void CheckNothingIsKept()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        int kept = _ended.Count(static session => session.IsAlive);
        _ended.Clear();
        if (kept > FuzzShard.RingSlots)
        {
            throw new FuzzFailureException($"{kept} ended sessions are kept in memory.");
        }

        if (_unobserved is { } fault)
        {
            throw new FuzzFailureException($"A task failed and nobody looked: {fault}", fault);
        }
    }

    private void CheckMemory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        if (++_scenes <= WarmUpScenes)
        {
            _memoryAfterWarmUp = memory;
        }
        else if (memory > _memoryAfterWarmUp + GrowthMax)
        {
            throw new FuzzFailureException($"After {_scenes} shards {memory >> 20} MB are in use; after {WarmUpScenes} they were {_memoryAfterWarmUp >> 20} MB.");
        }
    }
}

using System.Buffers;
using System.IO.Pipelines;
using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Simulation.Clients;

namespace TxCore.Simulation.Engine;

/// <summary>
/// A connection through the network: bytes wait in it until the simulation delivers some of them, split anywhere. It can be cut at any
/// moment, stall, or have a client that does not read.
/// </summary>
internal sealed class SimLink : IDuplexPipe
{
    private static readonly PipeOptions InlinePipe = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, resumeWriterThreshold: 0);

    private readonly World _world;
    private readonly Pipe _toServer = new(InlinePipe);
    private readonly SimOutput _output;
    private Task? _session;
    private bool _isServerInputClosed;

    public SimLink(World world, int id, SimClient client, SimProcess process)
    {
        (_world, Id, Client, Process) = (world, id, client, process);
        _output = new SimOutput(this, world.Setup.UnreadBytesMax);
    }

    public int Id { get; }

    public SimClient Client { get; }

    public SimProcess Process { get; }

    public ByteQueue ToServer { get; } = new();

    public ByteQueue ToClient { get; } = new();

    /// <summary>Nothing moves before this time.</summary>
    public long StalledUntil { get; set; }

    /// <summary>The client reads nothing before this time.</summary>
    public long UnreadUntil { get; set; }

    /// <summary>Neither side uses it any more.</summary>
    public bool IsGone { get; private set; }

    public bool IsClosedByServer { get; private set; }

    /// <summary>What was stored of its source when the logon was sent.</summary>
    public long DecidedAtLogon { get; set; }

    /// <summary>What was stored of its source when a question about a sequence was first sent.</summary>
    public Dictionary<long, long> Asked { get; } = [];

    /// <summary>The newest definitions version told on it, and the highest number of a first answer.</summary>
    public ulong LastChange { get; set; }

    public ulong LastNumber { get; set; }

    PipeReader IDuplexPipe.Input => _toServer.Reader;

    PipeWriter IDuplexPipe.Output => _output;

    public bool CanDeliverToServer => !IsGone && !Process.IsFrozen && ToServer.Count > 0 && _world.Now >= StalledUntil;

    public bool CanDeliverToClient => !IsGone && (ToClient.Count > 0 || IsClosedByServer) && _world.Now >= StalledUntil && _world.Now >= UnreadUntil;

    /// <summary>The server takes the connection.</summary>
    public void Accept()
    {
        var session = new Session(this, Process.Shard!.Services);
        _session = session.RunAsync();
    }

    public void Send(ReadOnlySpan<byte> frame) => ToServer.Add(frame);

    /// <summary>What a flush of the server let go of: whole frames, looked at before they travel.</summary>
    public void TakeFromServer(ReadOnlySpan<byte> frames)
    {
        if (Process.IsDead || IsGone)
        {
            return;
        }

        for (int at = 0; at < frames.Length;)
        {
            int length = Wire.LengthBytes + BitConverter.ToInt32(frames[at..]);
            var type = (MessageType)BitConverter.ToUInt16(frames[(at + Wire.LengthBytes)..]);
            _world.Check.Answered(this, type, frames.Slice(at + Wire.HeaderBytes, length - Wire.HeaderBytes));
            at += length;
        }

        ToClient.Add(frames);
    }

    public void DeliverToServer()
    {
        if (_isServerInputClosed)
        {
            ToServer.Drop(ToServer.Count);
            return;
        }

        int count = _world.Random.Percent(70) ? ToServer.Count : _world.Random.Between(1, ToServer.Count);
        WriteToServer(count);
    }

    public void DeliverToClient()
    {
        if (ToClient.Count > 0)
        {
            int count = _world.Random.Percent(70) ? ToClient.Count : _world.Random.Between(1, ToClient.Count);
            var bytes = ToClient.Span[..count].ToArray();
            ToClient.Drop(count);
            _output.Relieve();
            Client.Receive(this, bytes);
        }
        else
        {
            IsGone = true;
            Client.Closed(this);
        }
    }

    /// <summary>The connection ends from outside the server: what was on its way to it arrives in part, or not.</summary>
    public void Cut()
    {
        if (IsGone)
        {
            return;
        }

        IsGone = true;
        if (!Process.IsDead)
        {
            if (ToServer.Count > 0 && !_isServerInputClosed && _world.Random.Percent(50))
            {
                WriteToServer(_world.Random.Percent(50) ? ToServer.Count : _world.Random.Between(1, ToServer.Count));
            }

            _output.Cut();
            CloseServerInput(_world.Random.Percent(50) ? new IOException("The connection was reset.") : null);
        }

        Client.Closed(this);
    }

    /// <summary>The session has ended on the server's side.</summary>
    public void CloseByServer()
    {
        IsClosedByServer = true;
        CloseServerInput(null);
    }

    /// <summary>An exception that left a session was not foreseen by anybody.</summary>
    public void CheckSession()
    {
        if (_session is { IsFaulted: true } && !Process.IsDead)
        {
            _world.Violate($"a session ended with {_session.Exception!.InnerException}");
        }
    }

    private void WriteToServer(int count)
    {
        _toServer.Writer.Write(ToServer.Span[..count]);
        ToServer.Drop(count);
        _ = _toServer.Writer.FlushAsync();
    }

    private void CloseServerInput(Exception? reason)
    {
        if (!_isServerInputClosed)
        {
            _isServerInputClosed = true;
            _toServer.Writer.Complete(reason);
        }
    }
}

using System.IO.Pipelines;

namespace TxCore.Testing.Shards;

/// <summary>A connection in memory: what one end writes the other end reads.</summary>
public sealed class PipePair
{
    /// <summary>Makes a connection; each direction slows its writer at the default of 64 KiB unread bytes.</summary>
    public PipePair()
    {
        var toServer = new Pipe();
        var toClient = new Pipe();
        Server = new End(toServer.Reader, toClient.Writer);
        Client = new End(toClient.Reader, toServer.Writer);
    }

    /// <summary>The server's end.</summary>
    public IDuplexPipe Server { get; }

    /// <summary>The client's end.</summary>
    public IDuplexPipe Client { get; }

    private sealed record End(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

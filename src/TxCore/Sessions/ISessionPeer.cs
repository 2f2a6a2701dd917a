using TxCore.Pipeline;

namespace TxCore.Sessions;

/// <summary>What the reply stage needs of a connection. Called by the reply thread alone; none of it blocks.</summary>
public interface ISessionPeer
{
    /// <summary>The connection.</summary>
    ulong Id { get; }

    /// <summary>Takes the answer to an event into the output, to leave with the next <see cref="Flush"/>.</summary>
    void Answer(TxEvent answered);

    /// <summary>Lets the output leave.</summary>
    void Flush();
}

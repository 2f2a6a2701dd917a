namespace TxCore.Faults.Proxies;

/// <summary>Where a client's connection is cut.</summary>
public enum ClientStep
{
    /// <summary>Right after it was accepted.</summary>
    Connect,

    /// <summary>In the middle of a frame on its way to the server.</summary>
    InFrame,

    /// <summary>When the server has a whole frame, before its answer.</summary>
    AfterFrame,

    /// <summary>In the middle of an answer.</summary>
    InAnswer,

    /// <summary>When the client has a whole answer.</summary>
    AfterAnswer,
}

/// <summary>How a client's bytes travel.</summary>
public enum ClientPace
{
    /// <summary>As they come.</summary>
    Normal,

    /// <summary>The client's bytes reach the server a few at a time.</summary>
    SlowWriter,

    /// <summary>The answers are taken from the server a few at a time.</summary>
    SlowReader,
}

/// <summary>What becomes of one connection of a client.</summary>
/// <param name="Step">Where it is cut; null for never.</param>
/// <param name="Frame">The frame or answer, from 1: the first two are the logon.</param>
/// <param name="Resets">Cut by a reset instead of an orderly end.</param>
/// <param name="Pace">How its bytes travel.</param>
internal sealed record LinkFault(ClientStep? Step, int Frame, bool Resets, ClientPace Pace)
{
    private const int LogonFrames = 2;

    public static readonly LinkFault None = new(null, 0, false, ClientPace.Normal);

    /// <summary>The name of the step in reports.</summary>
    public string Name => Step == ClientStep.Connect ? "connect" : $"{(Frame <= LogonFrames ? "logon, " : "")}{Step switch
    {
        ClientStep.InFrame => "half a frame sent",
        ClientStep.AfterFrame => "sent, not answered",
        ClientStep.InAnswer => "half an answer read",
        _ => "answered",
    }}";

    /// <summary>Draws what becomes of a connection.</summary>
    public static LinkFault Draw(Random random, int framesMax)
    {
        ClientStep? step = random.Next(4) == 0 ? null : (ClientStep)random.Next(Enum.GetValues<ClientStep>().Length);

        // A fifth of the cuts meet the logon.
        int frame = random.Next(5) == 0 ? random.Next(1, LogonFrames + 1) : random.Next(LogonFrames + 1, framesMax);
        var pace = random.Next(12) switch { 0 => ClientPace.SlowWriter, 1 => ClientPace.SlowReader, _ => ClientPace.Normal };
        return new LinkFault(step, frame, random.Next(2) == 0, pace);
    }
}

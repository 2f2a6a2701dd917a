namespace TxCore.Protocol;

/// <summary>What a client does after a result code.</summary>
public enum NextStep
{
    /// <summary>Go on with the next sequence.</summary>
    GoOn,

    /// <summary>Wait for the time given, then send again from the next expected sequence.</summary>
    ResendAfterWait,

    /// <summary>Send again from the next expected sequence at once.</summary>
    ResendFromExpected,

    /// <summary>Stop and raise an alarm: the two sides disagree.</summary>
    StopAndAlarm,

    /// <summary>Connect again, log on, resume from the next expected sequence.</summary>
    Reconnect,

    /// <summary>Do not connect again: another connection of this source is in use.</summary>
    StayAway,

    /// <summary>Ask again later.</summary>
    AskAgain,
}

/// <summary>The properties of a result code.</summary>
/// <param name="IsFinal">The decision stands for ever and a repeat gets the same.</param>
/// <param name="ConsumesSequence">The sequence is used up.</param>
/// <param name="Next">What the client does next.</param>
public readonly record struct ResultCodeTraits(bool IsFinal, bool ConsumesSequence, NextStep Next);

/// <summary>Tells the traits of every <see cref="ResultCode"/>; PROTOCOL.md carries the same table and a test compares the two.</summary>
public static class ResultCodes
{
    private static readonly ResultCodeTraits Decision = new(IsFinal: true, ConsumesSequence: true, NextStep.GoOn);

    /// <summary>
    /// The traits of <paramref name="code"/>. Codes of 200 and above are decisions, known to this version or not; an unknown code
    /// below 200 says nothing about the sequence, so the client stops. A code in an <see cref="Messages.Outcome"/> is always a decision.
    /// </summary>
    public static ResultCodeTraits Describe(ResultCode code) => code switch
    {
        ResultCode.Accepted or ResultCode.MalformedBody or ResultCode.DeadlinePassed => Decision,
        ResultCode.SequenceGap => new(false, false, NextStep.ResendFromExpected),
        ResultCode.SequenceConflict or ResultCode.RestoredTooOld or ResultCode.WrongShard or ResultCode.LogonRefused
            or ResultCode.RoleNotAllowed or ResultCode.SourceMismatch or ResultCode.WrongVersion or ResultCode.UnknownMessage
            or ResultCode.FrameTooLarge or ResultCode.FrameTooShort or ResultCode.UnexpectedMessage or ResultCode.NotLoggedOn
            => new(false, false, NextStep.StopAndAlarm),
        ResultCode.Busy => new(false, false, NextStep.ResendAfterWait),
        ResultCode.Pending => new(false, false, NextStep.AskAgain),
        ResultCode.Fenced => new(false, false, NextStep.StayAway),
        ResultCode.LogonTimeout or ResultCode.IdleTimeout or ResultCode.SlowReader or ResultCode.ShuttingDown
            or ResultCode.TooManyConnections => new(false, false, NextStep.Reconnect),
        >= ResultCode.UnknownRace => Decision,
        _ => new(false, false, NextStep.StopAndAlarm),
    };
}

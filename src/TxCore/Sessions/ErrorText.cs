using TxCore.Protocol;

namespace TxCore.Sessions;

/// <summary>Says in a sentence what was wrong with a connection.</summary>
internal static class ErrorText
{
    public static string Of(ResultCode code, uint detail) => code switch
    {
        ResultCode.FrameTooLarge => $"The frame announces {detail} bytes after its length field, more than the limit.",
        ResultCode.FrameTooShort => $"The frame is shorter than its header or the fields its message needs (type or length {detail}).",
        ResultCode.UnknownMessage => $"Message type 0x{detail:X4} is not known here.",
        ResultCode.UnexpectedMessage => $"Message type 0x{detail:X4} is not allowed in this state of the session.",
        ResultCode.NotLoggedOn => $"Message type 0x{detail:X4} came before the logon.",
        ResultCode.WrongVersion => $"This server speaks protocol version {Wire.Version}.",
        ResultCode.LogonTimeout => "The logon was not complete in time.",
        ResultCode.IdleTimeout => "Nothing was heard for too long; a client sends heartbeats.",
        ResultCode.Fenced => "A newer connection of this source took over.",
        ResultCode.ShuttingDown => "The server is shutting down; connect again.",
        ResultCode.TooManyConnections => "The most connections are open; try again later.",
        ResultCode.SlowReader => "Answers were not read fast enough.",
        _ => code.ToString(),
    };
}

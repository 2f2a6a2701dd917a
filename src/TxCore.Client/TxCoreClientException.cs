using TxCore.Protocol;

namespace TxCore.Client;

/// <summary>Why a call, or the whole client, failed. Refusals are no faults: they are outcomes.</summary>
public enum ClientFault
{
    /// <summary>The server could not be reached, or closed before the logon was answered. Only from connecting; try again later.</summary>
    ConnectFailed = 1,

    /// <summary>The credential was refused, or the source is unknown or disabled. Ends the client.</summary>
    LogonRefused = 2,

    /// <summary>The server could not prove that it knows the credential: it is not the server. Ends the client.</summary>
    ServerNotTrusted = 3,

    /// <summary>The source belongs to another shard or channel. Ends the client.</summary>
    WrongShard = 4,

    /// <summary>The server lacks transactions it had answered: its database was restored from too old a copy. Ends the client.</summary>
    RestoredTooOld = 5,

    /// <summary>A newer connection of the source took over. Ends the client, which does not connect again.</summary>
    Fenced = 6,

    /// <summary>The sequence was decided with other content, or another client used the source. Ends the client; raise an alarm.</summary>
    Conflict = 7,

    /// <summary>The role of the source does not allow the transaction. Ends the client.</summary>
    RoleNotAllowed = 8,

    /// <summary>The two sides do not speak the same protocol. Ends the client.</summary>
    Protocol = 9,

    /// <summary>No outcome came in time. Only the call ends: the transaction goes on; ask for its status, wait for it, or reverse it.</summary>
    AnswerTimeout = 10,

    /// <summary>The most transactions wait for an answer. Only the call ends: it took no sequence.</summary>
    BacklogFull = 11,

    /// <summary>The outbox could not be written or read. Ends the client: nothing is sent that is not kept.</summary>
    OutboxFailed = 12,

    /// <summary>The client was disposed before the outcome came; a durable outbox keeps the transaction for the next client.</summary>
    ConnectionLost = 13,

    /// <summary>An event handler of the program threw. Ends the client.</summary>
    HandlerFailed = 14,
}

/// <summary>A call, or the client, failed; <see cref="Reason"/> says why and <see cref="ClientFault"/> what it means.</summary>
public sealed class TxCoreClientException : Exception
{
    internal TxCoreClientException(ClientFault reason, string message, Exception? inner = null, ResultCode code = ResultCode.Accepted, ulong sequence = 0)
        : base(message, inner)
    {
        Reason = reason;
        Code = code;
        Sequence = sequence;
    }

    /// <summary>Why.</summary>
    public ClientFault Reason { get; }

    /// <summary>The code the server gave; <see cref="ResultCode.Accepted"/> when the reason is not the server's.</summary>
    public ResultCode Code { get; }

    /// <summary>The sequence of the transaction the call was about, to ask for its status or to reverse it; 0 for none.</summary>
    public ulong Sequence { get; }

    internal static TxCoreClientException FromCode(ResultCode code, string message) => new(
        code switch
        {
            ResultCode.LogonRefused => ClientFault.LogonRefused,
            ResultCode.WrongShard => ClientFault.WrongShard,
            ResultCode.RestoredTooOld => ClientFault.RestoredTooOld,
            ResultCode.Fenced => ClientFault.Fenced,
            ResultCode.SequenceConflict => ClientFault.Conflict,
            ResultCode.RoleNotAllowed => ClientFault.RoleNotAllowed,
            _ => ClientFault.Protocol,
        },
        message,
        code: code);

    /// <summary>The same fault for one transaction: every waiting call gets an exception of its own.</summary>
    internal TxCoreClientException ForSequence(ulong sequence) => new(Reason, Message, this, Code, sequence);
}

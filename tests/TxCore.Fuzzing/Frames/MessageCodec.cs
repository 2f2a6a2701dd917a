using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Fuzzing.Frames;

/// <summary>Decodes and encodes messages of one type without knowing what they are.</summary>
public abstract class MessageCodec(MessageType type)
{
    /// <summary>The type in the frame header.</summary>
    public MessageType Type { get; } = type;

    /// <summary>The message of a payload; null when it cannot be read.</summary>
    public abstract object? Decode(ReadOnlySpan<byte> payload);

    /// <summary>The message as a whole frame.</summary>
    public abstract byte[] Encode(object message);
}

/// <summary>A codec of a message record.</summary>
public sealed class MessageCodec<T>(MessageType type, Func<T, byte[]> encode, MessageDecoder<T> decode) : MessageCodec(type)
    where T : notnull
{
    public override object? Decode(ReadOnlySpan<byte> payload) => decode(payload, out var message) ? message : null;

    public override byte[] Encode(object message) => encode((T)message);
}

/// <summary>Reads a message; false when the payload is not one.</summary>
public delegate bool MessageDecoder<T>(ReadOnlySpan<byte> payload, out T message);

/// <summary>A codec for every message on the wire.</summary>
public static class MessageCodecs
{
    private static readonly MessageType[] RaceControls =
    [
        MessageType.RaceOpen, MessageType.RaceSuspend, MessageType.RaceStop, MessageType.RaceReopen, MessageType.RaceScratch,
        MessageType.RaceCancel, MessageType.RacePostpone,
    ];

    private static readonly MessageType[] SaleControls = [MessageType.SaleOpen, MessageType.SaleClose];

    private static readonly MessageType[] DrawControls = [MessageType.DrawOpen, MessageType.DrawClose, MessageType.DrawPublish, MessageType.DrawEnd];

    private static readonly Dictionary<MessageType, MessageCodec> ByType = Session().Concat(Transactions()).Concat(Queries()).Concat(Controls())
        .ToDictionary(static codec => codec.Type);

    /// <summary>All of them.</summary>
    public static IReadOnlyCollection<MessageCodec> All => ByType.Values;

    /// <summary>The codec of a type; null when no message has it.</summary>
    public static MessageCodec? Find(MessageType type) => ByType.GetValueOrDefault(type);

    private static IEnumerable<MessageCodec> Session() =>
    [
        Of<LogonRequest>(), Of<LogonChallenge>(), Of<LogonProof>(), Of<LogonReply>(), Of<Heartbeat>(), Of<ErrorMessage>(), Of<Logoff>(),
        Of<Outcome>(), Of<NotDecided>(), Of<StatusReply>(), Of<PersonState>(), Of<StateChange>(),
    ];

    private static IEnumerable<MessageCodec> Transactions() =>
    [
        Of<Wager>(), Of<Cancel>(), Of<Reversal>(), Of<Pay>(), Of<VoucherIssue>(), Of<VoucherRedeem>(),
        Of<Hold>(), Of<Confirm>(), Of<Release>(), Of<Authorise>(), Of<TicketReturn>(), Of<WaitJoin>(), Of<WaitLeave>(),
        Of<DrawRegister>(), Of<DrawWithdraw>(),
    ];

    private static IEnumerable<MessageCodec> Queries() =>
    [
        Of<StatusQuery>(), Of<PersonRequest>(), Of<DefinitionsRequest>(), Of<DefinitionsPage>(), Of<PoolTotalsRequest>(), Of<PoolTotals>(),
        Of<SaleStateRequest>(), Of<SaleState>(), Of<DrawStateRequest>(), Of<DrawState>(), Of<PaymentsRequest>(), Of<PaymentsPage>(),
    ];

    private static IEnumerable<MessageCodec> Controls() =>
    [
        Of<RaceDefine>(), Of<SaleDefine>(), Of<CellsDefine>(), Of<TimeConfirm>(), Of<RaceResult>(), Of<RacePublish>(), Of<PoolCarryIn>(),
        Of<SupervisorResolve>(), Of<PlayersBar>(), Of<PlayerLimit>(), Of<SeatsBlock>(), Of<SeatsMove>(), Of<PaymentsAcknowledge>(),
        Of<DrawDefine>(), Of<DrawFreeze>(), Of<DrawRun>(), Of<DrawWave>(), Of<DrawExclude>(),
        .. RaceControls.Select(static type => new MessageCodec<RaceControl>(type, message => message.Encode(type), RaceControl.TryDecode)),
        .. SaleControls.Select(static type => new MessageCodec<SaleControl>(type, message => message.Encode(type), SaleControl.TryDecode)),
        .. DrawControls.Select(static type => new MessageCodec<DrawControl>(type, message => message.Encode(type), DrawControl.TryDecode)),
    ];

    private static MessageCodec<T> Of<T>()
        where T : IMessage<T> => new(T.Type, Frame.Encode, Frame.TryDecode);
}

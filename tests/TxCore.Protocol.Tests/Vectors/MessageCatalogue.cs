using System.Text.Json.Nodes;
using TxCore.Protocol.Messages;

namespace TxCore.Protocol.Tests.Vectors;

/// <summary>What the tests can do with a message of one type.</summary>
/// <param name="Type">The type in the frame header.</param>
/// <param name="Record">The record of its fields.</param>
/// <param name="Encode">Fields as JSON to a whole frame.</param>
/// <param name="Decode">Payload to fields as JSON; null when it is refused.</param>
/// <param name="TryDecode">The same without JSON, for fuzzing.</param>
/// <param name="FromRecord">The fields as JSON of a record.</param>
internal sealed record CatalogueEntry(
    MessageType Type, Type Record, Func<JsonNode, byte[]> Encode, Func<byte[], JsonNode?> Decode, Func<byte[], bool> TryDecode,
    Func<object, JsonNode> FromRecord)
{
    public string Name => Type.ToString();
}

/// <summary>Every message on the wire by the name of its type.</summary>
internal static class MessageCatalogue
{
    private static readonly MessageType[] RaceControls =
    [
        MessageType.RaceOpen, MessageType.RaceSuspend, MessageType.RaceStop, MessageType.RaceReopen, MessageType.RaceScratch,
        MessageType.RaceCancel, MessageType.RacePostpone,
    ];

    private static readonly MessageType[] SaleControls = [MessageType.SaleOpen, MessageType.SaleClose];

    private static readonly MessageType[] DrawControls = [MessageType.DrawOpen, MessageType.DrawClose, MessageType.DrawPublish, MessageType.DrawEnd];

    public static readonly IReadOnlyDictionary<string, CatalogueEntry> All = Entries().ToDictionary(entry => entry.Name);

    private delegate bool Decoder<T>(ReadOnlySpan<byte> payload, out T message);

    private static IEnumerable<CatalogueEntry> Entries() =>
    [
        Of<LogonRequest>(), Of<LogonChallenge>(), Of<LogonProof>(), Of<LogonReply>(), Of<Heartbeat>(), Of<ErrorMessage>(), Of<Logoff>(),
        Of<Wager>(), Of<Cancel>(), Of<Reversal>(), Of<Pay>(), Of<VoucherIssue>(), Of<VoucherRedeem>(),
        Of<Hold>(), Of<Confirm>(), Of<Release>(), Of<Authorise>(), Of<TicketReturn>(), Of<WaitJoin>(), Of<WaitLeave>(), Of<DrawRegister>(),
        Of<DrawWithdraw>(),
        Of<StatusQuery>(), Of<PersonRequest>(), Of<DefinitionsRequest>(), Of<DefinitionsPage>(), Of<PoolTotalsRequest>(), Of<PoolTotals>(),
        Of<SaleStateRequest>(), Of<SaleState>(), Of<DrawStateRequest>(), Of<DrawState>(), Of<PaymentsRequest>(), Of<PaymentsPage>(),
        Of<RaceDefine>(), Of<SaleDefine>(), Of<CellsDefine>(), Of<TimeConfirm>(),
        Of<RaceResult>(), Of<RacePublish>(), Of<PoolCarryIn>(), Of<SupervisorResolve>(), Of<PlayersBar>(), Of<PlayerLimit>(),
        Of<SeatsBlock>(), Of<SeatsMove>(), Of<PaymentsAcknowledge>(),
        Of<DrawDefine>(), Of<DrawFreeze>(), Of<DrawRun>(), Of<DrawWave>(), Of<DrawExclude>(),
        .. RaceControls.Select(type => Of<RaceControl>(type, message => message.Encode(type), RaceControl.TryDecode)),
        .. SaleControls.Select(type => Of<SaleControl>(type, message => message.Encode(type), SaleControl.TryDecode)),
        .. DrawControls.Select(type => Of<DrawControl>(type, message => message.Encode(type), DrawControl.TryDecode)),
        Of<Outcome>(), Of<NotDecided>(), Of<StatusReply>(), Of<PersonState>(), Of<StateChange>(),
    ];

    private static CatalogueEntry Of<T>()
        where T : IMessage<T> => Of<T>(T.Type, Frame.Encode, Frame.TryDecode);

    private static CatalogueEntry Of<T>(MessageType type, Func<T, byte[]> encode, Decoder<T> decode) => new(
        type,
        typeof(T),
        fields => encode(MessageJson.FromJson<T>(fields)),
        payload => decode(payload, out var message) ? MessageJson.ToJson(message) : null,
        payload => decode(payload, out _),
        message => MessageJson.ToJson((T)message));
}

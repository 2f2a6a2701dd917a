using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Testing.Shards;
using TxCore.Tests.Support;

namespace TxCore.Tests.Sessions;

/// <summary>
/// The table of roles in PROTOCOL.md, section 4, held against every message type there is: whoever adds one finds it here, refused or in the
/// list of those that ask only.
/// </summary>
public sealed class RoleTests : IAsyncLifetime
{
    private const uint Reader = 21;
    private const uint Submitter = 22;

    /// <summary>Queries every role may send; answered without the sequence.</summary>
    private static readonly Dictionary<MessageType, MessageType> Questions = new()
    {
        [MessageType.Heartbeat] = MessageType.Heartbeat,
        [MessageType.DefinitionsRequest] = MessageType.DefinitionsPage,
        [MessageType.PoolTotalsRequest] = MessageType.PoolTotals,
        [MessageType.SaleStateRequest] = MessageType.SaleState,
        [MessageType.DrawStateRequest] = MessageType.DrawState,
        [MessageType.StatusQuery] = MessageType.StatusReply,
    };

    private TestShard _test = null!;

    public async ValueTask InitializeAsync()
    {
        _test = await TestShard.StartAsync();
        _test.Sources.Change(Reader, static record => record with { Role = SourceRole.Read });
        _test.Sources.Change(Submitter, static record => record with { Role = SourceRole.Submit });
    }

    public async ValueTask DisposeAsync() => await _test.DisposeAsync();

    [Fact]
    public async Task Each_role_may_send_what_the_protocol_says_and_nothing_else()
    {
        foreach (var type in Enum.GetValues<MessageType>().Where(static type => type is not MessageType.None and < MessageType.Started))
        {
            foreach (var (source, role) in new[] { (Reader, SourceRole.Read), (Submitter, SourceRole.Submit), (TestShard.Admin, SourceRole.Admin) })
            {
                string told = await TellAsync(source, type);
                Assert.True(Expected(type, role) == told, $"{type} of a source with role {role}: {told}, not {Expected(type, role)}.");
            }
        }
    }

    [Fact]
    public async Task Before_the_logon_nothing_but_the_logon_is_looked_at()
    {
        foreach (var type in Enum.GetValues<MessageType>().Where(static type => type is not MessageType.None and not MessageType.LogonRequest))
        {
            var client = _test.Connect();
            client.Send(FrameOf(type, 0));
            var error = await client.NextAsync<ErrorMessage>();
            var expected = type >= MessageType.Started ? ResultCode.UnknownMessage : type.IsSequenced() ? ResultCode.NotLoggedOn : ResultCode.UnexpectedMessage;
            Assert.True(expected == error.Code, $"{type} before the logon: {error.Code}, not {expected}.");
            await client.Closed;
        }
    }

    /// <summary>What PROTOCOL.md says, from the bands of the types and the table of roles alone.</summary>
    private static string Expected(MessageType type, SourceRole role)
    {
        if (Questions.TryGetValue(type, out var answer))
        {
            return $"{answer}";
        }

        return type switch
        {
            MessageType.Logoff => "closed",
            MessageType.PaymentsRequest => role == SourceRole.Admin ? nameof(MessageType.PaymentsPage) : nameof(ResultCode.RoleNotAllowed),
            MessageType.PersonRequest => role >= SourceRole.Submit ? nameof(MessageType.PersonState) : nameof(ResultCode.RoleNotAllowed),
            >= (MessageType)0x0100 and < (MessageType)0x0180 => role >= SourceRole.Submit ? "decided" : nameof(ResultCode.RoleNotAllowed),
            >= (MessageType)0x0300 and < (MessageType)0x0400 => role == SourceRole.Admin ? "decided" : nameof(ResultCode.RoleNotAllowed),
            _ => nameof(ResultCode.UnexpectedMessage),
        };
    }

    /// <summary>Sends one message of a type and names what came of it.</summary>
    private async Task<string> TellAsync(uint source, MessageType type)
    {
        var (client, reply) = await _test.ConnectAsync(source);
        Assert.Equal(ResultCode.Accepted, reply.Code);
        client.Send(FrameOf(type, source, reply.NextSequence));
        if (type == MessageType.Logoff)
        {
            await client.Closed;
            return "closed";
        }

        var answer = await client.NextAsync();
        string told = answer.Type switch
        {
            MessageType.Outcome => "decided",
            MessageType.NotDecided => $"{answer.As<NotDecided>().Code}",
            MessageType.Error => $"{answer.As<ErrorMessage>().Code}",
            _ => $"{answer.Type}",
        };
        await client.CloseAsync();
        return told;
    }

    /// <summary>A frame of a type with the name of a transaction in front and enough zeros behind for any question.</summary>
    private static byte[] FrameOf(MessageType type, uint source, ulong sequence = 1)
    {
        byte[] frame = new byte[Wire.HeaderBytes + 256];
        BitConverter.TryWriteBytes(frame, frame.Length - Wire.LengthBytes);
        BitConverter.TryWriteBytes(frame.AsSpan(Wire.LengthBytes), (ushort)type);
        frame[Wire.LengthBytes + 2] = Wire.Version;
        BitConverter.TryWriteBytes(frame.AsSpan(Wire.HeaderBytes), source);
        BitConverter.TryWriteBytes(frame.AsSpan(Wire.HeaderBytes + sizeof(uint)), sequence);
        return frame;
    }
}

using System.Globalization;
using TxCore.Client.Sessions;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Logon;

/// <summary>The four frames that open a session. A refusal to stay away from is a <see cref="TxCoreClientException"/>; one to try again, a <see cref="ConnectionEndedException"/>.</summary>
internal static class LogonExchange
{
    public static async Task<LogonReply> RunAsync(
        Connection connection, ClientOptions options, ulong lastNumberHeld, CancellationToken cancellationToken)
    {
        var scram = options.Password is { } password ? new ScramClient(options.Source.ToString(CultureInfo.InvariantCulture), password) : null;
        var request = new LogonRequest(
            options.Source, options.Shard, options.Channel, options.SoftwareVersion, lastNumberHeld, scram?.ClientFirst() ?? []);
        await connection.SendAsync(Frame.Encode(request), cancellationToken).ConfigureAwait(false);

        // Without a password the connection's certificates have proved both sides already: the reply follows at once.
        var reply = scram is null
            ? await ReadReplyAsync(connection, cancellationToken).ConfigureAwait(false)
            : await ProveAsync(connection, scram, cancellationToken).ConfigureAwait(false);

        // The server checks this too; a client that was pointed at the wrong one must not depend on that server's care.
        if (reply.Channel != options.Channel || (options.Shard != 0 && reply.Shard != options.Shard))
        {
            throw new TxCoreClientException(
                ClientFault.WrongShard, $"The server is shard {reply.Shard} of {reply.Channel}, not the one asked for.", code: ResultCode.WrongShard);
        }

        return reply;
    }

    private static async Task<LogonReply> ProveAsync(Connection connection, ScramClient scram, CancellationToken cancellationToken)
    {
        var (type, payload) = await ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        if (type == MessageType.LogonReply)
        {
            // Refused before the challenge (wrong shard, too many connections): no proof was made, none can be asked back.
            throw Refusal(Decode<LogonReply>(payload).Code);
        }

        byte[] clientFinal = type == MessageType.LogonChallenge && scram.ClientFinal(Decode<LogonChallenge>(payload).Scram) is { } final
            ? final
            : throw new TxCoreClientException(ClientFault.ServerNotTrusted, "The server's challenge does not follow from the logon request.");
        await connection.SendAsync(Frame.Encode(new LogonProof(clientFinal)), cancellationToken).ConfigureAwait(false);

        var reply = await ReadReplyAsync(connection, cancellationToken).ConfigureAwait(false);
        return scram.Verify(reply.Scram)
            ? reply
            : throw new TxCoreClientException(ClientFault.ServerNotTrusted, "The server's signature is wrong: it does not know this source's credential.");
    }

    /// <summary>Reads the reply that accepts the logon; a refusal comes out as its exception.</summary>
    private static async Task<LogonReply> ReadReplyAsync(Connection connection, CancellationToken cancellationToken)
    {
        var (type, payload) = await ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        if (type != MessageType.LogonReply)
        {
            throw new TxCoreClientException(ClientFault.Protocol, $"The server sent {type} where the logon reply was due.");
        }

        var reply = Decode<LogonReply>(payload);
        return reply.Code == ResultCode.Accepted ? reply : throw Refusal(reply.Code);
    }

    /// <summary>What a code at the end of a connection means: an exception to stay away by or to connect again by.</summary>
    public static Exception Refusal(ResultCode code, string text = "")
    {
        string message = text.Length == 0 ? $"The server ended the session: {code}." : $"The server ended the session: {code} ({text}).";
        return ResultCodes.Describe(code).Next is NextStep.Reconnect or NextStep.ResendAfterWait or NextStep.AskAgain
            ? new ConnectionEndedException(message)
            : TxCoreClientException.FromCode(code, message);
    }

    private static async Task<(MessageType Type, byte[] Payload)> ReadAsync(Connection connection, CancellationToken cancellationToken)
    {
        var frame = await connection.ReadOneAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new ConnectionEndedException("The server closed the connection before the logon was answered.");
        if (frame.Type == MessageType.Error)
        {
            var error = Decode<ErrorMessage>(frame.Payload);
            throw Refusal(error.Code, error.Text);
        }

        return frame;
    }

    private static T Decode<T>(byte[] payload)
        where T : IMessage<T> =>
        Frame.TryDecode<T>(payload, out var message)
            ? message
            : throw new TxCoreClientException(ClientFault.Protocol, $"The server sent a {T.Type} that cannot be read.");
}

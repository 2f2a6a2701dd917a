using TxCore.Client.Logon;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Sessions;

/// <summary>Decodes what the server sends and hands it to whom it concerns. An exception out of here ends the connection or the client.</summary>
internal sealed class AnswerDispatcher(TransactionQueue queue, Queries queries, DefinitionsFollower definitions) : IFrameReceiver
{
    private bool _hasReceived;

    /// <summary>True once since it was last asked: something came after the logon.</summary>
    public bool TakeHasReceived() => Interlocked.Exchange(ref _hasReceived, false);

    public void Receive(MessageType type, ReadOnlySpan<byte> payload)
    {
        _hasReceived = true;
        switch (type)
        {
            case MessageType.Outcome:
                queue.Decided(Decode<Outcome>(payload));
                break;
            case MessageType.NotDecided:
                NotDecided(Decode<NotDecided>(payload));
                break;
            case MessageType.StatusReply:
                queries.Answer(Decode<StatusReply>(payload));
                break;
            case MessageType.DefinitionsPage:
                queries.Answer(Decode<DefinitionsPage>(payload));
                break;
            case MessageType.PoolTotals:
                queries.Answer(Decode<PoolTotals>(payload));
                break;
            case MessageType.SaleState:
                queries.Answer(Decode<SaleState>(payload));
                break;
            case MessageType.DrawState:
                queries.Answer(Decode<DrawState>(payload));
                break;
            case MessageType.PersonState:
                queries.Answer(Decode<PersonState>(payload));
                break;
            case MessageType.PaymentsPage:
                queries.Answer(Decode<PaymentsPage>(payload));
                break;
            case MessageType.StateChange:
                definitions.Changed(Decode<StateChange>(payload));
                break;
            case MessageType.Heartbeat:
                definitions.Heard(Decode<Heartbeat>(payload).DefinitionsVersion);
                break;
            case MessageType.Error:
                var error = Decode<ErrorMessage>(payload);
                throw LogonExchange.Refusal(error.Code, error.Text);
            default:
                // A later server may send messages this version does not know; the frame around them is the same.
                break;
        }
    }

    private void NotDecided(NotDecided answer)
    {
        switch (ResultCodes.Describe(answer.Code).Next)
        {
            case NextStep.ResendAfterWait or NextStep.ResendFromExpected or NextStep.AskAgain:
                if (!queries.PutOff(answer))
                {
                    queue.NotDecided(answer);
                }

                break;
            case NextStep.Reconnect:
                throw new ConnectionEndedException($"The server did not decide sequence {answer.Sequence}: {answer.Code}.");
            default:
                throw TxCoreClientException.FromCode(answer.Code, $"The server did not decide sequence {answer.Sequence}: {answer.Code}.")
                    .ForSequence(answer.Sequence);
        }
    }

    private static T Decode<T>(ReadOnlySpan<byte> payload)
        where T : IMessage<T> =>
        Frame.TryDecode<T>(payload, out var message)
            ? message
            : throw new TxCoreClientException(ClientFault.Protocol, $"The server sent a {T.Type} that cannot be read.");
}

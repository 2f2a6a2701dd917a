using TxCore.Client;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Engine;

/// <summary>Those who run a ticket sale: their controls go into the book like everything else.</summary>
internal sealed class ControlRoom(TxCoreClient administrator, SentBook book)
{
    public static readonly ControlHeader OneActor = new(Actor: 21, SecondActor: 0, Reason: 1);
    public static readonly ControlHeader TwoActors = new(Actor: 21, SecondActor: 22, Reason: 1);

    public TxCoreClient Client => administrator;

    /// <summary>Submits a control.</summary>
    public Task<Outcome> AskAsync<T>(T control, CancellationToken cancellationToken)
        where T : IMessage<T> => NoteAsync(control, administrator.SubmitAsync(control, null, cancellationToken));

    /// <summary>Notes a control that the client submits by a method of its own, as what it was.</summary>
    public async Task<Outcome> NoteAsync(object control, Task<SubmitResult> submission)
    {
        var result = await submission;
        var item = new SentItem { Kind = result.Outcome.TransactionType, Person = SentItem.Nobody, Detail = book.AddControl(control) };
        item.Answer(result.Outcome);
        book.LogOf(administrator.Source).Add(result.Sequence, in item);
        return result.Outcome;
    }

    /// <summary>Submits a control that has to be accepted.</summary>
    public async Task DoAsync(object control, Task<SubmitResult> submission)
    {
        var outcome = await NoteAsync(control, submission);
        if (outcome.Code != ResultCode.Accepted)
        {
            throw new InvalidOperationException($"The server refused {outcome.TransactionType}: {outcome.Code}, field {outcome.Field}.");
        }
    }
}

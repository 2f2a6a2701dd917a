using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Lottery;

/// <summary>What a person does who holds seats: pays at once or after an authorisation, here or at another frontend, lets go, forgets, comes too late.</summary>
internal sealed class Buyer(TicketDesk desk)
{
    private static readonly TimeSpan AfterExpiry = TimeSpan.FromMilliseconds(300);

    /// <summary>Those who come back after their hold has expired; they do not keep a frontend busy meanwhile.</summary>
    private readonly List<Task> _late = [];
    private readonly Lock _adding = new();

    /// <summary>Waits until the last of those who come late has come.</summary>
    public Task LateAsync()
    {
        lock (_adding)
        {
            return Task.WhenAll(_late);
        }
    }

    /// <summary>Decides what becomes of a hold.</summary>
    public async Task GoOnAsync(int frontend, Outcome hold, Random random)
    {
        switch (random.Next(100))
        {
            case < 30:
                await PayAsync(frontend, hold).ConfigureAwait(false);
                break;
            case < 60:
                await PayAuthorisedAsync(frontend, hold, random).ConfigureAwait(false);
                break;
            case < 66:
                await PayWronglyFirstAsync(frontend, hold).ConfigureAwait(false);
                break;
            case < 70:
                if (await PayAsync(frontend, hold).ConfigureAwait(false))
                {
                    await ReturnAsync(frontend, hold).ConfigureAwait(false);
                }

                break;
            case < 78:
                await desk.ReleaseAsync(frontend, hold.Number).ConfigureAwait(false);
                break;
            case < 83:
                // An authorisation is there when it is released: it has to be voided.
                await desk.AuthoriseAsync(frontend, hold.Number, hold.AmountCents, desk.Book.NextAuthorisation()).ConfigureAwait(false);
                await desk.ReleaseAsync(frontend + 1, hold.Number).ConfigureAwait(false);
                break;
            case < 88:
                lock (_adding)
                {
                    _late.Add(PayLateAsync(frontend, hold, random.Next(2) == 0));
                }

                break;
            default:
                // Left alone: it expires.
                break;
        }
    }

    /// <summary>Pays at once; true when the seats are bought.</summary>
    public async Task<bool> PayAsync(int frontend, Outcome hold) =>
        await desk.ConfirmAsync(frontend, hold.Number, hold.AmountCents, desk.Book.NextAuthorisation()).ConfigureAwait(false) is { Code: ResultCode.Accepted };

    private async Task PayAuthorisedAsync(int frontend, Outcome hold, Random random)
    {
        int authorisation = desk.Book.NextAuthorisation();
        if (random.Next(10) == 0)
        {
            // One that is replaced by another: it has to be voided.
            await desk.AuthoriseAsync(frontend, hold.Number, hold.AmountCents, desk.Book.NextAuthorisation()).ConfigureAwait(false);
        }

        await desk.AuthoriseAsync(frontend, hold.Number, hold.AmountCents, authorisation).ConfigureAwait(false);
        await desk.ConfirmAsync(frontend + random.Next(2), hold.Number, hold.AmountCents, authorisation).ConfigureAwait(false);
    }

    private async Task PayWronglyFirstAsync(int frontend, Outcome hold)
    {
        int authorisation = desk.Book.NextAuthorisation();
        await desk.ConfirmAsync(frontend, hold.Number, hold.AmountCents + 1, authorisation).ConfigureAwait(false);
        await desk.ConfirmAsync(frontend, hold.Number, hold.AmountCents, authorisation: 0).ConfigureAwait(false);
        await desk.ConfirmAsync(frontend, hold.Number, hold.AmountCents, authorisation).ConfigureAwait(false);
        await desk.ConfirmAsync(frontend, hold.Number, hold.AmountCents, desk.Book.NextAuthorisation()).ConfigureAwait(false);
        await desk.ConfirmAsync(frontend, hold.Number, hold.AmountCents, desk.Book.NextAuthorisation()).ConfigureAwait(false);
    }

    private async Task ReturnAsync(int frontend, Outcome hold)
    {
        if (await desk.ReturnAsync(frontend, hold.Number, line: 1, quantity: 1).ConfigureAwait(false) is { Code: ResultCode.Accepted })
        {
            await desk.ReturnAsync(frontend, hold.Number, line: 1, quantity: 99).ConfigureAwait(false);
        }
    }

    private async Task PayLateAsync(int frontend, Outcome hold, bool isAuthorised)
    {
        int authorisation = desk.Book.NextAuthorisation();
        if (isAuthorised)
        {
            await desk.AuthoriseAsync(frontend, hold.Number, hold.AmountCents, authorisation).ConfigureAwait(false);
        }

        var left = DateTimeOffset.UnixEpoch.AddTicks(hold.ExpiresAt * TimeSpan.TicksPerMicrosecond) - TimeProvider.System.GetUtcNow() + AfterExpiry;
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero).ConfigureAwait(false);
        await desk.ConfirmAsync(frontend, hold.Number, hold.AmountCents, authorisation).ConfigureAwait(false);
    }
}

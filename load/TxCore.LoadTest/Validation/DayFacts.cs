using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Validation;

/// <summary>What was sent, beyond its journal entry: as much as the tool needs to decide it again by its own rules.</summary>
internal abstract record DayFact;

/// <summary>A wager. Its last line is wrong on purpose when <paramref name="Wrong"/> is not Accepted.</summary>
internal sealed record WagerFact(WagerLine[] Lines, ResultCode Wrong, PaymentMeans Means, byte[] Player, bool HasAuthorisation) : DayFact
{
    /// <summary>The races of all lines and legs.</summary>
    public IEnumerable<RaceId> Races =>
        Lines.SelectMany(static line => line.Legs.Length == 0 ? [line.Race] : line.Legs.Select(leg => line.Race with { Race = leg.Race }));
}

/// <summary>A cancellation by a source of an outlet.</summary>
internal sealed record CancelFact(ulong Number, int Outlet) : DayFact;

/// <summary>A reversal of another sequence of the same source.</summary>
internal sealed record ReversalFact(ulong OriginalSequence, long AmountCents) : DayFact;

/// <summary>A payment.</summary>
internal sealed record PayFact(ulong Number, bool CodeIsRight, bool IdentityChecked) : DayFact;

/// <summary>A voucher sold.</summary>
internal sealed record VoucherFact(long AmountCents) : DayFact;

/// <summary>A voucher taken back.</summary>
internal sealed record RedeemFact(ulong Number, bool CodeIsRight) : DayFact;

/// <summary>A control of a race; the runner of a scratch.</summary>
internal sealed record RaceFact(RaceId Race, byte Runner = 0) : DayFact;

/// <summary>A decision about a disputed ticket.</summary>
internal sealed record ResolveFact(ulong Number, bool IsGranted) : DayFact;

/// <summary>The list of barred players.</summary>
internal sealed record BarFact(BarredPlayer[] Players) : DayFact;

/// <summary>The limits of a player.</summary>
internal sealed record LimitFact(PlayerLimit Limit) : DayFact;

/// <summary>
/// The journal of a channel with the facts beside it. The generator appends to the journal; controls, and reversals that the client sends by
/// itself, come from other threads, are kept apart and are merged after the run.
/// </summary>
internal sealed class DayJournal
{
    private readonly Lock _gate = new();
    private readonly List<(JournalEntry Entry, DayFact? Fact)> _beside = [];
    private readonly List<DayFact?> _facts = [];

    public Journal Journal { get; } = new();

    /// <summary>Notes the fact of the entry that was appended last, at <paramref name="index"/>; only by the generator's thread.</summary>
    public void Note(int index, DayFact fact)
    {
        while (_facts.Count < index)
        {
            _facts.Add(null);
        }

        _facts.Add(fact);
    }

    /// <summary>Notes an answered transaction that did not come from the generator; by any thread.</summary>
    public void Add(uint source, Outcome outcome, DayFact fact)
    {
        var entry = new JournalEntry
        {
            Source = source,
            Sequence = outcome.Sequence,
            Kind = outcome.TransactionType,
            Reference = outcome.Reference,
            ExpectedCode = outcome.Code,
            ExpectedAmountCents = outcome.AmountCents,
        };
        entry.Answer(outcome);
        Add(entry, fact);
    }

    /// <summary>Notes a transaction whose answer somebody else got: it must be stored at most once, and nothing is known of the decision.</summary>
    public void AddUnseen(uint source, ulong sequence, MessageType kind) =>
        Add(new JournalEntry { Source = source, Sequence = sequence, Kind = kind, Progress = Progress.Waiting }, null);

    /// <summary>Puts everything into the journal, when nothing is sent any more.</summary>
    public void Merge()
    {
        lock (_gate)
        {
            foreach (var (entry, fact) in _beside)
            {
                int index = Journal.Append(in entry, []);
                if (fact is not null)
                {
                    Note(index, fact);
                }
            }

            _beside.Clear();
        }
    }

    /// <summary>The fact of an entry; null when there is none.</summary>
    public DayFact? FactOf(int index) => index < _facts.Count ? _facts[index] : null;

    private void Add(in JournalEntry entry, DayFact? fact)
    {
        lock (_gate)
        {
            _beside.Add((entry, fact));
        }
    }
}

using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>The settings that the rules of <c>domain.md</c> leave open.</summary>
internal sealed record ReferenceRules
{
    public int DayStartMinutes { get; init; } = 180;

    public int CancelWindowSeconds { get; init; } = 900;

    public int CancelWindowWinSeconds { get; init; } = 300;

    public int TimeStepMaxSeconds { get; init; } = 60;

    public long CashPayMaxCents { get; init; } = 200_000;

    public long CashStakeMaxCents { get; init; } = 3_000_000;

    public int TicketValidDays { get; init; } = 60;

    public int LimitRaiseHours { get; init; } = 48;
}

/// <summary>What was decided: code, fault, amount and what it was about.</summary>
internal readonly record struct Ruling(ResultCode Code, BodyField Field = BodyField.None, int Line = 0)
{
    public static readonly Ruling Accepted = new(ResultCode.Accepted);

    public bool IsAccepted => Code == ResultCode.Accepted;
}

/// <summary>A transaction that was decided, with all that a repeat of it is answered with.</summary>
internal sealed class Decision
{
    public required long Number { get; init; }

    public required uint Source { get; init; }

    public required long Sequence { get; init; }

    public required MessageType Type { get; init; }

    /// <summary>Everything after the transaction header: what a repeat must be equal to.</summary>
    public required byte[] Content { get; init; }

    public required int BusinessDay { get; init; }

    public required long At { get; set; }

    public int Outlet => (int)Source / 10;

    public Ruling Ruling { get; set; }

    public long AmountCents { get; set; }

    public ulong Reference { get; set; }

    /// <summary>The ticket or voucher it made; null for none.</summary>
    public Ticket? Ticket { get; set; }

    /// <summary>When the hold it made expires; 0 for none.</summary>
    public long ExpiresAt { get; set; }

    /// <summary>The hold it made, or turned into an order.</summary>
    public ReferenceHold? Hold { get; set; }

    /// <summary>The place on a waiting list that it made.</summary>
    public ReferenceWait? Wait { get; set; }

    /// <summary>The payment order that it gave.</summary>
    public ReferencePayment? Payment { get; set; }

    /// <summary>Accepted return: what is stored of the seats behind the payment order.</summary>
    public byte[] Returned { get; set; } = [];

    /// <summary>Accepted run of a draw: hash and root of the order.</summary>
    public byte[] Order { get; set; } = [];
}

/// <summary>An accepted wager or voucher.</summary>
internal sealed class Ticket(Decision decision, Wager? wager)
{
    public Decision Decision { get; } = decision;

    public long Number => Decision.Number;

    public long AmountCents => Decision.AmountCents;

    /// <summary>The wager; null for a voucher.</summary>
    public Wager? Wager { get; } = wager;

    /// <summary>The runners that the host picked, by line from 1.</summary>
    public Dictionary<int, byte[]> Picks { get; } = [];

    public PresentState State { get; set; } = PresentState.Live;

    /// <summary>True while its stakes count.</summary>
    public bool Stands => State is not (PresentState.Cancelled or PresentState.Reversed);
}

/// <summary>A pool of a race.</summary>
internal sealed class ReferencePool(PoolDefinition definition)
{
    public PoolDefinition Definition { get; } = definition;

    public ushort Number => Definition.Pool;

    public BetType Type => BetTypes.TypeOf(Number);

    public bool IsOrdered => (Definition.Flags & 1) != 0;

    public bool TakesComplement => (Definition.Flags & 2) != 0;

    public bool TakesCombined => (Definition.Flags & 4) != 0;

    public bool TakesSpot => (Definition.Flags & 8) != 0;

    public bool TakesSmallFlexi => (Definition.Flags & 16) != 0;

    public bool CarriesOver => (Definition.Flags & 32) != 0;

    public long CarryInCents { get; set; }

    /// <summary>Gains that published earlier races carried into it by reports.</summary>
    public long ReportCents { get; set; }

    public PoolResult? Result { get; set; }
}

/// <summary>A race.</summary>
internal sealed class ReferenceRace(RaceId id)
{
    public RaceId Id { get; } = id;

    public RaceStatus Status { get; set; } = RaceStatus.Draft;

    public int Epoch { get; set; }

    public long StartsAt { get; set; }

    public long LatestStopAt { get; set; }

    public int RunnerCount { get; init; }

    /// <summary>Numbers of the entries that scratched runners.</summary>
    public SortedDictionary<byte, long> Scratched { get; } = [];

    public List<ReferencePool> Pools { get; init; } = [];

    public ResultStage Stage { get; set; }

    public FinishPlace[] Finish { get; set; } = [];

    /// <summary>When its tickets expire; 0 until they can be paid or refunded.</summary>
    public long ExpiresAt { get; set; }

    public long OwedCents { get; set; }

    public long PaidCents { get; set; }

    public bool IsPublished { get; set; }

    public bool IsVoid => Status is RaceStatus.Cancelled or RaceStatus.Postponed;

    /// <summary>Every ticket ever taken with a line or leg on it, standing or not.</summary>
    public List<Ticket> Tickets { get; } = [];

    public ReferencePool? Pool(ushort number) => Pools.Find(pool => pool.Number == number);

    public bool HasRunner(byte runner) => runner >= 1 && runner <= RunnerCount;

    public byte[] RunnersLeft() =>
        [.. Enumerable.Range(1, RunnerCount).Select(static runner => (byte)runner).Where(runner => !Scratched.ContainsKey(runner))];

    /// <summary>Stakes taken into a pool, those taken back since included.</summary>
    public long TakenCents(ushort pool) => Lines(pool).Sum(static line => line.Cents);

    /// <summary>Stakes taken back.</summary>
    public long UndoneCents(ushort pool) => Lines(pool).Where(static line => !line.Ticket.Stands).Sum(static line => line.Cents);

    private IEnumerable<(Ticket Ticket, long Cents)> Lines(ushort pool)
    {
        foreach (var ticket in Tickets)
        {
            foreach (var line in ticket.Wager!.Lines)
            {
                // The stake of a report goes into the pool of its first leg, which is in the line's race.
                if (line.Race == Id && (line.Legs.Length > 0 ? line.Legs[0].Pool : line.Pool) == pool)
                {
                    yield return (ticket, line.AmountCents);
                }
            }
        }
    }
}

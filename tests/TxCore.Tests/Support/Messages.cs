using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Support;

/// <summary>Makes the messages of the tests: good ones, that a test then changes.</summary>
internal static class Messages
{
    public const uint Sale = 7;
    public const byte Runners = 12;
    public const uint BaseStake = 200;
    public const long MaximumCents = 100_000;

    /// <summary>5 November 2025, 09:00 UTC.</summary>
    public static readonly DateTimeOffset Morning = new(2025, 11, 5, 9, 0, 0, TimeSpan.Zero);

    public static readonly RaceId Race = new(20251105, 1, 1);

    public static long At(TimeSpan afterMorning) => (Morning + afterMorning - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static TransactionHeader Name(uint source, long sequence, long deadline = 0) => new(source, (ulong)sequence, deadline);

    public static WagerLine Line(byte runner = 1, BetType type = BetType.Win, long stake = 1, RaceId? race = null) => new(
        race ?? Race, (ushort)type, Formula.Unit, false, false, 0, 0, StakeForm.Multiple, stake, stake * BaseStake, [runner], [], []);

    public static Wager Wager(uint source, long sequence, params WagerLine[] lines)
    {
        WagerLine[] taken = lines.Length == 0 ? [Line()] : lines;
        return new Wager(Name(source, sequence), 1, 0, 5, PaymentMeans.Cash, [], [], taken.Aggregate(0L, static (sum, line) => unchecked(sum + line.AmountCents)), taken);
    }

    public static Cancel Cancel(uint source, long sequence, ulong number) => new(Name(source, sequence), 1, 5, number, 0);

    public static Reversal Reversal(uint source, long sequence, long original, long amountCents) =>
        new(Name(source, sequence), 1, 5, (ulong)original, amountCents, 4021);

    public static Hold Hold(uint source, long sequence, params HoldLine[] lines) =>
        new(Name(source, sequence), 1, Sale, [], lines.Length == 0 ? [new HoldLine(1, 1, 2, 0)] : lines);

    public static Confirm Confirm(uint source, long sequence, ulong hold, long amountCents) => new(Name(source, sequence), 1, hold, amountCents, Authorisation(source, sequence));

    /// <summary>A payment authorisation of its own for every confirmation.</summary>
    public static byte[] Authorisation(uint source, long sequence) => System.Text.Encoding.ASCII.GetBytes($"auth-{source}-{sequence}");

    public static Release Release(uint source, long sequence, ulong hold) => new(Name(source, sequence), 1, hold, 0);

    public static ControlHeader Control(uint second = 0) => new(42, second, 1);

    public static PoolDefinition Pool(BetType type, uint baseStake = BaseStake) => new((ushort)type, baseStake, MaximumCents, 0, [], []);

    public static RaceDefine DefineRace(uint source, long sequence, RaceId? race = null, long? latestStopAt = null) => new(
        Name(source, sequence), Control(), race ?? Race, At(TimeSpan.FromHours(1)), latestStopAt ?? At(TimeSpan.FromHours(1)), Runners,
        [Pool(BetType.Win), Pool(BetType.Place), Pool(BetType.TicTrois)]);

    public static byte[] RaceControl(
        MessageType type, uint source, long sequence, RaceId? race = null, byte runner = 0, long latestStopAt = 0, uint second = 0) =>
        new RaceControl(Name(source, sequence), Control(second), race ?? Race, runner, latestStopAt).Encode(type);

    public static SaleDefine DefineSale(uint source, long sequence, uint sale = Sale, long? closesAt = null, uint holdSeconds = 900) =>
        new(Name(source, sequence), Control(), sale, closesAt ?? At(TimeSpan.FromHours(2)), holdSeconds);

    public static CellsDefine DefineCells(uint source, long sequence, params CellDefinition[] cells) => new(
        Name(source, sequence), Control(), Sale,
        cells.Length == 0 ? [new CellDefinition(1, 1, 5_000, 100, 10, 6), new CellDefinition(1, 2, 2_500, 8, 0, 6)] : cells);

    public static byte[] SaleControl(MessageType type, uint source, long sequence, uint sale = Sale) =>
        new SaleControl(Name(source, sequence), Control(), sale).Encode(type);
}

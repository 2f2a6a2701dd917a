using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Programme;

/// <summary>The pools of one race (<c>paris</c>) in the channel that is read.</summary>
internal sealed class PoolReading
{
    private const byte Ordered = 1;
    private const byte Complement = 2;
    private const byte Combined = 4;
    private const byte Spot = 8;
    private const byte CarriedOver = 32;

    /// <summary>Values that a pool may list of flexi percentages, and of risks.</summary>
    private const int ValuesMax = 16;

    /// <summary>Largest risk that the core counts unit bets of.</summary>
    private const byte RiskMax = 7;

    /// <summary>Largest price of a line that the core lets be defined, in cents.</summary>
    private const long PriceCentsMax = 1_000_000_000_000;

    /// <summary>True when the programme offers any pool of the channel, be it sold here or not.</summary>
    public bool IsInChannel { get; private set; }

    /// <summary>The pools to define.</summary>
    public List<PoolDefinition> Defined { get; } = [];

    /// <summary>Reads the pools; of a race that is not <paramref name="isToRun"/> only whether it is in the channel.</summary>
    public static PoolReading Read(FileNode race, byte runnerCount, bool isToRun, DayReading reading)
    {
        var pools = new PoolReading();
        foreach (var pool in race.Objects("paris"))
        {
            if (pool.Text("codePari") is not { } name || BetCode.Parse(name) is var code && code.Channel != reading.Options.Channel)
            {
                continue;
            }

            pools.IsInChannel = true;
            if (!isToRun)
            {
                continue;
            }

            if (SkipReasonOf(pool, name, code, reading.Options) is { } reason)
            {
                reading.Skipped.Add(new SkippedPool(pool.Path, name, reason));
            }
            else if (pools.ReadPool(pool, name, code.Type, runnerCount, reading) is { } definition)
            {
                pools.Defined.Add(definition);
            }
        }

        return pools;
    }

    private static SkipReason? SkipReasonOf(FileNode pool, string name, BetCode code, ProgrammeOptions options)
    {
        if (!code.IsSoldHere)
        {
            return code.Type == BetType.None && !BetCode.IsForeign(name) ? SkipReason.UnknownCode : SkipReason.NotSoldHere;
        }

        if (!options.AsPlanned && pool.Flag("enVente") == false)
        {
            return SkipReason.NotOnSale;
        }

        return pool.Has("miseBase") ? null : SkipReason.NoBaseStake;
    }

    private PoolDefinition? ReadPool(FileNode pool, string name, BetType type, byte runnerCount, DayReading reading)
    {
        long? stake = pool.Number("miseBase", 1, uint.MaxValue);
        long maximum = pool.NumberOrNull("miseMax", 1, PriceCentsMax) ?? Math.Max(reading.Options.MaximumCentsDefault, stake ?? 0);
        int flags = Flag(pool, "ordre", Ordered) | Flag(pool, "complement", Complement) | Flag(pool, "combine", Combined)
            | Flag(pool, "spotAutorise", Spot);
        byte[] flexi = pool.Numbers("valeursFlexiAutorisees", 1, 100, ValuesMax, isRequired: false);
        byte[] risks = pool.Numbers("valeursRisqueAutorisees", 1, RiskMax, ValuesMax, isRequired: BetCode.HasRisk(type));
        CheckRunners(pool, type, runnerCount, reading);
        ushort number = BetTypes.PoolOf(type, reading.Options.Channel);
        if (Defined.Exists(other => other.Pool == number))
        {
            pool.Wrong("codePari", $"is \"{name}\" a second time in the race");
            return null;
        }

        if (reading.Options.Takeouts.Find(type, reading.Options.Channel) is not { } takeout)
        {
            pool.Wrong("codePari", $"is \"{name}\", for which the takeouts have nothing");
            return null;
        }

        if (stake > maximum)
        {
            pool.Wrong("miseMax", $"is {maximum}, below the base stake of {stake}");
        }

        if (takeout.RunnersMin > runnerCount)
        {
            reading.Warnings.Add(new ProgrammeError(pool.Path, $"{name} is offered on {runnerCount} runners, the takeouts say {takeout.RunnersMin} at least"));
        }

        return stake is null ? null : new PoolDefinition(
            number, (uint)stake, maximum, (byte)(flags | (takeout.CarryOver ? CarriedOver : 0)), flexi, risks, takeout.BasisPoints,
            takeout.RunnersMin);
    }

    private static int Flag(FileNode pool, string name, byte flag) => pool.Flag(name) == true ? flag : 0;

    /// <summary>The bet type decides how many runners a bet names; a programme that says otherwise means another bet.</summary>
    private static void CheckRunners(FileNode pool, BetType type, byte runnerCount, DayReading reading)
    {
        int runners = BetCode.RunnersOf(type);
        if (pool.Number("nbChevauxReglementaire", 1, Wire.RunnersMax) is { } told && told != runners)
        {
            reading.Warnings.Add(new ProgrammeError(pool.PathOf("nbChevauxReglementaire"), $"is {told}; the bet names {runners}"));
        }

        if (runners > runnerCount)
        {
            reading.Warnings.Add(new ProgrammeError(pool.Path, $"names {runners} runners, the race has {runnerCount}"));
        }
    }
}

using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Validation;

/// <summary>A wave of the draw.</summary>
internal sealed record OwnWave(int FirstRank, int LastRank, uint Sale, long StartsAt, long EndsAt);

/// <summary>The draw as the tool follows it: who is entered, and whose slot is when.</summary>
internal sealed class OwnLottery(PersonKeys keys)
{
    private const int ExcludedAmong = 1_000;
    private const byte Entered = 1;
    private const byte Withdrawn = 2;
    private readonly HashSet<int> _excluded = [];
    private byte[] _entries = [];
    private int _nextRank = 1;

    /// <summary>List, order and ranks; null in a sale without a draw.</summary>
    public OwnDraw? Draw { get; init; }

    public DrawStatus Status { get; set; }

    public List<OwnWave> Waves { get; } = [];

    public int Count { get; private set; }

    public int Struck { get; private set; }

    public uint RequiredConsent { get; set; }

    public int PersonMax { get; set; }

    /// <summary>How a person stands; who was excluded before ever entering has no entry to speak of.</summary>
    public EntryStatus StatusOf(int person) => Flags(person) switch
    {
        0 => EntryStatus.None,
        _ when _excluded.Contains(person) => EntryStatus.Excluded,
        Entered => EntryStatus.Registered,
        _ => EntryStatus.Withdrawn,
    };

    public OwnDecision Register(int person, uint consent, OwnPerson? seats)
    {
        if (Status != DrawStatus.Open)
        {
            return ResultCode.DrawNotOpen;
        }

        if ((consent & RequiredConsent) != RequiredConsent)
        {
            return ResultCode.ConsentMissing;
        }

        if (_excluded.Contains(person))
        {
            return ResultCode.PersonExcluded;
        }

        byte flags = Flags(person);
        if (flags == Entered)
        {
            return ResultCode.AlreadyRegistered;
        }

        if (PersonMax > 0 && seats?.Seats >= PersonMax)
        {
            return ResultCode.PersonCapReached;
        }

        Count += flags == 0 ? 1 : 0;
        Struck -= flags == 0 ? 0 : 1;
        Set(person, Entered);
        return OwnDecision.Accepted;
    }

    public OwnDecision Withdraw(int person)
    {
        if (Status != DrawStatus.Open)
        {
            return ResultCode.DrawNotOpen;
        }

        if (_excluded.Contains(person))
        {
            return ResultCode.PersonExcluded;
        }

        if (Flags(person) != Entered)
        {
            return ResultCode.NotRegistered;
        }

        Struck++;
        Set(person, Entered | Withdrawn);
        return OwnDecision.Accepted;
    }

    /// <summary>Excludes persons by their keys; the tool only ever excludes some of the first.</summary>
    public void Exclude(byte[][] excluded)
    {
        var byKey = Enumerable.Range(0, ExcludedAmong).ToDictionary(person => Convert.ToHexStringLower(keys.Of(person)));
        foreach (byte[] key in excluded)
        {
            int person = byKey[Convert.ToHexStringLower(key)];
            Struck += _excluded.Add(person) && Flags(person) == Entered ? 1 : 0;
        }
    }

    public void AddWave(DrawWave wave)
    {
        Waves.Add(new OwnWave(_nextRank, _nextRank + (int)wave.Count - 1, wave.Sale, wave.StartsAt, wave.EndsAt));
        _nextRank += (int)wave.Count;
    }

    public OwnWave? WaveOf(int rank) => Waves.Find(wave => rank >= wave.FirstRank && rank <= wave.LastRank);

    /// <summary>Whether a person may wait.</summary>
    public ResultCode CheckEntry(int person) => Status != DrawStatus.Published
        ? ResultCode.SlotNotOpen
        : StatusOf(person) switch
        {
            EntryStatus.Excluded => ResultCode.PersonExcluded,
            EntryStatus.Registered => ResultCode.Accepted,
            _ => ResultCode.NotRegistered,
        };

    /// <summary>Whether a person may buy now, and until when.</summary>
    public ResultCode CheckSlot(int person, uint sale, long now, out long endsAt)
    {
        endsAt = long.MaxValue;
        var code = CheckEntry(person);
        if (code != ResultCode.Accepted)
        {
            return code;
        }

        var wave = WaveOf(Draw!.RankOf(person));
        if (wave is null || wave.Sale != sale || now < wave.StartsAt || now >= wave.EndsAt)
        {
            return ResultCode.SlotNotOpen;
        }

        endsAt = wave.EndsAt;
        return ResultCode.Accepted;
    }

    private byte Flags(int person) => (uint)person < (uint)_entries.Length ? _entries[person] : (byte)0;

    private void Set(int person, byte flags)
    {
        if (person >= _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(person + 1, _entries.Length * 2));
        }

        _entries[person] = flags;
    }
}

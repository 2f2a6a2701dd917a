namespace TxCore.Ticketing;

/// <summary>The seats of a person over all sales of the shard, held and bought, and what is under way.</summary>
public sealed class PersonAccount
{
    private (uint Session, int Seats)[] _sessions = [];

    /// <summary>Seats held and bought.</summary>
    public int Seats { get; private set; }

    /// <summary>Numbers of live holds and offers, in order.</summary>
    public List<long> Holds { get; } = new(0);

    /// <summary>Numbers of waiting list entries, in order.</summary>
    public List<long> Waits { get; } = new(0);

    /// <summary>Sessions in which the person has seats, in the order of the first seat.</summary>
    public ReadOnlySpan<(uint Session, int Seats)> Sessions => _sessions;

    /// <summary>True when nothing is to be remembered of the person.</summary>
    public bool IsEmpty => Seats == 0 && Holds.Count == 0 && Waits.Count == 0;

    /// <summary>Seats held and bought in a session.</summary>
    public int SeatsIn(uint session) => Find(session) is var at and >= 0 ? _sessions[at].Seats : 0;

    /// <summary>Counts seats, or with a negative number seats given back.</summary>
    public void Add(uint session, int seats)
    {
        Seats += seats;
        int at = Find(session);
        if (at < 0)
        {
            _sessions = [.. _sessions, (session, seats)];
            return;
        }

        _sessions[at].Seats += seats;
        if (_sessions[at].Seats == 0)
        {
            _sessions = [.. _sessions[..at], .. _sessions[(at + 1)..]];
        }
    }

    private int Find(uint session) => Array.FindIndex(_sessions, item => item.Session == session);
}

/// <summary>
/// Persons with seats, holds or places on a waiting list, by key, in many small tables: growing one of them never keeps the deciding
/// thread for longer than a few microseconds.
/// </summary>
public sealed class Persons
{
    private const int Tables = 4096;
    private readonly Dictionary<PersonKey, PersonAccount>?[] _tables = new Dictionary<PersonKey, PersonAccount>?[Tables];

    /// <summary>Persons known.</summary>
    public int Count { get; private set; }

    /// <summary>All of them, in no order.</summary>
    public IEnumerable<KeyValuePair<PersonKey, PersonAccount>> All => _tables.Where(static table => table is not null).SelectMany(static table => table!);

    /// <summary>The account of a person; null when there is nothing to know.</summary>
    public PersonAccount? Find(in PersonKey person) => _tables[TableOf(in person)]?.GetValueOrDefault(person);

    /// <summary>The account of a person, made when first needed.</summary>
    public PersonAccount Get(in PersonKey person)
    {
        var table = _tables[TableOf(in person)] ??= new Dictionary<PersonKey, PersonAccount>(4);
        if (!table.TryGetValue(person, out var account))
        {
            account = new PersonAccount();
            table.Add(person, account);
            Count++;
        }

        return account;
    }

    /// <summary>Forgets a person of whom nothing is left.</summary>
    public void Trim(in PersonKey person)
    {
        if (Find(in person) is { IsEmpty: true })
        {
            _tables[TableOf(in person)]!.Remove(person);
            Count--;
        }
    }

    private static int TableOf(in PersonKey person) => (int)(person.B % Tables);
}

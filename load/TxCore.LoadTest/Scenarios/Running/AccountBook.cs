using TxCore.LoadTest.Hosting;
using TxCore.Protocol;

namespace TxCore.LoadTest.Scenarios.Running;

/// <summary>Gives sources to scenarios: invented ones that the run enrols, or those of a list that somebody else enrolled.</summary>
internal sealed class AccountBook
{
    /// <summary>What a terminal may have without an answer.</summary>
    private const int TerminalWindow = 64;

    /// <summary>A frontend stands for many people at once.</summary>
    private const int FrontendWindow = 8_192;

    private readonly Queue<SourceAccount>? _given;
    private readonly List<SourceAccount> _all = [];
    private uint _next;

    private AccountBook(uint first, Queue<SourceAccount>? given, SourceAccount administrator)
    {
        (_next, _given, Administrator) = (first, given, administrator);
        _all.Add(administrator);
    }

    /// <summary>Opens what is sold.</summary>
    public SourceAccount Administrator { get; }

    /// <summary>Every source given away so far, the administrator first.</summary>
    public IReadOnlyList<SourceAccount> All => _all;

    /// <summary>Invents sources from a number on.</summary>
    public static AccountBook Invented(uint first) => new(first + 1, null, new SourceAccount(first, 0, SourceRole.Admin, TerminalWindow));

    /// <summary>Numbers that no earlier run on the same database had: a hundred thousand for each minute.</summary>
    public static uint FirstOf(DateTimeOffset now) => 1_000_000 + ((uint)(now.ToUnixTimeSeconds() / 60 % 40_000) * 100_000);

    /// <summary>Reads a list: source, outlet, role, window and password of one source each line.</summary>
    /// <exception cref="FormatException">A line is wrong, or there is no administrator.</exception>
    public static AccountBook Given(IEnumerable<string> lines)
    {
        var accounts = new List<SourceAccount>();
        foreach (string line in lines.Where(line => line.Trim() is { Length: > 0 } text && !text.StartsWith('#')))
        {
            string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 5 || !uint.TryParse(parts[0], out uint id) || !int.TryParse(parts[1], out int outlet)
                || !Enum.TryParse<SourceRole>(parts[2], ignoreCase: true, out var role) || !int.TryParse(parts[3], out int window))
            {
                throw new FormatException($"A line of the sources must be: source outlet submit|admin window password. This is not: {parts[0]} ...");
            }

            accounts.Add(new SourceAccount(id, outlet, role, window, parts[4]));
        }

        var administrator = accounts.Find(account => account.Role == SourceRole.Admin)
            ?? throw new FormatException("The sources have no administrator, who opens what is sold.");
        return new AccountBook(0, new Queue<SourceAccount>(accounts.Where(account => account.Role == SourceRole.Submit)), administrator);
    }

    /// <summary>So many terminals, four to an outlet.</summary>
    public IReadOnlyList<SourceAccount> Terminals(int count) => Take(count, (id, index) => new SourceAccount(id, 1 + (index / 4), SourceRole.Submit, TerminalWindow));

    /// <summary>So many terminals or frontends; of a list, all that are left of it, whatever they are.</summary>
    public IReadOnlyList<SourceAccount> Sellers(Channel channel, int terminals, int frontends) => _given is not null
        ? Take(Math.Max(1, _given.Count), static (_, _) => throw new InvalidOperationException("A list of sources invents none."))
        : channel == Channel.Retail ? Terminals(terminals) : Frontends(frontends);

    /// <summary>So many frontends.</summary>
    public IReadOnlyList<SourceAccount> Frontends(int count) => Take(count, (id, _) => new SourceAccount(id, 0, SourceRole.Submit, FrontendWindow));

    private SourceAccount[] Take(int count, Func<uint, int, SourceAccount> invent)
    {
        var taken = new SourceAccount[count];
        for (int i = 0; i < count; i++)
        {
            taken[i] = _given is null
                ? invent(_next++, i)
                : _given.TryDequeue(out var account) ? account : throw new FormatException("The sources given are fewer than the run needs.");
        }

        _all.AddRange(taken);
        return taken;
    }
}

using System.Diagnostics;
using HdrHistogram;
using TxCore.Client;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Benchmarks.OldWinner;

/// <summary>
/// Two terminals that ask for the same ticket at the same moment, ticket after ticket. Now and then the server is killed while both wait
/// for their answers, and started again.
/// </summary>
internal sealed class Payments(ServerUnderTest server, TxCoreClient[] terminals)
{
    /// <summary>After a restart so many tickets that were paid before are asked for again.</summary>
    private const int AskedAgain = 20;

    private const int KillsInBetween = 2;

    private readonly LongHistogram _latency = new(1, 600_000_000, 3);
    private readonly List<OldTicket> _paid = [];

    /// <summary>Latency of each request whose server lived, in microseconds, from the call to the answer.</summary>
    public HistogramBase Latency => _latency;

    /// <summary>Tickets that were paid to exactly one of the two.</summary>
    public int PaidOnce { get; private set; }

    /// <summary>What was not as it must be, in words.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Pairs that the server was killed under.</summary>
    public int KilledPairs { get; private set; }

    /// <summary>Requests for tickets paid before a restart, all refused.</summary>
    public int StayedPaid { get; private set; }

    public async Task RunAsync(IReadOnlyList<OldTicket> tickets)
    {
        int killEvery = (tickets.Count / (KillsInBetween + 1)) + 1;
        for (int i = 0; i < tickets.Count; i++)
        {
            bool isKilled = i > 0 && i % killEvery == 0;
            await PayAsync(tickets[i], isFirstAhead: i % 2 == 0, isKilled);
            if (isKilled)
            {
                await AskAgainAsync();
            }
        }
    }

    /// <summary>Asks for a ticket whose time is over.</summary>
    public async Task<ResultCode> AskAsync(OldTicket ticket) => (await terminals[0].PayAsync(Request(ticket))).Code;

    private async Task PayAsync(OldTicket ticket, bool isFirstAhead, bool isKilled)
    {
        var (one, other) = isFirstAhead ? (terminals[0], terminals[1]) : (terminals[1], terminals[0]);
        var both = Task.WhenAll(TimeAsync(one, ticket, !isKilled), TimeAsync(other, ticket, !isKilled));
        if (isKilled)
        {
            KilledPairs++;
            await server.KillAsync();
            await server.StartAsync();
        }

        var codes = await both;
        if (codes.Order().SequenceEqual([ResultCode.Accepted, ResultCode.AlreadyPaid]))
        {
            PaidOnce++;
            _paid.Add(ticket);
        }
        else
        {
            Faults.Add($"Ticket {ticket.Number} was answered {codes[0]} and {codes[1]}.");
        }
    }

    private async Task AskAgainAsync()
    {
        foreach (var ticket in _paid.TakeLast(AskedAgain))
        {
            foreach (var code in await Task.WhenAll(terminals.Select(terminal => TimeAsync(terminal, ticket, isMeasured: false))))
            {
                if (code == ResultCode.AlreadyPaid)
                {
                    StayedPaid++;
                }
                else
                {
                    Faults.Add($"Ticket {ticket.Number} was paid before a restart and is {code} after it.");
                }
            }
        }
    }

    private async Task<ResultCode> TimeAsync(TxCoreClient terminal, OldTicket ticket, bool isMeasured)
    {
        long started = Stopwatch.GetTimestamp();
        var result = await terminal.PayAsync(Request(ticket));
        long microseconds = (long)Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        if (isMeasured)
        {
            lock (_latency)
            {
                _latency.RecordValue(microseconds);
            }
        }

        return result.Code;
    }

    private static Pay Request(OldTicket ticket) => new(default, 0, 0, (ulong)ticket.Number, ticket.ControlCode, IdentityChecked: true);
}

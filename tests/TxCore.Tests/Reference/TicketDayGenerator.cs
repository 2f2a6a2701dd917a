using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>
/// Random days of an organiser: seasons of draws and sales one after the other, buyers, administrators, crowds, and a few races beside them.
/// What it makes depends on the seed alone.
/// </summary>
internal sealed class TicketDayGenerator : IStepGenerator
{
    /// <summary>More than may expire, or be offered, before one event.</summary>
    private const int CrowdSeats = 300;
    private readonly Random _random;
    private readonly DayGenerator _bets;
    private readonly BuyerGenerator _buyers;
    private readonly OfficeGenerator _office;
    private readonly Queue<Func<Step>> _script = new();
    private readonly int _seasonSteps;
    private readonly int _seasonsPerCrowd;
    private int _season;
    private int _stepsLeft;

    public TicketDayGenerator(Random random, ReferenceShard reference, int seasonSteps, int seasonsPerCrowd, int bettingStepsPerDay)
    {
        (_random, _seasonSteps, _seasonsPerCrowd) = (random, seasonSteps, seasonsPerCrowd);
        _bets = new DayGenerator(random, reference, racesPerDay: 1, bettingStepsPerDay);
        _buyers = new BuyerGenerator(random, reference);
        _office = new OfficeGenerator(random, reference, _buyers);
    }

    public static uint[] Sources => [.. DayGenerator.Terminals, .. SubmissionGenerator.Frontends, SubmissionGenerator.Admin];

    /// <inheritdoc/>
    public Step Next(long now)
    {
        (_buyers.Now, _office.Now) = (now, now);
        if (_bets.IsInScript)
        {
            return _bets.Next(now);
        }

        if (_script.Count == 0 && _stepsLeft-- == 0)
        {
            StartSeason();
        }

        if (_script.Count > 0)
        {
            return _script.Dequeue()();
        }

        return _random.Next(100) switch
        {
            < 6 => _bets.Next(now),
            < 18 => new Step(_random.Next(0, 1_500_000), _office.Next()),
            _ => _buyers.Next(),
        };
    }

    /// <inheritdoc/>
    public void Note(Submission submission, Decision decision)
    {
        if (DayGenerator.Terminals.Contains(submission.Header.Source) || submission.Message is RaceControl or RaceDefine or RacePublish or RaceResult)
        {
            _bets.Note(submission, decision);
            return;
        }

        _buyers.Note(submission, decision);
        _office.Note(submission, decision);
    }

    private void StartSeason()
    {
        _season++;
        _stepsLeft = _seasonSteps;
        _buyers.StartSeason(_season);
        foreach (var make in _office.StartSeason(_season, _seasonSteps > 2_000))
        {
            _script.Enqueue(() => new Step(0, make()));
        }

        if (_season % _seasonsPerCrowd == 0)
        {
            Crowd();
        }
    }

    /// <summary>
    /// At one instant every seat of a sale is held and as many persons wait; at another all holds expire, and all who wait are offered seats;
    /// at a third the offers expire.
    /// </summary>
    private void Crowd()
    {
        uint sale = _office.NewSale();
        for (int i = 0; i < 3; i++)
        {
            int step = i;
            _script.Enqueue(() => new Step(0, _office.CrowdSale(sale, CrowdSeats).ElementAt(step)));
        }

        for (int i = 0; i < CrowdSeats; i++)
        {
            _script.Enqueue(() => new Step(0, _buyers.SingleHold(sale)));
        }

        for (int i = 0; i < CrowdSeats; i++)
        {
            int person = i;
            _script.Enqueue(() => new Step(0, _buyers.SingleWait(sale, person)));
        }

        _script.Enqueue(() => new Step(30_000_000, _buyers.SingleHold(sale)));
        for (int i = 0; i < 4; i++)
        {
            _script.Enqueue(_buyers.Next);
        }

        _script.Enqueue(() => new Step(25_000_000, null));
    }
}

using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>Makes tickets: lines, how they are paid and by whom, and some mistakes. Used by the generator's thread alone.</summary>
internal sealed class WagerMaker(Channel channel, DayCard card, DayPlayers players, Random random)
{
    private const double SeveralLinesShare = 0.3;
    private const double OtherRaceShare = 0.2;
    private const double ReportShare = 0.06;
    private const double MistakeShare = 0.02;
    private const double AccountMistakeShare = 0.002;
    private const int LinesMax = 4;

    private readonly BetMaker _bets = new(random);
    private readonly Mistakes _mistakes = new(new BetMaker(random), random);

    /// <summary>A ticket on the race; null when nothing can be bet on there.</summary>
    public WagerFact? Make(CardRace race, TimeSpan now)
    {
        var lines = new List<WagerLine>(LinesMax);
        if (channel == Channel.Online && random.NextDouble() < ReportShare && _bets.Report(race, card.LaterOfMeeting(race, now)) is { } report)
        {
            lines.Add(report);
        }

        int wanted = random.NextDouble() < SeveralLinesShare ? random.Next(2, LinesMax + 1) : 1;
        while (lines.Count < wanted)
        {
            var on = lines.Count > 0 && random.NextDouble() < OtherRaceShare ? card.Pick(now, random) ?? race : race;
            if (_bets.Line(on) is not { } line)
            {
                break;
            }

            lines.Add(line);
        }

        // The mistake sits in the last line, so that the good ones before it must not be taken either.
        var wrong = ResultCode.Accepted;
        if (random.NextDouble() < MistakeShare && _mistakes.Line(race) is { } mistake)
        {
            lines.Add(mistake.Line);
            wrong = mistake.Code;
        }

        return lines.Count == 0 ? null : Paid([.. lines], wrong);
    }

    private WagerFact Paid(WagerLine[] lines, ResultCode wrong)
    {
        double drawn = random.NextDouble();
        if (channel == Channel.Retail)
        {
            return new WagerFact(lines, wrong, drawn < 0.9 ? PaymentMeans.Cash : drawn < 0.98 ? PaymentMeans.Card : PaymentMeans.Voucher, [], false);
        }

        if (drawn < AccountMistakeShare)
        {
            bool namesPlayer = random.NextDouble() < 0.5;
            return new WagerFact(lines, wrong, PaymentMeans.Account, namesPlayer ? players.Pick(random) : [], HasAuthorisation: !namesPlayer);
        }

        return drawn < 0.9
            ? new WagerFact(lines, wrong, PaymentMeans.Account, players.Pick(random), HasAuthorisation: true)
            : new WagerFact(lines, wrong, PaymentMeans.Card, [], HasAuthorisation: false);
    }
}

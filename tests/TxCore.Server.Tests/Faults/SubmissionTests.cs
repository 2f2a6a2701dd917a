using System.Net;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Server.Tests.Faults;

/// <summary>What a terminal must not take as an answer.</summary>
public sealed class SubmissionTests
{
    private static readonly IPEndPoint Server = new(IPAddress.Loopback, 1);

    private static readonly Outcome Sold = new(
        Source: 1001, Sequence: 1, MessageType.Wager, ResultCode.Accepted, IsRepeat: false, PresentState.Live, Number: 7, SequencedAt: 99, BusinessDay: 20251105,
        AmountCents: 200, ExpiresAt: 0, Reference: 0, Line: 0, Field: default, TicketSerial: "serial", ControlCode: "code", Picks: []);

    public static TheoryData<string, Outcome> Wrong => new()
    {
        { "decided twice", Sold },
        { "had the outcome", Sold with { IsRepeat = true, Code = ResultCode.RaceClosed, State = PresentState.None, TicketSerial = "", ControlCode = "" } },
        { "had the outcome", Sold with { IsRepeat = true, Number = 8 } },
        { "had the outcome", Sold with { IsRepeat = true, AmountCents = 400 } },
        { "had the outcome", Sold with { IsRepeat = true, ControlCode = "another" } },
        { "had the outcome", Sold with { IsRepeat = true, State = PresentState.Cancelled } },
        { "was answered as", Sold with { IsRepeat = true, TransactionType = MessageType.Hold } },
    };

    [Fact]
    public void A_repeat_that_says_the_same_is_taken()
    {
        var submission = Submitted();
        Assert.Null(submission.Take(Sold, Server));
        Assert.Null(submission.Take(Sold with { IsRepeat = true }, Server));
        Assert.Null(submission.Take(Sold with { IsRepeat = true, State = PresentState.Cancelled, TicketSerial = "", ControlCode = "" }, Server));
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_second_answer_that_is_no_repeat_or_says_something_else_is_a_complaint(string complaint, Outcome second)
    {
        var submission = Submitted();
        Assert.Null(submission.Take(Sold, Server));

        Assert.Contains(complaint, submission.Take(second, Server));
    }

    private static Submission Submitted() => new(1, MessageType.Wager, new byte[Wire.HeaderBytes + Wire.TransactionHeaderBytes]);
}

using CsCheck;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Tests;

public sealed class SubmitResultTests
{
    [Theory]
    [InlineData(ResultCode.Accepted, PresentState.Live, false, true)]
    [InlineData(ResultCode.Accepted, PresentState.Confirmed, false, true)]
    [InlineData(ResultCode.Accepted, PresentState.Live, true, false)]
    [InlineData(ResultCode.Accepted, PresentState.Cancelled, false, false)]
    [InlineData(ResultCode.Accepted, PresentState.Reversed, false, false)]
    [InlineData(ResultCode.Accepted, PresentState.Paid, false, false)]
    [InlineData(ResultCode.Accepted, PresentState.Held, false, false)]
    [InlineData(ResultCode.Accepted, PresentState.Disputed, false, false)]
    [InlineData(ResultCode.RaceClosed, PresentState.Live, false, false)]
    public void Only_what_was_taken_stands_and_was_not_undone_prints(ResultCode code, PresentState state, bool reversed, bool prints)
    {
        foreach (bool isRepeat in new[] { false, true })
        {
            var result = new SubmitResult(Outcome(code, state, isRepeat), 0, reversed);
            Assert.Equal(prints, result.MayPrint);
            Assert.Equal(isRepeat, result.IsReprint);
        }
    }

    [Fact]
    public void Every_print_has_a_reason() =>
        Gen.Select(Gen.Enum<ResultCode>(), Gen.Enum<PresentState>(), Gen.Bool, Gen.Bool).Sample((code, state, isRepeat, reversed) =>
            !new SubmitResult(Outcome(code, state, isRepeat), 0, reversed).MayPrint
            || (code == ResultCode.Accepted && !reversed && state is (PresentState.Live or PresentState.Confirmed)));

    private static Outcome Outcome(ResultCode code, PresentState state, bool isRepeat) => new(
        7, 1, MessageType.Wager, code, isRepeat, state, 1, 1, 20260101, 200, 0, 0, 0, BodyField.None, "", "", []);
}

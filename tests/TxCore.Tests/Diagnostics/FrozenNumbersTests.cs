using TxCore.Diagnostics;
using TxCore.Storage;

namespace TxCore.Tests.Diagnostics;

/// <summary>Numbers that scripts, dashboards and operators know. A failure here means: give the new member a new number, change none.</summary>
public sealed class FrozenNumbersTests
{
    [Fact]
    public void Exit_codes_never_change() => Assert.Equal(
        "Ok=0 Usage=2 StoreRefused=3 Fenced=10 StageFailed=11 NotDrained=12 RestoredTooOld=13",
        string.Join(' ', Enum.GetValues<ExitCode>().Select(static code => $"{code}={(int)code}")));

    [Fact]
    public void Stages_never_change() => Assert.Equal(
        "Decided=0 Batched=1 Committed=2 Replied=3 Total=4 Sequenced=5",
        string.Join(' ', Enum.GetValues<Stage>().Select(static stage => $"{stage}={(int)stage}")));

    [Fact]
    public void The_first_reason_of_a_failure_is_kept()
    {
        var failure = new ShardFailure();
        Assert.Equal((false, ExitCode.Ok), (failure.HasFailed, failure.ExitCode));
        var first = new InvalidOperationException("first");
        failure.Fail(first);
        failure.Fail(new StoreFencedException("a consequence"));
        Assert.Same(first, failure.Reason);
        Assert.Equal(ExitCode.StageFailed, failure.ExitCode);
        Assert.True(failure.Failed.IsCompletedSuccessfully);
    }
}

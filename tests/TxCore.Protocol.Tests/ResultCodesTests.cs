namespace TxCore.Protocol.Tests;

public class ResultCodesTests
{
    [Fact]
    public void What_is_final_consumes_its_sequence_and_the_client_goes_on()
    {
        foreach (var code in Enum.GetValues<ResultCode>())
        {
            var traits = ResultCodes.Describe(code);
            Assert.Equal(traits.IsFinal, traits.ConsumesSequence);
            Assert.Equal(traits.IsFinal, traits.Next == NextStep.GoOn);
        }
    }

    [Theory]
    [InlineData(205)]
    [InlineData(499)]
    [InlineData(65_535)]
    public void An_unknown_code_of_a_rule_is_a_decision(int code) =>
        Assert.Equal(new ResultCodeTraits(IsFinal: true, ConsumesSequence: true, NextStep.GoOn), ResultCodes.Describe((ResultCode)code));

    [Theory]
    [InlineData(1)]
    [InlineData(104)]
    [InlineData(199)]
    public void An_unknown_code_of_the_protocol_stops_the_client(int code) =>
        Assert.Equal(new ResultCodeTraits(IsFinal: false, ConsumesSequence: false, NextStep.StopAndAlarm), ResultCodes.Describe((ResultCode)code));

    [Fact]
    public void Only_transactions_and_controls_are_sequenced()
    {
        foreach (var type in Enum.GetValues<MessageType>())
        {
            bool isTransaction = (ushort)type is >= 0x0100 and <= 0x017F;
            bool isControl = (ushort)type is >= 0x0300 and <= 0x03FF;
            Assert.Equal((isTransaction, isControl, isTransaction || isControl), (type.IsTransaction(), type.IsControl(), type.IsSequenced()));
        }
    }
}

using CsCheck;
using TxCore.Protocol;
using TxCore.Wagering;

namespace TxCore.Tests.Wagering;

/// <summary>Four bits a number, compared with a dictionary.</summary>
public sealed class TicketStatesTests
{
    [Fact]
    public void States_are_what_a_dictionary_says() =>
        Gen.Select(Gen.Long[1, 200_000], Gen.Byte[1, 8]).Array[0, 300].Sample(static changes =>
        {
            var states = new TicketStates();
            var plain = new Dictionary<long, PresentState>();
            foreach (var (number, state) in changes)
            {
                states[number] = plain[number] = (PresentState)state;
            }

            var restored = new TicketStates();
            foreach (var (page, bytes) in states.Pages)
            {
                restored.RestorePage(page, bytes);
            }

            foreach (var (number, state) in plain)
            {
                Assert.Equal((state, state), (states[number], restored[number]));
                Assert.Equal(plain.GetValueOrDefault(number ^ 1), states[number ^ 1]);
            }
        });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void A_number_that_never_was_has_no_state_and_takes_no_memory(long number)
    {
        var states = new TicketStates();
        Assert.Equal(PresentState.None, states[number]);
        Assert.Empty(states.Pages);
    }

    [Fact]
    public void A_page_of_another_size_is_refused() => Assert.Throws<InvalidDataException>(static () => new TicketStates().RestorePage(0, new byte[5]));
}

using System.Text;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Tests.Wagering;

/// <summary>Serials and control codes: fixed vectors, and every field sealed.</summary>
public sealed class ReceiptTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];

    private static readonly Entry Ticket = new() { Number = 123_456_789, Source = 1001, AmountCents = 600, SequencedAt = 1_762_333_200_000_000 };

    [Theory]
    [InlineData(1L, "000000000000101")]
    [InlineData(1020L, "00000000000ZWZW")]
    [InlineData(1021L, "00000000000ZX00")]
    [InlineData(long.MaxValue, "7ZZZZZZZZZZZZPP")]
    public void A_serial_is_the_number_in_base_32_and_its_remainder(long number, string serial)
    {
        byte[] text = new byte[Receipt.SerialChars];
        Receipt.WriteSerial(number, text);
        Assert.Equal(serial, Encoding.ASCII.GetString(text));
    }

    [Fact]
    public void A_control_code_is_frozen() => Assert.Equal(Expected(), Code(Ticket, 1, Key));

    [Fact]
    public void A_control_code_fits_its_ticket_and_no_other()
    {
        byte[] code = Encoding.ASCII.GetBytes(Code(Ticket, 1, Key));
        Assert.True(Receipt.ControlCodeFits(Key, 1, Ticket, code));
        Assert.False(Receipt.ControlCodeFits(Key, 2, Ticket, code));
        Assert.False(Receipt.ControlCodeFits(new byte[32], 1, Ticket, code));
        Assert.False(Receipt.ControlCodeFits(Key, 1, Ticket with { Number = 123_456_788 }, code));
        Assert.False(Receipt.ControlCodeFits(Key, 1, Ticket with { Source = 1002 }, code));
        Assert.False(Receipt.ControlCodeFits(Key, 1, Ticket with { AmountCents = 601 }, code));
        Assert.False(Receipt.ControlCodeFits(Key, 1, Ticket with { SequencedAt = 1_762_333_200_000_001 }, code));
        Assert.False(Receipt.ControlCodeFits(Key, 1, Ticket, []));
        Assert.False(Receipt.ControlCodeFits(Key, 1, Ticket, [.. code, (byte)'0']));
        for (int i = 0; i < code.Length; i++)
        {
            byte[] changed = [.. code];
            changed[i] = (byte)(changed[i] == 'A' ? 'B' : 'A');
            Assert.False(Receipt.ControlCodeFits(Key, 1, Ticket, changed));
        }
    }

    // HMAC-SHA-256 over purpose, shard, number, source, amount and time, computed here apart from the code under test.
    private static string Expected()
    {
        byte[] message =
        [
            .. "txcore/receipt/v1\0"u8, 0, 1, .. Big(Ticket.Number, 8), .. Big(Ticket.Source, 4), .. Big(Ticket.AmountCents, 8), .. Big(Ticket.SequencedAt, 8),
        ];
        byte[] mac = System.Security.Cryptography.HMACSHA256.HashData(Key, message);
        string bits = string.Concat(mac.Take(5).Select(static one => Convert.ToString(one, 2).PadLeft(8, '0')));
        return string.Concat(Enumerable.Range(0, 8).Select(i => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[Convert.ToInt32(bits.Substring(i * 5, 5), 2)]));
    }

    private static IEnumerable<byte> Big(long value, int bytes) => BitConverter.GetBytes(value).Reverse().Skip(8 - bytes);

    private static string Code(Entry entry, short shard, byte[] key)
    {
        byte[] code = new byte[Receipt.ControlCodeChars];
        Receipt.WriteControlCode(key, shard, in entry, code);
        return Encoding.ASCII.GetString(code);
    }
}

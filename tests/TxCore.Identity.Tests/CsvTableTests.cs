using CsCheck;
using TxCore.Identity.Handover;

namespace TxCore.Identity.Tests;

public sealed class CsvTableTests
{
    [Fact]
    public void Records_are_written_as_rfc_4180_says()
    {
        Assert.Equal("a,b\r\n", CsvTable.Record(["a", "b"]));
        Assert.Equal("\"a,\"\"b\"\"\",\"c\r\nd\",, e \r\n", CsvTable.Record(["a,\"b\"", "c\r\nd", "", " e "]));
    }

    [Fact]
    public void Whatever_is_written_is_read_back()
    {
        var cell = Gen.OneOf(Gen.String[Gen.Char["ab,\"\r\n é"], 0, 6], Gen.Const(""));
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 5]).SelectMany((columns, rows) => cell.Array[columns].Array[rows]).Sample(records =>
        {
            using var text = new StringReader(string.Concat(records.Select(CsvTable.Record)));
            return records.SequenceEqual(CsvTable.Read(text), EqualityComparer<string[]>.Create((x, y) => x!.SequenceEqual(y!), x => x.Length));
        });
    }

    [Theory]
    [InlineData("a,b\n1,2\n")]
    [InlineData("a,b\r\n1,2")]
    public void Records_that_end_otherwise_are_read_too(string text)
    {
        using var reader = new StringReader(text);
        Assert.Equal([["a", "b"], ["1", "2"]], CsvTable.Read(reader));
    }

    [Theory]
    [InlineData("a,b\"c\r\n", "record 1 has a quote")]
    [InlineData("a\r\n\"b", "record 2 ends inside")]
    [InlineData("a\r\n\"b\"c\r\n", "record 2 has text behind")]
    [InlineData("a\rb\r\n", "record 1 has text behind a quoted field, or CR")]
    public void A_record_that_is_not_well_formed_is_named(string text, string message)
    {
        using var reader = new StringReader(text);
        Assert.Contains(message, Assert.Throws<IdentityRefusedException>(() => CsvTable.Read(reader).ToList()).Message);
    }
}

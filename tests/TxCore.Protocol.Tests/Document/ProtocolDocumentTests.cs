using System.Globalization;
using TxCore.Protocol.Tests.Vectors;

namespace TxCore.Protocol.Tests.Document;

/// <summary>PROTOCOL.md says what the code does.</summary>
public class ProtocolDocumentTests
{
    [Fact]
    public void Every_message_on_the_wire_has_a_section_with_its_number() => Assert.Equal(
        Enum.GetValues<MessageType>().Where(type => type != MessageType.None && (ushort)type < 0x0500).Select(type => $"0x{(ushort)type:X4} {type}"),
        ProtocolDocument.MessageNumbers.OrderBy(message => message.Value).Select(message => $"0x{message.Value:X4} {message.Key}"));

    [Fact]
    public void Offsets_are_the_sums_of_the_fields_before()
    {
        foreach (var (name, rows) in ProtocolDocument.Messages.Concat(ProtocolDocument.Structures.Where(structure => structure.Key != "Outcome")))
        {
            int? offset = 0;
            foreach (var row in rows)
            {
                string expected = row.Type.StartsWith("tag", StringComparison.Ordinal) ? "0" : offset?.ToString(CultureInfo.InvariantCulture) ?? "+";
                Assert.True(expected == row.Offset, $"{name}.{row.Names[0]}: offset {row.Offset} in PROTOCOL.md, should be {expected}");
                offset += TableEncoder.FixedBytes(row.Type);
            }
        }
    }

    [Fact]
    public void Result_codes_are_described_as_the_code_describes_them()
    {
        var expected = Enum.GetValues<ResultCode>().Select(code =>
        {
            var traits = ResultCodes.Describe(code);
            return $"{(ushort)code} {code} final {YesNo(traits.IsFinal)} consumes {YesNo(traits.ConsumesSequence)} {traits.Next}";
        });
        var described = ProtocolDocument.Section("## 7.").Where(cells => cells.Length == 6 && cells[0] != "code")
            .Select(cells => $"{cells[0]} {cells[1]} final {cells[2]} consumes {cells[3]} {cells[4]}");
        Assert.Equal(expected, described);
    }

    [Fact]
    public void Every_next_step_is_explained() => Assert.Equal(
        Enum.GetNames<NextStep>(),
        ProtocolDocument.Section("## 7.").Where(cells => cells.Length == 2 && cells[0] != "next step").Select(cells => cells[0]));

    [Fact]
    public void Enumerations_list_every_value()
    {
        Type[] enumerations =
        [
            typeof(Channel), typeof(SourceRole), typeof(BetType), typeof(Formula), typeof(StakeForm), typeof(PaymentMeans),
            typeof(PresentState), typeof(BodyField), typeof(RaceStatus), typeof(ResultStage), typeof(DividendMethod), typeof(PayRank), typeof(PlayerBar),
            typeof(SaleStatus), typeof(DrawStatus), typeof(EntryStatus), typeof(PaymentKind), typeof(TransactionStatus),
        ];
        var expected = enumerations.Select(type => $"{type.Name}: " + string.Join(
            ", ", Enum.GetValues(type).Cast<object>().Select(value => $"{Convert.ToUInt64(value, CultureInfo.InvariantCulture)} {value}")));
        var listed = ProtocolDocument.Section("## 9.").Where(cells => cells[0] != "enumeration").Select(cells => $"{cells[0]}: {cells[1]}");
        Assert.Equal(expected, listed);
    }

    [Fact]
    public void Reserved_numbers_are_not_in_use()
    {
        foreach (string[] row in ProtocolDocument.Section("## 10.").Where(cells => cells[0] != "numbers"))
        {
            string[] words = row[0].Split(' ', 2);
            foreach (string range in words[1].Split(", "))
            {
                int[] ends = [.. range.Split('-').Select(Number)];
                for (int number = ends[0]; number <= ends[^1]; number++)
                {
                    bool isUsed = words[0] == "codes"
                        ? Enum.IsDefined((ResultCode)number)
                        : MessageCatalogue.All.Values.Any(message => (ushort)message.Type == number);
                    Assert.False(isUsed, $"{words[0]} {number:X4} is in use and reserved in PROTOCOL.md section 10");
                }
            }
        }
    }

    [Fact]
    public void Limits_in_the_tables_are_those_of_the_code()
    {
        Assert.Equal($"bytes16 <= {Wire.ScramBytesMax}", TypeOf("LogonRequest", "scram"));
        Assert.Equal($"bytes8 <= {Wire.AuthorisationBytesMax}", TypeOf("Wager", "authorisation"));
        Assert.Equal($"list8 1..{Wire.LinesMax} WagerLine", TypeOf("Wager", "lines"));
        Assert.Equal($"list8 1..{Wire.HoldLinesMax} HoldLine", TypeOf("Hold", "lines"));
        Assert.Equal($"list8 0..{Wire.PoolsMax} PoolDefinition", TypeOf("RaceDefine", "pools"));
        Assert.Equal($"list16 1..{Wire.CellsMax} CellDefinition", TypeOf("CellsDefine", "cells"));
        Assert.Equal($"list8 0..{Wire.LinesMax} Pick", TypeOf("Outcome", "picks"));
        Assert.Equal($"list8 0..{Wire.RunnersMax} FinishPlace", TypeOf("RaceResult", "finish"));
        Assert.Equal($"list8 0..{Wire.PoolsMax} OfficialPool", TypeOf("RacePublish", "pools"));
        Assert.Equal($"list8 0..{Wire.PoolsMax} PoolTotal", TypeOf("PoolTotals", "pools"));
        Assert.Equal($"list16 0..{Wire.BarredPlayersMax} BarredPlayer", TypeOf("PlayersBar", "players"));
        Assert.Equal($"bytes8 <= {Wire.DrawNameBytesMax}", TypeOf("DrawDefine", "name"));
        Assert.Equal($"bytes8 <= {Wire.BeaconChainBytesMax}", TypeOf("DrawFreeze", "beaconChain"));
        Assert.Equal($"bytes[{Wire.HashBytes}]", TypeOf("DrawFreeze", "root"));
        Assert.Equal($"bytes8 <= {Wire.BeaconSignatureBytesMax}", TypeOf("DrawRun", "signature"));
        Assert.Equal($"list16 1..{Wire.ExcludedMax} bytes[{Wire.PersonKeyBytes}]", TypeOf("DrawExclude", "persons"));
        Assert.Equal($"list16 0..{Wire.CellsMax} CellState", TypeOf("SaleState", "cells"));
        Assert.Equal($"list16 0..{Wire.WavesMax} WaveState", TypeOf("DrawState", "waves"));
        Assert.Equal($"list16 0..{Wire.PaymentsMax} PaymentItem", TypeOf("PaymentsPage", "items"));
        Assert.Equal($"list8 0..{Wire.PersonItemsMax} PersonHold", TypeOf("PersonState", "holds"));
        Assert.Equal($"list8 0..{Wire.PersonItemsMax} PersonWait", TypeOf("PersonState", "waits"));
        Assert.All(
            [ProtocolDocument.Structures["PoolTotal"], ProtocolDocument.Structures["OfficialPool"]],
            rows => Assert.Equal($"list16 0..{Wire.DividendsMax} Dividend", rows[^1].Type));
        Assert.Equal(Wire.TransactionHeaderBytes, TableEncoder.FixedBytes("TransactionHeader"));
        Assert.Equal(Wire.ControlHeaderBytes, TableEncoder.FixedBytes("ControlHeader"));
        Assert.Equal(RaceId.Bytes, TableEncoder.FixedBytes("RaceId"));
    }

    [Theory]
    [InlineData("LogonRequest, ", "logon request")]
    [InlineData("Wager, ", "wager, one win line, cash, with deadline")]
    [InlineData("Its Outcome, ", "outcome, wager accepted")]
    public void The_worked_example_is_a_vector(string start, string vector)
    {
        int line = Array.FindLastIndex(ProtocolDocument.Lines, text => text.StartsWith(start, StringComparison.Ordinal));
        var dump = ProtocolDocument.Lines.Skip(line + 3).TakeWhile(text => text != "```");
        string hex = string.Concat(dump.SelectMany(text => text[6..].Split(' ').TakeWhile(word => word.Length == 2)));
        Assert.Equal(Convert.ToHexStringLower(VectorFile.Vectors.Single(candidate => candidate.Name == vector).Frame), hex);
    }

    private static string TypeOf(string message, string field) => ProtocolDocument.Messages[message].Single(row => row.Names[0] == field).Type;

    private static string YesNo(bool value) => value ? "yes" : "no";

    private static int Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? int.Parse(text[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : int.Parse(text, CultureInfo.InvariantCulture);
}

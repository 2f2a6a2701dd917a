using System.Text;
using TxCore.Client.Programme;
using TxCore.Protocol;

namespace TxCore.Client.Tests.Programme;

/// <summary>Whatever is wrong in a programme is named by its path, and nothing of the day comes out.</summary>
public sealed class ProgrammeErrorTests
{
    private const string Meeting = "programme.reunions[0]";
    private const string Race = Meeting + ".courses[1]";
    private const string Pool = Race + ".paris[0]";

    /// <summary>Path of the field, its new value (null removes it), part of the message, path in the error when it is another.</summary>
    public static TheoryData<string, string?, string, string?> Mutations { get; } = new()
    {
        { "programme", null, "missing", null },
        { "programme", "[]", "an object is needed", null },
        { "programme.date", null, "missing", null },
        { "programme.date", "\"2031-04-01\"", "a whole number is needed", null },
        { "programme.date", "-1", "it must be 0..", null },
        { "programme.timezoneOffset", null, "missing", null },
        { "programme.timezoneOffset", "999999999", "it must be", null },
        { "programme.timezoneOffset", "3600001", "whole minutes", null },
        { "programme.reunions", null, "missing", null },
        { "programme.reunions", "{}", "a list is needed", null },
        { Meeting, "3", "an object is needed", null },
        { Meeting + ".numOfficiel", null, "missing", null },
        { Meeting + ".numOfficiel", "100", "it must be 1..99", null },
        { Meeting + ".courses", null, "missing", null },
        { Meeting + ".hippodrome", "\"here\"", "an object is needed", null },
        { Race, "null", "an object is needed", null },
        { Race + ".numOrdre", null, "missing", null },
        { Race + ".numOrdre", "0", "it must be 1..99", null },
        { Race + ".numOrdre", "1", "courses[0] is already", null },
        { Race + ".numReunion", "2", "in meeting 1", null },
        { Race + ".heureDepart", null, "missing", null },
        { Race + ".heureDepart", "1932807900", "the day of the programme", null },
        { Race + ".heureDepart", "1.5e12", "a whole number is needed", null },
        { Race + ".nombreDeclaresPartants", null, "missing", null },
        { Race + ".nombreDeclaresPartants", "0", "it must be 1..31", null },
        { Race + ".nombreDeclaresPartants", "32", "it must be 1..31", null },
        { Race + ".libelle", "7", "a text is needed", null },
        { Race + ".paris", null, "missing", null },
        { Race + ".paris", "\"all\"", "a list is needed", null },
        { Race + ".incidents", "{}", "a list is needed", null },
        { Race + ".incidents[0].type", null, "missing", null },
        { Race + ".incidents[0].numeroParticipants", null, "missing", null },
        { Race + ".incidents[0].numeroParticipants[0]", "13", "it must be 1..12", null },
        { Race + ".ordreArrivee[2]", "10", "a list is needed", null },
        { Race + ".ordreArrivee[2][0]", "13", "it must be 1..12", null },
        { Race + ".ordreArrivee[2][0]", "5", "runner 5 did not run", Race + ".ordreArrivee[2]" },
        { Race + ".ordreArrivee[2][0]", "8", "runner 8 has finished already", Race + ".ordreArrivee[2]" },
        { Race + ".ordreArrivee[2]", "[10, 10]", "is 10 a second time", Race + ".ordreArrivee[2][1]" },
        { Race + ".participants", "[{\"nom\": \"TASSE FELEE\"}]", "missing", Race + ".participants[0].numPmu" },
        { Race + ".participants", "[{\"numPmu\": 1}, {\"numPmu\": 1}]", "is 1 a second time", Race + ".participants[1].numPmu" },
        { Pool, "[]", "an object is needed", null },
        { Pool + ".codePari", null, "missing", null },
        { Pool + ".codePari", "4", "a text is needed", null },
        { Pool + ".codePari", "\"SIMPLE_PLACE\"", "a second time in the race", Race + ".paris[2].codePari" },
        { Pool + ".miseBase", "-200", "it must be 1..", null },
        { Pool + ".miseBase", "0", "it must be 1..", null },
        { Pool + ".miseBase", "2.5", "a whole number is needed", null },
        { Pool + ".miseBase", "\"200\"", "a whole number is needed", null },
        { Pool + ".miseMax", "100", "below the base stake of 200", null },
        { Pool + ".ordre", null, "missing", null },
        { Pool + ".combine", "1", "true or false is needed", null },
        { Pool + ".complement", null, "missing", null },
        { Pool + ".spotAutorise", "\"true\"", "true or false is needed", null },
        { Pool + ".nbChevauxReglementaire", null, "missing", null },
        { Pool + ".valeursFlexiAutorisees", "[0]", "it must be 1..100", Pool + ".valeursFlexiAutorisees[0]" },
        { Pool + ".valeursFlexiAutorisees", "[50, 50]", "is 50 a second time", Pool + ".valeursFlexiAutorisees[1]" },
        { Pool + ".valeursFlexiAutorisees", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]", "at most 16", null },
        { Pool + ".valeursRisqueAutorisees", "[8]", "it must be 1..7", Pool + ".valeursRisqueAutorisees[0]" },
        { Race + ".paris[10].valeursRisqueAutorisees", null, "missing", null },
    };

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_wrong_or_missing_field_is_named_by_its_path(string path, string? value, string message, string? errorPath)
    {
        var errors = SampleFile.Errors(SampleFile.With(path, value), SampleFile.Options(Channel.Retail));
        Assert.Contains(errors, error => error.Path == (errorPath ?? path) && error.Message.Contains(message));
    }

    [Theory]
    [InlineData(Race + ".statut")]
    [InlineData("programme.reunions[1].courses[0].paris[0].enVente")]
    public void What_only_a_day_still_to_run_needs_is_missed_there_only(string path)
    {
        byte[] json = SampleFile.With(path, null);
        SampleFile.ReadDay(json, SampleFile.Options(Channel.Retail));
        Assert.Equal($"{path}: missing", $"{Assert.Single(SampleFile.Errors(json, SampleFile.Options(Channel.Retail, asPlanned: false)))}");
    }

    [Fact]
    public void Pools_of_the_other_channel_are_not_looked_at()
    {
        byte[] json = SampleFile.With(Pool + ".miseBase", "-200");
        SampleFile.ReadDay(json, SampleFile.Options(Channel.Online));
    }

    [Fact]
    public void All_errors_are_told_up_to_fifty()
    {
        byte[] json = SampleFile.Programme;
        for (int race = 0; race < 4; race++)
        {
            json = SampleFile.With(json, $"{Meeting}.courses[{race}].nombreDeclaresPartants", null);
        }

        Assert.Equal(4, SampleFile.Errors(json, SampleFile.Options(Channel.Retail)).Count);
        byte[] shapeless = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(SampleFile.Programme).Replace("\"ordre\"", "\"order\"", StringComparison.Ordinal));
        Assert.Equal(50, SampleFile.Errors(shapeless, SampleFile.Options(Channel.Retail)).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("{\"programme\": {\"date\": 1, \"date\": 2}}")]
    [InlineData("{\"programme\": {")]
    [InlineData("[1, 2]")]
    public void An_unreadable_file_is_one_error(string json) =>
        Assert.Single(SampleFile.Errors(Encoding.UTF8.GetBytes(json), SampleFile.Options(Channel.Retail)));

    [Fact]
    public void A_byte_order_mark_does_no_harm() =>
        SampleFile.ReadDay([0xEF, 0xBB, 0xBF, .. SampleFile.Programme], SampleFile.Options(Channel.Retail));

    [Fact]
    public void A_pool_without_a_takeout_is_named_by_its_path()
    {
        var takeouts = SampleFile.ReadTakeouts("""{"takeouts": [{"bet": "SIMPLE_GAGNANT", "percent": 13.9}]}"""u8.ToArray());
        var errors = SampleFile.Errors(SampleFile.Programme, SampleFile.Options(Channel.Retail) with { Takeouts = takeouts });
        Assert.Equal(
            new ProgrammeError("programme.reunions[0].courses[0].paris[2].codePari", "is \"SIMPLE_PLACE\", for which the takeouts have nothing"), errors[0]);
    }

    [Fact]
    public void Participants_of_a_race_that_is_not_there_or_wrong_ones_are_errors()
    {
        Assert.Equal("R7C1:participants", Assert.Single(Read((7, 1), """{"participants": []}""")).Path);
        Assert.Equal("R1C1:participants[0].numPmu", Assert.Single(Read((1, 1), """{"participants": [{"numPmu": 17}]}""")).Path);
        Assert.Equal("R1C1:participants", Assert.Single(Read((1, 1), "{}")).Path);

        static IReadOnlyList<ProgrammeError> Read((byte, byte) race, string json) => SampleFile.Errors(
            SampleFile.Programme,
            SampleFile.Options(Channel.Retail) with
            {
                Participants = new Dictionary<(byte, byte), ReadOnlyMemory<byte>> { [race] = Encoding.UTF8.GetBytes(json) },
            });
    }

    [Fact]
    public void Options_out_of_their_range_are_refused()
    {
        var options = SampleFile.Options(Channel.Retail);
        Assert.Throws<ArgumentException>(() => TryRead(options with { Channel = (Channel)3 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => TryRead(options with { LatestStopAfterStart = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => TryRead(options with { MaximumCentsDefault = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => TryRead(options with { ScratchBeforeStartMinutes = 1441 }));

        static void TryRead(ProgrammeOptions options) => ProgrammeReader.TryRead(SampleFile.Programme, options, out _, out _);
    }
}

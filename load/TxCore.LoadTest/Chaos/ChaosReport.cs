using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using TxCore.Faults.Fleet;
using TxCore.LoadTest.Reports;

namespace TxCore.LoadTest.Chaos;

/// <summary>What was done, how often, and what was lost, doubled or left hanging.</summary>
internal sealed record ChaosReport
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
    };

    public required DateTimeOffset StartedAt { get; init; }

    public required int Seed { get; init; }

    /// <summary>Time of faults, in seconds, without settling and checks.</summary>
    public required double Seconds { get; init; }

    /// <summary>How often everything was settled and checked.</summary>
    public required int Rounds { get; init; }

    public required int Clients { get; init; }

    /// <summary>Entries stored.</summary>
    public required long Transactions { get; init; }

    /// <summary>Outcomes received, repeats included; each was compared with what was told before.</summary>
    public required long Answers { get; init; }

    public required long Logons { get; init; }

    public required IReadOnlyDictionary<string, long> Faults { get; init; }

    /// <summary>Connections between server and PostgreSQL cut, by the message of the batch.</summary>
    public required IReadOnlyDictionary<string, long> BatchCuts { get; init; }

    /// <summary>Clients' connections cut, by step.</summary>
    public required IReadOnlyDictionary<string, long> ClientCuts { get; init; }

    /// <summary>COMMITs whose reply was lost, as the servers counted them; what a killed one had not told yet is missing.</summary>
    public required long AmbiguousCommits { get; init; }

    public required long StoreRetries { get; init; }

    /// <summary>Faults that could not be made here, and why.</summary>
    public required IReadOnlyList<string> Skipped { get; init; }

    public required IReadOnlyList<ChaosFinding> Findings { get; init; }

    public required Machine Machine { get; init; }

    public long Lost => Count(Harm.Lost);

    public long Doubled => Count(Harm.Doubled);

    public long Hanging => Count(Harm.Hanging);

    public long Wrong => Count(Harm.Wrong);

    public async Task WriteAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, this, Format, cancellationToken);
    }

    public void Write(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"chaos, seed {Seed}: {Seconds:0} s of faults in {Rounds} rounds, {Clients} clients, {Transactions:N0} entries, {Answers:N0} answers, {Logons:N0} logons"));
        Write(output, "faults", Faults);
        Write(output, "connections to PostgreSQL cut", BatchCuts);
        Write(output, "clients cut", ClientCuts);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ambiguous commits {AmbiguousCommits:N0}, retries of the store {StoreRetries:N0}"));
        foreach (string skipped in Skipped)
        {
            output.WriteLine($"SKIPPED {skipped}");
        }

        foreach (var finding in Findings)
        {
            output.WriteLine($"FINDING {finding.Harm}: {finding.What}");
        }

        output.WriteLine($"lost {Lost}, doubled {Doubled}, left hanging {Hanging}, otherwise wrong {Wrong}: {(Findings.Count == 0 ? "PASSED" : "FAILED")}");
    }

    private static void Write(TextWriter output, string title, IReadOnlyDictionary<string, long> counts)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: {counts.Values.Sum():N0}"));
        foreach (var (name, count) in counts)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {count,7:N0}  {name}"));
        }
    }

    private long Count(Harm harm) => Findings.LongCount(finding => finding.Harm == harm);
}

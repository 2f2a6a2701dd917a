using System.Text.Json.Nodes;
using TxCore.Identity.Handover;
using TxCore.Identity.Keys;
using TxCore.Identity.Persons;
using TxCore.Testing;

namespace TxCore.Identity.Tests;

public sealed class HandoverTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_who_consents_to_this_recipient_for_this_purpose_is_handed_over()
    {
        await using var store = await CreateAsync();
        byte[][] persons = await PersonsAsync(store, 8);
        await store.ConsentAsync(persons[0], "newsletter", "ioc");
        await store.ConsentAsync(persons[1], "newsletter", "city");
        await store.ConsentAsync(persons[2], "legacy", "ioc");
        await store.ConsentAsync(persons[3], "newsletter", "ioc");
        await store.ConsentAsync(persons[3], "newsletter", "ioc", given: false);
        await store.ConsentAsync(persons[4], "newsletter", "ioc");
        await store.Persons.OpposeMarketingAsync(persons[4], true, "letter", TestStore.Warrant, Cancellation);
        await store.ConsentAsync(persons[5], "newsletter", "ioc");
        await store.Persons.EraseAsync(persons[5], TestStore.Warrant, Cancellation);
        await store.ConsentAsync(persons[6], "newsletter", "ioc");

        var made = await ExportAsync(store, "ioc", "newsletter");
        var records = Records(store, "ioc", HandoverManifest.PersonsFile);
        Assert.Equal(["person_key", "first_name", "surname", "email", "language"], records[0]);
        Assert.Equal(["eloise.100@secret.example", "eloise.106@secret.example"], records[1..].Select(record => record[3]).Order(StringComparer.Ordinal));
        Assert.Equal((2L, 1L, "consent", "ioc"), (made.Manifest.Persons, made.Manifest.ConsentScope.OpposedLeftOut, made.Manifest.LegalBasis, made.Manifest.Recipient));
        Assert.Empty(HandoverCheck.Run(store.File("ioc"), made.ManifestSha256));
        string all = string.Concat(Directory.GetFiles(store.File("ioc")).Select(File.ReadAllText));
        Assert.All(persons, person => Assert.DoesNotContain(Convert.ToHexStringLower(person), all, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(2L, await store.SqlAsync("SELECT count(*) FROM person.identity_reads WHERE reason = 'hand-over of newsletter to ioc'"));
        Assert.Equal(2L, await store.SqlAsync("SELECT count(*) FROM person.handover_persons"));
        string access = await AccessExport.MakeAsync(store.Database, store.Persons, persons[0], TestStore.Warrant, Cancellation);
        Assert.Contains("International Committee", access);
    }

    [Fact]
    public async Task Two_recipients_share_no_key_and_no_order()
    {
        await using var store = await CreateAsync();
        byte[][] persons = await PersonsAsync(store, 12);
        foreach (byte[] person in persons)
        {
            await store.ConsentAsync(person, "newsletter", "ioc");
            await store.ConsentAsync(person, "newsletter", "city");
        }

        await ExportAsync(store, "ioc", "newsletter");
        await ExportAsync(store, "city", "newsletter");
        var ioc = Records(store, "ioc", HandoverManifest.PersonsFile)[1..];
        var city = Records(store, "city", HandoverManifest.PersonsFile)[1..];
        Assert.Equal(12, ioc.Count);
        Assert.Empty(ioc.Select(record => record[0]).Intersect(city.Select(record => record[0])));
        Assert.NotEqual(ioc.Select(record => record[3]), city.Select(record => record[3]));
        Assert.Equal(ioc.Select(record => record[0]).Order(StringComparer.Ordinal), ioc.Select(record => record[0]));

        // The same recipient finds the same persons in a later hand-over.
        using var pepper = PepperFile.Read(store.File("ioc.pepper"));
        await store.Export.RunAsync(Request("ioc", "newsletter"), pepper, store.File("ioc-2"), TestStore.Warrant, Cancellation);
        Assert.Equal(ioc, Records(store, "ioc-2", HandoverManifest.PersonsFile)[1..]);
    }

    [Fact]
    public async Task Rows_given_with_it_are_rekeyed_and_filtered_as_the_persons_are()
    {
        await using var store = await CreateAsync();
        byte[][] persons = await PersonsAsync(store, 3);
        await store.ConsentAsync(persons[0], "newsletter", "ioc");
        await store.ConsentAsync(persons[1], "newsletter", "ioc");
        await store.ConsentAsync(persons[0], "newsletter", "city");
        string[] keys = [.. persons.Select(Convert.ToHexStringLower)];
        string tickets = store.File("tickets.csv");
        await File.WriteAllTextAsync(
            tickets,
            $"ticket,person_key,session\n1,\\x{keys[0]},\"100 m, final\"\n2,{keys[2]},x\n3,{keys[1].ToUpperInvariant()},\"a \"\"b\"\"\"\n4,{keys[0]},y\n5,{new string('0', 64)},z\n",
            Cancellation);
        var made = await ExportAsync(store, "ioc", "newsletter", tickets);
        var rows = Records(store, "ioc", "tickets.csv");
        Assert.Equal(["person_key", "ticket", "session"], rows[0]);
        Assert.Equal(["1 100 m, final", "3 a \"b\"", "4 y"], rows[1..].Select(row => $"{row[1]} {row[2]}").Order(StringComparer.Ordinal));
        Assert.Equal(2, made.Manifest.ConsentScope.RowsLeftOut);
        var mapped = Records(store, "ioc", HandoverManifest.PersonsFile)[1..].ToDictionary(record => record[3], record => record[0]);
        Assert.Equal(mapped["eloise.100@secret.example"], rows.Single(row => row[1] == "4")[0]);
        Assert.Empty(HandoverCheck.Run(store.File("ioc")));

        foreach (var (text, message) in new[]
        {
            ($"person_key,friend\n{keys[0]},{keys[2]}\n", "column friend"),
            ($"friend,person_key\n\\x{keys[2]},{keys[0]}\n", "column friend"),
            ("ticket\n1\n", "no column person_key"),
            ("person_key\nabc\n", "record 2 has no person key"),
            ($"person_key,a\n{keys[0]}\n", "record 2 has 1 fields"),
        })
        {
            await File.WriteAllTextAsync(tickets, text, Cancellation);
            await RefusedAsync(message, () => ExportAsync(store, "city", "newsletter", tickets));
            Assert.False(Path.Exists(store.File("city")));
            Assert.False(Path.Exists(store.File("city.partial")));
        }
    }

    [Fact]
    public async Task What_may_not_be_exported_is_refused_by_name()
    {
        await using var store = await CreateAsync();
        await PersonsAsync(store, 1);
        await RefusedAsync("rests on legal_obligation", () => ExportAsync(store, "ioc", "accounting"));
        await RefusedAsync("There is no purpose nothing", () => ExportAsync(store, "ioc", "nothing"));
        using var ioc = PepperFile.Read(store.File("ioc.pepper"));
        await RefusedAsync("belongs to handover/ioc", () => store.Export.RunAsync(Request("city", "newsletter"), ioc, store.File("x"), TestStore.Warrant, Cancellation));
        await RefusedAsync("There is no event", () => store.Export.RunAsync(Request("ioc", "newsletter") with { Event = "ELSE" }, ioc, store.File("x"), TestStore.Warrant, Cancellation));
        await ExportAsync(store, "ioc", "newsletter");
        await RefusedAsync("is there already", () => ExportAsync(store, "ioc", "newsletter"));
        using var other = PepperFile.Create(store.File("other"), PepperFile.RecipientSubject("ioc"), store.Clock);
        await RefusedAsync("another pepper", () => store.Export.RunAsync(Request("ioc", "newsletter"), other, store.File("x"), TestStore.Warrant, Cancellation));
    }

    [Fact]
    public async Task Whatever_is_changed_in_a_hand_over_is_named()
    {
        await using var store = await CreateAsync();
        byte[][] persons = await PersonsAsync(store, 2);
        foreach (byte[] person in persons)
        {
            await store.ConsentAsync(person, "newsletter", "ioc");
        }

        string tickets = store.File("tickets.csv");
        await File.WriteAllTextAsync(tickets, $"person_key,ticket\n{Convert.ToHexString(persons[0])},1\n", Cancellation);
        var made = await ExportAsync(store, "ioc", "newsletter", tickets);
        string source = store.File("ioc");
        Assert.Empty(HandoverCheck.Run(Path.Combine(source, HandoverManifest.FileName), made.ManifestSha256));
        int number = 0;

        Tampered("persons.csv: SHA-256", d => Replace(d, "persons.csv", "Quenneville", "Quennevills"));
        Tampered("persons.csv: SHA-256", d => Replace(d, "persons.csv", ".100@", ".109@"));
        Tampered("persons.csv: 1 rows, the manifest says 2", d => File.WriteAllLines(Path.Combine(d, "persons.csv"), File.ReadAllLines(Path.Combine(d, "persons.csv"))[..2]));
        Tampered("bytes, the manifest says", d => File.AppendAllText(Path.Combine(d, "persons.csv"), "\r\n"));
        Tampered("tickets.csv: the file is missing", d => File.Delete(Path.Combine(d, "tickets.csv")));
        Tampered("more.csv: the manifest does not name this file", d => File.WriteAllText(Path.Combine(d, "more.csv"), ""));
        Tampered("There is no manifest", d => File.Delete(Path.Combine(d, "manifest.json")));
        Tampered("is no manifest", d => File.WriteAllText(Path.Combine(d, "manifest.json"), "{"));
        Tampered("The manifest has version 2", d => Manifest(d, m => m["schema_version"] = 2));
        Tampered("is no manifest", d => Manifest(d, m => m.AsObject().Remove("consent_scope")));
        Tampered("persons, but 2 rows", d => Manifest(d, m => m["persons"] = 3));
        Tampered("persons.csv: 2 rows, the manifest says 4", d => Manifest(d, m => m["files"]![0]!["rows"] = 4));
        Tampered("bytes, the manifest says 7", d => Manifest(d, m => m["files"]![1]!["bytes"] = 7));
        Tampered("the header is", d => Manifest(d, m => m["files"]![1]!["columns"]![1] = "seat"));
        Tampered("consent for city", d => Manifest(d, m => m["consent_scope"]!["recipient"] = "city"));
        Tampered("legal basis contract", d => Manifest(d, m => m["legal_basis"] = "contract"));
        Tampered("outside its directory", d => Manifest(d, m => m["files"]![1]!["name"] = "../tickets.csv"));
        Tampered("has a person who is not in persons.csv", d => Replace(d, "tickets.csv", "\n", "\n" + new string('a', 64) + ",9\r\n"));
        Tampered("does not begin with a person key", d => Replace(d, "tickets.csv", ",1", "x,1"));
        Tampered("who was there before", d => File.AppendAllText(Path.Combine(d, "persons.csv"), File.ReadAllLines(Path.Combine(d, "persons.csv"))[1] + "\r\n"));
        Tampered("ends inside a quoted field", d => File.AppendAllText(Path.Combine(d, "tickets.csv"), "\"x"));
        Tampered("the source told", d => Manifest(d, m => m["created_by"] = "mallory"), made.ManifestSha256);

        void Tampered(string fault, Action<string> change, string? told = null)
        {
            string copy = store.File($"copy-{number++}");
            Directory.CreateDirectory(copy);
            foreach (string file in Directory.GetFiles(source))
            {
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            }

            change(copy);
            var faults = HandoverCheck.Run(copy, told);
            Assert.True(faults.Any(found => found.Contains(fault, StringComparison.Ordinal)), $"{fault}: {string.Join('|', faults)}");
        }
    }

    [Fact]
    public async Task The_source_deletes_once_the_recipient_signed_and_signs_for_that()
    {
        await using var store = await CreateAsync();
        byte[][] persons = await PersonsAsync(store, 5);
        foreach (byte[] person in persons[..4])
        {
            await store.ConsentAsync(person, "legacy", "ioc");
        }

        await store.Persons.AddPurposeAsync(persons[2], "accounting", Cancellation);
        using var recipientKey = StatementKey.Create(store.File("ioc.pem"));
        using var mallory = StatementKey.Create(store.File("mallory.pem"));
        using var operatorKey = StatementKey.Create(store.File("operator.pem"));
        await ExportAsync(store, "ioc", "legacy", endOfLife: true);
        string directory = store.File("ioc");
        await RefusedAsync("has no receipt", () => store.Receipts.DeleteSourceAsync(directory, operatorKey, TestStore.Warrant, Cancellation));

        var receipt = HandoverReceipts.Sign(directory, recipientKey, "R. Cipient", store.Clock);
        await RefusedAsync("no registered public key", () => store.Receipts.RecordAsync(receipt, TestStore.Warrant, Cancellation));
        await store.Consents.AddRecipientAsync("ioc", "International Committee", recipientKey.PublicPem, Cancellation);
        await RefusedAsync("not that of the registered key", () => store.Receipts.RecordAsync(HandoverReceipts.Sign(directory, mallory, "M", store.Clock), TestStore.Warrant, Cancellation));
        await RefusedAsync("not that of the registered key", () => store.Receipts.RecordAsync(
            receipt with { Statement = receipt.Statement.Replace("persons: 4", "persons: 3", StringComparison.Ordinal) }, TestStore.Warrant, Cancellation));
        await store.Receipts.RecordAsync(receipt, TestStore.Warrant, Cancellation);
        await RefusedAsync("already", () => store.Receipts.RecordAsync(receipt, TestStore.Warrant, Cancellation));

        store.Clock.Advance(TimeSpan.FromDays(1));
        await store.Persons.RectifyAsync(persons[1], PersonRecord.Of([new("city", "Tours")]), TestStore.Warrant, Cancellation);
        await store.Persons.EraseAsync(persons[3], TestStore.Warrant, Cancellation);
        var deleted = await store.Receipts.DeleteSourceAsync(directory, operatorKey, TestStore.Warrant, Cancellation);
        Assert.Equal((1, 1, 1, 1), (deleted.Erased, deleted.GoneBefore, deleted.KeptChanged, deleted.KeptByDuty));
        bool[] there = [.. await Task.WhenAll(persons.Select(async person => await store.Persons.ReadAsync(person, TestStore.Warrant, Cancellation) is not null))];
        Assert.Equal([false, true, true, false, true], there);
        deleted.Statement.Write(store.File("deletion.json"));
        var read = SignedStatement.Read(store.File("deletion.json"));
        Assert.True(read.IsSignedWith(File.ReadAllText(store.File("operator.pem.pub"))));
        Assert.False((read with { Statement = read.Statement.Replace("erased: 1", "erased: 4", StringComparison.Ordinal) }).IsSignedWith(operatorKey.PublicPem));
        Assert.Equal("1", read.Value("kept_by_legal_obligation"));
        Assert.Equal(1L, await store.SqlAsync($"SELECT count(*) FROM person.person_purposes WHERE person_key = '\\x{Convert.ToHexStringLower(persons[2])}' AND expired_at IS NULL"));
    }

    [Fact]
    public async Task Nothing_is_deleted_for_a_hand_over_that_is_no_end_of_life_or_not_ours_and_no_faulty_one_is_signed_for()
    {
        await using var store = await CreateAsync();
        byte[][] persons = await PersonsAsync(store, 1);
        await store.ConsentAsync(persons[0], "newsletter", "ioc");
        await ExportAsync(store, "ioc", "newsletter");
        using var key = StatementKey.Create(store.File("key.pem"));
        await RefusedAsync("not made as an end-of-life one", () => store.Receipts.DeleteSourceAsync(store.File("ioc"), key, TestStore.Warrant, Cancellation));
        Manifest(store.File("ioc"), manifest => manifest["end_of_life"] = true);
        await RefusedAsync("with this manifest", () => store.Receipts.DeleteSourceAsync(store.File("ioc"), key, TestStore.Warrant, Cancellation));
        File.Delete(Path.Combine(store.File("ioc"), HandoverManifest.PersonsFile));
        await RefusedAsync("not signed for", () => Task.FromResult(HandoverReceipts.Sign(store.File("ioc"), key, "R", store.Clock)));
    }

    private static HandoverRequest Request(string recipient, string purpose, params string[] rows) => new(TestStore.Event, recipient, purpose, false, rows);

    private static async Task<HandoverResult> ExportAsync(TestStore store, string recipient, string purpose, string? rows = null, bool endOfLife = false)
    {
        using var pepper = PepperFile.Read(store.File($"{recipient}.pepper"));
        var request = Request(recipient, purpose, rows is null ? [] : [rows]) with { EndOfLife = endOfLife };
        return await store.Export.RunAsync(request, pepper, store.File(recipient), TestStore.Warrant, Cancellation);
    }

    private static List<string[]> Records(TestStore store, string directory, string name)
    {
        using var text = new StreamReader(Path.Combine(store.File(directory), name));
        return [.. CsvTable.Read(text)];
    }

    private static void Replace(string directory, string name, string part, string instead)
    {
        string path = Path.Combine(directory, name);
        string text = File.ReadAllText(path);
        Assert.Contains(part, text);
        File.WriteAllText(path, text.Replace(part, instead, StringComparison.Ordinal));
    }

    private static void Manifest(string directory, Action<JsonNode> change)
    {
        string path = Path.Combine(directory, HandoverManifest.FileName);
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        change(manifest);
        File.WriteAllText(path, manifest.ToJsonString());
    }

    private static async Task RefusedAsync(string message, Func<Task> action)
    {
        var refused = await Assert.ThrowsAsync<IdentityRefusedException>(action);
        Assert.Contains(message, refused.Message);
    }

    private async Task<TestStore> CreateAsync()
    {
        var store = await TestStore.CreateAsync(postgres);
        foreach (var (recipient, name) in new[] { ("ioc", "International Committee"), ("city", "The host city") })
        {
            await store.Consents.AddRecipientAsync(recipient, name, null, Cancellation);
            PepperFile.Create(store.File($"{recipient}.pepper"), PepperFile.RecipientSubject(recipient), store.Clock).Dispose();
        }

        return store;
    }

    private static async Task<byte[][]> PersonsAsync(TestStore store, int count)
    {
        byte[][] persons = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            persons[i] = await store.RegisterAsync(100 + i);
        }

        return persons;
    }
}

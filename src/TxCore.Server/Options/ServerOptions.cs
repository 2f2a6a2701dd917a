using System.Globalization;
using System.Net;
using System.Text.Json;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Server.Security;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Server.Options;

/// <summary>An option is unknown, out of its limits, or contradicts another; the message names it.</summary>
internal sealed class OptionException(string message) : Exception(message);

/// <summary>How the log is written.</summary>
internal enum LogFormat
{
    /// <summary>A line of text for people.</summary>
    Text,

    /// <summary>An object a line, with event id, category and the values of the message.</summary>
    Json,

    /// <summary>A line of text that begins with the priority the journal understands.</summary>
    Systemd,
}

/// <summary>The options of <c>serve</c> as they are in effect: file, then environment, then flags.</summary>
internal sealed class ServerOptions
{
    /// <summary>The file that is read when none is named and the working directory holds it.</summary>
    private const string DefaultFile = "appsettings.json";

    /// <summary>The part of a file that holds the options, when it has other parts too.</summary>
    private const string Section = "TxCore";

    private readonly Dictionary<string, string> _values;
    private readonly Dictionary<string, string> _origins;

    private ServerOptions(Dictionary<string, string> values, Dictionary<string, string> origins)
    {
        (_values, _origins) = (values, origins);
        Shards = ReadShards();
        Listen = ReadEndPoint("listen");
        Admin = ReadEndPoint("admin");
        OtlpEndpoint = ReadOtlpEndpoint();
        Tls = ReadTls();
        Check();
    }

    public IReadOnlyList<ShardIdentity> Shards { get; }

    public IPEndPoint Listen { get; }

    public IPEndPoint Admin { get; }

    public string? Connection => Text("connection");

    /// <summary>TLS of the listeners; null for none.</summary>
    public TlsSettings? Tls { get; }

    /// <summary>Most connections of the whole process, those in a TLS handshake included.</summary>
    public long ConnectionsMax => Number("connections-max") * Shards.Count;

    public TimeSpan LogonTime => TimeSpan.FromSeconds(Number("logon-seconds"));

    public string? Data => Text("data");

    /// <summary>The file of a clock that is wrong on purpose; null for the host's clock.</summary>
    public string? RehearsalClock => Text("rehearsal-clock");

    public int PartitionDays => (int)Number("partition-days");

    public TimeSpan DrainTime => TimeSpan.FromSeconds(Number("drain-seconds"));

    public LogFormat LogFormat => Enum.TryParse(_values["log-format"], ignoreCase: true, out LogFormat format)
        && string.Equals(format.ToString(), _values["log-format"], StringComparison.OrdinalIgnoreCase)
        ? format
        : throw new OptionException($"Option log-format is '{_values["log-format"]}'; it must be text, json or systemd.");

    /// <summary>Where metrics are sent; null for nowhere.</summary>
    public Uri? OtlpEndpoint { get; }

    public TimeSpan OtlpInterval => TimeSpan.FromSeconds(Number("otlp-seconds"));

    /// <summary>Merges the sources of options, later ones winning, and checks the result.</summary>
    /// <exception cref="OptionException">Names the first option that is wrong.</exception>
    public static ServerOptions Read(string? file, Func<string, string?> environment, IReadOnlyDictionary<string, string> flags)
    {
        var values = OptionTable.Rows.ToDictionary(static row => row.Name, static row => row.Default);
        var origins = OptionTable.Rows.ToDictionary(static row => row.Name, static _ => "default");
        file ??= environment("TXCORE_CONFIG") ?? (File.Exists(DefaultFile) ? DefaultFile : null);
        foreach (var (name, value) in file is null ? [] : ReadFile(file))
        {
            (values[name], origins[name]) = (value, file!);
        }

        foreach (var row in OptionTable.Rows)
        {
            if (environment(row.Environment) is { } value)
            {
                (values[row.Name], origins[row.Name]) = (value, row.Environment);
            }
        }

        foreach (var (name, value) in flags)
        {
            (values[name], origins[name]) = (value, $"--{name}");
        }

        return new ServerOptions(values, origins);
    }

    /// <summary>The options of one shard for the pipeline.</summary>
    public ShardOptions ForShard(ShardIdentity identity) => new()
    {
        Identity = identity,
        RingSize = (int)Number("ring-size"),
        ControlReserve = (int)Number("control-reserve"),
        BatchEventsMax = (int)Number("batch-events-max"),
        TickMilliseconds = (int)Number("tick-milliseconds"),
        CommitStallMilliseconds = (int)Number("commit-stall-milliseconds"),
        SnapshotEntries = Number("snapshot-entries"),
        SnapshotSeconds = (int)Number("snapshot-seconds"),
        SnapshotCheckSeconds = (int)Number("snapshot-check-seconds"),
        Limits = new SessionLimits
        {
            ConnectionsMax = (int)Number("connections-max"),
            LogonSeconds = (int)Number("logon-seconds"),
            IdleSeconds = (int)Number("idle-seconds"),
            UnsentBytesMax = (int)Number("unsent-bytes-max"),
            LogonFailuresOfSourceMax = (int)Number("logon-failures-source"),
            LogonFailuresOfAddressMax = (int)Number("logon-failures-address"),
        },
        Rules = new ShardRules
        {
            KeyEpoch = (ushort)Number("key-epoch"),
            DayStartMinutes = (ushort)Number("day-start-minutes"),
            CancelWindowSeconds = (uint)Number("cancel-window-seconds"),
            CancelWindowWinSeconds = (uint)Number("cancel-window-win-seconds"),
            TimeStepMaxSeconds = (uint)Number("time-step-max-seconds"),
        },
    };

    /// <summary>Every option with its value, secrets masked, and where the value comes from.</summary>
    public IEnumerable<(string Name, string Value, string Origin)> Show() =>
        OptionTable.Rows.Select(row => (row.Name, row.IsSecret && _values[row.Name].Length > 0 ? "(set, not shown)" : _values[row.Name], _origins[row.Name]));

    private static IEnumerable<(string Name, string Value)> ReadFile(string file)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(File.ReadAllText(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        }
        catch (Exception fault) when (fault is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new OptionException($"The options file {file} cannot be read: {fault.Message}");
        }

        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty(Section, out var section))
        {
            root = section;
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new OptionException($"{file}: the options must be an object with a member for each.");
        }

        foreach (var property in root.EnumerateObject())
        {
            if (OptionTable.Find(property.Name) is null)
            {
                throw new OptionException($"{file}: option '{property.Name}' is not known. 'txcore serve --help' lists them.");
            }

            yield return (property.Name, property.Value.ToString());
        }
    }

    private string? Text(string name) => _values[name] is { Length: > 0 } value ? value : null;

    private long Number(string name)
    {
        var row = OptionTable.Find(name)!;
        if (!long.TryParse(_values[name], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            || value < row.Min || value > row.Max)
        {
            throw new OptionException($"Option {name} is '{_values[name]}'; it must be a whole number from {row.Min} to {row.Max}.");
        }

        return value;
    }

    private List<ShardIdentity> ReadShards()
    {
        if (Text("shard") is { } number || Text("channel") is not null)
        {
            if (Text("shard") is null || Text("channel") is null)
            {
                throw new OptionException("Options shard and channel go together: give both or neither.");
            }

            return [ReadShard($"{_values["shard"]}:{_values["channel"]}", "shard and channel")];
        }

        return [.. _values["shards"].Split(',', StringSplitOptions.TrimEntries).Select(text => ReadShard(text, "shards"))];
    }

    private static ShardIdentity ReadShard(string text, string option)
    {
        string[] parts = text.Split(':');
        if (parts.Length != 2 || !short.TryParse(parts[0], CultureInfo.InvariantCulture, out short shard) || shard < 1
            || !Enum.TryParse(parts[1], ignoreCase: true, out Channel channel) || !Enum.IsDefined(channel) || char.IsDigit(parts[1][0]))
        {
            throw new OptionException($"Option {option} has '{text}'; a shard is a number from 1 to 32,767 and a channel, retail or online.");
        }

        return new ShardIdentity(shard, channel);
    }

    private IPEndPoint ReadEndPoint(string name)
    {
        string text = _values[name].Replace("localhost", "127.0.0.1", StringComparison.OrdinalIgnoreCase);
        return text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text, out var endPoint)
            ? endPoint
            : throw new OptionException($"Option {name} is '{_values[name]}'; it must be ADDRESS:PORT, for example 127.0.0.1:7400.");
    }

    private Uri? ReadOtlpEndpoint()
    {
        if (Text("otlp-endpoint") is not { } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            throw new OptionException($"Option otlp-endpoint is '{text}'; it must be an http or https address, for example http://127.0.0.1:4318.");
        }

        if (endpoint.UserInfo.Length > 0)
        {
            throw new OptionException("Option otlp-endpoint holds a user or password, which would be shown; put the collector where none is needed.");
        }

        return endpoint.AbsolutePath == "/" ? new Uri(endpoint, "v1/metrics") : endpoint;
    }

    private TlsSettings? ReadTls()
    {
        if (Text("tls-certificate") is not { } certificate)
        {
            string? alone = new[] { "tls-key", "tls-key-password", "tls-client-authorities" }.FirstOrDefault(name => Text(name) is not null);
            return alone is null ? null : throw new OptionException($"Options {alone} and tls-certificate go together: there is no TLS without a certificate.");
        }

        string text = _values["tls-client-certificates"];
        if (!Enum.TryParse(text, ignoreCase: true, out ClientCertificates clients) || clients is not (ClientCertificates.Optional or ClientCertificates.Required)
            || char.IsDigit(text[0]))
        {
            throw new OptionException($"Option tls-client-certificates is '{text}'; it must be optional or required.");
        }

        string? authorities = Text("tls-client-authorities");
        return new TlsSettings(
            certificate, Text("tls-key") ?? certificate, Text("tls-key-password"), authorities, authorities is null ? ClientCertificates.None : clients);
    }

    private void Check()
    {
        foreach (var row in OptionTable.Rows.Where(static row => row.IsNumber))
        {
            Number(row.Name);
        }

        _ = LogFormat;

        if (Shards.DistinctBy(static shard => shard.Shard).Count() != Shards.Count)
        {
            throw new OptionException("Option shards names a shard twice.");
        }

        if (_values["admin-outside"] is not ("yes" or "no"))
        {
            throw new OptionException($"Option admin-outside is '{_values["admin-outside"]}'; it must be yes or no.");
        }

        if (_values["admin-outside"] == "no" && !IPAddress.IsLoopback(Admin.Address))
        {
            throw new OptionException(
                $"Option admin is {Admin}, which can be reached from outside, and nothing asks for a logon there: give a loopback address, or admin-outside yes.");
        }

        if (Tls?.Clients == ClientCertificates.Required && Connection is null)
        {
            throw new OptionException("Option tls-client-certificates required needs a connection: the sample day of a private PostgreSQL has no certificates.");
        }

        if (Connection is not null && Shards.Count > 1)
        {
            throw new OptionException("Options connection and shards contradict each other: with a connection, one process serves one shard.");
        }

        if (RehearsalClock is not null && Connection is null)
        {
            throw new OptionException("Option rehearsal-clock needs connection: a database that is marked as a rehearsal.");
        }

        if (Connection is not null && Data is null)
        {
            throw new OptionException("Option data is required with connection: the directory keeps the keys and the anchor file outside PostgreSQL.");
        }

        try
        {
            ForShard(Shards[0]).Validate();
        }
        catch (ArgumentException contradiction)
        {
            throw new OptionException(contradiction.Message);
        }
    }
}

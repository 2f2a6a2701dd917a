using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using TxCore.Client;
using TxCore.Diagnostics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Server.Commands;

/// <summary>The options and the connection of commands that control a running server: they log on as an administrator like any client.</summary>
internal sealed class ControlClient
{
    private readonly Option<string> _server = new("--server")
    {
        Description = "Address of the server",
        DefaultValueFactory = static _ => Environment.GetEnvironmentVariable("TXCORE_LISTEN") ?? "127.0.0.1:7400",
    };

    private readonly Option<uint> _source = new("--source") { Description = "Administrator source", DefaultValueFactory = static _ => 1 };

    private readonly Option<string?> _password = new("--password-file")
    {
        Description = "File with the source's password on its first line; without it TXCORE_PASSWORD",
    };

    private readonly Option<string?> _tlsName = new("--tls-name")
    {
        Description = "Name in the server's certificate; with it the connection is by TLS. Default TXCORE_TLS_NAME",
        DefaultValueFactory = static _ => Environment.GetEnvironmentVariable("TXCORE_TLS_NAME"),
    };

    private readonly Option<string?> _tlsAuthorities = new("--tls-authorities") { Description = "PEM file of the authorities the server's certificate comes from; default: the system's" };

    private readonly Option<string?> _certificate = new("--certificate") { Description = "PEM file of the client certificate; without a password it logs on by that alone" };

    private readonly Option<string?> _key = new("--key") { Description = "PEM file of its private key; default: in --certificate" };

    private readonly Option<Channel> _channel = new("--channel") { Description = "Channel of the shard", DefaultValueFactory = static _ => Channel.Retail };

    private readonly Option<uint> _actor = new("--actor") { Description = "Number of the person who asks for it", Required = true };

    private readonly Option<uint> _second = new("--second-actor") { Description = "Number of the second person, where one is needed" };

    private readonly Option<ushort> _reason = new("--reason") { Description = "Reason code", Required = true };

    /// <summary>Adds the options of a command that submits controls.</summary>
    public void AddTo(Command command)
    {
        AddConnectionTo(command);
        foreach (var option in new Option[] { _actor, _second, _reason })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Adds the options of a command that only asks.</summary>
    public void AddConnectionTo(Command command)
    {
        foreach (var option in new Option[] { _server, _source, _password, _tlsName, _tlsAuthorities, _certificate, _key, _channel })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The channel asked for.</summary>
    public Channel ChannelOf(ParseResult parsed) => parsed.GetValue(_channel);

    /// <summary>Connects, submits one control, tells the outcome; exit code 0 when it was accepted.</summary>
    public Task<int> SubmitAsync(
        ParseResult parsed, Func<TxCoreClient, ControlHeader, Task<SubmitResult>> submit, CancellationToken cancellationToken) =>
        RunAsync(parsed, async (client, control) => Tell("", await submit(client, control)) ? 0 : 1, cancellationToken);

    /// <summary>Tells the outcome of one control among several; true when it was accepted.</summary>
    public static bool Tell(string what, SubmitResult result)
    {
        string fault = result.Outcome.Field == BodyField.None ? "" : $" ({result.Outcome.Field})";
        Console.WriteLine($"{what}{result.Code}{fault}, number {result.Outcome.Number}");
        return result.IsAccepted;
    }

    /// <summary>Connects and lets the command do its work; its exit code, or 1 when the server is not to be reached.</summary>
    public async Task<int> RunAsync(
        ParseResult parsed, Func<TxCoreClient, ControlHeader, Task<int>> run, CancellationToken cancellationToken)
    {
        string? password = parsed.GetValue(_password) is { } file
            ? File.ReadLines(file).FirstOrDefault()?.Trim()
            : Environment.GetEnvironmentVariable("TXCORE_PASSWORD");
        string address = parsed.GetValue(_server)!;
        bool hasProof = password is not null || parsed.GetValue(_certificate) is not null;
        if (!hasProof || !IPEndPoint.TryParse(address.Replace("localhost", "127.0.0.1", StringComparison.OrdinalIgnoreCase), out var server))
        {
            Console.Error.WriteLine(hasProof is false
                ? "The password is missing: give --password-file, set TXCORE_PASSWORD, or give --certificate."
                : $"Option server is '{address}'; it must be ADDRESS:PORT.");
            return (int)ExitCode.Usage;
        }

        try
        {
            await using var client = await TxCoreClient.ConnectAsync(Options(parsed, server, password), cancellationToken);
            return await run(client, new ControlHeader(parsed.GetValue(_actor), parsed.GetValue(_second), parsed.GetValue(_reason)));
        }
        catch (Exception fault) when (fault is TxCoreClientException or CryptographicException or IOException or ArgumentException)
        {
            Console.Error.WriteLine(fault.Message);
            return 1;
        }
    }

    private ClientOptions Options(ParseResult parsed, IPEndPoint server, string? password) => new()
    {
        Host = server.Address.ToString(),
        Port = server.Port,
        Source = parsed.GetValue(_source),
        Password = password,
        Channel = parsed.GetValue(_channel),
        Tls = parsed.GetValue(_tlsName) is { Length: > 0 } name
            ? TlsFiles.Options(name, parsed.GetValue(_tlsAuthorities), parsed.GetValue(_certificate), parsed.GetValue(_key))
            : null,
    };
}

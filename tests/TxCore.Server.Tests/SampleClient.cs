using System.Text.RegularExpressions;
using TxCore.Client;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Server.Tests.Processes;

namespace TxCore.Server.Tests;

/// <summary>Somebody who has just started a server with nothing configured and tries what its console says.</summary>
internal sealed partial class SampleClient : IAsyncDisposable
{
    private readonly TxCoreClient _client;
    private readonly Channel _channel;

    private SampleClient(TxCoreClient client, Channel channel) => (_client, _channel) = (client, channel);

    public static async Task<SampleClient> ConnectAsync(ServerProcess server, ReadyLine ready, uint source)
    {
        var told = Pattern().Matches(server.Program.Output).Single(match => match.Groups["shard"].Value == $"{ready.Shard}");
        var channel = Enum.Parse<Channel>(ready.Channel, ignoreCase: true);
        var options = new ClientOptions
        {
            Host = "127.0.0.1",
            Port = ready.Listen.Port,
            Source = source,
            Password = told.Groups["password"].Value,
            Channel = channel,
        };
        return new SampleClient(await TxCoreClient.ConnectAsync(options, TestContext.Current.CancellationToken), channel);
    }

    /// <summary>Sells a win bet on the first race on sale.</summary>
    public async Task<SubmitResult> SellAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var definitions = await _client.DefinitionsAsync(cancellation);
        var race = definitions.Items.First(static item => item.Race is { Status: RaceStatus.Open }).Race!;
        long cents = race.Pools[0].BaseStakeCents;
        var line = new WagerLine(
            race.Race, BetTypes.PoolOf(BetType.Win, _channel), Formula.Unit, false, false, 0, 0, StakeForm.Multiple, 1, cents, [7], [], []);
        return await _client.WagerAsync(new Wager(default, 0, 0, 1, PaymentMeans.Cash, [], [], cents, [line]), cancellationToken: cancellation);
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [GeneratedRegex(@"Sample sources of shard (?<shard>\d+):.*password (?<password>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}

using System.Net;
using System.Text;
using TxCore.Testing;

namespace TxCore.Server.Tests.Operations;

/// <summary>With an endpoint, metrics are sent there by OTLP over HTTP.</summary>
public sealed class OtlpTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_are_sent_to_the_endpoint()
    {
        using var receiver = new HttpListener();
        int port = FreePort();
        receiver.Prefixes.Add($"http://127.0.0.1:{port}/");
        receiver.Start();
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var server = await deployment.ServeAsync(null, null, "--otlp-endpoint", $"http://127.0.0.1:{port}", "--otlp-seconds", "1");

        string body = "";
        for (int i = 0; i < 20 && !body.Contains("txcore.head.number", StringComparison.Ordinal); i++)
        {
            var context = await receiver.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
            Assert.Equal(("POST", "/v1/metrics", "application/x-protobuf"), (context.Request.HttpMethod, context.Request.Url!.AbsolutePath, context.Request.ContentType));
            using var bytes = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(bytes, Cancellation);
            body = Encoding.Latin1.GetString(bytes.ToArray());
            context.Response.Close();
        }

        // Names and tags are plain strings in protobuf.
        Assert.All(
            ["service.name", "TxCore.Pipeline", "TxCore.Store", "TxCore.Sessions", "txcore.head.number", "txcore.entries.decided", "retail"],
            part => Assert.Contains(part, body));
    }

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}

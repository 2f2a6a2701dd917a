using System.Globalization;

namespace TxCore.Server.Hosting;

/// <summary>
/// A clock that is wrong on purpose, both ways and while the server runs: for rehearsals of what a host with a bad clock does. A file tells
/// by how many milliseconds; while it cannot be read the clock stays as wrong as it was.
/// </summary>
internal sealed class RehearsalClock : TimeProvider, IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly TimeProvider _host;
    private readonly ITimer _looking;
    private long _wrongByTicks;

    public RehearsalClock(string file, TimeProvider host)
    {
        _host = host;
        Read(file);
        _looking = host.CreateTimer(_ => Read(file), null, Look, Look);
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _host.GetUtcNow().AddTicks(Volatile.Read(ref _wrongByTicks));

    public void Dispose() => _looking.Dispose();

    private void Read(string file)
    {
        try
        {
            if (long.TryParse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture, out long milliseconds))
            {
                Volatile.Write(ref _wrongByTicks, milliseconds * TimeSpan.TicksPerMillisecond);
            }
        }
        catch (IOException)
        {
            // It is being written, or is not there yet: the next look will tell.
        }
    }
}

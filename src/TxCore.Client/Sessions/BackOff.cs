namespace TxCore.Client.Sessions;

/// <summary>Waits between attempts to connect: doubling, and each drawn between half and all of it, so that terminals do not come back at once.</summary>
internal sealed class BackOff(ClientOptions options)
{
    private TimeSpan _delay = options.ReconnectDelayMin;

    public TimeSpan Next()
    {
        var drawn = _delay * (0.5 + (Random.Shared.NextDouble() / 2));
        _delay = _delay * 2 < options.ReconnectDelayMax ? _delay * 2 : options.ReconnectDelayMax;
        return drawn;
    }

    public void Reset() => _delay = options.ReconnectDelayMin;
}

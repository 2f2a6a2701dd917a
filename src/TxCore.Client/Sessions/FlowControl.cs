namespace TxCore.Client.Sessions;

/// <summary>
/// How many transactions may be on the wire, and when sending stops. After a busy or a gap everything behind it gets a gap too, so
/// sending halts until each transaction on the wire has some answer, and only then starts again from the first undecided one. Guarded
/// by the queue's lock.
/// </summary>
internal sealed class FlowControl(int windowLimit)
{
    private static readonly TimeSpan RepeatedGapWaitMin = TimeSpan.FromMilliseconds(5);
    private int _window = 1;
    private int _allowance = 1;
    private int _haltsWithoutOutcome;

    public int OnWire { get; private set; }

    public bool IsHalted { get; private set; }

    /// <summary>How long to wait, once nothing is on the wire, before sending again.</summary>
    public TimeSpan Wait { get; private set; }

    public bool MaySend => !IsHalted && OnWire < _allowance;

    public int Window => _window;

    public void Connected(uint serverWindow)
    {
        _window = (int)Math.Clamp(serverWindow, 1u, (uint)windowLimit);
        _allowance = _window;
        _haltsWithoutOutcome = 0;
        OnWire = 0;
        Resume();
    }

    public void Sent() => OnWire++;

    public void Answered() => OnWire--;

    /// <summary>An outcome came: the server takes transactions, so the allowance that a busy halved grows back.</summary>
    public void Decided()
    {
        _haltsWithoutOutcome = 0;
        if (_allowance < _window)
        {
            _allowance++;
        }
    }

    public void Halt(TimeSpan retryAfter, bool isBusy)
    {
        if (!IsHalted)
        {
            IsHalted = true;
            if (isBusy)
            {
                // The server says itself how long to wait; fewer at a time means fewer sent in vain when it is busy again.
                _allowance = Math.Max(1, _allowance / 2);
            }
            else
            {
                // A server that answers the first transaction with a gap again and again must not be asked in a tight loop.
                Wait = _haltsWithoutOutcome == 0 ? TimeSpan.Zero : RepeatedGapWaitMin * (1 << Math.Min(_haltsWithoutOutcome, 8));
            }

            _haltsWithoutOutcome++;
        }

        if (retryAfter > Wait)
        {
            Wait = retryAfter;
        }
    }

    public void Resume()
    {
        IsHalted = false;
        Wait = TimeSpan.Zero;
    }
}

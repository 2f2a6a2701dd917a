using TxCore.Protocol.Messages;

namespace TxCore.Client.Sessions;

/// <summary>Follows the versions of what is on sale: each broadcast has the next one, and a hole means reading everything again.</summary>
internal sealed class DefinitionsFollower(
    Queries queries, Action<StateChange> stateChanged, Action<Definitions> definitionsChanged, Action<TxCoreClientException> fail)
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _oneReadAtATime = new(1);
    private ulong _knownVersion;
    private bool _hasSession;
    private bool _isReading;
    private bool _readAgain;

    public ulong KnownVersion => Volatile.Read(ref _knownVersion);

    /// <summary>A session is open. After a lost connection, another version than the one known means that broadcasts were missed.</summary>
    public void Connected(ulong version)
    {
        bool isBehind;
        lock (_gate)
        {
            isBehind = _hasSession && version != _knownVersion;
            _hasSession = true;
            _knownVersion = version;
        }

        if (isBehind)
        {
            ReadAgain();
        }
    }

    /// <summary>A broadcast. It is passed on even behind a hole: a stop must be seen at once.</summary>
    public void Changed(StateChange change)
    {
        bool isHole;
        lock (_gate)
        {
            if (change.Version <= _knownVersion)
            {
                // Read with the definitions already, while the broadcast was on its way.
                return;
            }

            isHole = change.Version != _knownVersion + 1;
            _knownVersion = change.Version;
        }

        stateChanged(change);
        if (isHole)
        {
            ReadAgain();
        }
    }

    /// <summary>The server's heartbeat tells a version whose broadcast did not come.</summary>
    public void Heard(ulong version)
    {
        lock (_gate)
        {
            if (version <= _knownVersion)
            {
                return;
            }

            _knownVersion = version;
        }

        ReadAgain();
    }

    /// <summary>All pages of one version; a version that changes under the reading starts it again.</summary>
    public async Task<Definitions> ReadAsync(CancellationToken cancellationToken)
    {
        await _oneReadAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var items = new List<DefinitionItem>();
            ulong version = 0;
            uint next = 0;
            while (true)
            {
                var page = await queries.AskPage(next).WaitAsync(cancellationToken).ConfigureAwait(false);
                if (next > 0 && page.Version != version)
                {
                    items.Clear();
                    next = 0;
                    continue;
                }

                version = page.Version;
                items.AddRange(page.Items);
                next++;
                if (next >= page.PageCount)
                {
                    return new Definitions(version, items);
                }
            }
        }
        finally
        {
            _oneReadAtATime.Release();
        }
    }

    private void ReadAgain()
    {
        lock (_gate)
        {
            _readAgain = true;
            if (_isReading)
            {
                return;
            }

            _isReading = true;
        }

        _ = ReadUntilCurrentAsync();
    }

    private async Task ReadUntilCurrentAsync()
    {
        while (true)
        {
            lock (_gate)
            {
                if (!_readAgain)
                {
                    _isReading = false;
                    return;
                }

                _readAgain = false;
            }

            try
            {
                var definitions = await ReadAsync(CancellationToken.None).ConfigureAwait(false);
                lock (_gate)
                {
                    _knownVersion = Math.Max(_knownVersion, definitions.Version);
                }

                definitionsChanged(definitions);
            }
            catch (TxCoreClientException)
            {
                // The client has ended, and has told so to everyone who waits.
                return;
            }
            catch (Exception failure)
            {
                fail(new TxCoreClientException(ClientFault.Protocol, $"Reading the definitions failed: {failure.Message}", failure));
                return;
            }
        }
    }
}

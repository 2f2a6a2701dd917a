using System.Collections.Concurrent;
using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Testing.Shards;

/// <summary>
/// The sources of a test. Any source up to 8,999 may submit, from 9,000 on it is an administrator's; outlet = source / 10. All have one
/// password.
/// </summary>
public sealed class TestSources(Channel channel) : ISourceDirectory
{
    /// <summary>The password of every source.</summary>
    public const string Password = "correct horse battery";

    private static readonly ScramCredential Credential = ScramCredential.Create(Password);
    private readonly ConcurrentDictionary<uint, SourceRecord> _changed = new();

    /// <summary>Window of the sources that were not changed.</summary>
    public int Window { get; set; } = 64;

    /// <inheritdoc/>
    public SourceRecord? Find(uint id)
    {
        if (_changed.TryGetValue(id, out var changed))
        {
            return changed;
        }

        return id switch
        {
            0 => null,
            < 9000 => Make(id, SourceRole.Submit),
            >= 9000 and < 9100 => Make(id, SourceRole.Admin),
            _ => null,
        };
    }

    /// <summary>Changes a source.</summary>
    public void Change(uint id, Func<SourceRecord, SourceRecord> change) =>
        _changed[id] = change(Find(id) ?? Make(id, SourceRole.Submit));

    private SourceRecord Make(uint id, SourceRole role) => new(
        id, (int)(id / 10), channel, role, Window, Credential.Salt, Credential.Iterations, Credential.StoredKey, Credential.ServerKey,
        Disabled: false);
}

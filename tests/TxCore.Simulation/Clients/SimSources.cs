using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Simulation.Clients;

/// <summary>The sources: terminals of one outlet, frontends, an administrator. One password, one iteration.</summary>
internal sealed class SimSources : ISourceDirectory
{
    public const string Password = "simulated";
    public const uint Admin = 9001;

    private static readonly ScramCredential Credential = ScramCredential.Create(Password, [1, 2, 3, 4, 5, 6, 7, 8], 1);

    public static readonly SimSources Instance = new();

    private readonly Dictionary<uint, SourceRecord> _sources = new SourceRecord[]
    {
        Make(11, SourceRole.Submit, 8), Make(12, SourceRole.Submit, 6), Make(13, SourceRole.Submit, 16),
        Make(21, SourceRole.Submit, 8), Make(22, SourceRole.Submit, 4),
        Make(Admin, SourceRole.Admin, 4),
    }.ToDictionary(static source => source.Id);

    public IEnumerable<SourceRecord> All => _sources.Values;

    public SourceRecord? Find(uint id) => _sources.GetValueOrDefault(id);

    private static SourceRecord Make(uint id, SourceRole role, int window) =>
        new(id, (int)(id / 10), Channel.Retail, role, window, Credential.Salt, Credential.Iterations, Credential.StoredKey, Credential.ServerKey, Disabled: false);
}

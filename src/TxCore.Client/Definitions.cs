using TxCore.Protocol.Messages;

namespace TxCore.Client;

/// <summary>Everything on sale, as of one version.</summary>
/// <param name="Version">The definitions version all items belong to.</param>
/// <param name="Items">Races, sales and inventory cells.</param>
public sealed record Definitions(ulong Version, IReadOnlyList<DefinitionItem> Items);

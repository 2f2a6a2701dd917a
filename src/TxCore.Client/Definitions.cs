using TxCore.Protocol.Messages;

namespace TxCore.Client;

/// <summary>Everything on sale, as of one version.</summary>
/// <param name="Version">The definitions version all items belong to.</param>
/// <param name="Items">Races, sales, inventory cells and draws.</param>
public sealed record Definitions(ulong Version, IReadOnlyList<DefinitionItem> Items)
{
    /// <summary>The sales with what each asks of buyers, in the order of the items.</summary>
    public IEnumerable<SaleItem> Sales => Items.Select(item => item.Sale).OfType<SaleItem>();

    /// <summary>The draws, in the order of the items; how far each has got tells <see cref="TxCoreClient.DrawStateAsync"/>.</summary>
    public IEnumerable<DrawItem> Draws => Items.Select(item => item.Draw).OfType<DrawItem>();
}

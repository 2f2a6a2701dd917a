using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client;

/// <summary>The cells of a sale, all of one moment.</summary>
/// <param name="Sale">The sale.</param>
/// <param name="Status">Its state; <see cref="SaleStatus.None"/> when it is not known.</param>
/// <param name="Number">The highest committed number it takes in.</param>
/// <param name="At">Sequence time of it, microseconds since 1970-01-01 UTC.</param>
/// <param name="Cells">Its cells, by session and category.</param>
public sealed record SaleSnapshot(uint Sale, SaleStatus Status, ulong Number, long At, IReadOnlyList<CellState> Cells);

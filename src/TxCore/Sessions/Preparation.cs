using TxCore.Storage;
using TxCore.Ticketing.Draws;

namespace TxCore.Sessions;

/// <summary>What a frame needs and was fetched or worked out beside the ring.</summary>
/// <param name="Row">The old row.</param>
/// <param name="Settlement">The settlement of a publication.</param>
/// <param name="List">The list of a draw that is frozen.</param>
/// <param name="Order">The order of a draw that is run.</param>
internal readonly record struct Preparation(FetchedRow? Row, byte[]? Settlement = null, PreparedList? List = null, PreparedOrder? Order = null);

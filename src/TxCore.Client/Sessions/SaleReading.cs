using TxCore.Protocol.Messages;

namespace TxCore.Client.Sessions;

/// <summary>Reads all pages of a sale's cells as of one moment.</summary>
internal static class SaleReading
{
    /// <summary>
    /// Pages change twice a second at most and are asked for together, so that two moments rarely meet and hardly ever twice; a server that
    /// mixes them every time is at fault.
    /// </summary>
    private const int AttemptsMax = 10;

    public static async Task<SaleSnapshot> ReadAsync(Queries queries, uint sale, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var first = await queries.AskSale(sale, 0).WaitAsync(cancellationToken).ConfigureAwait(false);
            var rest = new List<Task<SaleState>>();
            for (uint page = 1; page < first.PageCount; page++)
            {
                rest.Add(queries.AskSale(sale, page));
            }

            var pages = await Task.WhenAll(rest).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (pages.All(page => page.Number == first.Number && page.PageCount == first.PageCount))
            {
                return new SaleSnapshot(sale, first.Status, first.Number, first.At, [.. first.Cells, .. pages.SelectMany(page => page.Cells)]);
            }
        }

        throw new TxCoreClientException(
            ClientFault.AnswerTimeout, $"The pages of sale {sale} were of different moments {AttemptsMax} times in a row.");
    }
}

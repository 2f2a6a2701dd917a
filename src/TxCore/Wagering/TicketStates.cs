using TxCore.Protocol;

namespace TxCore.Wagering;

/// <summary>
/// What became of accepted tickets and holds, four bits each, in pages of 32,768 numbers made when first needed: 16 KiB a page, so
/// that a year of a billion tickets of which every page is touched takes 500 MB and sixty days 80 MB.
/// </summary>
public sealed class TicketStates
{
    private const int PageBits = 15;
    private const int PageNumbers = 1 << PageBits;
    private readonly Dictionary<long, byte[]> _pages = [];

    /// <summary>Pages in use, for snapshots.</summary>
    public IReadOnlyDictionary<long, byte[]> Pages => _pages;

    /// <summary>The state recorded for a number; <see cref="PresentState.None"/> when none was.</summary>
    public PresentState this[long number]
    {
        get
        {
            if (!_pages.TryGetValue(number >> PageBits, out byte[]? page))
            {
                return PresentState.None;
            }

            int index = (int)(number & (PageNumbers - 1));
            return (PresentState)((page[index >> 1] >> ((index & 1) * 4)) & 0xF);
        }

        set
        {
            if (!_pages.TryGetValue(number >> PageBits, out byte[]? page))
            {
                page = new byte[PageNumbers / 2];
                _pages.Add(number >> PageBits, page);
            }

            int index = (int)(number & (PageNumbers - 1));
            int shift = (index & 1) * 4;
            page[index >> 1] = (byte)((page[index >> 1] & ~(0xF << shift)) | ((int)value << shift));
        }
    }

    /// <summary>Puts a page back that a snapshot held.</summary>
    public void RestorePage(long page, byte[] bytes)
    {
        if (bytes.Length != PageNumbers / 2)
        {
            throw new InvalidDataException($"A page of ticket states has {bytes.Length} bytes, not {PageNumbers / 2}.");
        }

        _pages.Add(page, bytes);
    }
}

using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>What the makers of random tickets, sales and draws share.</summary>
internal abstract class SubmissionGenerator(Random random, ReferenceShard reference)
{
    public const uint Admin = 9000;
    protected const long Second = 1_000_000;

    /// <summary>Frontends of the channel.</summary>
    public static readonly uint[] Frontends = [41, 42, 51, 52];

    /// <summary>The host's clock.</summary>
    public long Now { get; set; }

    protected Random Random { get; } = random;

    protected ReferenceShard Reference { get; } = reference;

    protected ReferenceBook Book => Reference.Book;

    protected uint Frontend() => Frontends[Random.Next(Frontends.Length)];

    protected TransactionHeader Header(uint source)
    {
        long deadline = Chance(97) ? 0 : Now + (Random.Next(-10, 30) * Second);
        return new TransactionHeader(source, (ulong)Reference.Next(source), deadline);
    }

    protected ControlHeader Control() => Chance(2)
        ? new ControlHeader(0, 43, 1)
        : new ControlHeader(42, Choose<uint>(43, 43, 43, 43, 43, 43, 43, 43, 42, 0), 1);

    protected static Submission Send<T>(T message)
        where T : IMessage<T> => Submission.Of(message);

    protected bool Chance(int percent) => Random.Next(100) < percent;

    protected T Choose<T>(params T[] choices) => choices[Random.Next(choices.Length)];

    protected T? Any<T>(IReadOnlyList<T> items)
        where T : class => items.Count == 0 ? null : items[Random.Next(items.Count)];
}

namespace TxCore.Client.Sessions;

/// <summary>
/// Questions of one kind that have no answer yet, in the order asked. A question stays listed when its caller no longer waits, so that its
/// answer is not taken for that of the next. Not thread-safe: <see cref="Queries"/> guards it with its lock.
/// </summary>
/// <typeparam name="T">The answer.</typeparam>
internal sealed class OpenQuestions<T>
{
    private readonly List<Question> _open = [];

    public IEnumerable<byte[]> Frames => _open.Select(question => question.Frame);

    /// <summary>Lists a question; <paramref name="about"/> is what its answer is known by.</summary>
    public Question Add(byte[] frame, ulong about)
    {
        var question = new Question(frame, about);
        _open.Add(question);
        return question;
    }

    /// <summary>Takes the first question about the same; null when nobody asked.</summary>
    public Question? TakeFirst(ulong about)
    {
        int first = _open.FindIndex(question => question.About == about);
        if (first < 0)
        {
            return null;
        }

        var question = _open[first];
        _open.RemoveAt(first);
        return question;
    }

    /// <summary>Takes every question about the same.</summary>
    public List<Question> TakeAll(ulong about)
    {
        var taken = _open.FindAll(question => question.About == about);
        _open.RemoveAll(question => question.About == about);
        return taken;
    }

    public void Clear() => _open.Clear();

    public void Stop(Func<ulong, TxCoreClientException> fault)
    {
        foreach (var question in _open)
        {
            question.TrySetException(fault(question.About));
        }
    }

    /// <summary>A question: its frame, to be sent again on the next connection, and the task of its answer.</summary>
    internal sealed class Question(byte[] frame, ulong about) : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public byte[] Frame { get; } = frame;

        public ulong About { get; } = about;
    }
}

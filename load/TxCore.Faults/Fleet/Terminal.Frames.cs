using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Faults.Fleet;

/// <summary>What a terminal sends next, and what each answer does to it.</summary>
internal sealed partial class Terminal
{
    private static readonly TimeSpan NothingToDo = TimeSpan.FromMilliseconds(20);

    private async Task SendAsync(WireConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (frame, wait) = Take();
            if (frame is not null)
            {
                await connection.SendAsync(frame, cancellationToken);
            }
            else if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, cancellationToken);
            }
            else
            {
                await _wake.WaitAsync(cancellationToken);
            }
        }
    }

    /// <summary>The next frame to send, or how long to wait before looking again; neither when an answer has to come first.</summary>
    private (byte[]? Frame, TimeSpan Wait) Take()
    {
        lock (_gate)
        {
            if (_halted && _onWire == 0)
            {
                (_halted, _cursor) = (false, FirstUndecided());
                return (null, _wait);
            }

            if (_halted || _onWire >= OnWireMax)
            {
                return default;
            }

            // Short bursts with pauses between: several transactions in one batch, and a load that two cores can share.
            bool pauses = _produces && _cursor == _submissions.Count && random.Next(4) == 0;
            return pauses ? (null, TimeSpan.FromMilliseconds(random.Next(1, 30)))
                : NextSubmission() is { } submission ? (Send(submission), default)
                : _produces ? (null, NothingToDo)
                : default;
        }
    }

    private byte[] Send(Submission submission)
    {
        submission.WasSent = true;
        _onWire++;
        return submission.Frame;
    }

    private Submission? NextSubmission()
    {
        if (_cursor < _submissions.Count)
        {
            return _submissions[_cursor++];
        }

        if (_produces)
        {
            // Now and then something decided long ago is asked again, as after a reboot.
            if (_submissions.Count > 0 && random.Next(40) == 0)
            {
                return _submissions[random.Next(_submissions.Count)];
            }

            if (mix.Next((ulong)_submissions.Count + 1) is not { } submission)
            {
                return null;
            }

            _submissions.Add(submission);
            _cursor++;
            return submission;
        }

        if (_repeatsWanted == 0)
        {
            return null;
        }

        _repeatsWanted--;
        return _submissions[random.Next(_submissions.Count)];
    }

    private async Task ReceiveAsync(WireConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            var frame = await connection.ReadAsync(cancellationToken);
            lock (_gate)
            {
                Take(frame);
            }

            _wake.Release();
        }
    }

    private void Take(ReceivedFrame frame)
    {
        switch (frame.Type)
        {
            case MessageType.Outcome:
                Decided(frame.Decode<Outcome>());
                break;
            case MessageType.NotDecided:
                NotDecided(frame.Decode<NotDecided>());
                break;
            case MessageType.Error:
                throw new IOException($"{frame.Decode<ErrorMessage>().Code}");
            case MessageType.StateChange:
                break;
            default:
                complain($"source {source} was sent a {frame.Type}");
                break;
        }
    }

    private void Decided(Outcome outcome)
    {
        _onWire--;
        Outcomes++;
        if (outcome.Source != source || outcome.Sequence == 0 || outcome.Sequence > (ulong)_submissions.Count)
        {
            complain($"source {source} was sent {outcome}, which it did not ask for");
            return;
        }

        var submission = _submissions[(int)outcome.Sequence - 1];
        if (submission.Take(outcome, _connectedTo) is { } complaint)
        {
            complain($"source {source}: {complaint}");
        }

        _highestNumber = Math.Max(_highestNumber, outcome.Number);
        if (submission.Answers == 1)
        {
            mix.Learn(outcome);
        }
    }

    private void NotDecided(NotDecided answer)
    {
        _onWire--;
        _halted = true;
        _wait = TimeSpan.FromMilliseconds(Math.Max(answer.RetryAfterMilliseconds, 1));
        if (answer.Code is not (ResultCode.Busy or ResultCode.SequenceGap))
        {
            complain($"source {source}: {answer}");
        }
    }
}

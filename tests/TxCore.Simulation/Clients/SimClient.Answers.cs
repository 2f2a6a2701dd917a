using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Simulation.Engine;

namespace TxCore.Simulation.Clients;

/// <summary>What a client makes of what it receives.</summary>
internal abstract partial class SimClient
{
    /// <summary>Takes in bytes as the network delivered them.</summary>
    public void Receive(SimLink link, ReadOnlySpan<byte> bytes)
    {
        if (link != _link)
        {
            return;
        }

        _received.Add(bytes);
        while (_received.Count >= Wire.HeaderBytes && _link == link)
        {
            int length = Wire.LengthBytes + BitConverter.ToInt32(_received.Span);
            if (_received.Count < length)
            {
                return;
            }

            byte[] frame = _received.Span[..length].ToArray();
            _received.Drop(length);
            Take((MessageType)BitConverter.ToUInt16(frame, Wire.LengthBytes), frame.AsSpan(Wire.HeaderBytes));
        }
    }

    private void Take(MessageType type, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case MessageType.LogonChallenge:
                Frame.TryDecode<LogonChallenge>(payload, out var challenge);
                _link!.DecidedAtLogon = World.Check.DecidedOf(Source);
                Send(Frame.Encode(new LogonProof(_scram!.ClientFinal(challenge.Scram))));
                break;
            case MessageType.LogonReply:
                Frame.TryDecode<LogonReply>(payload, out var reply);
                LogOn(reply);
                break;
            case MessageType.Outcome:
                TakeOutcome(payload);
                break;
            case MessageType.NotDecided:
                Frame.TryDecode<NotDecided>(payload, out var refusal);
                TakeRefusal(refusal);
                break;
            case MessageType.StatusReply:
                TakeStatus(payload);
                break;
        }
    }

    private void LogOn(LogonReply reply)
    {
        if (reply.Code != ResultCode.Accepted)
        {
            World.Violate($"source {Source} is refused at logon: {reply.Code}");
            return;
        }

        _isLoggedOn = true;
        _sendNext = LowestUnanswered;
        _resendAt = 0;
        _lastProgressAt = World.Now;
        World.Say($"source {Source} is logged on, next {reply.NextSequence}, lowest unanswered {LowestUnanswered}");
    }

    private void TakeOutcome(ReadOnlySpan<byte> payload)
    {
        var answer = OutcomeBytes.Read(payload);
        World.Trace.Note(payload);
        if (answer.Sequence > Submissions.Count)
        {
            World.Violate($"source {Source} gets an answer to {answer.Sequence}, which it never sent");
            return;
        }

        var submission = Submissions[(int)answer.Sequence - 1];
        if (submission.IsAnswered)
        {
            CheckRepeat(submission, payload);
            CountRepeat(submission);
            return;
        }

        submission.Outcome = OutcomeBytes.WithoutState(payload);
        submission.Code = answer.Code;
        submission.Number = answer.Number;
        submission.AmountCents = answer.AmountCents;
        submission.ControlCode = OutcomeBytes.ControlCode(payload);
        _lastProgressAt = World.Now;
        Advance();
        Learn(submission);
    }

    private void CheckRepeat(Submission submission, ReadOnlySpan<byte> payload)
    {
        if (!OutcomeBytes.WithoutState(payload).AsSpan().SequenceEqual(submission.Outcome))
        {
            World.Violate($"source {Source}: the repeat of {submission.Sequence} tells another decision than its first answer");
        }

        byte[]? code = OutcomeBytes.ControlCode(payload);
        submission.ControlCode ??= code;
        if (code is not null && !code.AsSpan().SequenceEqual(submission.ControlCode))
        {
            World.Violate($"source {Source}: the repeat of {submission.Sequence} has another control code");
        }
    }

    private void CountRepeat(Submission submission)
    {
        if (_repeats.GetValueOrDefault(submission.Sequence) is var repeats and > 0)
        {
            _repeats[submission.Sequence] = repeats - 1;
        }
        else if (submission.SentOn != _link!.Id && _conflicts.GetValueOrDefault(submission.Sequence) > 0)
        {
            World.Violate($"source {Source}: {submission.Sequence} was sent with other content and answered as a repeat");
        }
    }

    private void TakeRefusal(NotDecided refusal)
    {
        long sequence = (long)refusal.Sequence;
        World.Trace.Note(97, sequence, (long)refusal.Code);
        World.Say($"source {Source} gets {refusal.Code} for {sequence}, next {refusal.NextSequence}");
        switch (refusal.Code)
        {
            case ResultCode.SequenceConflict:
                int conflicts = _conflicts.GetValueOrDefault(sequence);
                if (conflicts == 0)
                {
                    World.Violate($"source {Source}: {sequence} is called a conflict although its content was never changed");
                }

                _conflicts[sequence] = conflicts - 1;
                break;
            case ResultCode.Busy or ResultCode.SequenceGap or ResultCode.Fenced:
                if (sequence <= Submissions.Count && !Submissions[(int)sequence - 1].IsAnswered)
                {
                    _sendNext = Math.Min(_sendNext, LowestUnanswered);
                    _resendAt = World.Now + Random.Between(1000, 60_000);
                    _lastProgressAt = World.Now;
                }

                break;
            default:
                World.Violate($"source {Source}: {sequence} is refused with {refusal.Code}");
                break;
        }
    }

    private void TakeStatus(ReadOnlySpan<byte> payload)
    {
        Frame.TryDecode<StatusReply>(payload, out var status);
        World.Trace.Note(96, (long)status.Sequence, (long)status.Status);
        if (status.Outcome is not null && Submissions.Count >= (int)status.Sequence && Submissions[(int)status.Sequence - 1].IsAnswered)
        {
            CheckRepeat(Submissions[(int)status.Sequence - 1], Frame.Encode(status.Outcome).AsSpan(Wire.HeaderBytes));
        }
    }

    private void Advance()
    {
        while (LowestUnanswered <= Submissions.Count && Submissions[(int)LowestUnanswered - 1].IsAnswered)
        {
            LowestUnanswered++;
        }
    }
}

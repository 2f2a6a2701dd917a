using System.Text;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Simulation.Engine;

namespace TxCore.Simulation.Clients;

/// <summary>A frontend: holds scarce seats, confirms, releases, takes back, or lets them expire.</summary>
internal sealed class FrontendClient(World world, uint source) : SimClient(world, source)
{
    private readonly List<Submission> _holds = [];

    protected override Content Create(TransactionHeader header)
    {
        int what = Random.Next(100);
        if (what < 55 && _holds.Count > 0)
        {
            int index = Random.Next(_holds.Count);
            var hold = _holds[index];
            if (Random.Percent(85))
            {
                _holds.RemoveAt(index);
            }

            return Finish(header, hold, what);
        }

        var lines = Random.Percent(75)
            ? new[] { new HoldLine(1, (ushort)Random.Between(1, 2), (ushort)Random.Between(1, 3), 0) }
            : [new HoldLine(1, 1, 1, 0), new HoldLine(1, 2, 1, 0)];
        return Make(new Hold(header, 1, AdminClient.Sale, [], lines));
    }

    protected override void Learn(Submission submission)
    {
        // Some are forgotten and expire.
        if (submission is { IsAccepted: true, Content.Type: MessageType.Hold } && Random.Percent(75))
        {
            _holds.Add(submission);
        }
    }

    private Content Finish(TransactionHeader header, Submission hold, int what)
    {
        if (what < 35)
        {
            return Make(new Confirm(header, 1, (ulong)hold.Number, hold.AmountCents, Encoding.ASCII.GetBytes($"a{Source}-{header.Sequence}")));
        }

        if (what < 47)
        {
            var release = new Release(header, 1, (ulong)hold.Number, 0);
            return new Content(MessageType.Release, release, Frame.Encode(release));
        }

        var reversal = new Reversal(header, 1, 5, (ulong)hold.Sequence, hold.AmountCents, 4021);
        return new Content(MessageType.Reversal, reversal, Frame.Encode(reversal));
    }
}

using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Ticketing.Draws;

namespace TxCore.Postgres;

/// <summary>Makes a <see cref="StoredDraw"/> of accepted entries, in number order. Layouts: PROTOCOL.md, canonical bodies and addenda.</summary>
internal sealed class DrawFollower(uint draw, short shard)
{
    /// <summary>The draw; null before its definition.</summary>
    public StoredDraw? Draw { get; private set; }

    /// <summary>The last number seen.</summary>
    public long Last { get; private set; }

    /// <summary>The draw an entry is about.</summary>
    public static uint DrawOf(in StoredRow row)
    {
        var reader = Body(in row);
        switch (row.Entry.Kind)
        {
            case MessageType.DrawCloseDue:
                return (uint)reader.Int64();
            case MessageType.DrawRegister or MessageType.DrawWithdraw:
                reader.Int64();
                return reader.UInt32();
            default:
                reader.Bytes(Wire.ControlHeaderBytes);
                return reader.UInt32();
        }
    }

    public void Apply(in StoredRow row)
    {
        Last = row.Entry.Number;
        if (DrawOf(in row) != draw)
        {
            return;
        }

        var reader = Body(in row);
        if (row.Entry.Kind == MessageType.DrawDefine)
        {
            reader.Bytes(Wire.ControlHeaderBytes + sizeof(uint));
            Draw = new StoredDraw
            {
                Draw = draw,
                Shard = shard,
                Name = StoredDraw.Text(reader.CountedBytes(Wire.DrawNameBytesMax)),
                Defined = row.Entry.Number,
            };
            return;
        }

        if (Draw is not { } stored)
        {
            throw new InvalidDataException($"Number {row.Entry.Number} is about draw {draw} before it was defined: run verify.");
        }

        Apply(stored, row.Entry.Kind, row.Entry.Number, ref reader);
        if (reader.Failed)
        {
            throw new InvalidDataException($"The command of number {row.Entry.Number} ends too early: run verify.");
        }
    }

    private static void Apply(StoredDraw stored, MessageType kind, long number, ref WireReader reader)
    {
        if (kind is MessageType.DrawRegister or MessageType.DrawWithdraw)
        {
            reader.Bytes(sizeof(long) + sizeof(uint));
            Enter(stored, Person(ref reader), kind == MessageType.DrawRegister);
            return;
        }

        reader.Bytes(kind == MessageType.DrawCloseDue ? sizeof(long) : Wire.ControlHeaderBytes + sizeof(uint));
        switch (kind)
        {
            case MessageType.DrawClose or MessageType.DrawCloseDue:
                stored.Closed = number;
                break;
            case MessageType.DrawFreeze:
                uint entries = reader.UInt32();
                byte[] root = reader.Bytes(Wire.HashBytes).ToArray();
                byte[] commitment = reader.Bytes(Wire.HashBytes).ToArray();
                ulong round = reader.UInt64();
                stored.Freeze = new StoredFreeze(
                    number, entries, root, commitment, round, StoredDraw.Text(reader.CountedBytes(Wire.BeaconChainBytesMax)));
                break;
            case MessageType.DrawRun:
                stored.Run = new StoredRun(
                    number, reader.Bytes(Wire.HashBytes).ToArray(), reader.Bytes(Wire.HashBytes).ToArray(),
                    reader.CountedBytes(Wire.BeaconSignatureBytesMax).ToArray(), reader.Bytes(Wire.HashBytes).ToArray(),
                    reader.Bytes(Wire.HashBytes).ToArray());
                break;
            case MessageType.DrawPublish:
                stored.Published = number;
                break;
            case MessageType.DrawWave:
                AddWave(stored, ref reader);
                break;
            case MessageType.DrawExclude:
                Exclude(stored, number, ref reader);
                break;
            case MessageType.DrawEnd:
                stored.Ended = number;
                break;
        }
    }

    private static void Enter(StoredDraw stored, PersonKey person, bool isEntered)
    {
        // Only who withdrew can be registered again, and keeps the place.
        if (stored.Withdrawals.ContainsKey(person) || !isEntered)
        {
            stored.Withdrawals[person] = !isEntered;
        }
        else
        {
            stored.Keys.Add(in person);
        }
    }

    private static void AddWave(StoredDraw stored, ref WireReader reader)
    {
        int wave = reader.UInt16();
        int count = checked((int)reader.UInt32());
        uint sale = reader.UInt32();
        int first = stored.WaveList.Count == 0 ? 1 : stored.WaveList[^1].LastRank + 1;
        stored.WaveList.Add(new DrawWave(wave, first, checked(first + count - 1), reader.Int64(), reader.Int64(), sale));
    }

    private static void Exclude(StoredDraw stored, long number, ref WireReader reader)
    {
        int count = reader.UInt16();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            var element = reader.Element();
            var person = Person(ref element);
            stored.Exclusions.TryAdd(person, number);
        }
    }

    private static PersonKey Person(ref WireReader reader) =>
        reader.Bytes(Wire.PersonKeyBytes) is { Length: Wire.PersonKeyBytes } bytes ? PersonKey.Read(bytes) : default;

    private static WireReader Body(in StoredRow row) => new(row.Command[sizeof(long)..]);
}

using System.Buffers.Binary;
using TxCore.Protocol;

namespace TxCore.Pipeline;

/// <summary>
/// Commands of entries that the shard makes itself: eight bytes of deadline (zero), then the subject: the race, sale, draw, day, hold or
/// waiting list entry as a 64-bit little-endian integer, and for some what <see cref="Addendum"/> says; for a start the rules.
/// </summary>
internal static class SystemCommand
{
    /// <summary>Bytes before the body of any stored command: the deadline.</summary>
    public const int DeadlineBytes = sizeof(long);

    /// <summary>Bytes of a command that names one subject.</summary>
    public const int SubjectBytes = DeadlineBytes + sizeof(long);

    /// <summary>True for the entries that name one subject; the others of the band have bodies of their own or none.</summary>
    public static bool HasSubject(MessageType kind) =>
        kind is MessageType.RaceStopDue or MessageType.SaleCloseDue or MessageType.DayOpened or MessageType.HoldExpired
            or MessageType.RaceCloseDue or MessageType.WaitOffered or MessageType.WaitLapsed or MessageType.DrawCloseDue;

    /// <summary>True for those of which only so many happen before one event.</summary>
    public static bool IsLimited(MessageType kind) => kind is MessageType.HoldExpired or MessageType.WaitOffered or MessageType.WaitLapsed;

    /// <summary>The command of an entry about a subject, with what is to be stored behind it.</summary>
    public static byte[] Build(long subject, ReadOnlySpan<byte> addendum)
    {
        byte[] command = new byte[SubjectBytes + addendum.Length];
        Write(subject, command);
        addendum.CopyTo(command.AsSpan(SubjectBytes));
        return command;
    }

    public static void Write(long subject, Span<byte> command)
    {
        BinaryPrimitives.WriteInt64LittleEndian(command, 0);
        BinaryPrimitives.WriteInt64LittleEndian(command[DeadlineBytes..], subject);
    }

    public static long Subject(ReadOnlySpan<byte> command) => BinaryPrimitives.ReadInt64LittleEndian(command[DeadlineBytes..]);
}

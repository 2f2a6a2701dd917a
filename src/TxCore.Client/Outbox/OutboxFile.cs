using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace TxCore.Client;

/// <summary>
/// The file of a <see cref="FileOutbox"/>: two slots, of which the valid one with the higher generation counts, then groups of records.
/// A group is written and flushed before the next one is written, so only the last group can be torn; a bad one with a whole one
/// behind it is damage. Compaction starts a new generation in the other slot and only then cuts the groups off, so that a crash
/// between any two steps leaves either the old state or the new one.
/// </summary>
internal sealed class OutboxFile : IDisposable
{
    private const ulong SlotMagic = 0x3158_4F42_5455_4F54; // reads "TOUTBOX1" in the file
    private const uint GroupMagic = 0x5052_4754; // reads "TGRP" in the file

    // magic (8), generation (8), next sequence (8), highest number (8), CRC-32C of these (4); a slot has a page of its own
    private const int SlotBytes = 8 + 8 + 8 + 8 + 4;
    private const int SlotStride = 4096;
    private const int GroupsOffset = 2 * SlotStride;

    // magic (4), CRC-32C of all that follows (4), generation (8), length of the records (4)
    private const int GroupHeadBytes = 4 + 4 + 8 + 4;

    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private ulong _generation;

    private OutboxFile(string path, SafeFileHandle handle)
    {
        _path = path;
        _handle = handle;
    }

    /// <summary>Bytes of the file up to the end of the last whole group.</summary>
    public long Length { get; private set; }

    /// <summary>Opens the file for this process alone and reads what it holds into <paramref name="contents"/>.</summary>
    public static OutboxFile Open(string path, MemoryOutbox contents)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure)
        {
            throw new IOException($"The outbox {path} cannot be opened; another client may be using it: {failure.Message}", failure);
        }

        var file = new OutboxFile(path, handle);
        try
        {
            file.Load(contents);
            return file;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Writes one group of records and returns when the disk has it.</summary>
    /// <param name="group">A buffer whose first <see cref="ReserveHead"/> bytes are left for the head.</param>
    public void WriteGroup(Span<byte> group)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(group, GroupMagic);
        BinaryPrimitives.WriteUInt64LittleEndian(group[8..], _generation);
        BinaryPrimitives.WriteInt32LittleEndian(group[16..], group.Length - GroupHeadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(group[4..], Crc32C.Compute(group[8..]));
        RandomAccess.Write(_handle, group, Length);
        RandomAccess.FlushToDisk(_handle);
        Length += group.Length;
    }

    /// <summary>Starts a group: leaves room for its head.</summary>
    public static void ReserveHead(MemoryStream group) => group.SetLength(group.Position = GroupHeadBytes);

    public static bool IsEmpty(MemoryStream group) => group.Length <= GroupHeadBytes;

    /// <summary>Forgets all groups, of which nothing is unanswered, and keeps what they came to.</summary>
    public void Compact(ulong nextSequence, ulong highestNumber)
    {
        WriteSlot(_generation + 1, nextSequence, highestNumber);
        _generation++;
        CutOff(GroupsOffset);
    }

    public void Dispose() => _handle.Dispose();

    private void Load(MemoryOutbox contents)
    {
        long fileBytes = RandomAccess.GetLength(_handle);
        byte[] bytes = new byte[fileBytes];
        for (int read = 0; read < bytes.Length;)
        {
            int count = RandomAccess.Read(_handle, bytes.AsSpan(read), read);
            read += count > 0 ? count : throw new EndOfStreamException($"The outbox {_path} became shorter while it was read.");
        }

        if (!TryLoadSlots(bytes, contents))
        {
            // Younger than its first flush: nothing can have been sent out of it.
            if (fileBytes > GroupsOffset)
            {
                throw new InvalidDataException($"The outbox {_path} is damaged at offset 0: neither of its two headers can be read.");
            }

            WriteSlot(_generation = 1, 1, 0);
            CutOff(GroupsOffset);
            return;
        }

        int offset = GroupsOffset;
        while (TryReadGroup(bytes, offset, out var records))
        {
            if (!OutboxRecords.TryApply(records, contents))
            {
                throw new InvalidDataException($"The outbox {_path} is damaged at offset {offset}: its records do not add up.");
            }

            offset += GroupHeadBytes + records.Length;
        }

        for (int behind = offset + 1; behind <= bytes.Length - GroupHeadBytes; behind++)
        {
            if (TryReadGroup(bytes, behind, out _))
            {
                throw new InvalidDataException($"The outbox {_path} is damaged at offset {offset}: a whole group follows at {behind}.");
            }
        }

        // What is left is a group whose flush a crash interrupted; nothing of it was sent. Or groups of the generation before.
        CutOff(offset);
    }

    private bool TryLoadSlots(ReadOnlySpan<byte> bytes, MemoryOutbox contents)
    {
        for (int slot = 0; slot < 2 && bytes.Length >= (slot * SlotStride) + SlotBytes; slot++)
        {
            var head = bytes.Slice(slot * SlotStride, SlotBytes);
            ulong generation = BinaryPrimitives.ReadUInt64LittleEndian(head[8..]);
            if (BinaryPrimitives.ReadUInt64LittleEndian(head) == SlotMagic && generation > _generation
                && BinaryPrimitives.ReadUInt32LittleEndian(head[32..]) == Crc32C.Compute(head[..32]))
            {
                _generation = generation;
                contents.Start(BinaryPrimitives.ReadUInt64LittleEndian(head[16..]), BinaryPrimitives.ReadUInt64LittleEndian(head[24..]));
            }
        }

        return _generation != 0;
    }

    private bool TryReadGroup(ReadOnlyMemory<byte> bytes, int offset, out ReadOnlyMemory<byte> records)
    {
        records = default;
        if (bytes.Length - offset < GroupHeadBytes)
        {
            return false;
        }

        var group = bytes.Span[offset..];
        int length = BinaryPrimitives.ReadInt32LittleEndian(group[16..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(group) != GroupMagic || length < 0 || length > group.Length - GroupHeadBytes
            || BinaryPrimitives.ReadUInt64LittleEndian(group[8..]) != _generation
            || BinaryPrimitives.ReadUInt32LittleEndian(group[4..]) != Crc32C.Compute(group.Slice(8, GroupHeadBytes - 8 + length)))
        {
            return false;
        }

        records = bytes.Slice(offset + GroupHeadBytes, length);
        return true;
    }

    private void WriteSlot(ulong generation, ulong nextSequence, ulong highestNumber)
    {
        Span<byte> head = stackalloc byte[SlotBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(head, SlotMagic);
        BinaryPrimitives.WriteUInt64LittleEndian(head[8..], generation);
        BinaryPrimitives.WriteUInt64LittleEndian(head[16..], nextSequence);
        BinaryPrimitives.WriteUInt64LittleEndian(head[24..], highestNumber);
        BinaryPrimitives.WriteUInt32LittleEndian(head[32..], Crc32C.Compute(head[..32]));
        RandomAccess.Write(_handle, head, (long)(generation % 2) * SlotStride);
        RandomAccess.FlushToDisk(_handle);
    }

    private void CutOff(long length)
    {
        RandomAccess.SetLength(_handle, length);
        RandomAccess.FlushToDisk(_handle);
        Length = length;
    }
}

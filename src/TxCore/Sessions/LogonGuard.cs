using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace TxCore.Sessions;

/// <summary>
/// Slows guessing: failed logons are counted per address and per source, a minute at a time, and too many hold back further ones until the
/// minute is over. A source that has logged on from an address before has a count of its own there, so that neither a guesser elsewhere nor a
/// misconfigured neighbour keeps it out. The tables have a fixed size: two keys that fall into one place take turns in it, and the
/// hash is seeded, so that nobody can aim at another's place. Thread-safe.
/// </summary>
public sealed class LogonGuard
{
    private const int Slots = 1 << 14;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly SessionLimits _limits;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly Slot[] _slots = new Slot[Slots];
    private readonly ulong[] _proven = new ulong[Slots];
    private readonly long _seed = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long)));

    /// <summary>A guard with nothing counted yet.</summary>
    public LogonGuard(SessionLimits limits, TimeProvider clock) => (_limits, _clock) = (limits, clock);

    /// <summary>
    /// Takes an attempt, which counts as failed until <see cref="Succeeded"/>; false when it may not be made. <paramref name="isFirstRefusal"/>
    /// is true for the first one refused in its minute.
    /// </summary>
    public bool TryTake(uint source, string address, out bool isFirstRefusal)
    {
        isFirstRefusal = false;
        lock (_gate)
        {
            if (IsProven(source, address))
            {
                return TryCount(HashOf(source, address), _limits.LogonFailuresOfSourceMax, ref isFirstRefusal);
            }

            // The address is counted when the attempt has failed: twelve thousand terminals behind one of them may come back at once.
            return !IsFull(HashOf(0, address), _limits.LogonFailuresOfAddressMax, ref isFirstRefusal)
                && TryCount(HashOf(source, ""), _limits.LogonFailuresOfSourceMax, ref isFirstRefusal);
        }
    }

    /// <summary>An attempt that was taken failed.</summary>
    public void Failed(uint source, string address)
    {
        lock (_gate)
        {
            if (!IsProven(source, address))
            {
                At(HashOf(0, address)).Failures++;
            }
        }
    }

    /// <summary>An attempt that was taken succeeded.</summary>
    public void Succeeded(uint source, string address)
    {
        lock (_gate)
        {
            ulong pair = HashOf(source, address);
            ref var slot = ref At(IsProven(source, address) ? pair : HashOf(source, ""));
            slot.Failures = Math.Max(0, slot.Failures - 1);
            _proven[pair % Slots] = pair;
        }
    }

    private bool IsProven(uint source, string address) => HashOf(source, address) is var pair && _proven[pair % Slots] == pair;

    private bool TryCount(ulong key, int max, ref bool isFirstRefusal)
    {
        if (IsFull(key, max, ref isFirstRefusal))
        {
            return false;
        }

        At(key).Failures++;
        return true;
    }

    private bool IsFull(ulong key, int max, ref bool isFirstRefusal)
    {
        ref var slot = ref At(key);
        if (slot.Failures < max)
        {
            return false;
        }

        isFirstRefusal = !slot.IsTold;
        slot.IsTold = true;
        return true;
    }

    /// <summary>The place of a key, begun anew when its minute is over or another key was there.</summary>
    private ref Slot At(ulong key)
    {
        ref var slot = ref _slots[key % Slots];
        if (slot.Key != key || _clock.GetElapsedTime(slot.Begin) >= Window)
        {
            slot = new Slot { Key = key, Begin = _clock.GetTimestamp() };
        }

        return ref slot;
    }

    private ulong HashOf(uint source, string address)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint) + (3 * 64)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, source);
        int length = Encoding.UTF8.GetBytes(address.AsSpan(0, Math.Min(address.Length, 64)), bytes[sizeof(uint)..]);
        return XxHash3.HashToUInt64(bytes[..(sizeof(uint) + length)], _seed);
    }

    private struct Slot
    {
        public ulong Key;
        public long Begin;
        public int Failures;
        public bool IsTold;
    }
}

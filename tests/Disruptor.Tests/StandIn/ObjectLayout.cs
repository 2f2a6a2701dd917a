using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Disruptor.Tests.StandIn;

/// <summary>Measures where the runtime really put the fields of an object.</summary>
internal static class ObjectLayout
{
    private delegate ref byte FieldAddress(object instance);

    /// <summary>Bytes from the first field position of the object to the field.</summary>
    public static long OffsetOf(object instance, string fieldName)
    {
        var field = FindField(instance.GetType(), fieldName);
        var method = new DynamicMethod("AddressOf", typeof(byte).MakeByRefType(), [typeof(object)], typeof(ObjectLayout), skipVisibility: true);
        var il = method.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldflda, field);
        il.Emit(OpCodes.Ret);
        var address = method.CreateDelegate<FieldAddress>();
        return (long)Unsafe.ByteOffset(ref Unsafe.As<FirstByte>(instance).Value, ref address(instance));
    }

    /// <summary>Bytes the object takes from the first field position on; everything else it refers to must exist already.</summary>
    public static long SizeOf(Type type)
    {
        RuntimeHelpers.GetUninitializedObject(type);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var instance = RuntimeHelpers.GetUninitializedObject(type);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(instance);
        return allocated - (2 * IntPtr.Size);
    }

    public static string[] FieldNames(Type type)
    {
        var fields = type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public);
        return [.. fields.Select(field => field.Name).Where(name => name != "_padding")];
    }

    private static FieldInfo FindField(Type type, string fieldName)
    {
        return type.GetField(fieldName, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
            ?? throw new ArgumentException($"{type} has no field {fieldName}.", nameof(fieldName));
    }

    private sealed class FirstByte
    {
        public byte Value = 0;
    }
}

using System.Reflection;
using System.Text;

namespace TxCore.Protocol.Tests.Vectors;

/// <summary>Fills any message record with random fields within the limits of the wire format.</summary>
internal sealed class RandomMessage(Random random)
{
    /// <summary>What stands for the record of a list that holds nothing but keys.</summary>
    private const string PersonKey = "Byte[]";

    public object Of(Type record) => Value(record, record.Name, "");

    private object Value(Type type, string record, string field)
    {
        if (type.IsEnum)
        {
            return Enum.ToObject(type, Bits(type.GetEnumUnderlyingType()));
        }

        return type switch
        {
            _ when type == typeof(bool) => random.Next(2) == 1,
            _ when type == typeof(string) => Text(field),
            _ when type == typeof(byte[]) => Bytes(LengthOf(record, field)),
            _ when type.IsArray => Elements(type.GetElementType()!, record),
            _ when type.IsPrimitive => Bits(type),
            _ when type.Name == "DefinitionItem" => Item(type),
            _ => Construct(type),
        };
    }

    private object Construct(Type record)
    {
        var constructor = record.GetConstructors().MaxBy(candidate => candidate.GetParameters().Length);
        return constructor is null
            ? Activator.CreateInstance(record)!
            : constructor.Invoke([.. constructor.GetParameters().Select(parameter => Argument(parameter, record.Name))]);
    }

    private object? Argument(ParameterInfo parameter, string record) =>
        Optional(parameter) ? null : Value(parameter.ParameterType, record, parameter.Name!);

    private bool Optional(ParameterInfo parameter) =>
        new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable && random.Next(2) == 1;

    private object Item(Type type)
    {
        var parameters = type.GetConstructors().Single(candidate => candidate.GetParameters().Length == 4).GetParameters();
        int kind = random.Next(parameters.Length);
        return Activator.CreateInstance(type, [.. parameters.Select((parameter, i) => i == kind ? Construct(parameter.ParameterType) : null)])!;
    }

    private Array Elements(Type type, string record)
    {
        var elements = Array.CreateInstance(type, random.Next(1, Math.Min(6, ElementsMax(record) + 1)));
        for (int i = 0; i < elements.Length; i++)
        {
            elements.SetValue(Value(type, type.Name, ""), i);
        }

        return elements;
    }

    private static int ElementsMax(string record) => record == "WagerLine" ? Wire.LegsMax : Wire.LinesMax;

    /// <summary>Small values, large ones and the two ends, for counts and signs go wrong there.</summary>
    private object Bits(Type type)
    {
        ulong bits = random.Next(4) switch
        {
            0 => 0,
            1 => ulong.MaxValue,
            2 => (ulong)random.Next(1, 256),
            _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        };
        return type switch
        {
            _ when type == typeof(byte) => (byte)bits,
            _ when type == typeof(ushort) => (ushort)bits,
            _ when type == typeof(uint) => (uint)bits,
            _ when type == typeof(ulong) => bits,
            _ => (object)(long)bits,
        };
    }

    private byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private int LengthOf(string record, string field) => (record, field) switch
    {
        ("DrawRegister" or "DrawWithdraw" or "WaitJoin" or "PersonRequest" or "BarredPlayer" or "PlayerLimit", _) => Wire.PersonKeyBytes,
        (PersonKey, _) => Wire.PersonKeyBytes,
        ("DrawFreeze", "Root" or "Commitment") or ("DrawRun", "Secret" or "Randomness") => Wire.HashBytes,
        (_, "BeaconChain") => random.Next(Wire.BeaconChainBytesMax + 1),
        (_, "Signature") => random.Next(Wire.BeaconSignatureBytesMax + 1),
        ("PoolDefinition" or "Pay" or "VoucherRedeem", _) => random.Next(16 + 1),
        (_, "Scram") => random.Next(Wire.ScramBytesMax + 1),
        (_, "Player" or "Person" or "Authorisation") => random.Next(Wire.PersonKeyBytes + 1),
        _ => random.Next(Wire.RunnersMax + 1),
    };

    /// <summary>ASCII for what is printed, any Unicode scalar for what a person reads.</summary>
    private string Text(string field)
    {
        var text = new StringBuilder();
        for (int length = random.Next(32 + 1); length > 0; length--)
        {
            _ = field == "Text" ? text.Append(new Rune(random.Next(0xE000, 0x10FFFF + 1)).ToString()) : text.Append((char)random.Next(0x20, 0x7F));
        }

        return text.ToString();
    }
}

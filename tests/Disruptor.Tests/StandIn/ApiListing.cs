using System.Globalization;
using System.Reflection;

namespace Disruptor.Tests.StandIn;

/// <summary>Writes a type's public and protected surface in the words of the checked-in listing.</summary>
internal static class ApiListing
{
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
    };

    /// <summary>Kind, name and constraints, without base types.</summary>
    public static string Heading(Type type)
    {
        return $"{Kind(type)} {type.Namespace}.{NameOf(type)}{Constraints(type.GetGenericArguments())}";
    }

    public static IEnumerable<string> BaseTypes(Type type)
    {
        if (type.BaseType is { } baseType && !IsRoot(baseType))
        {
            yield return NameOf(baseType);
        }

        foreach (var implemented in type.GetInterfaces())
        {
            yield return NameOf(implemented);
        }
    }

    public static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetValues(type).Cast<object>().Select(value => $"{value} = {Convert.ToInt64(value, CultureInfo.InvariantCulture)}");
        }

        return type.GetConstructors(Declared).Where(IsVisible).Where(c => !c.IsStatic).Select(c => $"{Access(c)}.ctor({Parameters(c)})")
            .Concat(type.GetFields(Declared).Where(f => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly).Select(Describe))
            .Concat(type.GetProperties(Declared).Where(p => p.GetAccessors(true).Any(IsVisible)).Select(p => Describe(type, p)))
            .Concat(type.GetEvents(Declared).Select(e => $"event {e.Name}"))
            .Concat(type.GetMethods(Declared).Where(m => IsVisible(m) && !IsAccessor(m)).Select(m => Describe(type, m)));
    }

    private static string Describe(FieldInfo field)
    {
        var access = field.IsPublic ? "" : "protected ";
        return field.IsLiteral
            ? $"{access}const {NameOf(field.FieldType)} {field.Name} = {field.GetRawConstantValue()}"
            : $"{access}{(field.IsStatic ? "static " : "")}{NameOf(field.FieldType)} {field.Name}";
    }

    private static string Describe(Type type, PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(IsVisible).ToArray();
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"{property.Name}[{Parameters(index)}]";
        var get = accessors.Contains(property.GetMethod) ? "get; " : "";
        var set = accessors.Contains(property.SetMethod) ? "set; " : "";
        return $"{Modifiers(type, accessors[0])}{NameOf(property.PropertyType)} {name} {{ {get}{set}}}";
    }

    private static string Describe(Type type, MethodInfo method)
    {
        var isDefault = type.IsInterface && !method.IsAbstract;
        var arguments = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(NameOf))}>" : "";
        return Modifiers(type, method) + (isDefault ? "default " : "")
            + $"{NameOf(method.ReturnType)} {method.Name}{arguments}({Parameters(method)}){Constraints(method.GetGenericArguments())}";
    }

    private static string Modifiers(Type type, MethodInfo method)
    {
        var isVirtual = method.IsVirtual && !method.IsFinal && !type.IsInterface;
        return Access(method) + (method.IsStatic ? "static " : "") + (isVirtual ? "virtual " : "");
    }

    private static string Parameters(MethodBase method) => Parameters(method.GetParameters());

    private static string Parameters(ParameterInfo[] parameters)
    {
        return string.Join(", ", parameters.Select(parameter =>
        {
            var prefix = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : "";
            var value = parameter.HasDefaultValue ? $" = {parameter.RawDefaultValue ?? "null"}" : "";
            return $"{prefix}{NameOf(parameter.ParameterType)} {parameter.Name}{value}";
        }));
    }

    private static string Kind(Type type)
    {
        if (type.IsEnum)
        {
            return "enum";
        }

        if (type.IsValueType)
        {
            return "struct";
        }

        if (type.IsInterface)
        {
            return "interface";
        }

        if (type.BaseType == typeof(MulticastDelegate))
        {
            return "delegate";
        }

        return type switch
        {
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
    }

    private static string NameOf(Type type)
    {
        if (type.IsByRef)
        {
            return NameOf(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return NameOf(type.GetElementType()!) + "[]";
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        var name = WithoutArity(type.Name);
        for (var outer = type.DeclaringType; outer is not null; outer = outer.DeclaringType)
        {
            name = $"{WithoutArity(outer.Name)}.{name}";
        }

        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>" : name;
    }

    private static string WithoutArity(string name) => name.Split('`')[0];

    private static string Constraints(Type[] arguments)
    {
        return string.Concat(arguments.Where(argument => argument.IsGenericParameter).Select(argument =>
        {
            var attributes = argument.GenericParameterAttributes;
            var names = argument.GetGenericParameterConstraints().Where(c => c != typeof(ValueType)).Select(NameOf);
            if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
            {
                names = names.Prepend("class");
            }
            else if (attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
            {
                names = names.Prepend("struct");
            }

            var list = string.Join(", ", names);
            return list.Length == 0 ? "" : $" where {argument.Name} : {list}";
        }));
    }

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsAccessor(MethodInfo method) => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsRoot(Type type)
    {
        return type == typeof(object) || type == typeof(ValueType) || type == typeof(Enum) || type == typeof(MulticastDelegate);
    }
}

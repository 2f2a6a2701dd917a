using System.Linq.Expressions;
using System.Reflection;

namespace TxCore.Fuzzing.Frames;

/// <summary>
/// Compares two messages field by field, arrays by their elements, which records alone do not. A comparison is compiled once for each type.
/// </summary>
internal static class RecordComparer
{
    private static readonly Dictionary<Type, Delegate> Compiled = [];

    /// <summary>True when every field of both is the same.</summary>
    public static bool AreEqual(object one, object other) =>
        one.GetType() == other.GetType() && ((Func<object, object, bool>)Of(one.GetType(), boxed: true))(one, other);

    private static bool AreArraysEqual<T>(T[]? one, T[]? other, Func<T, T, bool> areEqual)
    {
        if (one is null || other is null || one.Length != other.Length)
        {
            return one is null && other is null;
        }

        for (int i = 0; i < one.Length; i++)
        {
            if (!areEqual(one[i], other[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static Delegate Of(Type type, bool boxed)
    {
        var key = boxed ? type : typeof(Func<,,>).MakeGenericType(type, type, typeof(bool));
        if (!Compiled.TryGetValue(key, out var comparison))
        {
            var given = boxed ? typeof(object) : type;
            var one = Expression.Parameter(given);
            var other = Expression.Parameter(given);
            var body = boxed ? Equal(type, Expression.Convert(one, type), Expression.Convert(other, type)) : Equal(type, one, other);
            comparison = Expression.Lambda(typeof(Func<,,>).MakeGenericType(given, given, typeof(bool)), body, one, other).Compile();
            Compiled.Add(key, comparison);
        }

        return comparison;
    }

    private static Expression Equal(Type type, Expression one, Expression other)
    {
        if (type.IsArray)
        {
            var element = type.GetElementType()!;
            var arrays = typeof(RecordComparer).GetMethod(nameof(AreArraysEqual), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(element);
            return Expression.Call(arrays, one, other, Expression.Constant(Of(element, boxed: false)));
        }

        if (type.IsPrimitive || type.IsEnum || type == typeof(string))
        {
            return Expression.Equal(one, other);
        }

        Expression same = Expression.Constant(true);
        foreach (var field in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.CanWrite))
        {
            same = Expression.AndAlso(same, Equal(field.PropertyType, Expression.Property(one, field), Expression.Property(other, field)));
        }

        if (type.IsValueType)
        {
            return same;
        }

        var none = Expression.Constant(null, type);
        return Expression.Condition(
            Expression.OrElse(Expression.ReferenceEqual(one, none), Expression.ReferenceEqual(other, none)), Expression.ReferenceEqual(one, other), same);
    }
}

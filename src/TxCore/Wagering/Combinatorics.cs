namespace TxCore.Wagering;

/// <summary>Counts of selections, exact in 64 bits for up to 31 runners and bets of up to 7.</summary>
public static class Combinatorics
{
    /// <summary>C(n, r): ways to choose r of n; 0 when there are too few.</summary>
    public static long Binomial(int n, int r)
    {
        if (r < 0 || r > n)
        {
            return 0;
        }

        long count = 1;
        for (int i = 1; i <= Math.Min(r, n - r); i++)
        {
            count = count * (n - i + 1) / i;
        }

        return count;
    }

    /// <summary>A(n, r) = n!/(n-r)!: ways to place r of n in order; 0 when there are too few.</summary>
    public static long Arrangements(int n, int r)
    {
        if (r < 0 || r > n)
        {
            return 0;
        }

        long count = 1;
        for (int i = 0; i < r; i++)
        {
            count *= n - i;
        }

        return count;
    }

    /// <summary>n!.</summary>
    public static long Factorial(int n) => Arrangements(n, n);
}

namespace TxCore.Identity;

/// <summary>
/// What the identity store, its keys or a hand-over refuse: a wrong file, key, database, person or purpose. The message says which and is
/// safe to show: it holds no identity and no secret.
/// </summary>
public sealed class IdentityRefusedException : Exception
{
    /// <summary>A refusal with its reason.</summary>
    public IdentityRefusedException(string message) : base(message)
    {
    }

    /// <summary>A refusal with its reason and what led to it.</summary>
    public IdentityRefusedException(string message, Exception cause) : base(message, cause)
    {
    }
}

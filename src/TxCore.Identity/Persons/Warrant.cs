namespace TxCore.Identity.Persons;

/// <summary>Who does something to an identity, and why; both are recorded with it.</summary>
/// <param name="Actor">The person or service, as the operator's directory names it.</param>
/// <param name="Reason">The reason, with a reference of the request where there is one. Never an identity.</param>
public sealed record Warrant(string Actor, string Reason)
{
    /// <summary>Most characters of each.</summary>
    public const int CharactersMax = 200;

    internal void Require()
    {
        RequireText(Actor, "actor");
        RequireText(Reason, "reason");
    }

    private static void RequireText(string text, string what)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > CharactersMax || text.Any(char.IsControl))
        {
            throw new IdentityRefusedException($"The {what} must be given, in one line of at most {CharactersMax} characters.");
        }
    }
}

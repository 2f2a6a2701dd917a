namespace TxCore.Client.Programme;

/// <summary>Something wrong in a file, where it is and what.</summary>
/// <param name="Path">Path of the field, as <c>programme.reunions[0].courses[3].paris[5].miseBase</c>; empty for the file as a whole.</param>
/// <param name="Message">What is wrong with it.</param>
public sealed record ProgrammeError(string Path, string Message)
{
    /// <summary>Path and message.</summary>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}

namespace TxCore.Fuzzing;

/// <summary>Something that takes any bytes and checks what becomes of them.</summary>
public interface IFuzzTarget
{
    /// <summary>Its name on the command line and of its folder in the corpus.</summary>
    string Name { get; }

    /// <summary>Plays one input; throws when something happened that must not, whatever the input.</summary>
    void Run(ReadOnlySpan<byte> input);

    /// <summary>Looks at what only shows over many inputs, such as memory; called after the last one.</summary>
    void Finish();
}

/// <summary>What must not happen has happened.</summary>
public sealed class FuzzFailureException(string message, Exception? cause = null) : Exception(message, cause);

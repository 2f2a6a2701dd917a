using TxCore.Protocol;

namespace TxCore.Wagering;

/// <summary>What a rule came to: a code, and for a refusal the line and field at fault.</summary>
/// <param name="Code">The code.</param>
/// <param name="Line">The line at fault, from 1; 0 for none.</param>
/// <param name="Field">The field at fault.</param>
public readonly record struct Verdict(ResultCode Code, byte Line, BodyField Field)
{
    /// <summary>Taken.</summary>
    public static Verdict Accepted => default;

    /// <summary>True when nothing was wrong.</summary>
    public bool IsAccepted => Code == ResultCode.Accepted;

    /// <summary>A refusal that names a field and no line.</summary>
    public static Verdict Refuse(ResultCode code, BodyField field) => new(code, 0, field);

    /// <summary>The same refusal, naming the line.</summary>
    public Verdict AtLine(int line) => this with { Line = (byte)line };
}

using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Fuzzing.Sessions;

/// <summary>
/// The sources of the session target. The input speaks for <see cref="Spoken"/>, which stands for a new source every time, so that its
/// sequences begin at 1. All have one password, which no input knows; those of inputs have one certificate.
/// </summary>
internal sealed class FuzzSources : ISourceDirectory
{
    /// <summary>The source that an input names as its own.</summary>
    public const uint Spoken = 11;

    /// <summary>Who goes on undisturbed beside every input.</summary>
    public const uint Witness = 1;

    /// <summary>Who has defined what is on sale.</summary>
    public const uint Administrator = 2;

    /// <summary>Who has sold what an input may cancel, pay and give back.</summary>
    public const uint Seller = 3;

    /// <summary>Common name of the certificate that inputs may present.</summary>
    public const string Certificate = "terminal";

    /// <summary>The same for the sources that no input may log on as.</summary>
    public const string OtherCertificate = "counter";

    private const uint FirstOfInputs = 1000;
    private const int Roles = 4;

    private static readonly ScramCredential Credential = ScramCredential.Create("a password that no input holds");

    /// <summary>The source of the given input.</summary>
    public static uint Of(long input, SourceRole role) => FirstOfInputs + (uint)(input * Roles) + (uint)role;

    public SourceRecord? Find(uint id) => id switch
    {
        0 => null,
        Witness or Seller => Make(id, SourceRole.Submit, OtherCertificate),
        Administrator => Make(id, SourceRole.Admin, OtherCertificate),
        Spoken => Make(id, SourceRole.Submit, Certificate),
        >= FirstOfInputs when (SourceRole)((id - FirstOfInputs) % Roles) is var role && Enum.IsDefined(role) => Make(id, role, Certificate),
        _ => null,
    };

    private static SourceRecord Make(uint id, SourceRole role, string certificate) => new(
        id, (int)(id / 10), Channel.Retail, role, 64, Credential.Salt, Credential.Iterations, Credential.StoredKey, Credential.ServerKey,
        Disabled: false, certificate);
}

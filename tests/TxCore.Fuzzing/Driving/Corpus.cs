using System.Security.Cryptography;

namespace TxCore.Fuzzing.Driving;

/// <summary>Inputs in a folder, one a file, named by what they hold.</summary>
public static class Corpus
{
    private const int NameBytes = 8;

    /// <summary>The folder of a target's corpus beside the program.</summary>
    public static string FolderOf(IFuzzTarget target) => Path.Combine(AppContext.BaseDirectory, "corpus", target.Name);

    /// <summary>The inputs of a folder and those below it, in the order of their names.</summary>
    public static byte[][] Read(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>Adds an input to a folder and returns its file.</summary>
    public static string Write(string folder, ReadOnlySpan<byte> input)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(input).AsSpan(0, NameBytes)));
        File.WriteAllBytes(path, input);
        return path;
    }
}

namespace TxCore.Wagering.Settlement;

/// <summary>Stand-in until merged.</summary>
public static class SettlementCodec
{
    /// <summary>x</summary>
    public static byte[] Write(RaceSettlement settlement) => throw new NotSupportedException();

    /// <summary>x</summary>
    public static RaceSettlement Read(ReadOnlySpan<byte> bytes) => throw new NotSupportedException();
}

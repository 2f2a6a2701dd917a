using TxCore.Protocol;

namespace TxCore.Storage;

/// <summary>
/// The canonical form of a transaction's body: its fields as of protocol version 1, without what later versions append. It is what
/// is stored, fingerprinted and decided again on replay, so it never changes with the protocol. Layouts: PROTOCOL.md, from behind
/// the transaction header on.
/// </summary>
public static class CanonicalBody
{
    /// <summary>
    /// Copies the canonical form of <paramref name="body"/> (the payload behind the transaction header) and returns its length, or -1
    /// when the body is too short for its known fields or over a limit of <see cref="Wire"/>. The canonical form is never longer.
    /// </summary>
    public static int Copy(MessageType type, ReadOnlySpan<byte> body, Span<byte> destination)
    {
        var copy = new FieldCopier(body, destination);
        switch (type)
        {
            case MessageType.Wager:
                CopyWager(ref copy);
                break;
            case MessageType.Cancel:
                copy.Fixed(8 + 4 + 8 + 2);
                break;
            case MessageType.Reversal:
                copy.Fixed(8 + 4 + 8 + 8 + 2);
                break;
            case MessageType.Pay:
                copy.Fixed(8 + 4 + 8);
                copy.Counted(16);
                copy.Fixed(1);
                break;
            case MessageType.VoucherIssue:
                copy.Fixed(8 + 4 + 8);
                break;
            case MessageType.VoucherRedeem:
                copy.Fixed(8 + 4 + 8);
                copy.Counted(16);
                break;
            case MessageType.Hold:
                copy.Fixed(8 + 4);
                copy.Counted(Wire.PersonKeyBytes);
                CopyElements(ref copy, copy.CountByte(1, Wire.HoldLinesMax), 4 + 2 + 2 + 1);
                break;
            case MessageType.Confirm or MessageType.Authorise:
                copy.Fixed(8 + 8 + 8);
                copy.Counted(Wire.AuthorisationBytesMax);
                break;
            case MessageType.Release:
                copy.Fixed(8 + 8 + 2);
                break;
            case MessageType.TicketReturn:
                copy.Fixed(8 + 8 + 1 + 2 + 2);
                break;
            case MessageType.WaitJoin:
                copy.Fixed(8 + 4 + Wire.PersonKeyBytes + 4 + 2 + 2);
                break;
            case MessageType.WaitLeave:
                copy.Fixed(8 + 8 + 2);
                break;
            case MessageType.DrawRegister:
                copy.Fixed(8 + 4 + Wire.PersonKeyBytes + 4);
                break;
            case MessageType.DrawWithdraw:
                copy.Fixed(8 + 4 + Wire.PersonKeyBytes);
                break;
            default:
                CopyControl(type, ref copy);
                break;
        }

        return copy.Failed ? -1 : copy.Length;
    }

    private static void CopyControl(MessageType type, ref FieldCopier copy)
    {
        copy.Fixed(Wire.ControlHeaderBytes);
        switch (type)
        {
            case MessageType.RaceDefine:
                copy.Fixed(RaceId.Bytes + 8 + 8 + 1);
                CopyPools(ref copy);
                break;
            case MessageType.RaceOpen or MessageType.RaceSuspend or MessageType.RaceStop or MessageType.RaceReopen or MessageType.RaceScratch
                or MessageType.RaceCancel or MessageType.RacePostpone:
                copy.Fixed(RaceId.Bytes + 1 + 8);
                break;
            case MessageType.RaceResult:
                copy.Fixed(RaceId.Bytes + 1);
                CopyElements(ref copy, copy.CountByte(0, Wire.RunnersMax), 1 + 1);
                break;
            case MessageType.RacePublish:
                copy.Fixed(RaceId.Bytes + 1);
                CopyOfficialPools(ref copy);
                break;
            case MessageType.PoolCarryIn:
                copy.Fixed(RaceId.Bytes + 2 + 8);
                break;
            case MessageType.SupervisorResolve:
                copy.Fixed(8 + 1);
                break;
            case MessageType.PlayersBar:
                copy.Fixed(4 + 1);
                CopyElements(ref copy, copy.CountUInt16(0, Wire.BarredPlayersMax), Wire.PersonKeyBytes + 1 + 8);
                break;
            case MessageType.PlayerLimit:
                copy.Fixed(Wire.PersonKeyBytes + 8 + 8 + 8);
                break;
            case MessageType.SaleDefine:
                copy.Fixed(4 + 8 + 4 + 4 + 2 + 1 + 1 + 4 + 4);
                break;
            case MessageType.SeatsBlock:
                copy.Fixed(4 + 4 + 2 + 4);
                break;
            case MessageType.SeatsMove:
                copy.Fixed(4 + 4 + 2 + 4 + 4);
                break;
            case MessageType.CellsDefine:
                copy.Fixed(4);
                CopyElements(ref copy, copy.CountUInt16(1, Wire.CellsMax), 4 + 2 + 8 + 4 + 4 + 2);
                break;
            case MessageType.SaleOpen or MessageType.SaleClose:
                copy.Fixed(4);
                break;
            case MessageType.TimeConfirm or MessageType.PaymentsAcknowledge:
                copy.Fixed(8);
                break;
            default:
                CopyDrawControl(type, ref copy);
                break;
        }
    }

    private static void CopyDrawControl(MessageType type, ref FieldCopier copy)
    {
        copy.Fixed(4);
        switch (type)
        {
            case MessageType.DrawDefine:
                copy.Counted(Wire.DrawNameBytesMax);
                copy.Fixed(8 + 4 + 4 + 2);
                break;
            case MessageType.DrawOpen or MessageType.DrawClose or MessageType.DrawPublish or MessageType.DrawEnd:
                break;
            case MessageType.DrawFreeze:
                copy.Fixed(4 + Wire.HashBytes + Wire.HashBytes + 8);
                copy.Counted(Wire.BeaconChainBytesMax);
                break;
            case MessageType.DrawRun:
                copy.Fixed(Wire.HashBytes + Wire.HashBytes);
                copy.Counted(Wire.BeaconSignatureBytesMax);
                break;
            case MessageType.DrawWave:
                copy.Fixed(2 + 4 + 4 + 8 + 8);
                break;
            case MessageType.DrawExclude:
                CopyElements(ref copy, copy.CountUInt16(1, Wire.ExcludedMax), Wire.PersonKeyBytes);
                break;
            default:
                copy.Fail();
                break;
        }
    }

    private static void CopyWager(ref FieldCopier copy)
    {
        copy.Fixed(8 + 8 + 4 + 1);
        copy.Counted(Wire.PersonKeyBytes);
        copy.Counted(Wire.AuthorisationBytesMax);
        copy.Fixed(8);
        int lines = copy.CountByte(1, Wire.LinesMax);
        for (int line = 0; line < lines && !copy.Failed; line++)
        {
            copy.BeginElement();
            copy.Fixed(RaceId.Bytes + 2 + 1 + 1 + 1 + 1 + 1 + 8 + 8);
            copy.Counted(Wire.RunnersMax);
            copy.Counted(Wire.RunnersMax);
            CopyLegs(ref copy);
            copy.EndElement();
        }
    }

    private static void CopyLegs(ref FieldCopier copy)
    {
        int legs = copy.CountByte(0, Wire.LegsMax);
        for (int leg = 0; leg < legs && !copy.Failed; leg++)
        {
            copy.BeginElement();
            copy.Fixed(1 + 1 + 2 + 2);
            copy.Counted(Wire.RunnersMax);
            copy.EndElement();
        }
    }

    private static void CopyPools(ref FieldCopier copy)
    {
        int pools = copy.CountByte(0, Wire.PoolsMax);
        for (int pool = 0; pool < pools && !copy.Failed; pool++)
        {
            copy.BeginElement();
            copy.Fixed(2 + 4 + 8 + 1);
            copy.Counted(16);
            copy.Counted(16);
            copy.Fixed(2 + 1);
            copy.EndElement();
        }
    }

    private static void CopyOfficialPools(ref FieldCopier copy)
    {
        int pools = copy.CountByte(0, Wire.PoolsMax);
        for (int pool = 0; pool < pools && !copy.Failed; pool++)
        {
            copy.BeginElement();
            copy.Fixed(2 + 1);
            int dividends = copy.CountUInt16(0, Wire.DividendsMax);
            for (int dividend = 0; dividend < dividends && !copy.Failed; dividend++)
            {
                copy.BeginElement();
                copy.Fixed(1 + 1);
                copy.Counted(Wire.RunnersMax);
                copy.Fixed(8);
                copy.EndElement();
            }

            copy.EndElement();
        }
    }

    private static void CopyElements(ref FieldCopier copy, int count, int bytes)
    {
        for (int element = 0; element < count && !copy.Failed; element++)
        {
            copy.BeginElement();
            copy.Fixed(bytes);
            copy.EndElement();
        }
    }
}

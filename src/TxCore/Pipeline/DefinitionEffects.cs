using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Ticketing;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Pipeline;

/// <summary>What accepted controls, and stops and closes that fell due, do to races and sales. Each raises the definitions version.</summary>
internal static class DefinitionEffects
{
    public static void Apply(ShardState state, in Entry entry, ReadOnlySpan<byte> command, ReadOnlySpan<byte> body)
    {
        switch (entry.Kind)
        {
            case MessageType.RaceDefine:
                Announce(state, in entry, DefineRace(state, in entry, body), 0);
                break;
            case MessageType.RaceOpen or MessageType.RaceSuspend or MessageType.RaceStop or MessageType.RaceReopen or MessageType.RaceScratch
                or MessageType.RaceCancel or MessageType.RacePostpone:
                ControlRace(state, in entry, body);
                break;
            case MessageType.RaceStopDue:
                var due = state.Races[SystemCommand.Subject(command)];
                due.Status = RaceStatus.Stopped;
                Announce(state, in entry, due, 0);
                break;
            case MessageType.RaceResult or MessageType.RacePublish or MessageType.PoolCarryIn:
                EndRace(state, in entry, command, body);
                break;
            case MessageType.RaceCloseDue:
                var closed = state.Races[SystemCommand.Subject(command)];
                ResultEffects.Close(state, closed);
                Announce(state, in entry, closed, 0);
                break;
            case MessageType.SaleDefine:
                Announce(state, in entry, DefineSale(state, body));
                break;
            case MessageType.CellsDefine:
                Announce(state, in entry, DefineCells(state, body));
                break;
            case MessageType.SaleOpen or MessageType.SaleClose:
                var sale = state.Sales[new SaleBody(body).Sale];
                SetStatus(state, sale, entry.Kind == MessageType.SaleOpen ? SaleStatus.Open : SaleStatus.Closed);
                if (sale.Status == SaleStatus.Open)
                {
                    state.Stops.Add(MessageType.SaleCloseDue, sale.Id, sale.ClosesAt);
                }

                Announce(state, in entry, sale);
                break;
            case MessageType.SaleCloseDue:
                var closing = state.Sales[(uint)SystemCommand.Subject(command)];
                SetStatus(state, closing, SaleStatus.Closed);
                Announce(state, in entry, closing);
                break;
            case MessageType.SeatsBlock:
                Announce(state, in entry, BlockSeats(state, Bodies.Decode<SeatsBlock>(body)));
                break;
            case MessageType.SeatsMove:
                Announce(state, in entry, MoveSeats(state, Bodies.Decode<SeatsMove>(body)));
                break;
        }
    }

    private static Race DefineRace(ShardState state, in Entry entry, ReadOnlySpan<byte> body)
    {
        var definition = Bodies.RaceDefine(body);
        var race = new Race(definition.Race)
        {
            StartsAt = definition.StartsAt,
            LatestStopAt = definition.LatestStopAt,
            RunnerCount = definition.RunnerCount,
            ChangedBy = entry.Number,
            DefinedOn = entry.BusinessDay,
            Pools = Array.ConvertAll(definition.Pools, Pool.From),
        };
        state.Races.Add(race.Id.Value, race);
        return race;
    }

    private static void ControlRace(ShardState state, in Entry entry, ReadOnlySpan<byte> body)
    {
        var control = new RaceBody(body);
        var race = state.Races[control.Race.Value];
        switch (entry.Kind)
        {
            case MessageType.RaceOpen:
                race.Status = RaceStatus.Open;
                state.Stops.Add(MessageType.RaceStopDue, race.Id.Value, race.LatestStopAt);
                break;
            case MessageType.RaceSuspend:
                race.Status = RaceStatus.Suspended;
                break;
            case MessageType.RaceStop:
                race.Status = RaceStatus.Stopped;
                break;
            case MessageType.RaceReopen:
                race.Status = RaceStatus.Open;
                race.Epoch++;
                race.LatestStopAt = control.LatestStopAt;
                state.Stops.Add(MessageType.RaceStopDue, race.Id.Value, race.LatestStopAt);
                break;
            case MessageType.RaceCancel:
                ResultEffects.Refund(state, race, in entry, RaceStatus.Cancelled);
                break;
            case MessageType.RacePostpone:
                Postpone(state, race, in entry, control.LatestStopAt);
                break;
            default:
                race.ScratchedMask |= 1u << control.Runner;
                race.ScratchedBy[control.Runner] = entry.Number;
                race.ChangedBy = entry.Number;
                break;
        }

        Announce(state, in entry, race, entry.Kind == MessageType.RaceScratch ? control.Runner : (byte)0);
    }

    private static void Postpone(ShardState state, Race race, in Entry entry, long latestStopAt)
    {
        if (latestStopAt == 0)
        {
            ResultEffects.Refund(state, race, in entry, RaceStatus.Postponed);
            return;
        }

        race.StartsAt += latestStopAt - race.LatestStopAt;
        race.LatestStopAt = latestStopAt;
        if (race.Status is RaceStatus.Open or RaceStatus.Suspended)
        {
            race.Status = RaceStatus.Suspended;
            state.Stops.Add(MessageType.RaceStopDue, race.Id.Value, latestStopAt);
        }
    }

    private static void EndRace(ShardState state, in Entry entry, ReadOnlySpan<byte> command, ReadOnlySpan<byte> body)
    {
        var race = state.Races[new RaceBody(body[..RaceBody.NameBytes]).Race.Value];
        switch (entry.Kind)
        {
            case MessageType.RaceResult:
                ResultEffects.Result(race, in entry, Bodies.Decode<RaceResult>(body));
                break;
            case MessageType.PoolCarryIn:
                ResultEffects.CarryIn(state, race, in entry, Bodies.Decode<PoolCarryIn>(body));
                return;
            default:
                var answer = command[Addendum.Start(entry.Kind, command)..];
                ResultEffects.Publish(state, race, in entry, SettlementAnswer.Bytes(answer));
                break;
        }

        Announce(state, in entry, race, 0);
    }

    private static Sale DefineSale(ShardState state, ReadOnlySpan<byte> body)
    {
        var reader = new SaleBody(body);
        var sale = new Sale(reader.Sale) { ClosesAt = reader.ClosesAt, HoldSeconds = reader.HoldSeconds, Terms = reader.Terms };
        state.Sales.Add(sale.Id, sale);
        return sale;
    }

    private static Sale DefineCells(ShardState state, ReadOnlySpan<byte> body)
    {
        var definition = Bodies.CellsDefine(body);
        var sale = state.Sales[definition.Sale];
        foreach (var cell in definition.Cells)
        {
            var made = new InventoryCell(sale, cell.Session, cell.Category)
            {
                PriceCents = cell.PriceCents,
                QuantityMax = cell.QuantityMax,
            };
            made.Restore((int)cell.Capacity, (int)cell.Blocked, 0, 0);
            state.TouchedCells.Add(made);
            sale.Cells.Add((cell.Session, cell.Category), made);
        }

        return sale;
    }

    /// <summary>Opens or closes a sale: only an open one makes offers to those who wait.</summary>
    private static void SetStatus(ShardState state, Sale sale, SaleStatus status)
    {
        sale.Status = status;
        foreach (var cell in sale.Cells.Values)
        {
            state.NoteOffer(cell);
        }
    }

    private static Sale BlockSeats(ShardState state, SeatsBlock block)
    {
        var cell = state.Sales[block.Sale].FindCell(block.Session, block.Category)!;
        cell.Block((int)block.Blocked);
        state.Touch(cell);
        return cell.Sale;
    }

    private static Sale MoveSeats(ShardState state, SeatsMove move)
    {
        var from = state.Sales[move.Sale].FindCell(move.Session, move.Category)!;
        var to = state.Sales[move.ToSale].FindCell(move.Session, move.Category)!;
        from.Resize(-(int)move.Quantity);
        to.Resize((int)move.Quantity);
        state.Touch(from);
        state.Touch(to);
        return to.Sale;
    }

    private static void Announce(ShardState state, in Entry entry, Race race, byte runner)
    {
        state.DefinitionsVersion++;
        state.LastChange = new StateChange(
            (ulong)state.DefinitionsVersion, (ulong)entry.Number, entry.SequencedAt, entry.Kind, race.Id, 0, (byte)race.Status, race.Epoch, runner);
    }

    private static void Announce(ShardState state, in Entry entry, Sale sale)
    {
        state.DefinitionsVersion++;
        state.LastChange = new StateChange(
            (ulong)state.DefinitionsVersion, (ulong)entry.Number, entry.SequencedAt, entry.Kind, default, sale.Id, (byte)sale.Status, 0, 0);
    }
}

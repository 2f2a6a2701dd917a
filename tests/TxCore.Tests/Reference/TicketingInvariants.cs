using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Ticketing;

namespace TxCore.Tests.Reference;

/// <summary>What must be true of seats, persons, payments and waves after every transaction, whatever the rules.</summary>
internal sealed class TicketingInvariants(ReferenceShard reference)
{
    private readonly HashSet<string> _settled = [];
    private readonly HashSet<ulong> _captured = [];
    private readonly Dictionary<InventoryCell, int> _held = [];
    private readonly Dictionary<InventoryCell, ReferenceCell> _expected = [];
    private int _payments;
    private long _lastNumber;

    /// <summary>The stored command that a decision about tickets or draws must have, as hexadecimal digits; null for other ones.</summary>
    public static string? Stored(Submission submission, Decision decision)
    {
        bool isOurs = submission.Message is Hold or Confirm or Authorise or Release or TicketReturn or WaitJoin or WaitLeave or DrawRegister or DrawWithdraw
            or SaleDefine or CellsDefine or SaleControl or SeatsBlock or SeatsMove or PaymentsAcknowledge
            or DrawDefine or DrawControl or DrawFreeze or DrawRun or DrawWave or DrawExclude;
        return isOurs
            ? Convert.ToHexString([.. BitConverter.GetBytes(submission.Header.Deadline), .. decision.Content, .. decision.Payment?.Bytes() ?? [], .. decision.Returned, .. decision.Order])
            : null;
    }

    public void Check(ShardState state)
    {
        CheckPayments();
        if (state.LastNumber == _lastNumber)
        {
            return;
        }

        _lastNumber = state.LastNumber;
        CheckCells(state);
        CheckPersons(state);
    }

    private void CheckCells(ShardState state)
    {
        _held.Clear();
        foreach (var (cell, quantity) in state.Holds.Values.SelectMany(static hold => hold.Seats))
        {
            _held[cell] = _held.GetValueOrDefault(cell) + quantity;
        }

        foreach (var sale in state.Sales.Values)
        {
            foreach (var cell in sale.Cells.Values)
            {
                CheckCell(cell);
            }
        }
    }

    private void CheckCell(InventoryCell cell)
    {
        if (!_expected.TryGetValue(cell, out var expected))
        {
            _expected.Add(cell, expected = reference.Book.Sales[cell.Sale.Id].Cell(cell.Session, cell.Category)!);
        }

        bool isWhole = cell is { Available: >= 0, Held: >= 0, Sold: >= 0, Blocked: >= 0 }
            && cell.Available + cell.Held + cell.Sold + cell.Blocked == cell.Capacity
            && cell.Held == _held.GetValueOrDefault(cell);
        bool isSame = (cell.Capacity, cell.Blocked, cell.Held, cell.Sold) == (expected.Capacity, expected.Blocked, expected.Held, expected.Sold);
        if (!isWhole || !isSame)
        {
            Assert.Fail($"Sale {cell.Sale.Id}, session {cell.Session}, category {cell.Category} has {cell.Counts}, {expected.Held} held and {expected.Sold} sold expected.");
        }
    }

    /// <summary>Whoever holds seats now was within the limits when they were taken, so the last to take some is within them still.</summary>
    private static void CheckPersons(ShardState state)
    {
        if (state.Holds.Count == 0 || !state.Holds.TryGetValue(state.LastNumber, out var last) || last.Person is not { } person)
        {
            return;
        }

        var account = state.Persons.Find(in person)!;
        var sale = last.Seats[0].Cell.Sale;
        Assert.True(sale.Terms.PersonMax == 0 || account.Seats <= sale.Terms.PersonMax, $"{StateText.Name(person)} has {account.Seats} seats.");
        Assert.All(last.Seats, seats => Assert.True(account.SeatsIn(seats.Cell.Session) <= seats.Cell.QuantityMax, $"{StateText.Name(person)}: session {seats.Cell.Session}."));
    }

    /// <summary>An authorisation is captured or voided, never both and never twice; a hold is captured for once.</summary>
    private void CheckPayments()
    {
        for (; _payments < reference.Book.Payments.Count; _payments++)
        {
            var payment = reference.Book.Payments[_payments];
            Assert.True(payment.Kind == PaymentKind.Refund || _settled.Add(payment.Authorisation), $"Authorisation {payment.Authorisation} is settled twice.");
            Assert.True(payment.Kind != PaymentKind.Capture || _captured.Add(payment.Hold), $"Hold {payment.Hold} is captured twice.");
        }
    }
}

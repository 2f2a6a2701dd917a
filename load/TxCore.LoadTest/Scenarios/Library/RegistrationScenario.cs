using System.Collections.Concurrent;
using System.Security.Cryptography;
using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Engine.Simulations;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Scenarios.Running;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Library;

/// <summary>
/// The first hours of a registration: people enter a draw, some twice, some without the consent it needs, and a few withdraw again.
/// </summary>
internal sealed class RegistrationScenario(int frontends) : Scenario
{
    private const uint Consent = 1;

    private IReadOnlyList<SourceAccount> _frontends = [];
    private uint _draw;

    public override string Name => "registration";

    public override IReadOnlyList<LoadSimulation> DefaultPlan(int rate) =>
    [
        Simulation.InjectDecay(rate * 3 / 2, interval: TimeSpan.FromSeconds(1), theta: TimeSpan.FromSeconds(20), during: TimeSpan.FromSeconds(30)),
        Simulation.Inject(Math.Max(1, rate / 4), interval: TimeSpan.FromSeconds(1), during: TimeSpan.FromSeconds(30)),
    ];

    public override IReadOnlyList<StoredRule> Rules => RegistrationRules.All;

    public override void Enrol(AccountBook accounts) => _frontends = accounts.Frontends(frontends);

    public override Task PrepareAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        _draw = context.Numbers.Draw();
        return context.Opening.OpenDrawAsync(_draw, context.Now, Consent, cancellationToken);
    }

    public override ILoad CreateLoad(ScenarioContext context) =>
        new Load(_draw, [.. _frontends.Select(account => new Desk(context.ClientOf(account)))], context.Dispatcher, new Random(context.Random.Next()));

    /// <summary>A frontend and the people it has entered.</summary>
    private sealed class Desk(TxCoreClient client) : IDecisionListener
    {
        private readonly ConcurrentDictionary<int, byte[]> _asked = new();

        public TxCoreClient Client => client;

        /// <summary>Entered and answered, oldest first: their second attempt has one right answer.</summary>
        public ConcurrentQueue<byte[]> Entered { get; } = new();

        public void Asked(int index, byte[] person)
        {
            if (index >= 0)
            {
                _asked[index] = person;
            }
        }

        public void Decided(int index, Outcome outcome)
        {
            if (outcome is { TransactionType: MessageType.DrawRegister, Code: ResultCode.Accepted } && _asked.TryRemove(index, out byte[]? person))
            {
                Entered.Enqueue(person);
            }
        }
    }

    private sealed class Load(uint draw, Desk[] desks, Dispatcher dispatcher, Random random) : ILoad
    {
        private const double RepeatShare = 0.02;
        private const double WithdrawShare = 0.01;
        private const double NoConsentShare = 0.01;

        private readonly byte[] _salt = RandomBytes(random);
        private long _people;

        public void Send(in PlannedSend planned)
        {
            var desk = desks[random.Next(desks.Length)];
            double choice = random.NextDouble();
            if (choice < RepeatShare && desk.Entered.TryPeek(out byte[]? known))
            {
                Register(desk, known, Consent, ResultCode.AlreadyRegistered, in planned);
            }
            else if (choice < RepeatShare + WithdrawShare && desk.Entered.TryDequeue(out byte[]? leaving))
            {
                dispatcher.Send(desk.Client, new DrawWithdraw(default, 0, draw, leaving), new Expectation(ResultCode.Accepted, 0), [], in planned, desk);
            }
            else if (choice < RepeatShare + WithdrawShare + NoConsentShare)
            {
                Register(desk, Person(), consent: 0, ResultCode.ConsentMissing, in planned);
            }
            else
            {
                byte[] person = Person();
                desk.Asked(Register(desk, person, Consent, ResultCode.Accepted, in planned), person);
            }
        }

        private static byte[] RandomBytes(Random random)
        {
            byte[] bytes = new byte[16];
            random.NextBytes(bytes);
            return bytes;
        }

        private int Register(Desk desk, byte[] person, uint consent, ResultCode expected, in PlannedSend planned) => dispatcher.Send(
            desk.Client, new DrawRegister(default, 0, draw, person, consent), new Expectation(expected, 0), [], in planned, desk);

        /// <summary>Somebody new: as good as an HMAC to the server, and the same again with the same seed.</summary>
        private byte[] Person() => SHA256.HashData([.. _salt, .. BitConverter.GetBytes(++_people)]);
    }
}

namespace Disruptor.Dsl;

/// <summary>How many threads publish to a ring.</summary>
public enum ProducerType
{
    /// <summary>One thread at a time; claims are cheaper.</summary>
    Single,

    /// <summary>Any number of threads.</summary>
    Multi,
}

using System.Text;

namespace TxCore.Protocol.Messages;

/// <summary>Opens the logon of a source (RFC 5802 client-first message of SCRAM-SHA-256, user name = source in decimal).</summary>
/// <param name="Source">The source.</param>
/// <param name="Shard">The shard the client believes it talks to; 0 for any.</param>
/// <param name="Channel">The channel the client believes it talks to.</param>
/// <param name="SoftwareVersion">The client's software version, for the log.</param>
/// <param name="LastNumberHeld">The highest number of an outcome the client holds; 0 for none. A server that lacks it refuses.</param>
/// <param name="Scram">The client-first message; empty to log on by the client certificate of the connection.</param>
public sealed record LogonRequest(uint Source, ushort Shard, Channel Channel, uint SoftwareVersion, ulong LastNumberHeld, byte[] Scram)
    : IMessage<LogonRequest>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.LogonRequest;

    /// <inheritdoc/>
    public static LogonRequest Read(ref WireReader reader) => new(
        reader.UInt32(), reader.UInt16(), (Channel)reader.Byte(), reader.UInt32(), reader.UInt64(),
        reader.LongCountedBytes(Wire.ScramBytesMax).ToArray());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt32(Source);
        writer.UInt16(Shard);
        writer.Byte((byte)Channel);
        writer.UInt32(SoftwareVersion);
        writer.UInt64(LastNumberHeld);
        writer.LongCountedBytes(Scram);
    }
}

/// <summary>RFC 5802 server-first message.</summary>
/// <param name="Scram">The server-first message.</param>
public sealed record LogonChallenge(byte[] Scram) : IMessage<LogonChallenge>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.LogonChallenge;

    /// <inheritdoc/>
    public static LogonChallenge Read(ref WireReader reader) => new(reader.LongCountedBytes(Wire.ScramBytesMax).ToArray());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer) => writer.LongCountedBytes(Scram);
}

/// <summary>RFC 5802 client-final message.</summary>
/// <param name="Scram">The client-final message.</param>
public sealed record LogonProof(byte[] Scram) : IMessage<LogonProof>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.LogonProof;

    /// <inheritdoc/>
    public static LogonProof Read(ref WireReader reader) => new(reader.LongCountedBytes(Wire.ScramBytesMax).ToArray());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer) => writer.LongCountedBytes(Scram);
}

/// <summary>The source is logged on, or why it is not. It leaves only after a commit made later than the logon.</summary>
/// <param name="Code"><see cref="ResultCode.Accepted"/>, or why not; the connection closes after a refusal.</param>
/// <param name="Shard">The shard.</param>
/// <param name="Channel">The shard's channel.</param>
/// <param name="NextSequence">The next sequence expected of the source.</param>
/// <param name="Window">Most transactions of the source without an answer at a time.</param>
/// <param name="HighestNumber">The highest number of the shard at this logon.</param>
/// <param name="HostTime">Sequence time, microseconds since 1970-01-01 UTC.</param>
/// <param name="DefinitionsVersion">Version of what is on sale; the first broadcast to follow has the next.</param>
/// <param name="SessionEpoch">Counts the logons of the source in this run of the server.</param>
/// <param name="BusinessDay">The business day as <c>YYYYMMDD</c>.</param>
/// <param name="Scram">RFC 5802 server-final message; empty when the logon was refused or went by certificate.</param>
public sealed record LogonReply(
    ResultCode Code, ushort Shard, Channel Channel, ulong NextSequence, uint Window, ulong HighestNumber, long HostTime,
    ulong DefinitionsVersion, ulong SessionEpoch, uint BusinessDay, byte[] Scram) : IMessage<LogonReply>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.LogonReply;

    /// <inheritdoc/>
    public static LogonReply Read(ref WireReader reader) => new(
        (ResultCode)reader.UInt16(), reader.UInt16(), (Channel)reader.Byte(), reader.UInt64(), reader.UInt32(), reader.UInt64(),
        reader.Int64(), reader.UInt64(), reader.UInt64(), reader.UInt32(), reader.LongCountedBytes(Wire.ScramBytesMax).ToArray());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt16((ushort)Code);
        writer.UInt16(Shard);
        writer.Byte((byte)Channel);
        writer.UInt64(NextSequence);
        writer.UInt32(Window);
        writer.UInt64(HighestNumber);
        writer.Int64(HostTime);
        writer.UInt64(DefinitionsVersion);
        writer.UInt64(SessionEpoch);
        writer.UInt32(BusinessDay);
        writer.LongCountedBytes(Scram);
    }
}

/// <summary>Sent by the client when it sent nothing for the heartbeat interval; the server answers each at once with its own.</summary>
/// <param name="Time">The sender's clock, microseconds since 1970-01-01 UTC.</param>
/// <param name="DefinitionsVersion">The newest definitions version the sender knows: a client that is behind asks for definitions.</param>
/// <param name="Number">Server: the highest committed number. Client: the highest number it holds.</param>
public readonly record struct Heartbeat(long Time, ulong DefinitionsVersion, ulong Number) : IMessage<Heartbeat>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Heartbeat;

    /// <inheritdoc/>
    public static Heartbeat Read(ref WireReader reader) => new(reader.Int64(), reader.UInt64(), reader.UInt64());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.Int64(Time);
        writer.UInt64(DefinitionsVersion);
        writer.UInt64(Number);
    }
}

/// <summary>What was wrong with the connection; it closes after this frame.</summary>
/// <param name="Code">The reason.</param>
/// <param name="Detail">The offending message type, length or version; 0 when there is none.</param>
/// <param name="Text">The same for a person to read.</param>
public sealed record ErrorMessage(ResultCode Code, uint Detail, string Text) : IMessage<ErrorMessage>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Error;

    /// <inheritdoc/>
    public static ErrorMessage Read(ref WireReader reader) =>
        new((ResultCode)reader.UInt16(), reader.UInt32(), Encoding.UTF8.GetString(reader.LongCountedBytes(Wire.ScramBytesMax)));

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt16((ushort)Code);
        writer.UInt32(Detail);
        writer.LongCountedBytes(Encoding.UTF8.GetBytes(Text));
    }
}

/// <summary>Closes the session in order: what was sent before is still answered, then the server closes.</summary>
public readonly record struct Logoff : IMessage<Logoff>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Logoff;

    /// <inheritdoc/>
    public static Logoff Read(ref WireReader reader) => default;

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
    }
}

/// <summary>Asks what became of a sequence of the source; decides nothing and consumes nothing.</summary>
/// <param name="Source">The source, as logged on.</param>
/// <param name="Sequence">The sequence asked about.</param>
public readonly record struct StatusQuery(uint Source, ulong Sequence) : IMessage<StatusQuery>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.StatusQuery;

    /// <inheritdoc/>
    public static StatusQuery Read(ref WireReader reader) => new(reader.UInt32(), reader.UInt64());

    /// <inheritdoc/>
    public void Write(ref WireWriter writer)
    {
        writer.UInt32(Source);
        writer.UInt64(Sequence);
    }
}

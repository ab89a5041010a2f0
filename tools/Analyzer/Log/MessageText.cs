using System.Text;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Messages;

namespace CosmosKdump.Analyzer.Log;

/// <summary>What the capture side's readers of the log leave to the host: texts, and what is told.</summary>
internal static class MessageText
{
    /// <summary>The text of a message, null if it cannot be read.</summary>
    public static byte[]? Read(KernelMemory memory, in Message message)
    {
        byte[] text = new byte[message.TextBytes];
        return memory.Read(message.TextAddress, text) == Status.Ok ? text : null;
    }

    /// <summary>A message with its text.</summary>
    public static LogRecord Record(in Message message, byte[] text, ulong sequence) => new()
    {
        Sequence = sequence,
        Nanoseconds = message.Nanoseconds,
        Facility = message.Facility,
        Level = message.Level,
        Caller = message.HasCaller ? message.Caller : null,
        Text = text,
    };

    /// <summary>The key of VMCOREINFO that a layout lacks.</summary>
    public static FileProblem Missing(scoped in LayoutReader read) => new(
        $"VMCOREINFO: {Encoding.ASCII.GetString(read.MissingForm)}({Encoding.ASCII.GetString(read.MissingName)}) "
        + "is missing or cannot be true");
}

using System.Collections.Generic;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Messages;

namespace CosmosKdump.Analyzer.Log;

/// <summary>The log of Linux 3.5 to 5.9, as <see cref="RecordBuffer"/> walks it.</summary>
internal sealed class BufferLog : ILogSource
{
    private readonly KernelMemory _memory;
    private readonly RecordBuffer _buffer;

    private BufferLog(KernelMemory memory, in RecordBuffer buffer)
    {
        _memory = memory;
        _buffer = buffer;
    }

    /// <summary>Opens the buffer whose pointer is at <c>SYMBOL(log_buf)</c>.</summary>
    public static ILogSource? Open(KernelMemory memory, VmcoreInfoText info, ulong symbol, out FileProblem? problem)
    {
        LayoutReader read = new(info.Fields);
        HostKernelMemory host = new(memory);
        Status status = RecordBuffer.Open(ref host, info.Fields, symbol, ref read, out RecordBuffer buffer);
        problem = status switch
        {
            Status.Ok => null,
            Status.VmcoreInfoIncomplete => MessageText.Missing(in read),
            Status.MemoryUnreadable => new FileProblem(
                $"log buffer (SYMBOL(log_buf) = 0x{symbol:x}): its variables are not in VMCOREINFO or the vmcore"),
            _ => new FileProblem(
                $"log buffer at 0x{buffer.Address:x}: {buffer.LengthBytes} bytes, used from {buffer.First} to {buffer.Next}"),
        };
        return status == Status.Ok ? new BufferLog(memory, in buffer) : null;
    }

    /// <inheritdoc/>
    public IEnumerable<LogRecord> Read(LogDamage damage)
    {
        HostKernelMemory host = new(_memory);
        RecordBuffer buffer = _buffer;
        buffer.Rewind();
        while (buffer.MoveNext(ref host, out bool hasMessage, out Message message))
        {
            if (buffer.Flaw != MessageFlaw.None)
            {
                damage.Add(TextOf(in buffer, message.TextBytes));
            }
            byte[]? text = hasMessage ? MessageText.Read(_memory, in message) : null;
            if (text is not null)
            {
                yield return MessageText.Record(in message, text, 0);
            }
            else if (hasMessage)
            {
                damage.Add($"text at 0x{message.TextAddress:x} of the log buffer is not in the vmcore");
            }
        }
    }

    private static string TextOf(in RecordBuffer buffer, int room) => buffer.Flaw switch
    {
        MessageFlaw.NoEnd => $"record at {buffer.FlawAt} of the log buffer does not lead to its end",
        MessageFlaw.RecordUnreadable => $"record at {buffer.FlawAt} of the log buffer is not in the vmcore",
        MessageFlaw.BadLength => $"record at {buffer.FlawAt} of the log buffer has a length of {buffer.FlawNumber}",
        _ => $"record at {buffer.FlawAt} of the log buffer has {buffer.FlawNumber} bytes of text in {room}",
    };
}

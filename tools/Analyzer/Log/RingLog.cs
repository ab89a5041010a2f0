using System.Collections.Generic;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Messages;

namespace CosmosKdump.Analyzer.Log;

/// <summary>The printk ring buffer of Linux 5.10 and later, as <see cref="PrintkRing"/> walks it.</summary>
internal sealed class RingLog : ILogSource
{
    private readonly KernelMemory _memory;
    private readonly PrintkRing _ring;

    private RingLog(KernelMemory memory, in PrintkRing ring)
    {
        _memory = memory;
        _ring = ring;
    }

    /// <summary>Opens the ring buffer whose pointer is at <c>SYMBOL(prb)</c>.</summary>
    public static ILogSource? Open(KernelMemory memory, VmcoreInfoText info, ulong symbol, out FileProblem? problem)
    {
        LayoutReader read = new(info.Fields);
        HostKernelMemory host = new(memory);
        Status status = PrintkRing.Open(ref host, symbol, ref read, out PrintkRing ring);
        problem = status switch
        {
            Status.Ok => null,
            Status.VmcoreInfoIncomplete => MessageText.Missing(in read),
            Status.MemoryUnreadable =>
                new FileProblem($"printk ring buffer (SYMBOL(prb) = 0x{symbol:x}) is not in the vmcore"),
            _ => new FileProblem(
                $"printk ring buffer at 0x{ring.Address:x}: sizes of 2^{ring.CountBits} records and 2^{ring.SizeBits} bytes"),
        };
        return status == Status.Ok ? new RingLog(memory, in ring) : null;
    }

    /// <inheritdoc/>
    public IEnumerable<LogRecord> Read(LogDamage damage)
    {
        HostKernelMemory host = new(_memory);
        PrintkRing ring = _ring;
        ring.Rewind(ulong.MaxValue);
        while (ring.MoveNext(ref host, out bool hasMessage, out Message message))
        {
            if (ring.Flaw != MessageFlaw.None)
            {
                damage.Add(TextOf(in ring));
            }
            byte[]? text = hasMessage ? MessageText.Read(_memory, in message) : null;
            if (text is not null)
            {
                yield return MessageText.Record(in message, text, message.Sequence);
            }
            else if (hasMessage)
            {
                damage.Add($"text of record {message.Sequence} is not in the vmcore");
            }
        }
    }

    private static string TextOf(in PrintkRing ring) => ring.Flaw switch
    {
        MessageFlaw.RingAbsurd =>
            $"record {ring.FlawAt} as the oldest and {ring.FlawNumber} as the newest in a ring of {1UL << (int)ring.CountBits}",
        MessageFlaw.DescriptorUnreadable => $"descriptor of record {ring.FlawAt} is not in the vmcore",
        MessageFlaw.DescriptorsUnreadable => "descriptors are not in the vmcore",
        MessageFlaw.InfoUnreadable => $"info of record {ring.FlawAt} is not in the vmcore",
        MessageFlaw.BlockTooShort => $"text block of record {ring.FlawAt} is too short",
        MessageFlaw.BlockUnreadable => $"text of record {ring.FlawAt} is not in the vmcore",
        MessageFlaw.OtherOwner => $"text of record {ring.FlawAt} is marked as that of {ring.FlawNumber}",
        _ => "records with more text than the ring holds",
    };
}

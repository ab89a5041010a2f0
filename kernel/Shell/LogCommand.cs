using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Messages;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Kernel.Report;
using CosmosKdump.Kernel.Targets;

namespace CosmosKdump.Kernel.Shell;

/// <summary><c>log</c>: the crashed kernel's last messages, as dmesg(1) shows them.</summary>
internal static class LogCommand
{
    private const ulong UsualCount = 40;

    // Linux's longest record (PRINTK_MESSAGE_MAX); longer ones are cut.
    private const int TextBytes = 2048;
    private const int PrefixBytes = 32;

    /// <summary>Nothing, a number of messages, or <c>-a</c> for all.</summary>
    internal static Status Run(ReadOnlySpan<byte> argument)
    {
        ulong count = UsualCount;
        if (argument.SequenceEqual("-a"u8))
        {
            count = ulong.MaxValue;
        }
        else if (argument.Length > 0 && NumberText.ReadDecimal(argument, out count) != Status.Ok)
        {
            Pager.Write("log takes a number of messages, or -a for all"u8);
            return Status.Ok;
        }
        Status status = CrashedKernel.Open(out PagedMemory<OldMemory> memory);
        MessageLog log = default;
        if (status == Status.Ok)
        {
            status = MessageLog.Open(ref memory, in CaptureRun.Plan.Info, out log);
        }
        if (status == Status.Ok)
        {
            Write(ref memory, ref log, count);
        }
        return status;
    }

    private static void Write(ref PagedMemory<OldMemory> memory, ref MessageLog log, ulong count)
    {
        ulong total = 0;
        for (log.Rewind(ulong.MaxValue); total < ulong.MaxValue && log.MoveNext(ref memory, out _);)
        {
            total++;
        }
        ulong skip = total > count ? total - count : 0;
        log.Rewind(ulong.MaxValue);
        for (ulong i = 0; !Pager.IsStopped && log.MoveNext(ref memory, out Message message); i++)
        {
            if (i >= skip)
            {
                WriteMessage(ref memory, in message);
            }
        }
    }

    // Further lines of a message stand below its first one.
    private static void WriteMessage(ref PagedMemory<OldMemory> memory, in Message message)
    {
        Span<byte> space = stackalloc byte[TextBytes];
        Span<byte> text = space.Slice(0, Math.Min(TextBytes, message.TextBytes));
        if (memory.Read(message.TextAddress, text) != Status.Ok)
        {
            return;
        }
        Span<byte> buffer = stackalloc byte[TextBytes + PrefixBytes];
        var line = new TextLine(buffer);
        line.Add("["u8);
        line.AddDecimal(message.Nanoseconds / 1_000_000_000, 5, (byte)' ');
        line.Add("."u8);
        line.AddDecimal(message.Nanoseconds / 1000 % 1_000_000, 6, (byte)'0');
        line.Add("] "u8);
        int indent = line.Text.Length;
        int end = text.IndexOf((byte)'\n');
        while (end >= 0)
        {
            line.Add(text.Slice(0, end));
            Pager.Write(ref line);
            for (int i = 0; i < indent; i++)
            {
                line.Add(" "u8);
            }
            text = text.Slice(end + 1);
            end = text.IndexOf((byte)'\n');
        }
        line.Add(text);
        Pager.Write(ref line);
    }
}

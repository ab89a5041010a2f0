using System;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Messages;

/// <summary>What the newest messages say of the crash: the panic's line, or else what led to the crash, and when.</summary>
public struct CrashSummary
{
    /// <summary>Newest records that are looked at.</summary>
    public const ulong Records = 1 << 16;

    private const int RecordsOfOneCause = 10;

    /// <summary>The line was found.</summary>
    public bool HasLine;

    /// <summary>The line's message.</summary>
    public Message Line;

    /// <summary>Time of the newest message, nanoseconds since boot; 0 if there is none.</summary>
    public ulong LastNanoseconds;

    /// <summary>Looks for it; the errors of <see cref="MessageLog.Open"/>.</summary>
    public static Status Find<TMemory>(ref TMemory memory, scoped in VmcoreInfo info, out CrashSummary summary)
        where TMemory : struct, IVirtualMemory
    {
        summary = default;
        Status status = MessageLog.Open(ref memory, in info, out MessageLog log);
        if (status != Status.Ok)
        {
            return status;
        }
        log.Rewind(Records);
        Span<byte> buffer = stackalloc byte[CrashWords.MostBytes];
        bool hasPanic = false;
        ulong causeAt = 0;
        for (ulong i = 1; log.MoveNext(ref memory, out Message message); i++)
        {
            summary.LastNanoseconds = Math.Max(summary.LastNanoseconds, message.Nanoseconds);
            Span<byte> text = buffer[..Math.Min(buffer.Length, message.TextBytes)];
            if (memory.Read(message.TextAddress, text) != Status.Ok)
            {
                continue;
            }
            bool isPanic = CrashWords.IsPanic(text);
            // Of an oops, which takes several lines, the first one tells most.
            bool isCause = !hasPanic && CrashWords.IsCause(text);
            if (isPanic || (isCause && (causeAt == 0 || i - causeAt > RecordsOfOneCause)))
            {
                summary.HasLine = true;
                summary.Line = message;
            }
            hasPanic |= isPanic;
            causeAt = isCause ? i : causeAt;
        }
        return Status.Ok;
    }
}

using System;

namespace CosmosKdump.Capture.Messages;

/// <summary>What the first lines of a crash begin with, as arch/x86, mm and sysrq print them.</summary>
public static class CrashWords
{
    /// <summary>Longest of the words, bytes.</summary>
    public const int MostBytes = 32;

    /// <summary>The line that ends it all: "Kernel panic - not syncing".</summary>
    public static bool IsPanic(ReadOnlySpan<byte> text) => text.StartsWith("Kernel panic - not syncing"u8);

    /// <summary>A line that tells what led to a panic, or to a crash without one.</summary>
    public static bool IsCause(ReadOnlySpan<byte> text) =>
        text.StartsWith("BUG: "u8)
        || text.StartsWith("kernel BUG at "u8)
        || text.StartsWith("Oops: "u8)
        || text.StartsWith("Unable to handle kernel "u8)
        || text.StartsWith("general protection fault"u8)
        || text.StartsWith("double fault"u8)
        || text.StartsWith("traps: PANIC: double fault"u8)
        || text.StartsWith("divide error: "u8)
        || text.StartsWith("invalid opcode: "u8)
        || text.StartsWith("stack segment: "u8)
        || text.StartsWith("sysrq: Trigger a crash"u8)
        || text.StartsWith("SysRq : Trigger a crash"u8)
        || text.StartsWith("watchdog: BUG: "u8)
        || text.StartsWith("mce: [Hardware Error]: "u8)
        || text.StartsWith("Out of memory and no killable"u8);
}

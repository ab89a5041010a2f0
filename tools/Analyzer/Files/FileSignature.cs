using System;

namespace CosmosKdump.Analyzer.Files;

/// <summary>Tells files that are no dumps by their first bytes, so that the message can name them.</summary>
internal static class FileSignature
{
    /// <summary>The first bytes are those of a dump in a format that the capture kernel writes.</summary>
    public static bool IsDump(ReadOnlySpan<byte> start) =>
        start.StartsWith("\u007FELF"u8) || start.StartsWith("KDUMP   "u8);

    /// <summary>What the file is, as a problem; null for ELF.</summary>
    public static FileProblem? Explain(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("\x7F"u8) && start[1..].StartsWith("ELF"u8))
        {
            return null;
        }
        string what = "not a vmcore: neither an ELF nor a kdump header";
        string? advice = null;
        if (start.StartsWith("DISKDUMP"u8))
        {
            what = "a dump of diskdump, the forerunner of kdump";
            advice = "only ELF and kdump-compressed dumps are read";
        }
        else if (start.IndexOfAnyExcept((byte)0) < 0)
        {
            what = "not a vmcore: it begins with zeros";
        }
        return new FileProblem(what, Advice: advice);
    }
}

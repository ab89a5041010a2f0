using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>Looks for data that <c>ckdump prepare</c> must not destroy.</summary>
public static class ContentCheck
{
    private const int EdgeBytes = AreaLabel.BlankBytes;
    private const int ScanBytes = 4 << 20;
    private const int BlkidNothingFound = 2;
    private const int BlkidFound = 0;

    private static readonly string[] BlkidPaths = ["/usr/sbin/blkid", "/sbin/blkid"];

    /// <summary>
    /// Throws a <see cref="ToolException"/> if the file or device holds anything worth keeping. A device is judged by what
    /// blkid knows and by its first and last MiB; a file, which has no table or superblock that would have to be there, by
    /// every byte that was ever written to it.
    /// </summary>
    public static void RequireNothingOfValue(AreaFile area)
    {
        RequireNoFileSystem(area);
        byte[] first = ReadEdge(area, 0);
        Status status = area.ReadLabel(out AreaLabel label);
        string? file = NameOf(first);
        int blankBytes = (int)Math.Min(first.Length, Math.Max(0, area.LabelOffsetBytes));
        // An empty area that is a file has stamps, and it is ours by its label.
        if (status == Status.Ok && (label.IsFile || IsZero(first.AsSpan(0, blankBytes))))
        {
            return;
        }
        if (file is not null)
        {
            throw Refusal(area.Path, null, $"holds {file}");
        }
        RequireZeros(area.Path, first, 0);
        if (area.Kind == FileKind.Regular)
        {
            RequireZerosOnly(area);
            return;
        }
        long lastOffset = Math.Max(0, area.LengthBytes - EdgeBytes);
        RequireZeros(area.Path, ReadEdge(area, lastOffset), lastOffset);
    }

    /// <summary>Throws a <see cref="ToolException"/> if blkid knows what the file or device holds.</summary>
    public static void RequireNoFileSystem(AreaFile area)
    {
        if (FindByBlkid(area.Path) is string known)
        {
            throw Refusal(area.Path, null, $"holds {known}");
        }
    }

    /// <summary>The area holds a dump that was not saved, and that nothing was written over since.</summary>
    public static bool HoldsUnsavedDump(AreaFile area, in AreaLabel label)
    {
        if (!label.HoldsUnsavedDump || !FileBytes.TryOpen(area.Path, out FileBytes? file, out _))
        {
            return false;
        }
        using (file)
        {
            return (label.HeaderBytes > 0 && DumpHeader.Matches(file, label)) || DumpHeader.LooksLikeOne(file);
        }
    }

    private static string? NameOf(ReadOnlySpan<byte> first)
    {
        if (first.StartsWith("\u007FELF"u8))
        {
            return "an ELF file (a vmcore?)";
        }
        return first.StartsWith("KDUMP   "u8) || first.StartsWith("makedumpfile"u8) ? "a kdump-compressed vmcore" : null;
    }

    // Holes, and blocks that were only allocated, have no data.
    private static void RequireZerosOnly(AreaFile area)
    {
        byte[] buffer = new byte[ScanBytes];
        long at = Posix.NextData(area.Handle, 0, area.LengthBytes);
        while (at < area.LengthBytes)
        {
            long end = Posix.NextHole(area.Handle, at, area.LengthBytes);
            while (at < end)
            {
                int length = area.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)), at);
                if (length == 0)
                {
                    return;
                }
                RequireZeros(area.Path, buffer.AsSpan(0, length), at);
                at += length;
            }
            at = Posix.NextData(area.Handle, at, area.LengthBytes);
        }
    }

    private static byte[] ReadEdge(AreaFile area, long offsetBytes)
    {
        byte[] edge = new byte[Math.Min(EdgeBytes, area.LengthBytes - offsetBytes)];
        area.Read(edge, offsetBytes);
        return edge;
    }

    private static bool IsZero(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExcept((byte)0) < 0;

    private static void RequireZeros(string path, ReadOnlySpan<byte> bytes, long offsetBytes)
    {
        int at = bytes.IndexOfAnyExcept((byte)0);
        if (at >= 0)
        {
            throw Refusal(path, offsetBytes + at, "holds data of an unknown kind");
        }
    }

    private static ToolException Refusal(string path, long? offsetBytes, string what)
    {
        const string Advice = "use --force to destroy it";
        return offsetBytes is long offset ? new(path, offset, what, Advice) : new(path, what, Advice);
    }

    // blkid(8): low-level probing (-p) exits with 2 if nothing was found, with 8 if the result is ambivalent.
    private static string? FindByBlkid(string path)
    {
        string? program = BlkidPaths.FirstOrDefault(File.Exists);
        if (program is null)
        {
            // Whatever blkid would know lies in the first or last MiB, which must be zero anyway.
            return null;
        }
        var start = new ProcessStartInfo(program, ["-p", "-o", "export", "--", path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return DescribeBlkid(process.ExitCode, output);
        }
        catch (Win32Exception failure)
        {
            throw new ToolException(program, failure.Message);
        }
    }

    /// <summary>
    /// What <c>blkid -p -o export</c> found, by its exit code and output; null: nothing. Of a partition it also tells
    /// the entry in its disk's table (PART_ENTRY_...), which is no content.
    /// </summary>
    public static string? DescribeBlkid(int exitCode, string output)
    {
        if (exitCode == BlkidNothingFound)
        {
            return null;
        }
        string? type = Value(output, "TYPE");
        string? table = Value(output, "PTTYPE");
        string? label = Value(output, "LABEL");
        string name = label is null ? "" : $" \"{label}\"";
        if (type is not null)
        {
            return $"a file system or volume of type {type}{name}";
        }
        return table is not null ? $"a partition table of type {table}"
            : exitCode == BlkidFound ? null
            : "signatures of more than one kind (see blkid -p)";
    }

    private static string? Value(string output, string key)
    {
        string prefix = key + "=";
        string? line = output.Split('\n').FirstOrDefault(each => each.StartsWith(prefix, StringComparison.Ordinal));
        return line?[prefix.Length..];
    }
}

using System;
using System.IO;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode.Flat;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>Changes how a file holds a dump, and nothing of the dump: flattened to plain, and plain to flattened.</summary>
public static class Rearrangement
{
    /// <summary>The name of standard input.</summary>
    public const string StandardInput = "-";

    private const int PieceBytes = 1 << 20;

    /// <summary>
    /// Makes a plain file of a flattened one, which may come from standard input, as <c>makedumpfile -R</c> does. What
    /// has no end mark is kept as FILE.incomplete, marked; that and other errors are <see cref="ToolException"/>s.
    /// </summary>
    public static void ToPlain(string source, string target, TerminalProgress progress)
    {
        string partial = OutputFile.IncompleteName(target);
        OutputFile.RequireMissing(target);
        OutputFile.RequireMissing(partial);
        using Stream input = OpenInput(source);
        byte[] buffer = new byte[PieceBytes];
        if (input.ReadAtLeast(buffer.AsSpan(0, FlatFormat.HeaderBytes), FlatFormat.HeaderBytes, throwOnEndOfStream: false)
                < FlatFormat.HeaderBytes
            || !FlatFormat.IsHeader(buffer))
        {
            throw new ToolException(source, "not a flattened dump", "with --flatten, --rearrange makes one");
        }
        ulong total = input is FileStream file ? (ulong)file.Length : 0;
        using ConvertOutput output = ConvertOutput.Open(target);
        var plain = (FileStream)output.Stream;
        long done = FlatFormat.HeaderBytes;
        FileProblem? problem;
        do
        {
            problem = CopyRecord(input, plain, buffer, ref done, out bool isEnd);
            if (isEnd)
            {
                output.Keep();
                OutputFile.SyncDirectoryOf(target);
                return;
            }
            progress.Report((ulong)done, Math.Max(total, (ulong)done));
        }
        while (problem is null);
        if (plain.Length == 0)
        {
            throw Inspect.VmcoreArgument.Failure(source, problem);
        }
        Mark(plain);
        output.Keep(partial);
        OutputFile.SyncDirectoryOf(target);
        throw ToolException.Incomplete(source, problem.OffsetBytes, problem.What, $"what came before is kept as {partial}");
    }

    /// <summary>Makes a flattened stream of a dump; errors are <see cref="ToolException"/>s.</summary>
    public static void ToFlattened(string source, string target, TerminalProgress progress)
    {
        if (!VmcoreFile.TryOpen(source, out VmcoreFile? vmcore, out FileProblem? problem))
        {
            throw Inspect.VmcoreArgument.Failure(source, problem);
        }
        using (vmcore)
        {
            if (vmcore.Bytes.Problem is FileProblem cut)
            {
                throw Inspect.VmcoreArgument.Failure(source, cut);
            }
            // All of a file, its mark if it has one included; of a dump area, the dump.
            ulong length = vmcore.Area is { HasLabel: true } ? vmcore.LengthBytes : (ulong)vmcore.Bytes.LengthBytes;
            using ConvertOutput output = ConvertOutput.Open(target);
            byte[] buffer = new byte[FlatFormat.RecordBytes + PieceBytes];
            FlatFormat.WriteHeader(buffer);
            output.Stream.Write(buffer, 0, FlatFormat.HeaderBytes);
            for (ulong done = 0; done < length;)
            {
                int piece = (int)Math.Min(PieceBytes, length - done);
                FlatFormat.WriteRecord(buffer, (long)done, piece);
                if (vmcore.Bytes.Read(done, buffer.AsSpan(FlatFormat.RecordBytes, piece)) != Status.Ok)
                {
                    throw new ToolException(source, (long)done, $"{piece} bytes cannot be read");
                }
                output.Stream.Write(buffer, 0, FlatFormat.RecordBytes + piece);
                done += (ulong)piece;
                progress.Report(done, length);
            }
            FlatFormat.WriteRecord(buffer, FlatFormat.EndMark, FlatFormat.EndMark);
            output.Stream.Write(buffer, 0, FlatFormat.RecordBytes);
            output.Keep();
        }
    }

    private static Stream OpenInput(string source)
    {
        if (source == StandardInput)
        {
            return Console.OpenStandardInput();
        }
        InputFile.RequireKind(source);
        return new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, PieceBytes);
    }

    // What is wrong with the next record, or null. Positions are those in the flattened file.
    private static FileProblem? CopyRecord(
        Stream input, FileStream plain, byte[] buffer, ref long done, out bool isEnd)
    {
        isEnd = false;
        if (!TryRead(input, buffer.AsSpan(0, FlatFormat.RecordBytes), out int got, out string? why))
        {
            return new FileProblem(why ?? "the flattened dump ends without an end mark", done + got);
        }
        FlatFormat.ReadRecord(buffer, out long offset, out long length);
        if ((offset, length) == (FlatFormat.EndMark, FlatFormat.EndMark))
        {
            isEnd = true;
            return null;
        }
        if (offset < 0 || length <= 0 || length > long.MaxValue - offset)
        {
            return new FileProblem($"flattened record of {length} bytes for offset {offset}", done);
        }
        done += FlatFormat.RecordBytes;
        while (length > 0)
        {
            int wanted = (int)Math.Min(buffer.Length, length);
            bool isWhole = TryRead(input, buffer.AsSpan(0, wanted), out got, out why);
            RandomAccess.Write(plain.SafeFileHandle, buffer.AsSpan(0, got), offset);
            done += got;
            if (!isWhole)
            {
                return new FileProblem(
                    why ?? $"the flattened dump ends {length - got} bytes before the end of a record", done);
            }
            offset += got;
            length -= got;
        }
        return null;
    }

    // False at the end of the input, and where it cannot be read: then with the reason.
    private static bool TryRead(Stream input, Span<byte> buffer, out int got, out string? why)
    {
        got = 0;
        why = null;
        try
        {
            for (int more = 1; got < buffer.Length && more > 0; got += more)
            {
                more = input.Read(buffer[got..]);
            }
        }
        catch (IOException failure)
        {
            why = failure.Message;
        }
        return got == buffer.Length;
    }

    // The header of a kdump-compressed dump, for crash, and a label behind any dump, for info and verify.
    private static void Mark(FileStream plain)
    {
        byte[] header = new byte[KdumpMark.HeaderBytes];
        int got = RandomAccess.Read(plain.SafeFileHandle, header, 0);
        bool isKdump = KdumpMark.TrySet(header.AsSpan(0, got)) || header.AsSpan().StartsWith("KDUMP   "u8);
        RandomAccess.Write(plain.SafeFileHandle, header.AsSpan(0, got), 0);
        DumpMark.WriteIncomplete(plain, isKdump ? DumpFormat.Kdump : DumpFormat.Elf, 0, 0, Status.EndMissing);
    }
}

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Analyzer.Files;

/// <summary>Reads the notes of a vmcore (System V gABI, chapter 5, "Note Section").</summary>
internal static class NoteReader
{
    /// <summary>Longest PT_NOTE that is walked: 8,192 CPUs need 3 MiB.</summary>
    private const ulong MostBytes = 64 << 20;

    private const int LongestName = 64;

    /// <summary>
    /// Adds the notes at a place of the file to a list. The result is what ends the walk early, or null; the notes before it
    /// are good.
    /// </summary>
    public static FileProblem? Read(IDumpBytes file, ulong start, ulong bytes, List<VmcoreNote> notes)
    {
        Span<byte> header = stackalloc byte[Note.HeaderBytes];
        Span<byte> nameBuffer = stackalloc byte[LongestName];
        ulong length = Math.Min(bytes, MostBytes);
        if (start > (ulong)file.LengthBytes)
        {
            return new FileProblem($"notes of {bytes} bytes lie past the end of the file", file.LengthBytes);
        }
        for (ulong at = 0; length - at >= Note.HeaderBytes;)
        {
            ulong offset = start + at;
            if (file.Read(offset, header) != Status.Ok)
            {
                return new FileProblem("note cut short by the end of the file", (long)offset);
            }
            uint nameLength = BinaryPrimitives.ReadUInt32LittleEndian(header);
            uint descriptionLength = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            if (nameLength == 0)
            {
                return null;
            }
            ulong nameBytes = (nameLength + 3UL) & ~3UL;
            ulong needed = Note.HeaderBytes + nameBytes + ((descriptionLength + 3UL) & ~3UL);
            if (nameBytes > length || Note.HeaderBytes + nameBytes + descriptionLength > length - at)
            {
                return new FileProblem($"note of {needed} bytes in a segment with {length - at} left", (long)offset);
            }
            Span<byte> name = nameBuffer[..(int)Math.Min(nameLength, LongestName)];
            if (file.Read(offset + Note.HeaderBytes, name) != Status.Ok
                || offset + needed > (ulong)file.LengthBytes)
            {
                return new FileProblem("note cut short by the end of the file", (long)offset);
            }
            notes.Add(new VmcoreNote(
                Encoding.ASCII.GetString(name).TrimEnd('\0'),
                BinaryPrimitives.ReadUInt32LittleEndian(header[8..]),
                offset + Note.HeaderBytes + nameBytes,
                descriptionLength));
            // The padding of the last note may lie outside the segment.
            at = Math.Min(at + needed, length);
        }
        return bytes > MostBytes
            ? new FileProblem($"notes of {bytes} bytes: only {MostBytes} are read", (long)start)
            : null;
    }
}

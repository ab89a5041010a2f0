using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Capture.Fakes;

namespace CosmosKdump.Tests.Unit.Capture.Filter;

/// <summary>The elfcorehdr of <see cref="CrashedPages"/>, with a note of one CPU and VMCOREINFO.</summary>
internal static class CrashedCore
{
    /// <summary>Where it lies.</summary>
    public const ulong HeaderAt = 0x2F0_0000;

    private const ulong NotesAt = 0x2F1_0000;

    /// <summary>Puts it into memory.</summary>
    public static void Plant(CrashedPages pages)
    {
        using MemoryStream notes = new();
        Note(notes, "CORE\0\0\0\0", 5, 1, new byte[336]);
        Note(notes, "VMCOREINFO\0\0", 11, 0, pages.Info);
        byte[] bytes = notes.ToArray();
        Write(pages, NotesAt, bytes);
        byte[] header = new byte[64];
        byte[] start = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        start.CopyTo(header, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(16), 4);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(18), 62);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(52), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(56), 2);
        ulong length = (ulong)bytes.Length;
        Write(pages, HeaderAt, [
            .. header,
            .. CrashImage.Entry(true, 4, 0, [NotesAt, 0, 0, length, length, 0]),
            .. CrashImage.Entry(
                true, 1, 7, [0, 0xFFFF_8880_0000_0000, 0, CrashedPages.MemoryBytes, CrashedPages.MemoryBytes, 0]),
        ]);
    }

    private static void Note(MemoryStream notes, string name, int nameBytes, int type, byte[] description)
    {
        using BinaryWriter writer = new(notes, Encoding.ASCII, leaveOpen: true);
        writer.Write(nameBytes);
        writer.Write(description.Length);
        writer.Write(type);
        writer.Write(Encoding.ASCII.GetBytes(name));
        writer.Write(description);
        writer.Write(new byte[-description.Length & 3]);
    }

    private static void Write(CrashedPages pages, ulong address, byte[] bytes)
    {
        for (int done = 0; done < bytes.Length;)
        {
            int room = Limits.PageBytes - (int)((address + (ulong)done) % Limits.PageBytes);
            int length = Math.Min(room, bytes.Length - done);
            bytes.AsSpan(done, length).CopyTo(pages.Memory.At(address + (ulong)done, length));
            done += length;
        }
    }
}

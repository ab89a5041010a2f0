using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;

/// <summary>Builds a vmcore in memory, laid out like /proc/vmcore: one PT_NOTE, then page-aligned PT_LOADs.</summary>
internal sealed class VmcoreBuilder
{
    public const int Page = 4096;

    private readonly List<(ulong Physical, ulong Virtual, byte[] Bytes)> _segments = [];
    private readonly MemoryStream _notes = new();

    public bool Is64 { get; init; } = true;

    public byte[] Notes => _notes.ToArray();

    public VmcoreBuilder Segment(ulong physical, byte[] bytes, ulong virtualAddress = 0)
    {
        _segments.Add((physical, virtualAddress, bytes));
        return this;
    }

    public VmcoreBuilder Note(string name, uint type, ReadOnlySpan<byte> description)
    {
        byte[] header = new byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(header, name.Length + 1);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), description.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), type);
        _notes.Write(header);
        WritePadded(Encoding.ASCII.GetBytes(name + "\0"));
        WritePadded(description);
        return this;
    }

    public VmcoreBuilder Cpu(uint pid, ulong instructionPointer, ulong stackPointer)
    {
        byte[] status = new byte[336];
        BinaryPrimitives.WriteUInt32LittleEndian(status.AsSpan(32), pid);
        BinaryPrimitives.WriteUInt64LittleEndian(status.AsSpan(112 + (16 * 8)), instructionPointer);
        BinaryPrimitives.WriteUInt64LittleEndian(status.AsSpan(112 + (19 * 8)), stackPointer);
        return Note("CORE", 1, status);
    }

    public VmcoreBuilder Info(string text) => Note("VMCOREINFO", 0, Encoding.ASCII.GetBytes(text));

    public byte[] Build()
    {
        int count = _segments.Count + 1;
        bool isLong = count >= 0xFFFF;
        int headerBytes = Is64 ? 64 : 52;
        int tableBytes = count * (Is64 ? 56 : 32);
        int sectionAt = headerBytes + tableBytes;
        int end = RoundUp(sectionAt + (isLong ? Is64 ? 64 : 40 : 0));
        List<byte[]> table = [Header(4, (ulong)end, 0, 0, (ulong)_notes.Length)];
        int notesAt = end;
        end = RoundUp(end + (int)_notes.Length);
        List<(int At, byte[] Bytes)> pieces = [(notesAt, _notes.ToArray())];
        foreach ((ulong physical, ulong virtualAddress, byte[] bytes) in _segments)
        {
            int at = end + (int)(physical % Page);
            table.Add(Header(1, (ulong)at, virtualAddress, physical, (ulong)bytes.Length));
            pieces.Add((at, bytes));
            end = RoundUp(at + bytes.Length);
        }
        byte[] file = new byte[end];
        WriteElfHeader(file, isLong ? 0xFFFF : count, isLong ? sectionAt : 0);
        if (isLong)
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(sectionAt + (Is64 ? 44 : 28)), count);
        }
        table.SelectMany(entry => entry).ToArray().CopyTo(file, headerBytes);
        foreach ((int at, byte[] bytes) in pieces)
        {
            bytes.CopyTo(file, at);
        }
        return file;
    }

    private static int RoundUp(int length) => (length + Page - 1) / Page * Page;

    private void WritePadded(ReadOnlySpan<byte> bytes)
    {
        _notes.Write(bytes);
        _notes.Write(new byte[(4 - (bytes.Length % 4)) % 4]);
    }

    private void WriteElfHeader(Span<byte> file, int count, int sectionAt)
    {
        "\x7F"u8.CopyTo(file);
        "ELF"u8.CopyTo(file[1..]);
        file[4] = (byte)(Is64 ? 2 : 1);
        file[5] = 1;
        file[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(file[16..], 4);
        BinaryPrimitives.WriteUInt16LittleEndian(file[18..], (ushort)(Is64 ? 62 : 3));
        BinaryPrimitives.WriteUInt32LittleEndian(file[20..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(file[(Is64 ? 32 : 28)..], Is64 ? 64U : 52U);
        BinaryPrimitives.WriteInt32LittleEndian(file[(Is64 ? 40 : 32)..], sectionAt);
        Span<byte> tail = file[(Is64 ? 52 : 40)..];
        BinaryPrimitives.WriteUInt16LittleEndian(tail, (ushort)(Is64 ? 64 : 52));
        BinaryPrimitives.WriteUInt16LittleEndian(tail[2..], (ushort)(Is64 ? 56 : 32));
        BinaryPrimitives.WriteUInt16LittleEndian(tail[4..], (ushort)count);
    }

    private byte[] Header(uint type, ulong offset, ulong virtualAddress, ulong physical, ulong length)
    {
        byte[] entry = new byte[Is64 ? 56 : 32];
        BinaryPrimitives.WriteUInt32LittleEndian(entry, type);
        ulong[] values = [offset, virtualAddress, physical, length, length];
        for (int i = 0; i < values.Length; i++)
        {
            if (Is64)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(8 + (8 * i)), values[i]);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(4 + (4 * i)), (uint)values[i]);
            }
        }
        return entry;
    }
}

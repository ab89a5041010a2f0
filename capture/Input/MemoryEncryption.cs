using System;
using CosmosKdump.Capture.Ranges;

namespace CosmosKdump.Capture.Input;

/// <summary>
/// Finds out whether the crashed kernel's memory is ciphertext for us (AMD SME and SEV: AMD64 APM volume 2, 7.10 and
/// 15.34): what it wrote by addresses with the encryption bit comes back as noise without it.
/// </summary>
public static class MemoryEncryption
{
    /// <summary>
    /// <see cref="Status.MemoryEncrypted"/>, told to the console, if VMCOREINFO names the bit that the kernel encrypted
    /// by (NUMBER(sme_mask), Linux: vmcoreinfo.rst), or if VMCOREINFO is where the notes say only when it is
    /// read by <paramref name="encryptionBit"/>, the address bit that this CPU decrypts by, 0 if it does not. A machine
    /// that could encrypt and does not is <see cref="Status.Ok"/>.
    /// </summary>
    public static Status Check<TMemory, TConsole>(
        ref TMemory memory,
        ref TConsole console,
        in ElfCoreHeader header,
        in LowMemory low,
        in VmcoreInfo info,
        ulong encryptionBit)
        where TMemory : struct, IPhysicalMemory
        where TConsole : struct, IConsole
    {
        if (info.TryGetConstant("sme_mask"u8, out ulong mask) == Status.Ok)
        {
            return mask == 0 ? Status.Ok : Refuse(ref console, mask, "as VMCOREINFO tells"u8);
        }
        return encryptionBit != 0 && info.Text.Length == 0 && IsHidden(ref memory, in header, in low, encryptionBit)
            ? Refuse(ref console, encryptionBit, "VMCOREINFO among it"u8)
            : Status.Ok;
    }

    private static bool IsHidden<TMemory>(
        ref TMemory memory, in ElfCoreHeader header, in LowMemory low, ulong encryptionBit)
        where TMemory : struct, IPhysicalMemory
    {
        Span<byte> name = stackalloc byte[11];
        for (uint i = 0; i < header.Count; i++)
        {
            if (header.TryGet(ref memory, i, out ProgramHeader segment) != Status.Ok
                || segment.Type != ProgramHeader.TypeNote)
            {
                continue;
            }
            ProgramHeader decrypted = segment;
            decrypted.Offset |= encryptionBit;
            NoteWalker walker = low.NotesOf(in decrypted);
            if (walker.MoveNext(ref memory, out Note note) && note.NameBytes == (uint)name.Length
                && memory.Read(note.NameAddress, name) == Status.Ok && name.SequenceEqual("VMCOREINFO\0"u8))
            {
                return true;
            }
        }
        return false;
    }

    private static Status Refuse<TConsole>(ref TConsole console, ulong mask, scoped ReadOnlySpan<byte> source)
        where TConsole : struct, IConsole
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer, Status.MemoryEncrypted);
        line.Add("AMD SME or SEV, by address bit "u8);
        line.AddHex(mask);
        line.Add(", "u8);
        line.Add(source);
        ReportLine.Write(ref console, in line);
        return Status.MemoryEncrypted;
    }
}

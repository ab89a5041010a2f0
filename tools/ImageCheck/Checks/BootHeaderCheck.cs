using System;
using System.Numerics;
using CosmosKdump.ImageCheck.Elf;
using CosmosKdump.ImageCheck.Packing;

namespace CosmosKdump.ImageCheck.Checks;

/// <summary>
/// The boot header of kdump.bzimage (Linux Documentation/arch/x86/boot.rst, protocol 2.15; field offsets as there), and
/// that what is packed behind it is the ELF image.
/// </summary>
public static class BootHeaderCheck
{
    private const ulong SetupSectorsAt = 0x1F1;
    private const ulong SystemSizeAt = 0x1F4;
    private const ulong BootFlagAt = 0x1FE;
    private const ulong MagicAt = 0x202;
    private const ulong VersionAt = 0x206;
    private const ulong LoadFlagsAt = 0x211;
    private const ulong AlignmentAt = 0x230;
    private const ulong RelocatableAt = 0x234;
    private const ulong XLoadFlagsAt = 0x236;
    private const ulong CommandLineSizeAt = 0x238;
    private const ulong PreferredAddressAt = 0x258;
    private const ulong InitSizeAt = 0x260;
    private const ulong HeaderEnd = 0x268;

    private const uint CommandLineBytes = 2047;
    private const ulong PreferredAddressMost = 1 << 20;
    private const ulong PageBytes = 4096;

    // More than this behind the image's end is a mistake: it would be reserved out of a small crashkernel=.
    private const ulong InitSizeSlackBytes = 64 * 1024;

    /// <summary>Runs the check; nothing to do without a bzImage.</summary>
    public static void Run(CheckSubject subject)
    {
        if (subject.BzImage is not ImageFile file)
        {
            return;
        }
        if (file.LengthBytes < (long)HeaderEnd)
        {
            subject.Report(FindingKind.BootHeader, $"{file.Name}: {file.LengthBytes} bytes hold no boot header");
            return;
        }
        Expect(subject, "boot_flag", BootFlagAt, file.UInt16(BootFlagAt), v => v == 0xAA55, "0xaa55");
        Expect(subject, "header", MagicAt, file.UInt32(MagicAt), v => v == 0x53726448, "\"HdrS\"");
        Expect(subject, "version", VersionAt, file.UInt16(VersionAt), v => v == 0x020F, "0x20f");
        Expect(subject, "loadflags", LoadFlagsAt, file.Byte(LoadFlagsAt), v => (v & 1) != 0, "bit 0 (LOADED_HIGH)");
        Expect(subject, "xloadflags", XLoadFlagsAt, file.UInt16(XLoadFlagsAt), v => v == 0x63, "0x63");
        Expect(subject, "relocatable_kernel", RelocatableAt, file.Byte(RelocatableAt), v => v == 1, "1");
        Expect(
            subject, "cmdline_size", CommandLineSizeAt, file.UInt32(CommandLineSizeAt), v => v >= CommandLineBytes,
            $"at least {CommandLineBytes}");
        Expect(
            subject, "pref_address", PreferredAddressAt, file.UInt64(PreferredAddressAt), v => v <= PreferredAddressMost,
            "1 MiB or less");
        Expect(
            subject, "kernel_alignment", AlignmentAt, file.UInt32(AlignmentAt),
            v => v >= PageBytes && BitOperations.IsPow2(v), "a power of two from 4096");
        CheckInitSize(subject, file);
        CheckPayload(subject, file);
    }

    private static void Expect(
        CheckSubject subject, string field, ulong offset, ulong value, Func<ulong, bool> isRight, string wanted)
    {
        if (!isRight(value))
        {
            subject.Report(
                FindingKind.BootHeader,
                $"{subject.BzImage!.Name}: {field} at 0x{offset:x} is 0x{value:x}, must be {wanted}");
        }
    }

    private static void CheckInitSize(CheckSubject subject, ImageFile file)
    {
        ulong needed = subject.Elf.End - subject.Elf.Start;
        uint initSize = file.UInt32(InitSizeAt);
        if (initSize < needed || initSize >= needed + InitSizeSlackBytes)
        {
            subject.Report(
                FindingKind.Size,
                $"{file.Name}: init_size is {initSize}, but the ELF image needs {needed} bytes of memory "
                + $"(at most {InitSizeSlackBytes} more are tolerated)");
        }
    }

    /// <summary>The protected-mode part must unpack to the ELF image, byte for byte, with the 64-bit entry at its place.</summary>
    private static void CheckPayload(CheckSubject subject, ImageFile file)
    {
        ElfImage elf = subject.Elf;
        // boot.rst: "If the setup_sects field contains 0, the real value is 4."
        uint sectors = file.Byte(SetupSectorsAt);
        ulong payloadAt = ((sectors == 0 ? 4 : sectors) + 1) * 512;
        if (payloadAt + EntryCheck.Entry64Bytes >= (ulong)file.LengthBytes)
        {
            subject.Report(FindingKind.BootHeader, $"{file.Name}: setup_sects is {sectors}: no room for the kernel");
            return;
        }
        ulong payloadBytes = (ulong)file.LengthBytes - payloadAt;
        uint paragraphs = file.UInt32(SystemSizeAt);
        if (paragraphs != (payloadBytes + 15) / 16)
        {
            subject.Report(
                FindingKind.BootHeader,
                $"{file.Name}: syssize is {paragraphs} units of 16 bytes, the kernel has {payloadBytes} bytes");
        }
        if (PackedImage.Unpack(elf, file.Slice(payloadAt, payloadBytes).Span, out string why) is not byte[] unpacked)
        {
            subject.Report(FindingKind.BootHeader, $"{file.Name}: {why}");
            return;
        }
        foreach (ElfSection section in elf.Sections)
        {
            if (!section.IsAllocated || !section.HasBytes || section.SizeBytes == 0)
            {
                continue;
            }
            ulong offset = section.Address - elf.Start;
            if (offset + section.SizeBytes > (ulong)unpacked.Length)
            {
                subject.Report(
                    FindingKind.BootHeader, section.Address, $"{file.Name}: ends before the end of section {section.Name}");
            }
            else if (!unpacked.AsSpan((int)offset, (int)section.SizeBytes).SequenceEqual(elf.BytesOf(section).Span))
            {
                subject.Report(
                    FindingKind.BootHeader, section.Address,
                    $"{file.Name}: section {section.Name} differs from the ELF image's");
            }
        }
    }
}

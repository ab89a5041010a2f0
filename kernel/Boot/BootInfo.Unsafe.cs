using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Boot;

/// <summary>
/// What the loader told us, whatever its protocol. Read while the loader's page tables are still in force, which map
/// all of this one to one; everything is copied, bounded.
/// </summary>
internal struct BootInfo
{
    internal const ulong KindLinux = 0;
    internal const ulong KindPvh = 1;
    internal const ulong KindMultiboot2 = 2;

    /// <summary>One of the Kind constants.</summary>
    internal ulong Kind;

    /// <summary>Bytes of the command line, without the terminating NUL.</summary>
    internal int CommandLineLength;

    /// <summary>Physical address of the ACPI root pointer, 0 if the loader did not say.</summary>
    internal ulong AcpiRootPointer;

    /// <summary>Physical address of the initrd, or of the first module; 0: there is none.</summary>
    internal ulong InitrdAddress;

    /// <summary>Its length, bytes, as the loader says.</summary>
    internal ulong InitrdBytes;

    /// <summary>Reads the loader's information and copies the command line.</summary>
    internal static unsafe BootInfo Read(ulong kind, ulong information, Span<byte> commandLine)
    {
        var info = new BootInfo { Kind = kind };
        if (information == 0)
        {
            return info;
        }

        // The loader vouches for these structures; lengths inside them are bounded before use.
        byte* at = (byte*)information;
        if (kind == KindLinux)
        {
            info.ReadLinux(at, commandLine);
        }
        else if (kind == KindPvh)
        {
            info.ReadPvh(at, commandLine);
        }
        else
        {
            info.ReadMultiboot2(at, commandLine);
        }
        return info;
    }

    /// <summary>struct boot_params (Documentation/arch/x86/zero-page.rst); upper halves in the ext_ fields.</summary>
    private unsafe void ReadLinux(byte* at, Span<byte> commandLine)
    {
        AcpiRootPointer = *(ulong*)(at + 0x070);
        ulong pointer = *(uint*)(at + 0x228) | ((ulong)*(uint*)(at + 0x0C8) << 32);
        CopyCommandLine((byte*)pointer, commandLine);
        InitrdAddress = *(uint*)(at + 0x218) | ((ulong)*(uint*)(at + 0x0C0) << 32);
        InitrdBytes = *(uint*)(at + 0x21C) | ((ulong)*(uint*)(at + 0x0C4) << 32);
    }

    /// <summary>struct hvm_start_info (Xen, public/arch-x86/hvm/start_info.h).</summary>
    private unsafe void ReadPvh(byte* at, Span<byte> commandLine)
    {
        const uint Magic = 0x336EC578;
        if (*(uint*)at != Magic)
        {
            return;
        }
        CopyCommandLine((byte*)*(ulong*)(at + 24), commandLine);
        AcpiRootPointer = *(ulong*)(at + 32);
        // struct hvm_modlist_entry: paddr, size.
        ulong* module = *(uint*)(at + 12) == 0 ? null : (ulong*)*(ulong*)(at + 16);
        if (module != null)
        {
            InitrdAddress = module[0];
            InitrdBytes = module[1];
        }
    }

    /// <summary>Boot information tags (multiboot2 specification, 3.6): 1 command line, 3 module, 14 and 15 copies of the RSDP.</summary>
    private unsafe void ReadMultiboot2(byte* at, Span<byte> commandLine)
    {
        uint total = *(uint*)at;
        uint offset = 8;
        for (int i = 0; i < 64 && offset + 8 <= total && total <= 1 << 20; i++)
        {
            uint type = *(uint*)(at + offset);
            uint size = *(uint*)(at + offset + 4);
            if (type == 0 || size < 8)
            {
                break;
            }
            if (type == 1)
            {
                CopyCommandLine(at + offset + 8, commandLine);
            }
            else if (type == 3 && size >= 16 && InitrdAddress == 0)
            {
                InitrdAddress = *(uint*)(at + offset + 8);
                uint end = *(uint*)(at + offset + 12);
                InitrdBytes = end > InitrdAddress ? end - InitrdAddress : 0;
            }
            else if (type is 14 or 15)
            {
                AcpiRootPointer = (ulong)(at + offset + 8);
            }
            offset += (size + 7) & ~7U;
        }
    }

    private unsafe void CopyCommandLine(byte* source, Span<byte> commandLine)
    {
        CommandLineLength = 0;
        if (source == null)
        {
            return;
        }
        while (CommandLineLength < commandLine.Length && source[CommandLineLength] != 0)
        {
            commandLine[CommandLineLength] = source[CommandLineLength];
            CommandLineLength++;
        }
    }
}

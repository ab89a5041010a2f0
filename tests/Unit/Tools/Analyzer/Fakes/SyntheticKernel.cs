using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;

/// <summary>
/// A crashed kernel in 512 KiB of memory: an image at phys_base, a name, page tables, and whatever a test places.
/// </summary>
internal sealed class SyntheticKernel
{
    public const ulong Physical = 0x1200_0000;
    public const ulong Image = 0xFFFF_FFFF_8900_0000;
    public const ulong CrashTime = 1_795_208_207;
    public const string Release = "6.1.0-56-cloud-amd64";

    private const ulong KernelMap = 0xFFFF_FFFF_8000_0000;

    private readonly List<string> _info = [];
    private ulong _free = Image;

    public SyntheticKernel(int memoryBytes = 512 * 1024, int levels = 4)
    {
        Memory = new byte[memoryBytes];
        Levels = levels;
        TopTable = Take(4096);
        ulong name = Take(4096);
        WriteText(name, "Linux");
        WriteText(name + 65, "testhost");
        WriteText(name + 130, Release);
        WriteText(name + 195, "#1 SMP");
        WriteText(name + 260, "x86_64");
        Info("OSRELEASE=" + Release);
        Info("PAGESIZE=4096");
        Info($"SYMBOL(init_uts_ns)={name:x}");
        Info("OFFSET(uts_namespace.name)=0");
        Info($"SYMBOL(swapper_pg_dir)={TopTable:x}");
        Info($"NUMBER(phys_base)={(long)(Physical - (Image - KernelMap))}");
        Info($"NUMBER(pgtable_l5_enabled)={(levels == 5 ? 1 : 0)}");
        Info($"CRASHTIME={CrashTime}");
    }

    public byte[] Memory { get; }

    public int Levels { get; }

    public ulong TopTable { get; }

    /// <summary>Adds a line to VMCOREINFO, or replaces the one with its key.</summary>
    public SyntheticKernel Info(string line)
    {
        Forget(line[..line.IndexOf('=')]);
        _info.Add(line);
        return this;
    }

    public void Forget(string key) => _info.RemoveAll(line => line.StartsWith(key + "=", StringComparison.Ordinal));

    /// <summary>Takes zeroed memory of the image, page-aligned; returns its virtual address.</summary>
    public ulong Take(int bytes)
    {
        ulong address = _free;
        _free += (ulong)((bytes + 4095) / 4096 * 4096);
        return _free - Image <= (ulong)Memory.Length
            ? address
            : throw new InvalidOperationException("the synthetic kernel's memory is too small");
    }

    public Span<byte> At(ulong address) => Memory.AsSpan((int)(address - Image));

    public void Write64(ulong address, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(At(address), value);

    public void Write32(ulong address, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(At(address), value);

    public void WriteText(ulong address, string text) => Encoding.UTF8.GetBytes(text).CopyTo(At(address));

    public static ulong PhysicalOf(ulong address) => address - Image + Physical;

    /// <summary>Maps a page of 4 KiB (level 1), 2 MiB (2) or 1 GiB (3) in the page tables.</summary>
    public void Map(ulong address, ulong physical, int level = 1)
    {
        ulong table = TopTable;
        for (int at = Levels; at > level; at--)
        {
            ulong entry = EntryOf(table, address, at);
            if (BinaryPrimitives.ReadUInt64LittleEndian(At(entry)) == 0)
            {
                Write64(entry, PhysicalOf(Take(4096)) | 0x63);
            }
            ulong next = BinaryPrimitives.ReadUInt64LittleEndian(At(entry)) & ~0xFFFUL;
            table = next - Physical + Image;
        }
        Write64(EntryOf(table, address, level), physical | 0x8000_0000_0000_0063 | (level > 1 ? 0x80UL : 0));
    }

    public static ulong EntryOf(ulong table, ulong address, int level) =>
        table + (((address >> (12 + (9 * (level - 1)))) & 511) * 8);

    /// <summary>A vmcore of it, with two CPUs; more segments may be added.</summary>
    public VmcoreBuilder ToBuilder(bool is64 = true) => new VmcoreBuilder { Is64 = is64 }
        .Cpu(101, Image + 0x1234, 0xFF5D_0B38_403F_FAF8)
        .Cpu(0, Image + 0x5678, 0xFF5D_0B38_4009_BED8)
        .Info(string.Join('\n', _info) + "\n")
        .Segment(Physical, Memory);

    public byte[] ToVmcore() => ToBuilder().Build();
}

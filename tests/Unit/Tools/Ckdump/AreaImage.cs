using System;
using System.IO;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

/// <summary>An image file that the capture kernel could have left: a dump, and a label.</summary>
internal sealed class AreaImage
{
    public const ulong CrashTime = 1_700_000_000;
    public const int HeaderBytes = 8192;

    private static readonly byte[] ElfMagic = [0x7F, 0x45, 0x4C, 0x46];

    public AreaImage(TestFolder folder, AreaState state, int dumpBytes = 1 << 20, string name = "area.img",
        LabelEdit? edit = null)
    {
        Dump = new byte[dumpBytes];
        new Random(4).NextBytes(Dump);
        ElfMagic.CopyTo(Dump);
        Dump.AsSpan(dumpBytes / 4, dumpBytes / 2).Clear();
        Path = folder.Make(name, dumpBytes + (1 << 20), 0, Dump);
        using AreaFile area = AreaFile.Open(Path, write: true);
        AreaLabel label = AreaLabel.Create(new AreaUuid(1, 2), (ulong)area.LengthBytes);
        label.State = state;
        label.Sequence = 3;
        label.CrashTimeSeconds = CrashTime;
        label.DumpLengthBytes = (ulong)dumpBytes;
        label.Format = DumpFormat.Elf;
        label.HeaderBytes = HeaderBytes;
        label.HeaderChecksum = Crc32C.Of(Dump.AsSpan(0, HeaderBytes));
        label.PagesWritten = state == AreaState.Writing ? 0 : (ulong)dumpBytes / 4096;
        if (state == AreaState.Incomplete)
        {
            label.PagesWritten -= 6;
            label.PagesLost = 6;
            label.Outcome = Status.PagesLost;
        }
        edit?.Invoke(ref label);
        area.WriteLabel(label);
    }

    public delegate void LabelEdit(ref AreaLabel label);

    public string Path { get; }

    public byte[] Dump { get; }

    public AreaLabel Label
    {
        get
        {
            using AreaFile area = AreaFile.Open(Path, write: false);
            return area.RequireLabel();
        }
    }

    /// <summary>Overwrites bytes of the dump.</summary>
    public void Overwrite(long offset, ReadOnlySpan<byte> bytes)
    {
        using FileStream file = File.OpenWrite(Path);
        file.Position = offset;
        file.Write(bytes);
    }

    public void Spoil(long offsetFromEnd, byte value)
    {
        using FileStream file = File.OpenWrite(Path);
        file.Position = file.Length - offsetFromEnd;
        file.WriteByte(value);
    }
}

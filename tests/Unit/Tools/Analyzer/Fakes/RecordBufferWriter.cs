using System;
using System.Buffers.Binary;
using System.Text;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;

/// <summary>Writes the log of Linux 3.5 to 5.9 into a synthetic kernel: records at places that the test chooses.</summary>
internal sealed class RecordBufferWriter
{
    public const int HeaderBytes = 16;

    private readonly SyntheticKernel _kernel;
    private readonly ulong _variables;

    public RecordBufferWriter(SyntheticKernel kernel, uint lengthBytes = 4096, string structure = "printk_log")
    {
        _kernel = kernel;
        Buffer = kernel.Take((int)lengthBytes);
        _variables = kernel.Take(4096);
        kernel.Write64(_variables, Buffer);
        kernel.Write32(_variables + 8, lengthBytes);
        string[] lines =
        [
            $"SYMBOL(log_buf)={_variables:x}", $"SYMBOL(log_buf_len)={_variables + 8:x}",
            $"SYMBOL(log_first_idx)={_variables + 12:x}", $"SYMBOL(log_next_idx)={_variables + 16:x}",
            $"SIZE({structure})={HeaderBytes}", $"OFFSET({structure}.ts_nsec)=0", $"OFFSET({structure}.len)=8",
            $"OFFSET({structure}.text_len)=10", $"OFFSET({structure}.dict_len)=12",
        ];
        Array.ForEach(lines, line => kernel.Info(line));
    }

    public ulong Buffer { get; }

    public void SetFirst(uint index) => _kernel.Write32(_variables + 12, index);

    public void SetNext(uint index) => _kernel.Write32(_variables + 16, index);

    /// <summary>Writes a record and moves the end behind it; returns the index behind it.</summary>
    public uint Add(uint index, string text, ulong nanoseconds = 0, int level = 6)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        ushort length = (ushort)((HeaderBytes + bytes.Length + 7) & ~7);
        Span<byte> raw = _kernel.At(Buffer + index);
        BinaryPrimitives.WriteUInt64LittleEndian(raw, nanoseconds);
        BinaryPrimitives.WriteUInt16LittleEndian(raw[8..], length);
        BinaryPrimitives.WriteUInt16LittleEndian(raw[10..], (ushort)bytes.Length);
        raw[15] = (byte)(level << 5);
        bytes.CopyTo(raw[HeaderBytes..]);
        SetNext(index + length);
        return index + length;
    }

    /// <summary>Writes the mark that leads back to the start of the buffer.</summary>
    public void Wrap(uint index) => _kernel.At(Buffer + index)[..HeaderBytes].Clear();

    /// <summary>Sets the length of the record at an index.</summary>
    public void SetLength(uint index, ushort length) =>
        BinaryPrimitives.WriteUInt16LittleEndian(_kernel.At(Buffer + index + 8), length);
}

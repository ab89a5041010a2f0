using System;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Capture.Input;
using CosmosKdump.Kernel.Compress;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Report;

/// <summary>
/// Compresses pages of our own code, which the images on the host hold too, by each compressor, and tells how many
/// bytes came out, their CRC-32C, and how long it took.
/// </summary>
internal static unsafe class CodecTest
{
    private const int Batches = 4;

    // The first holds a GDT, in which the CPU sets bits.
    private const int FirstPage = 1;

    internal static void Run()
    {
        for (Compressor kind = Compressor.Lzo; kind <= Compressor.Zstd; kind++)
        {
            // A plain function of this class; a fault ends it, not the self test.
            Status status = Step.Run(&Try, (ulong)kind);
            if (status != Status.Ok)
            {
                TellFailure(kind, status);
            }
        }
    }

    private static Status Try(ulong kind)
    {
        Status status = KernelCodec.Create((Compressor)kind, StaticMemory.Codec(0), out KernelCodec codec);
        if (status != Status.Ok)
        {
            return status;
        }
        OldMemory memory = default;
        Span<ulong> addresses = stackalloc ulong[PageBatch.MaxPages];
        Span<PageResult> results = stackalloc PageResult[PageBatch.MaxPages];
        Span<byte> buffer = stackalloc byte[Limits.PageBytes];
        Span<byte> output = StaticMemory.Staging.Bytes(0, PageBatch.OutputBytes);
        uint checksum = 0;
        ulong bytes = 0;
        ulong ticks = 0;
        for (int batch = 0; batch < Batches; batch++)
        {
            for (int i = 0; i < addresses.Length; i++)
            {
                int page = FirstPage + (batch * addresses.Length) + i;
                addresses[i] = Image.Start() + (ulong)(page * Limits.PageBytes);
            }
            ulong start = Cpu.Timestamp();
            int used = PageBatch.Run(ref memory, ref codec, compresses: true, addresses, buffer, output, results);
            ticks += Cpu.Timestamp() - start;
            checksum = Crc32C.Append(checksum, output.Slice(0, used));
            bytes += (ulong)used;
        }
        Tell((Compressor)kind, bytes, checksum, ticks);
        return Status.Ok;
    }

    private static void TellFailure(Compressor kind, Status status)
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = Begin(buffer, kind);
        line.Add("FAILED: "u8);
        line.AddStatus(status);
        Write(ref line);
    }

    private static void Tell(Compressor kind, ulong bytes, uint checksum, ulong ticks)
    {
        const ulong Pages = Batches * PageBatch.MaxPages;
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = Begin(buffer, kind);
        line.AddDecimal(Pages);
        line.Add(" pages, "u8);
        line.AddDecimal(bytes);
        line.Add(" bytes, CRC-32C "u8);
        line.AddHex(checksum);
        line.Add(", "u8);
        line.AddDecimal(ticks / Clock.TicksPerMicrosecond / Pages);
        line.Add(" us a page"u8);
        Write(ref line);
    }

    private static TextLine Begin(Span<byte> buffer, Compressor kind)
    {
        TextLine line = ReportLine.Begin(buffer);
        line.Add("selftest: codec "u8);
        line.Add(kind switch
        {
            Compressor.Lzo => "lzo"u8,
            Compressor.Zlib => "zlib"u8,
            _ => "zstd"u8,
        });
        line.Add(": "u8);
        return line;
    }

    private static void Write(ref TextLine line)
    {
        LogConsole console = default;
        ReportLine.Write(ref console, in line);
    }
}

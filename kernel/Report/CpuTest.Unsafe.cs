using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Capture.Input;
using CosmosKdump.Kernel.Compress;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Kernel.Machine.Smp;

namespace CosmosKdump.Kernel.Report;

/// <summary>
/// Compresses the pages of <see cref="CodecTest"/> on all CPUs, some rounds over; then once more, while one of the CPUs
/// is lost with a batch in its hands.
/// </summary>
internal static unsafe class CpuTest
{
    private const int Rounds = 8;
    private const int Batches = 4;
    private const int FirstPage = 1;
    private const int FaultingCpu = 1;
    private const uint FaultMilliseconds = 1000;

    private static KernelPageCompressor _compressor;
    private static int _cpus;
    private static bool _isFaulting;

    internal static void Run(int cpus)
    {
        _cpus = cpus;
        // A plain function of this class; a fault ends it, not the self test.
        Status status = Step.Run(&Try, 0);
        if (status != Status.Ok)
        {
            Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
            TextLine line = ReportLine.Begin(buffer, status);
            line.Add("selftest: CPUs"u8);
            Write(ref line);
        }
    }

    private static Status Try(ulong unused)
    {
        ulong start = Clock.Microseconds;
        Status status = KernelPageCompressor.Create(Compressor.Zstd, _cpus, out _compressor);
        ulong took = Clock.Microseconds - start;
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer);
        line.Add("selftest: "u8);
        line.AddDecimal((ulong)Processors.Count);
        line.Add(" CPUs after "u8);
        line.AddDecimal(took);
        line.Add(" us"u8);
        Write(ref line);

        start = Clock.Microseconds;
        uint checksum = Round(out ulong bytes);
        bool same = true;
        for (int i = 1; i < Rounds; i++)
        {
            same &= Round(out _) == checksum;
        }
        took = Clock.Microseconds - start;
        Tell("all CPUs"u8, bytes, checksum, same);
        line = ReportLine.Begin(buffer);
        line.Add("selftest: "u8);
        line.AddDecimal(took / (Rounds * Batches * PageBatch.MaxPages));
        line.Add(" us a page on all CPUs"u8);
        Write(ref line);
        if (Processors.Count > 1)
        {
            // Plain functions, of this class and of the one that set it before.
            _isFaulting = true;
            Processors.Work = &TakeAndFault;
            uint again = Round(out bytes);
            Processors.Work = &BatchWork.WorkOn;
            _isFaulting = false;
            Tell("a CPU lost"u8, bytes, again, again == checksum && !Processors.IsRunning(FaultingCpu));
        }
        return status;
    }

    /// <summary>All pages once, every slot in turn; the checksum of what came out, in order.</summary>
    private static uint Round(out ulong bytes)
    {
        Span<ulong> addresses = stackalloc ulong[PageBatch.MaxPages];
        int slots = _compressor.Slots;
        uint checksum = 0;
        bytes = 0;
        for (int batch = 0; batch < Batches + slots; batch++)
        {
            if (batch >= slots && batch - slots < Batches)
            {
                CompressedBatch done = _compressor.Finish((batch - slots) % slots);
                checksum = Crc32C.Append(checksum, done.Bytes);
                bytes += (ulong)done.Bytes.Length;
            }
            if (batch < Batches)
            {
                for (int i = 0; i < addresses.Length; i++)
                {
                    int page = FirstPage + (batch * addresses.Length) + i;
                    addresses[i] = Image.Start() + (ulong)(page * Limits.PageBytes);
                }
                _compressor.Start(batch % slots, addresses, compresses: true);
                WaitForFault();
            }
        }
        return checksum;
    }

    private static void WaitForFault()
    {
        Deadline deadline = Deadline.AfterMilliseconds(FaultMilliseconds);
        while (_isFaulting && CpuBlock.Of(FaultingCpu).State == CpuBlock.Running && !deadline.HasPassed)
        {
            Cpu.Pause();
        }
    }

    private static bool TakeAndFault(int cpu)
    {
        if (cpu == FaultingCpu && BatchWork.TryTake(cpu, out _))
        {
            _ = NullRead(0);
        }
        return false;
    }

    private static void Tell(ReadOnlySpan<byte> what, ulong bytes, uint checksum, bool isGood)
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer);
        line.Add("selftest: zstd on "u8);
        line.Add(what);
        line.Add(": "u8);
        line.AddDecimal(Batches * PageBatch.MaxPages);
        line.Add(" pages, "u8);
        line.AddDecimal(bytes);
        line.Add(" bytes, CRC-32C "u8);
        line.AddHex(checksum);
        line.Add(isGood ? ": ok"u8 : ": FAILED"u8);
        Write(ref line);
    }

    private static void Write(ref TextLine line)
    {
        LogConsole console = default;
        ReportLine.Write(ref console, in line);
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "provoke_null_read")]
    private static extern Status NullRead(ulong unused);
}

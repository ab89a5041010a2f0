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
/// Compresses the pages of <see cref="CodecTest"/> on all CPUs, some rounds over; then again after page tables were
/// recycled, while a CPU faults with a batch in its hands, and while one does not end its batch, whether it is waited for
/// or page tables are recycled.
/// </summary>
internal static unsafe class CpuTest
{
    private const int Rounds = 8;
    private const int Batches = 4;
    private const int FirstPage = 1;
    private const int AnyCpu = 0;
    private const int FaultingCpu = 1;
    private const int HangingCpu = 2;
    private const int HeldCpu = 3;
    private const uint TakenMilliseconds = 1000;
    private const uint StoppedMilliseconds = 50;
    private const int FarAddresses = 64;

    private static KernelPageCompressor _compressor;
    private static int _cpus;
    private static int _trial;
    private static bool _isTaken;
    private static bool _isOutlived;

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

        _isTaken = true;
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
        Recycle();
        Lose("a further CPU"u8, AnyCpu, checksum);
        Lose("a CPU lost"u8, FaultingCpu, checksum);
        Lose("a CPU stopped"u8, HangingCpu, checksum);
        if (!Cpu.HasGiantPages)
        {
            Lose("a CPU held"u8, HeldCpu, checksum);
        }
        return status;
    }

    /// <summary>A round in which a CPU, if there is that one, takes a batch and is lost, or any further one does its work.</summary>
    private static void Lose(ReadOnlySpan<byte> what, int cpu, uint expected)
    {
        if (Processors.Count <= Math.Max(cpu, 1))
        {
            return;
        }
        // Plain functions, of this class and of the one that set it before.
        _trial = cpu;
        _isTaken = false;
        _isOutlived = false;
        Processors.Work = &Take;
        uint checksum = Round(out ulong bytes);
        Processors.Work = &BatchWork.WorkOn;
        bool isGood = checksum == expected && _isTaken && !_isOutlived;
        if (cpu != AnyCpu)
        {
            // Nor does it go on.
            _isTaken = false;
            WaitUntilTaken(StoppedMilliseconds);
            isGood &= !_isTaken && !Processors.IsRunning(cpu);
        }
        _isTaken = true;
        Tell(what, bytes, checksum, isGood);
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
                WaitUntilTaken(TakenMilliseconds);
                if (_trial == HeldCpu)
                {
                    // Not even a CPU that does not end its batch goes on while tables change.
                    Recycle();
                    _isOutlived |= Processors.IsRunning(HeldCpu);
                }
            }
        }
        return checksum;
    }

    /// <summary>Without 1 GiB pages, asks for more page tables than there are; nothing is read there.</summary>
    private static void Recycle()
    {
        for (ulong i = 0; i < FarAddresses && !Cpu.HasGiantPages; i++)
        {
            _ = PageTables.TryMapOnDemand(i << 30);
        }
    }

    private static void WaitUntilTaken(uint milliseconds)
    {
        Deadline deadline = Deadline.AfterMilliseconds(milliseconds);
        while (!_isTaken && !deadline.HasPassed)
        {
            Cpu.Pause();
        }
    }

    private static bool Take(int cpu)
    {
        if (_trial == AnyCpu)
        {
            bool hasWorked = BatchWork.WorkOn(cpu);
            _isTaken |= hasWorked;
            return hasWorked;
        }
        if (cpu != _trial || !BatchWork.TryTake(cpu, out _))
        {
            return false;
        }
        _isTaken = true;
        if (cpu == FaultingCpu)
        {
            _ = NullRead(0);
        }
        while (true)
        {
            _isTaken = true;
            Cpu.Pause();
        }
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

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Checks;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Analyzer.Log;
using CosmosKdump.Capture.Area;
using CosmosKdump.Capture.Input;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Files;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer;

/// <summary>Vmcores with random damage: whatever it is, every reader comes to an end and says it in one line.</summary>
public sealed class MutationTests : IDisposable
{
    private const int Rounds = 250;

    private static readonly byte[][] Interesting =
    [
        [0x00], [0xFF], [0x80], [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        [0, 0, 0, 0, 0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0x80], [26, 0, 0, 0], [31, 0, 0, 0],
    ];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_damaged_ring_buffer_vmcore_is_read_to_an_end(int seed) => Mutate(seed, RingVmcore(seed % 2 == 0));

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void A_damaged_record_buffer_vmcore_is_read_to_an_end(int seed) => Mutate(seed, RecordVmcore());

    [Fact]
    public void A_damaged_area_is_read_to_an_end() =>
        Mutate(21, VmcoreFileTests.AreaBytes(RingVmcore(true), AreaState.Complete));

    [Theory]
    [InlineData(31, Compressor.Zlib)]
    [InlineData(32, Compressor.Lzo)]
    [InlineData(33, Compressor.Zstd)]
    [InlineData(34, Compressor.None)]
    public void A_damaged_kdump_dump_is_read_to_an_end(int seed, Compressor compressor) =>
        Mutate(seed, KdumpDump(compressor));

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    public void A_damaged_flattened_dump_is_read_to_an_end(int seed)
    {
        byte[] dump = seed % 2 == 0 ? RingVmcore(true) : KdumpDump(Compressor.Zlib);
        Mutate(seed, KdumpBuilder.Flatten(dump, KdumpBuilder.Shuffled(seed, dump.Length)));
    }

    private void Mutate(int seed, byte[] original)
    {
        Random random = new(seed);
        string path = _folder.PathOf("vmcore");
        int opened = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] file = [.. original];
            for (int i = random.Next(1, 8); i > 0; i--)
            {
                Damage(random, file);
            }
            File.WriteAllBytes(path, random.Next(8) == 0 ? file[..random.Next(file.Length)] : file);
            opened += Read(path) ? 1 : 0;
        }
        // Most damage lies behind the headers: a test that only ever saw refusals would show nothing.
        Assert.InRange(opened, Rounds / 4, Rounds);
    }

    // Half of the damage hits what steers the readers: headers and notes, of which VMCOREINFO is text.
    private static void Damage(Random random, byte[] file)
    {
        int end = random.Next(2) == 0 ? Math.Min(file.Length, 3 * VmcoreBuilder.Page) : file.Length;
        int at = random.Next(end);
        byte[] piece = random.Next(3) == 0 ? [(byte)('0' + random.Next(10))] : Interesting[random.Next(Interesting.Length)];
        piece.AsSpan(0, Math.Min(piece.Length, file.Length - at)).CopyTo(file.AsSpan(at));
    }

    private static bool Read(string path)
    {
        IReadOnlyList<CheckResult> results =
            [.. VmcoreChecks.Run(path), VmcoreChecks.ReadAll(path, (done, total) => Assert.InRange(done, 0UL, total))];
        Assert.All(results, result => Assert.False(string.IsNullOrEmpty(result.Detail)));
        Assert.All(results.Where(result => result.OffsetBytes is not null), result => Assert.True(result.OffsetBytes >= 0));
        if (!CrashedKernel.TryOpen(path, out CrashedKernel? kernel, out FileProblem? problem))
        {
            Assert.DoesNotContain('\n', problem.ToString());
            return false;
        }
        using (kernel)
        {
            CrashLines lines = new();
            if (kernel.TryOpenLog(out KernelLog? log, out _))
            {
                foreach (LogRecord record in log.Read(new LogDamage()))
                {
                    Assert.InRange(record.Text.Length, 0, ushort.MaxValue);
                    lines.Add(record);
                }
            }
            Assert.InRange(lines.Records, 0, 1 << 20);
            return true;
        }
    }

    // Descriptors, infos and text are reached by page tables, which are damaged too.
    private static byte[] RingVmcore(bool isFiveLevel)
    {
        const ulong Start = 0xFFFF_C900_0100_0000;
        SyntheticKernel kernel = new(256 * 1024, isFiveLevel ? 5 : 4);
        RingWriter ring = new(kernel);
        for (int i = 0; i < 200; i++)
        {
            ring.Add($"record {i} of a log that wrapped", (ulong)i * 1_000_000);
        }
        for (ulong i = 0; i < 4; i++)
        {
            kernel.Map(Start + (i * 4096), SyntheticKernel.PhysicalOf(ring.Descriptors) + (i * 4096));
        }
        kernel.Write64(ring.Ring + 8, Start);
        kernel.Write64(ring.Ring + 16, Start + (ring.Infos - ring.Descriptors));
        return kernel.ToVmcore();
    }

    private static byte[] KdumpDump(Compressor compressor)
    {
        SyntheticKernel kernel = new(256 * 1024);
        RingWriter ring = new(kernel);
        for (int i = 0; i < 100; i++)
        {
            ring.Add($"record {i} of a log", (ulong)i * 1_000_000);
        }
        return KdumpBuilder.Of(kernel, compressor).Exclude(0x2000_0000, 9).Build();
    }

    private static byte[] RecordVmcore()
    {
        SyntheticKernel kernel = new(128 * 1024);
        RecordBufferWriter buffer = new(kernel);
        uint at = 0;
        for (int i = 0; i < 40; i++)
        {
            at = buffer.Add(at, $"record {i} of an older log", (ulong)i);
        }
        return kernel.ToVmcore();
    }
}

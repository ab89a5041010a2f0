using System;
using System.IO;
using CosmosKdump.Capture.Area;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Files;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

/// <summary>A vmcore of a synthetic kernel that panicked, in a folder of the test.</summary>
internal sealed class InspectFixture : IDisposable
{
    public TestFolder Folder { get; } = new();

    public SyntheticKernel Kernel { get; } = new();

    public RingWriter Ring { get; }

    public InspectFixture()
    {
        Ring = new RingWriter(Kernel);
        Ring.Add("Linux version 6.1.0", 0, level: 5);
        Ring.Add("two\nlines", 2_000_000_000, level: 6, caller: 0x8000_0001);
        Ring.Add("Kernel panic - not syncing: sysrq triggered crash", 3_500_000_000, level: 0, caller: 101);
        Ring.Add("CPU: 1 PID: 101 Comm: sh Not tainted", 3_600_000_000, level: 4, caller: 101);
    }

    public string Vmcore() => Write(Kernel.ToVmcore());

    public string Area(AreaState state) => Write(VmcoreFileTests.AreaBytes(Kernel.ToVmcore(), state));

    public string Write(byte[] bytes)
    {
        string path = Folder.PathOf("vmcore");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Folder.Dispose();
}

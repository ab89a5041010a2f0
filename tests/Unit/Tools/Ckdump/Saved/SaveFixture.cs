using System;
using System.IO;
using System.Linq;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Config;
using CosmosKdump.Ckdump.Saved;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Saved;

/// <summary>Areas with dumps, and what saves them to a directory, with as much free space as a test says.</summary>
public abstract class SaveFixture : IDisposable
{
    /// <summary>Directory of a dump whose crash was at the time of <see cref="AreaImage.CrashTime"/>.</summary>
    protected const string Name = "web1-2023-11-14-22-13-20";

    private protected TestFolder Files { get; } = new();
    protected StringWriter Told { get; } = new();
    protected long Free { get; set; } = 1 << 30;
    protected Retention? Run { get; set; }

    public void Dispose()
    {
        Files.Dispose();
        GC.SuppressFinalize(this);
    }

    protected string Crash => Files.PathOf("crash");

    private protected AreaImage Area(ulong sequence = 3, AreaState state = AreaState.Complete, ulong crash = 0) =>
        new(Files, state, edit: (ref AreaLabel label) =>
        {
            label.Sequence = sequence;
            label.CrashTimeSeconds += crash;
        });

    private protected string Save(AreaImage area, string config = "", bool keep = false)
    {
        DumpConfig settings = ConfigReader.Read("c", $"path {Crash}\n{config}");
        Assert.Empty(settings.Problems);
        using UnsavedDump dump = UnsavedDump.Open(area.Path, keep);
        Retention retention = Run ?? new(Crash, settings.Keep, settings.MinimumFree, () => (Free, 1 << 30), Told);
        return new DumpSaver(settings, "web1", retention, Told).Save(dump, keep).Path;
    }

    protected string[] Names() => [.. Directory.GetFileSystemEntries(Crash).Select(each => Path.GetFileName(each)!).Order()];
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Analyzer.Log;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;

/// <summary>Bytes of a vmcore in a file, opened; the file is gone after the test.</summary>
internal sealed class OpenedKernel : IDisposable
{
    private readonly TestFolder _folder = new();

    public OpenedKernel(byte[] vmcore)
    {
        Path = _folder.PathOf("vmcore");
        File.WriteAllBytes(Path, vmcore);
        Assert.True(CrashedKernel.TryOpen(Path, out CrashedKernel? kernel, out FileProblem? problem), problem?.ToString());
        Kernel = kernel;
    }

    public string Path { get; }

    public CrashedKernel Kernel { get; }

    public LogDamage Damage { get; } = new();

    public IReadOnlyList<LogRecord> ReadLog()
    {
        Assert.True(Kernel.TryOpenLog(out KernelLog? log, out FileProblem? problem), problem?.ToString());
        return [.. log.Read(Damage)];
    }

    public IReadOnlyList<string> ReadLogTexts() => [.. ReadLog().Select(record => Encoding.UTF8.GetString(record.Text))];

    /// <summary>The problem that keeps the log from being opened.</summary>
    public string LogProblem()
    {
        Assert.False(Kernel.TryOpenLog(out _, out FileProblem? problem));
        return problem.ToString();
    }

    public void Dispose()
    {
        Kernel.Dispose();
        _folder.Dispose();
    }
}

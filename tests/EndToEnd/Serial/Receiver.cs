using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Serial;

/// <summary>A folder for the two ends of a line, and <c>ckdump receive</c> at one of them.</summary>
public sealed class Receiver : IDisposable
{
    /// <summary>
    /// How long a dump over the line may take: QEMU's 16550 hands each byte to the host by itself, some 100 KiB/s on a
    /// busy host.
    /// </summary>
    public static readonly TimeSpan LineLimit = TimeSpan.FromMinutes(20);

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly string _folder = Directory.CreateTempSubdirectory("ckdump-line-").FullName;
    private Task<HostCommand.Outcome>? _running;

    /// <summary>The line: a socket, or a recording of one.</summary>
    public string Line => Path.Combine(_folder, "line");

    /// <summary>A second socket, for something between the two ends.</summary>
    public string Inner => Path.Combine(_folder, "inner");

    /// <summary>What was sent over the line.</summary>
    public string Recording => Path.Combine(_folder, "recording");

    /// <summary>The vmcore that is received.</summary>
    public string Vmcore => Path.Combine(_folder, "vmcore");

    /// <summary>
    /// Receives in the background from a socket, as soon as it is there. The receiver outlasts the line's limit: what
    /// is too slow is then told by the sender's side.
    /// </summary>
    public void Start(string socket, params string[] more)
    {
        WaitFor(socket);
        _running = Task.Run(() => CkdumpTool.Run(LineLimit + Limit, ["receive", socket, "-o", Vmcore, .. more]));
    }

    /// <summary>The receiver ended well; what it said.</summary>
    public string MustEndWell() => MustEnd(exitCode: 0);

    /// <summary>The receiver ended with an exit code; what it said on its standard output.</summary>
    public string MustEnd(int exitCode)
    {
        Assert.True(_running!.Wait(Limit), "ckdump receive still runs");
        HostCommand.Outcome outcome = _running.Result;
        Assert.True(
            outcome.ExitCode == exitCode,
            $"ckdump receive: exit code {outcome.ExitCode}\n{outcome.Output}{outcome.Errors}");
        return outcome.Output;
    }

    /// <summary>Waits until a socket is there.</summary>
    public static void WaitFor(string socket)
    {
        long start = Stopwatch.GetTimestamp();
        while (!File.Exists(socket))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, $"{socket} did not appear");
            Thread.Sleep(10);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

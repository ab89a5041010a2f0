using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading;
using CosmosKdump.Lab.Guests;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Network;

/// <summary><c>ckdump receive --listen</c> on the host, and the folder that it receives into.</summary>
public sealed class NetworkReceiver : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly List<string> _lines = [];

    /// <summary>Starts it, on any free port of an address of the host.</summary>
    public NetworkReceiver(string address = "127.0.0.1", params string[] more)
    {
        string[] arguments = ["receive", "--listen", $"{address}:0", "-o", Folder, "--keep-free", "0", .. more];
        _process = Process.Start(new ProcessStartInfo(CkdumpTool.Path, arguments) { RedirectStandardError = true })!;
        _process.ErrorDataReceived += (_, data) =>
        {
            lock (_lines)
            {
                _lines.Add(data.Data ?? "");
            }
        };
        _process.BeginErrorReadLine();
        Port = IPEndPoint.Parse(WaitFor("listening on ").Split(' ')[^1]).Port;
    }

    /// <summary>Where the dumps go.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("ckdump-net-").FullName;

    /// <summary>The port that it listens on.</summary>
    public int Port { get; }

    /// <summary>The one file in the folder.</summary>
    public string OnlyFile => Assert.Single(Directory.GetFiles(Folder));

    /// <summary>Waits for a line that holds a text.</summary>
    public string WaitFor(string text)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            lock (_lines)
            {
                if (_lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } found)
                {
                    return found;
                }
                Assert.True(Stopwatch.GetElapsedTime(start) < Limit, $"no '{text}' in:\n{string.Join('\n', _lines)}");
            }
            Thread.Sleep(20);
        }
    }

    /// <summary>Waits until it has ended by itself; its exit code.</summary>
    public int WaitForEnd()
    {
        Assert.True(_process.WaitForExit(Limit), "ckdump receive still runs");
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

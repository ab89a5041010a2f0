using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;

namespace CosmosKdump.Lab.Guests;

/// <summary>
/// A running QEMU. It ends with the lab: the kernel kills it when the thread that started it dies
/// (PR_SET_PDEATHSIG, prctl(2)), so that thread stays until QEMU has ended.
/// </summary>
public sealed class QemuProcess : IDisposable
{
    private const string Program = "qemu-system-x86_64";
    private readonly ManualResetEventSlim _started = new();
    private readonly ManualResetEventSlim _ended = new();
    private readonly string _errorPath;
    private Process? _process;
    private Exception? _failure;

    /// <summary>Starts QEMU; what it says on standard error goes to a file.</summary>
    public QemuProcess(IReadOnlyList<string> arguments, string errorPath)
    {
        _errorPath = errorPath;
        ProcessStartInfo start = new("setpriv", ["--pdeathsig", "KILL", Program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        new Thread(() => Live(start)) { IsBackground = true, Name = "qemu" }.Start();
        _started.Wait();
        if (_failure != null)
        {
            throw new LabException($"{Program}: {_failure.Message}", _failure);
        }
    }

    /// <summary>What the guest's console prints.</summary>
    public Stream Output => _process!.StandardOutput.BaseStream;

    /// <summary>What is typed on the guest's console.</summary>
    public Stream Input => _process!.StandardInput.BaseStream;

    /// <summary>QEMU has ended.</summary>
    public bool HasEnded => _ended.IsSet;

    /// <summary>Waits for QEMU's end.</summary>
    public bool WaitForEnd(TimeSpan limit) => _ended.Wait(limit);

    /// <summary>Kills QEMU if it still runs.</summary>
    public void Dispose()
    {
        if (!_ended.IsSet)
        {
            _process!.Kill();
            _ended.Wait();
        }
        _process!.Dispose();
    }

    private void Live(ProcessStartInfo start)
    {
        try
        {
            _process = Process.Start(start);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            _failure = error;
            _ended.Set();
            _started.Set();
            return;
        }
        using StreamWriter errors = new(_errorPath) { AutoFlush = true };
        _process!.ErrorDataReceived += (_, line) =>
        {
            if (line.Data != null)
            {
                errors.WriteLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
        _started.Set();
        _process.WaitForExit();
        _ended.Set();
    }
}

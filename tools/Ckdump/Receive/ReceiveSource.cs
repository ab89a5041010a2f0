using System;
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Receive;

/// <summary>Where a dump comes from: a serial line, a unix socket, a pipe, a recorded file.</summary>
public sealed class ReceiveSource : IDisposable
{
    private const int BlockBytes = 64 * 1024;
    private const int BlocksAhead = 64;
    private const int GatherMilliseconds = 1;

    private readonly Stream _input;
    private readonly Stream? _answers;
    private readonly SafeHandle? _line;
    private readonly BlockingCollection<byte[]> _blocks = new(BlocksAhead);
    private Exception? _failure;

    private ReceiveSource(string name, Stream input, Stream? answers, SafeHandle? line)
    {
        _line = line;
        Name = name;
        _input = input;
        _answers = answers;
        // A read from a line cannot be given a deadline: a thread of its own reads, and ends with the process.
        new Thread(ReadAll) { IsBackground = true, Name = "receive" }.Start();
    }

    /// <summary>The source as the user named it.</summary>
    public string Name { get; }

    /// <summary>Answers can be sent back.</summary>
    public bool IsTwoWay => _answers is not null;

    /// <summary>Opens a source: "-" is stdin. A character device is set to raw mode at the given speed.</summary>
    public static ReceiveSource Open(string path, int baud)
    {
        if (path == "-")
        {
            return new ReceiveSource("-", Console.OpenStandardInput(), null, null);
        }
        switch (InputFile.RequireKind(path))
        {
            case FileKind.BlockDevice:
                throw new ToolException(path, "a disk; ckdump save copies the dump from a disk");
            case FileKind.CharacterDevice:
                SetUpTerminal(path, baud);
                SafeFileHandle terminal = Posix.OpenTerminal(path);
                var line = new FileStream(terminal, FileAccess.ReadWrite, bufferSize: 0);
                return new ReceiveSource(path, line, line, terminal);
            case FileKind.Socket:
                Socket socket = Connect(path);
                var stream = new NetworkStream(socket, ownsSocket: true);
                return new ReceiveSource(path, stream, stream, socket.SafeHandle);
            default:
                var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
                return new ReceiveSource(path, file, null, null);
        }
    }

    /// <summary>
    /// Waits for bytes. False: none came in time (<paramref name="isEnd"/> false), or none will come any more.
    /// </summary>
    public bool TryRead(TimeSpan wait, out byte[] bytes, out bool isEnd)
    {
        bool any = _blocks.TryTake(out byte[]? block, wait);
        bytes = block ?? [];
        isEnd = !any && _blocks.IsCompleted;
        if (isEnd && _failure is not null)
        {
            throw new ToolException(Name, _failure.Message);
        }
        return any;
    }

    /// <summary>Takes no more from the line: what has come is the end.</summary>
    public void Stop() => _blocks.CompleteAdding();

    /// <summary>Sends an answer; a line that takes none is told by silence only.</summary>
    public void Answer(byte[] bytes)
    {
        try
        {
            _answers?.Write(bytes);
            _answers?.Flush();
        }
        catch (IOException)
        {
            // The sender treats a lost answer like one that was never sent, and asks again.
            return;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _input.Dispose();

    private void ReadAll()
    {
        byte[] block = new byte[BlockBytes];
        try
        {
            int gathered = 0;
            int length;
            while ((length = _input.Read(block, gathered, block.Length - gathered)) > 0)
            {
                gathered += length;
                if (gathered == block.Length || !MoreComesSoon())
                {
                    _blocks.Add(block[..gathered]);
                    gathered = 0;
                }
            }
            if (gathered > 0)
            {
                _blocks.Add(block[..gathered]);
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            _failure = failure;
        }
        catch (InvalidOperationException)
        {
            // Stopped meanwhile.
            return;
        }
        _blocks.CompleteAdding();
    }

    // A line may hand out single bytes (QEMU's does): they are gathered, but never left to fill the line's buffer.
    private bool MoreComesSoon() => _line is not null && Posix.WaitReadable(_line, GatherMilliseconds);

    private static Socket Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new ToolException(path, failure.Message);
        }
    }

    // stty(1) of coreutils knows every line's settings; raw: eight bits, nothing translated, no XON/XOFF.
    private static void SetUpTerminal(string path, int baud)
    {
        var start = new ProcessStartInfo("stty", ["-F", path, $"{baud}", "raw", "-echo", "-crtscts", "cs8", "clocal"])
        {
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C" },
        };
        try
        {
            using Process process = Process.Start(start)!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw SetUpFailure(path, error, baud);
            }
        }
        catch (Win32Exception failure)
        {
            throw new ToolException("stty", failure.Message, "a serial line is set up by it: install coreutils");
        }
    }

    /// <summary>What stty said of a line, "stty: PATH: WHAT", as the end of the command.</summary>
    public static ToolException SetUpFailure(string path, string said, int baud)
    {
        string what = said.Split('\n')[0].Split(": ")[^1];
        return what switch
        {
            "Permission denied" => new ToolException(path, what, "run as root or join the group dialout"),
            "Inappropriate ioctl for device" => new ToolException(path, "not a serial line"),
            _ when what.StartsWith("invalid argument", StringComparison.Ordinal) =>
                new ToolException(path, $"serial lines have no speed of {baud}", "give --baud the speed of the sender"),
            _ => new ToolException(path, $"cannot be set up as a serial line: {what}"),
        };
    }
}

using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using CosmosKdump.Capture;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Receive;

/// <summary>
/// Waits for capture kernels to connect, and puts each dump into a file of its own in one folder, several at a time.
/// </summary>
public sealed class DumpListener : IDisposable
{
    private readonly TcpListener _listener;
    private readonly string _folder;
    private readonly StreamLimits _limits;
    private readonly TerminalProgress _progress;
    private readonly SemaphoreSlim _places;
    private readonly Lock _naming = new();
    private int _dumps;
    private int _failures;

    /// <summary>Begins to listen.</summary>
    public DumpListener(IPEndPoint address, string folder, StreamLimits limits, TerminalProgress progress)
    {
        _folder = folder;
        _limits = limits;
        _progress = progress;
        _places = new SemaphoreSlim(limits.Connections);
        _listener = new TcpListener(address);
        try
        {
            _listener.Start();
        }
        catch (SocketException failure)
        {
            throw new ToolException(address.ToString(), failure.Message);
        }
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Dumps that arrived whole.</summary>
    public int Dumps => _dumps;

    /// <summary>Dumps that began and are incomplete.</summary>
    public int Failures => _failures;

    /// <summary>Ends <see cref="Run"/>.</summary>
    public void Stop() => _listener.Stop();

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _places.Dispose();
    }

    /// <summary>
    /// Takes connections until <see cref="Stop"/>; with <paramref name="isOnce"/> until one dump has begun and ended, one
    /// way or another. Waits for what is under way.
    /// </summary>
    public void Run(bool isOnce)
    {
        while (!isOnce || _dumps + _failures == 0)
        {
            Socket socket;
            try
            {
                socket = _listener.AcceptSocket();
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                break;
            }
            if (isOnce)
            {
                Serve(socket);
                continue;
            }
            if (!_places.Wait(0))
            {
                _progress.WriteLine($"{socket.RemoteEndPoint}: refused, {_limits.Connections} dumps are under way");
                socket.Dispose();
                continue;
            }
            var thread = new Thread(() =>
            {
                try
                {
                    Serve(socket);
                }
                finally
                {
                    _places.Release();
                }
            });
            thread.Start();
        }
        for (int i = 0; i < _limits.Connections; i++)
        {
            _places.Wait();
        }
    }

    /// <summary>Reads one dump; whatever goes wrong with it is told, and goes no further.</summary>
    private void Serve(Socket socket)
    {
        string peer = (socket.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "unknown";
        string file = "";
        bool isKept = false;
        SafeFileHandle? handle = null;
        StreamReceiver receiver = null!;
        receiver = new StreamReceiver(
            facts =>
            {
                handle = Create(peer, facts, out file);
                socket.ReceiveTimeout = (int)_limits.Silence.TotalMilliseconds;
                _progress.WriteLine($"{peer}: a dump of at most {ByteSize.Format((long)facts.LengthBytes)} begins: {file}");
                return handle;
            },
            dump =>
            {
                Keep(dump, handle!, file);
                isKept = true;
            },
            _limits)
        {
            FreeBytes = () => new DriveInfo(Path.GetFullPath(_folder)).AvailableFreeSpace,
            Progress = dump => _progress.Report(dump.ReceivedBytes, dump.Facts.LengthBytes),
        };
        try
        {
            using var stream = new NetworkStream(socket, ownsSocket: true);
            socket.ReceiveTimeout = (int)_limits.SilenceAtFirst.TotalMilliseconds;
            socket.SendTimeout = socket.ReceiveTimeout;
            socket.ReceiveBufferSize = 4 << 20;
            receiver.Run(stream);
            // The sender ends the connection, so that it is sure of the answer.
            socket.Shutdown(SocketShutdown.Send);
            socket.ReceiveTimeout = 2000;
            _ = stream.Read(new byte[1]);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or SocketException
            or UnauthorizedAccessException or ArgumentOutOfRangeException or ToolException)
        {
            if (!isKept)
            {
                _progress.WriteLine($"{peer}: {failure.Message}");
            }
        }
        if (receiver.HasBegun)
        {
            Conclude(receiver, handle!, file, peer, isKept);
        }
    }

    // A name of its own, whoever else sends at the same time; nothing that exists is touched.
    private SafeFileHandle Create(string peer, DumpFacts facts, out string file)
    {
        DateTimeOffset time = facts.CrashTimeSeconds is > 0 and < 1UL << 36
            ? DateTimeOffset.FromUnixTimeSeconds((long)facts.CrashTimeSeconds)
            : DateTimeOffset.UtcNow;
        string stamp = time.UtcDateTime.ToString("yyyy-MM-dd-HH-mm-ss", CultureInfo.InvariantCulture);
        string plain = Path.Combine(_folder, $"vmcore-{peer.Replace(':', '.')}-{stamp}");
        lock (_naming)
        {
            for (int i = 1; ; i++)
            {
                file = i == 1 ? plain : $"{plain}.{i}";
                string partial = OutputFile.IncompleteName(file);
                if (Posix.KindOf(file, out _) == FileKind.Missing && Posix.KindOf(partial, out _) == FileKind.Missing)
                {
                    return Posix.Create(partial);
                }
            }
        }
    }

    // Before the sender is told: the file has its name, durably, or is marked.
    private static void Keep(StreamReceiver dump, SafeFileHandle handle, string file)
    {
        string partial = OutputFile.IncompleteName(file);
        if (dump.IsWhole)
        {
            File.Move(partial, file, overwrite: false);
        }
        else
        {
            DumpMark.Write(handle, ReceivedDump.MarkOf(dump));
        }
        OutputFile.SyncDirectoryOf(file);
    }

    private void Conclude(StreamReceiver dump, SafeFileHandle handle, string file, string peer, bool isKept)
    {
        string partial = OutputFile.IncompleteName(file);
        string? problem = Mark(dump, handle, partial, isKept);
        if (isKept && dump.IsWhole)
        {
            Interlocked.Increment(ref _dumps);
            _progress.WriteLine($"{peer}: {file}: {ByteSize.Format((long)dump.Facts.LengthBytes)}, complete, as the sender has it");
            return;
        }
        Interlocked.Increment(ref _failures);
        string why = problem is not null ? $"it cannot be marked as such: {problem}"
            : !dump.HasEnded ? "the end did not arrive"
            : !isKept ? "it cannot be kept under its name"
            : !dump.IsVerified ? "the digest is wrong, or bytes are missing"
            : $"{AreaText.Outcome(dump.Outcome)}, {dump.PagesLost} pages lost";
        _progress.WriteLine($"{peer}: {partial}: INCOMPLETE: {why}");
    }

    // The disk may be full, or the folder gone: that must not cost the dumps of others. Returns what is wrong, or null.
    private static string? Mark(StreamReceiver dump, SafeFileHandle handle, string partial, bool isKept)
    {
        try
        {
            using (handle)
            {
                if (!isKept && dump.ReceivedBytes > 0)
                {
                    DumpMark.Write(handle, ReceivedDump.MarkOf(dump));
                }
            }
            if (dump.ReceivedBytes == 0)
            {
                File.Delete(partial);
            }
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return failure.Message;
        }
    }
}

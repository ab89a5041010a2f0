using System;
using System.IO;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Lab.Guests;

/// <summary>
/// Notes when the first bytes of a disk image change: the moment when the dump's first byte is on the disk.
/// </summary>
public sealed class FirstByteWatch : IDisposable
{
    private const int WatchedBytes = 16;
    private readonly SafeFileHandle _image;
    private readonly RunClock _clock;
    private readonly Thread _thread;
    private volatile bool _stop;
    private double _seconds = double.NaN;

    /// <summary>Starts to look at the image, every millisecond.</summary>
    public FirstByteWatch(string imagePath, RunClock clock)
    {
        _image = File.OpenHandle(imagePath, share: FileShare.ReadWrite);
        _clock = clock;
        _thread = new Thread(Watch) { IsBackground = true, Name = "first byte" };
        _thread.Start();
    }

    /// <summary>When the bytes changed, seconds since QEMU's start; NaN: not yet.</summary>
    public double Seconds => Volatile.Read(ref _seconds);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop = true;
        _thread.Join();
        _image.Dispose();
    }

    private void Watch()
    {
        Span<byte> before = stackalloc byte[WatchedBytes];
        Span<byte> now = stackalloc byte[WatchedBytes];
        RandomAccess.Read(_image, before, 0);
        while (!_stop)
        {
            RandomAccess.Read(_image, now, 0);
            if (!now.SequenceEqual(before))
            {
                Volatile.Write(ref _seconds, _clock.Seconds);
                return;
            }
            Thread.Sleep(1);
        }
    }
}

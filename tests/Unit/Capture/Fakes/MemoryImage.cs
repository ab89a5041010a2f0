using System;
using System.Collections.Generic;

namespace CosmosKdump.Tests.Unit.Capture.Fakes;

/// <summary>
/// Physical memory of a crashed machine: RAM whose untouched bytes follow a pattern of their address, so that gigabytes
/// cost nothing, and bytes that were put somewhere.
/// </summary>
internal sealed class MemoryImage
{
    private readonly List<(ulong Start, ulong End)> _ram = [];
    private readonly SortedList<ulong, byte[]> _placed = [];

    /// <summary>Number of reads, to bound the work of a test.</summary>
    public long Reads { get; private set; }

    public void AddRam(ulong start, ulong length)
    {
        if (!_ram.Exists(range => range.Start <= start && start + length <= range.End))
        {
            _ram.Add((start, start + length));
        }
    }

    public void Place(ulong address, byte[] bytes) => _placed[address] = bytes;

    public static byte PatternAt(ulong address) =>
        (byte)(((address >> 12) * 0x9E3779B97F4A7C15 >> 56) ^ (address * 7));

    public bool TryRead(ulong address, Span<byte> destination)
    {
        Reads++;
        bool isReadable = true;
        for (int done = 0; done < destination.Length;)
        {
            ulong at = address + (ulong)done;
            bool isRam = IsRam(at, out ulong end);
            int length = (int)Math.Min(end - at, (ulong)(destination.Length - done));
            isReadable &= isRam;
            for (int i = 0; i < length; i++, done++)
            {
                destination[done] = isRam ? PatternAt(address + (ulong)done) : (byte)0;
            }
        }
        foreach ((ulong start, byte[] bytes) in _placed)
        {
            ulong from = Math.Max(start, address);
            ulong to = Math.Min(start + (ulong)bytes.Length, address + (ulong)destination.Length);
            if (from < to)
            {
                bytes.AsSpan((int)(from - start), (int)(to - from)).CopyTo(destination[(int)(from - address)..]);
            }
        }
        return isReadable;
    }

    // The answer holds up to end.
    private bool IsRam(ulong address, out ulong end)
    {
        end = ulong.MaxValue;
        foreach ((ulong start, ulong stop) in _ram)
        {
            if (address >= start && address < stop)
            {
                end = stop;
                return true;
            }
            end = start > address ? Math.Min(end, start) : end;
        }
        foreach ((ulong start, byte[] bytes) in _placed)
        {
            if (address >= start && address - start < (ulong)bytes.Length)
            {
                end = start + (ulong)bytes.Length;
                return true;
            }
            end = start > address ? Math.Min(end, start) : end;
        }
        return false;
    }
}

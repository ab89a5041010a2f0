using System;
using System.Collections.Generic;
using CosmosKdump.Capture;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Fakes;

/// <summary>What a sink was given, and how it is to misbehave.</summary>
internal sealed class DumpRecord(MemoryImage image, byte[] staging, ulong stagingAddress)
{
    private readonly List<(DumpChunk Chunk, byte[] Bytes)> _pending = [];
    private readonly List<(DumpChunk Chunk, byte[]? Bytes)> _done = [];

    public List<string> Calls { get; } = [];

    public DumpFacts Facts { get; private set; }

    public ulong Bytes { get; private set; }

    public ulong Lost { get; set; }

    public ulong FailAfterBytes { get; set; } = ulong.MaxValue;

    public ulong RoomBytes { get; set; } = ulong.MaxValue;

    public Status BeginStatus { get; set; }

    public Status FinishStatus { get; set; }

    public IReadOnlyList<(DumpChunk Chunk, byte[]? Bytes)> Done => _done;

    public Status Begin(in DumpFacts facts)
    {
        Calls.Add("begin");
        Facts = facts;
        return facts.LengthBytes > RoomBytes ? Status.AreaTooSmall : BeginStatus;
    }

    public Status Submit(in DumpChunk chunk)
    {
        Assert.Equal(0ul, chunk.PositionBytes % Limits.PageBytes);
        Assert.Equal(0ul, chunk.Address % Limits.PageBytes);
        Assert.Equal(0ul, chunk.LengthBytes % Limits.PageBytes);
        Assert.NotEqual(0ul, chunk.LengthBytes);
        Assert.Equal(Bytes, chunk.PositionBytes);
        if (Bytes + chunk.LengthBytes > FailAfterBytes)
        {
            return Status.DeviceFailed;
        }
        Bytes += chunk.LengthBytes;
        if (chunk.Address >= stagingAddress && chunk.Address < stagingAddress + (ulong)staging.Length)
        {
            int offset = (int)(chunk.Address - stagingAddress);
            _pending.Add((chunk, staging.AsSpan(offset, (int)chunk.LengthBytes).ToArray()));
        }
        else
        {
            _done.Add((chunk, null));
        }
        return Status.Ok;
    }

    public Status Drain()
    {
        foreach ((DumpChunk chunk, byte[] bytes) in _pending)
        {
            int offset = (int)(chunk.Address - stagingAddress);
            Assert.True(bytes.AsSpan().SequenceEqual(staging.AsSpan(offset, bytes.Length)), "changed before Drain");
            _done.Add((chunk, bytes));
        }
        _pending.Clear();
        return Status.Ok;
    }

    public Status Finish(Status outcome, in DumpFacts facts)
    {
        Assert.Equal(Facts.LengthBytes, facts.LengthBytes);
        Calls.Add($"finish {outcome}");
        return FinishStatus;
    }

    /// <summary>Reads from the dump as it would be on the medium.</summary>
    public byte[] Read(ulong position, int length)
    {
        byte[] result = new byte[length];
        ulong covered = 0;
        foreach ((DumpChunk chunk, byte[]? bytes) in _done)
        {
            ulong from = Math.Max(position, chunk.PositionBytes);
            ulong to = Math.Min(position + (ulong)length, chunk.PositionBytes + chunk.LengthBytes);
            if (from >= to)
            {
                continue;
            }
            Span<byte> target = result.AsSpan((int)(from - position), (int)(to - from));
            if (bytes != null)
            {
                bytes.AsSpan((int)(from - chunk.PositionBytes), target.Length).CopyTo(target);
            }
            else
            {
                image.TryRead(chunk.Address + (from - chunk.PositionBytes), target);
            }
            covered += to - from;
        }
        Assert.Equal((ulong)length, covered);
        return result;
    }
}

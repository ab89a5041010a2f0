using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Block;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Nvme;

/// <summary>A namespace of an NVMe controller and its I/O queue (NVM command set 1.0c).</summary>
internal struct NvmeUnit : IDiskUnit
{
    /// <summary>DMA memory needed, bytes.</summary>
    public const int RegionBytes = NvmeLayout.RegionBytes;

    // NVM Express I/O controller (PCI class codes, 01h 08h 02h).
    private const uint ClassCode = 0x010802;
    private const uint ClassMask = 0xFFFFFF;

    // Head doorbells are written for this many completions together.
    private const int ReleaseTogether = 16;

    private NvmeController _controller;
    private DmaRegion _region;
    private uint _namespaceId;
    private uint _blockBytes;

    /// <inheritdoc/>
    public readonly ReadOnlySpan<byte> Name => "nvme"u8;

    /// <inheritdoc/>
    public readonly int UnitCount => _controller.NamespaceCount;

    /// <inheritdoc/>
    public readonly int SlotCount => _controller.Io.SubmissionEntries - 1;

    /// <inheritdoc/>
    public readonly bool HasWriteCache => _controller.Facts.HasWriteCache;

    /// <inheritdoc/>
    public readonly int Unannounced => _controller.Io.Unrung;

    /// <inheritdoc/>
    public readonly bool Supports(in PciDevice device) => device.IsClass(ClassCode, ClassMask);

    /// <inheritdoc/>
    public Status Start(in PciDevice device, in DmaRegion region)
    {
        _region = region;
        Status status = _controller.Start(device, region);
        if (status == Status.Ok)
        {
            Introduce();
        }
        return status;
    }

    /// <inheritdoc/>
    public Status Restart() => _controller.Restart();

    /// <inheritdoc/>
    public Status Select(int index, out DiskGeometry geometry)
    {
        _namespaceId = _controller.NamespaceId(index);
        Status status = _controller.IdentifyNamespace(_namespaceId, out NvmeNamespaceFacts facts);
        geometry = default;
        if (status == Status.Ok)
        {
            _blockBytes = facts.BlockBytes;
            ulong mostBytes = Math.Min(_controller.Facts.MaxTransferBytes, NvmeLayout.MaxTransferBytes);
            geometry = new DiskGeometry(
                facts.BlockBytes,
                facts.BlockCount,
                (uint)(mostBytes / facts.BlockBytes),
                facts.IsReadOnly,
                _namespaceId);
        }
        return status;
    }

    /// <inheritdoc/>
    public void Push(RequestKind kind, int slot, in BlockWrite request)
    {
        NvmeCommand command = default;
        command.SetHead(Opcode(kind), slot);
        command.NamespaceId = _namespaceId;
        if (kind != RequestKind.Flush)
        {
            NvmePrp.Describe(ref command, _region, slot, request.Address, request.BlockCount * _blockBytes);
            command.Dword10 = (uint)request.Block;
            command.Dword11 = (uint)(request.Block >> 32);
            command.Dword12 = request.BlockCount - 1;
        }
        _controller.Io.Push(in command);
    }

    /// <inheritdoc/>
    public void Announce() => _controller.Io.Ring();

    /// <inheritdoc/>
    public bool TryPop(out RequestResult result)
    {
        bool popped = _controller.Io.TryPop(out NvmeCompletion completion);
        result = new RequestResult(
            completion.CommandId,
            completion.Status,
            completion.StatusCodeType << 8 | completion.StatusCode);
        return popped;
    }

    /// <inheritdoc/>
    public void Release(bool isIdle)
    {
        // In flight and unreleased together must fit the completion queue.
        int spare = _controller.Io.CompletionEntries - _controller.Io.SubmissionEntries;
        _controller.Io.Release(isIdle ? 1 : Math.Max(1, Math.Min(ReleaseTogether, spare)));
    }

    /// <inheritdoc/>
    public readonly Status Health() => _controller.Health();

    /// <inheritdoc/>
    public void Stop() => _controller.Stop();

    private static byte Opcode(RequestKind kind) => kind switch
    {
        RequestKind.Read => NvmeOpcode.Read,
        RequestKind.Write => NvmeOpcode.Write,
        _ => NvmeOpcode.Flush,
    };

    private readonly void Introduce()
    {
        Span<byte> buffer = stackalloc byte[DeviceLog.LineBytes];
        TextLine line = new(buffer);
        DeviceLog.Begin(ref line, Name, _controller.Device);
        line.Add(_controller.Model);
        line.Add(", namespaces "u8);
        line.AddDecimal((ulong)UnitCount);
        DeviceLog.End(ref line);
    }
}

using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Ahci;

/// <summary>
/// What a controller cannot reach: one without CAP.S64A reaches 4 GiB, so that everything it reads and writes itself must
/// lie below, and pages above go through a buffer of their slot. Others reach all memory in place.
/// </summary>
internal struct AhciBounce
{
    private const ulong FourGiB = 1UL << 32;

    private DmaRegion _region;
    private ulong _readTo;
    private uint _readBytes;
    private int _readSlot;
    private bool _isNarrow;

    /// <summary>Requests that may be in flight.</summary>
    public readonly int Slots => _isNarrow ? AhciLayout.BounceSlots : AhciLayout.MaxSlots;

    /// <summary>Largest request, bytes.</summary>
    public readonly uint MaxTransferBytes => (uint)(_isNarrow ? AhciLayout.BounceBytes : AhciLayout.MaxTransferBytes);

    /// <summary>The memory that the controller works in: ours, or where it cannot reach that, conventional memory.</summary>
    public DmaRegion Choose(in DmaRegion ours, bool has64BitAddresses)
    {
        this = default;
        _isNarrow = !has64BitAddresses;
        bool isReached = has64BitAddresses || ours.Address + (uint)ours.Length <= FourGiB;
        _region = isReached ? ours : LowDmaMemory.Take();
        return _region;
    }

    /// <summary>
    /// Where the controller finds, or leaves, the data of a request; data to be written are copied there now.
    /// <see cref="Status.MemoryUnreadable"/>: they could not be.
    /// </summary>
    public Status Map(int slot, ulong address, uint lengthBytes, bool isWrite, out ulong mapped)
    {
        mapped = address;
        _readTo = slot == _readSlot ? 0 : _readTo;
        if (!_isNarrow || address + lengthBytes <= FourGiB)
        {
            return Status.Ok;
        }
        int at = BufferAt(slot);
        mapped = _region.Address + (uint)at;
        if (isWrite)
        {
            return default(OldMemory).Read(address, _region.Bytes(at, (int)lengthBytes));
        }
        // Reads are waited for, one at a time.
        _readTo = address;
        _readBytes = lengthBytes;
        _readSlot = slot;
        return Status.Ok;
    }

    /// <summary>Copies what a request has read to where it belongs: memory of ours, like everything that is read into.</summary>
    public void End(int slot, Status status)
    {
        if (slot != _readSlot || _readTo == 0)
        {
            return;
        }
        if (status == Status.Ok)
        {
            DmaRegion target = new(_readTo, (int)_readBytes);
            _region.Bytes(BufferAt(slot), (int)_readBytes).CopyTo(target.Bytes(0, (int)_readBytes));
        }
        _readTo = 0;
    }

    private static int BufferAt(int slot) => AhciLayout.Bounce + (slot * AhciLayout.BounceBytes);
}

using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>
/// A split virtqueue (virtio 1.2, 2.7), polled: a chain's first descriptor is put into the available ring, and comes
/// back in the used ring. Laid out as the legacy interface wants it (2.7.2), which the modern one accepts.
/// </summary>
internal struct VirtioQueue
{
    /// <summary>Descriptor flag: the chain goes on.</summary>
    public const ushort DescriptorNext = 1;

    /// <summary>Descriptor flag: the device writes.</summary>
    public const ushort DescriptorWrite = 2;

    /// <summary>Descriptor flag: the buffer is a table of descriptors.</summary>
    public const ushort DescriptorIndirect = 4;

    private const ushort AvailableNoInterrupt = 1;
    private const ushort UsedNoNotify = 1;
    private const int RingHeaderBytes = 4;
    private const int RingAlignment = 4096;

    private DmaRegion _memory;
    private int _available;
    private int _used;
    private ushort _added;
    private ushort _published;
    private ushort _taken;

    /// <summary>Descriptors, a power of two for a legacy device.</summary>
    public int Size { get; private set; }

    /// <summary>Physical address of the descriptor table.</summary>
    public readonly ulong DescriptorAddress => _memory.Address + VirtioLayout.Queue;

    /// <summary>Physical address of the available ring.</summary>
    public readonly ulong AvailableAddress => _memory.Address + (uint)_available;

    /// <summary>Physical address of the used ring.</summary>
    public readonly ulong UsedAddress => _memory.Address + (uint)_used;

    /// <summary>Chains added that the device cannot see yet.</summary>
    public readonly int Unpublished => (ushort)(_added - _published);

    /// <summary>Empties the queue; the device must not know it yet.</summary>
    public void Reset(in DmaRegion memory, int size)
    {
        this = default;
        _memory = memory;
        Size = size;
        _available = VirtioLayout.Queue + (size * VirtioLayout.DescriptorBytes);
        int end = _available + RingHeaderBytes + (size * 2) + 2;
        _used = (end + RingAlignment - 1) & ~(RingAlignment - 1);
        int length = _used + RingHeaderBytes + (size * 8) + 2 - VirtioLayout.Queue;
        memory.Bytes(VirtioLayout.Queue, length).Clear();
        memory.Write16(_available, AvailableNoInterrupt);
    }

    /// <summary>Writes a descriptor (2.7.5) at an offset in the region: of the queue's own or of an indirect table.</summary>
    public readonly void Describe(int offset, ulong address, uint lengthBytes, ushort flags, ushort next)
    {
        _memory.Write64(offset, address);
        _memory.Write32(offset + 8, lengthBytes);
        _memory.Write16(offset + 12, flags);
        _memory.Write16(offset + 14, next);
    }

    /// <summary>Adds the chain that begins with a descriptor to the available ring.</summary>
    public void Add(int head)
    {
        _memory.Write16(_available + RingHeaderBytes + (_added % Size * 2), (ushort)head);
        _added++;
    }

    /// <summary>Lets the device see what was added; true when it wants to be notified.</summary>
    public bool Publish()
    {
        if (_added == _published)
        {
            return false;
        }
        Cpu.StoreFence();
        _memory.Write16(_available + 2, _added);
        _published = _added;
        // The flag must be read after the index is visible (2.7.13.4).
        Cpu.FullFence();
        return (_memory.Read16(_used) & UsedNoNotify) == 0;
    }

    /// <summary>Takes the first descriptor of the next chain that the device is done with.</summary>
    public bool TryTake(out uint head) => TryTake(out head, out _);

    /// <summary>The same, with the bytes that the device says it has written.</summary>
    public bool TryTake(out uint head, out uint lengthBytes)
    {
        if (_memory.Read16(_used + 2) == _taken)
        {
            head = 0;
            lengthBytes = 0;
            return false;
        }
        // x86 does not reorder loads, so the entry is at least as new as the index.
        int entry = _used + RingHeaderBytes + (_taken % Size * 8);
        head = _memory.Read32(entry);
        lengthBytes = _memory.Read32(entry + 4);
        _taken++;
        return true;
    }
}

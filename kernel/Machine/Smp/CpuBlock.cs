using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine.Smp;

/// <summary>
/// The control page of a further CPU (Boot/layout.inc has the same offsets): what it is at, and what ended it.
/// </summary>
internal readonly struct CpuBlock
{
    /// <summary>Bytes from one CPU's memory to the next: guard page, stack, control page.</summary>
    internal const int Stride = ControlOffset + 4096;

    internal const uint Off = 0;
    internal const uint Offered = 1;
    internal const uint Running = 2;
    internal const uint Lost = 3;

    private const int ControlOffset = 4096 + 0x4000;
    private const int StateOffset = 0x00;
    private const int IndexOffset = 0x04;
    private const int VectorOffset = 0x08;
    private const int ErrorOffset = 0x10;
    private const int InstructionOffset = 0x18;
    private const int FaultAddressOffset = 0x20;
    private const int ApicOffset = 0x28;
    private const int ToldOffset = 0x2C;
    private const int WakesOffset = 0x30;
    private const int SleepingOffset = 0x34;

    private readonly DmaRegion _page;

    private CpuBlock(DmaRegion page) => _page = page;

    internal ulong Address => _page.Address;

    internal uint State
    {
        get => _page.Read32(StateOffset);
        set => _page.Write32(StateOffset, value);
    }

    internal int Index => (int)_page.Read32(IndexOffset);

    internal uint ApicId => _page.Read32(ApicOffset);

    internal ulong Vector => _page.Read64(VectorOffset);

    internal ulong ErrorCode => _page.Read64(ErrorOffset);

    internal ulong Instruction => _page.Read64(InstructionOffset);

    internal ulong FaultAddress => _page.Read64(FaultAddressOffset);

    /// <summary>NMIs that came.</summary>
    internal uint Wakes => _page.Read32(WakesOffset);

    /// <summary>It sleeps, or is about to; cleared by who wakes it.</summary>
    internal bool IsSleeping
    {
        get => _page.Read32(SleepingOffset) != 0;
        set => _page.Write32(SleepingOffset, value ? 1u : 0);
    }

    /// <summary>That it is lost was reported.</summary>
    internal bool IsTold
    {
        get => _page.Read32(ToldOffset) != 0;
        set => _page.Write32(ToldOffset, value ? 1u : 0);
    }

    /// <summary>The block of a CPU, 1 to <see cref="Limits.Cpus"/> - 1.</summary>
    internal static CpuBlock Of(int cpu) =>
        new(new DmaRegion(Image.CpuPages() + (ulong)(((cpu - 1) * Stride) + ControlOffset), 4096));

    /// <summary>The block at the address that the CPU itself was given.</summary>
    internal static CpuBlock At(ulong address) => new(new DmaRegion(address, 4096));

    /// <summary>Makes it ready for a CPU.</summary>
    internal void Prepare(int index, uint apicId)
    {
        _page.Bytes(0, 4096).Clear();
        _page.Write32(IndexOffset, (uint)index);
        _page.Write32(ApicOffset, apicId);
        State = Offered;
    }
}

using System;
using System.Runtime.InteropServices;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Compress;

/// <summary>
/// A batch of pages on its way: free, started, taken by a CPU, done. The state is the only word that two CPUs write; who
/// moved it from started to taken owns all the rest until it is done.
/// </summary>
internal readonly struct BatchSlot(int index)
{
    internal const uint Free = 0;
    internal const uint Started = 1;
    internal const uint Done = 2;

    private const uint Taken = 0x100;
    private const int Stride = 256;
    private const int StateOffset = 0;
    private const int CountOffset = 4;
    private const int UsedOffset = 8;
    private const int TicketOffset = 12;
    private const int AddressesOffset = 16;
    private const int ResultsOffset = AddressesOffset + (PageBatch.MaxPages * sizeof(ulong));
    private const int CompressesOffset = ResultsOffset + (PageBatch.MaxPages * sizeof(uint));

    internal int Index { get; } = index;

    internal uint State => Control.Read32(StateOffset);

    /// <summary>Batches are taken in the order of these.</summary>
    internal uint Ticket => Control.Read32(TicketOffset);

    /// <summary>The CPU that has taken it; -1 if none has.</summary>
    internal int Owner
    {
        get
        {
            uint state = State;
            return state < Taken ? -1 : (int)(state - Taken);
        }
    }

    private DmaRegion Control => StaticMemory.SlotControl.Slice(Index * Stride, Stride);

    private Span<PageResult> Results =>
        MemoryMarshal.Cast<byte, PageResult>(Control.Bytes(ResultsOffset, PageBatch.MaxPages * 4));

    internal void Clear() => Control.Bytes(0, Stride).Clear();

    internal void Start(ReadOnlySpan<ulong> addresses, bool compresses, uint ticket)
    {
        DmaRegion control = Control;
        for (int i = 0; i < addresses.Length; i++)
        {
            control.Write64(AddressesOffset + (i * sizeof(ulong)), addresses[i]);
        }
        control.Write32(CountOffset, (uint)addresses.Length);
        control.Write32(TicketOffset, ticket);
        control.Write32(CompressesOffset, compresses ? 1U : 0);
        control.Write32(StateOffset, Started);
    }

    /// <summary>True if it was started and is the CPU's now.</summary>
    internal bool TryTake(int cpu) =>
        Cpu.CompareExchange(Control.Address + StateOffset, Started, Taken + (uint)cpu) == Started;

    /// <summary>Takes it from a CPU that is lost.</summary>
    internal void TakeOver() => Control.Write32(StateOffset, Taken);

    /// <summary>Gives back what was taken and not worked on.</summary>
    internal void GiveBack() => Control.Write32(StateOffset, Started);

    internal void Release() => Control.Write32(StateOffset, Free);

    /// <summary>Does the work, on the CPU that has taken it.</summary>
    internal void Run<TMemory>(int cpu, ref KernelCodec codec)
        where TMemory : struct, Capture.IPhysicalMemory
    {
        DmaRegion control = Control;
        TMemory memory = default;
        int count = (int)control.Read32(CountOffset);
        ReadOnlySpan<ulong> addresses = MemoryMarshal.Cast<byte, ulong>(
            control.Bytes(AddressesOffset, count * sizeof(ulong)));
        DmaRegion page = StaticMemory.Page(cpu);
        DmaRegion output = StaticMemory.Slot(Index);
        int used = PageBatch.Run(
            ref memory,
            ref codec,
            control.Read32(CompressesOffset) != 0,
            addresses,
            page.Bytes(0, page.Length),
            output.Bytes(0, output.Length),
            Results);
        control.Write32(UsedOffset, (uint)used);
        control.Write32(StateOffset, Done);
    }

    /// <summary>A page of a batch that is done could not be read.</summary>
    internal bool HasUnreadable()
    {
        ReadOnlySpan<PageResult> results = Results;
        int count = (int)Control.Read32(CountOffset);
        for (int i = 0; i < count; i++)
        {
            if (results[i].Form == PageForm.Unreadable)
            {
                return true;
            }
        }
        return false;
    }

    internal CompressedBatch Result()
    {
        DmaRegion control = Control;
        return new CompressedBatch(
            Results.Slice(0, (int)control.Read32(CountOffset)),
            StaticMemory.Slot(Index).Bytes(0, (int)control.Read32(UsedOffset)));
    }
}

using System.Runtime.CompilerServices;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Kernel.Machine.Smp;

namespace CosmosKdump.Kernel.Compress;

/// <summary>The batches of pages and the CPUs that take them. No lock: a batch changes hands by its state alone.</summary>
internal static unsafe class BatchWork
{
    // Sixteen pages take a hundredth of this on the slowest machine that was tried, an emulated one.
    private const uint BatchMilliseconds = 5000;

    private static Codecs _codecs;
    private static int _slots;
    private static bool _isHeld;

    /// <summary>Slots in use.</summary>
    internal static int Slots => _slots;

    /// <summary>
    /// Makes the codecs and brings up the other CPUs. What an earlier user left under way is waited for. Without other
    /// CPUs there is one slot.
    /// </summary>
    internal static Status Prepare(Compressor kind, int cpus)
    {
        Hold(true);
        Status result = Status.Ok;
        for (int cpu = 0; cpu < Limits.Cpus; cpu++)
        {
            Status status = KernelCodec.Create(kind, StaticMemory.Codec(cpu), out _codecs[cpu]);
            result = status == Status.Ok ? result : status;
        }
        for (int slot = 0; slot < Limits.BatchSlots; slot++)
        {
            new BatchSlot(slot).Clear();
        }
        _slots = 1;
        // Both are plain functions of this class.
        Processors.Work = &WorkOn;
        PageTables.HoldOthers = &Hold;
        Status started = Processors.Start(cpus);
        if (cpus > 1 && Processors.Count > 1)
        {
            _slots = Processors.Count + 1;
        }
        Hold(false);
        return result == Status.Ok ? started : result;
    }

    /// <summary>Takes the oldest batch that was started; false if there is none.</summary>
    internal static bool TryTake(int cpu, out BatchSlot taken)
    {
        taken = default;
        bool found = false;
        for (int i = 0; i < _slots; i++)
        {
            var slot = new BatchSlot(i);
            // Tickets are close to each other, so the difference tells the order across a wrap too.
            if (slot.State == BatchSlot.Started && (!found || (int)(slot.Ticket - taken.Ticket) < 0))
            {
                taken = slot;
                found = true;
            }
        }
        return found && taken.TryTake(cpu);
    }

    /// <summary>Works on a batch that our CPU has taken.</summary>
    internal static void RunHere(BatchSlot slot) => slot.Run<OldMemory>(0, ref _codecs[0]);

    /// <summary>Waits until a batch is done, and works on others meanwhile. A lost CPU's batch is ours.</summary>
    internal static void Complete(BatchSlot slot)
    {
        Deadline deadline = Deadline.AfterMilliseconds(BatchMilliseconds);
        while (slot.State is not (BatchSlot.Done or BatchSlot.Free))
        {
            int owner = slot.Owner;
            if (owner > 0 && !Processors.IsRunning(owner))
            {
                slot.TakeOver();
                RunHere(slot);
            }
            else if (slot.TryTake(0))
            {
                RunHere(slot);
            }
            else if (TryTake(0, out BatchSlot other))
            {
                RunHere(other);
            }
            else if (owner > 0 && deadline.HasPassed)
            {
                Processors.Stop(owner);
            }
            else
            {
                Cpu.Pause();
            }
        }
    }

    /// <summary>What a further CPU does: one batch, or nothing (false).</summary>
    internal static bool WorkOn(int cpu)
    {
        if (IsHeldNow() || !TryTake(cpu, out BatchSlot slot))
        {
            return false;
        }
        // Taking was a locked instruction: whoever holds us either sees it, or we see that we are held.
        if (IsHeldNow())
        {
            slot.GiveBack();
            return false;
        }
        // Mappings that were dropped since the last batch are forgotten.
        Cpu.WriteCr3(Cpu.ReadCr3());
        slot.Run<MappedMemory>(cpu, ref _codecs[cpu]);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsHeldNow() => _isHeld;

    private static void Hold(bool hold)
    {
        _isHeld = hold;
        Cpu.FullFence();
        if (hold)
        {
            WaitForOthers();
        }
    }

    /// <summary>Waits until no other CPU works on a batch; one that does not end is stopped.</summary>
    private static void WaitForOthers()
    {
        for (int i = 0; i < _slots; i++)
        {
            var slot = new BatchSlot(i);
            Deadline deadline = Deadline.AfterMilliseconds(BatchMilliseconds);
            for (int owner = slot.Owner; owner > 0 && Processors.IsRunning(owner); owner = slot.Owner)
            {
                if (deadline.HasPassed)
                {
                    Processors.Stop(owner);
                }
                Cpu.Pause();
            }
        }
    }

    [InlineArray(Limits.Cpus)]
    private struct Codecs
    {
        private KernelCodec _first;
    }
}

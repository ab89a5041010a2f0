using System.Runtime.InteropServices;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Nvme;

/// <summary>
/// A submission and a completion queue and their doorbells (NVMe base 2.0c, 3.3). The owner keeps fewer commands in
/// flight than the submission queue has entries, so that neither queue ever overflows.
/// </summary>
internal struct NvmeQueue
{
    private Mmio _registers;
    private DmaRegion _memory;
    private uint _tailDoorbell;
    private uint _headDoorbell;
    private int _submissionOffset;
    private int _submissionEntries;
    private int _completionOffset;
    private int _completionEntries;
    private int _tail;
    private int _rungTail;
    private int _head;
    private int _unreleased;
    private bool _phase;

    /// <summary>Commands pushed that the device has not been told of.</summary>
    public readonly int Unrung => (_tail - _rungTail + _submissionEntries) % _submissionEntries;

    /// <summary>Entries of the submission queue.</summary>
    public readonly int SubmissionEntries => _submissionEntries;

    /// <summary>Entries of the completion queue.</summary>
    public readonly int CompletionEntries => _completionEntries;

    /// <summary>Physical address of the submission queue.</summary>
    public readonly ulong SubmissionAddress => _memory.Address + (uint)_submissionOffset;

    /// <summary>Physical address of the completion queue.</summary>
    public readonly ulong CompletionAddress => _memory.Address + (uint)_completionOffset;

    /// <summary>Empties both queues; the device must not know them yet.</summary>
    public void Reset(
        in Mmio registers,
        in DmaRegion memory,
        int id,
        uint doorbellStrideBytes,
        int submissionOffset,
        int submissionEntries,
        int completionOffset,
        int completionEntries)
    {
        this = default;
        _registers = registers;
        _memory = memory;
        _tailDoorbell = NvmeRegister.Doorbells + ((uint)(2 * id) * doorbellStrideBytes);
        _headDoorbell = _tailDoorbell + doorbellStrideBytes;
        _submissionOffset = submissionOffset;
        _submissionEntries = submissionEntries;
        _completionOffset = completionOffset;
        _completionEntries = completionEntries;
        // The device writes entries of the first round with a phase of one: zeros are "not yet".
        _phase = true;
        memory.Bytes(completionOffset, completionEntries * NvmeCompletion.SizeBytes).Clear();
    }

    /// <summary>Puts a command into the queue; <see cref="Ring"/> makes the device see it.</summary>
    public void Push(in NvmeCommand command)
    {
        int offset = _submissionOffset + (_tail * NvmeCommand.SizeBytes);
        MemoryMarshal.Write(_memory.Bytes(offset, NvmeCommand.SizeBytes), in command);
        _tail = _tail + 1 == _submissionEntries ? 0 : _tail + 1;
    }

    /// <summary>Tells the device of all commands pushed.</summary>
    public void Ring()
    {
        if (_tail != _rungTail)
        {
            Cpu.StoreFence();
            _registers.Write32(_tailDoorbell, (uint)_tail);
            _rungTail = _tail;
        }
    }

    /// <summary>Takes the next completion, if there is one.</summary>
    public bool TryPop(out NvmeCompletion completion)
    {
        int offset = _completionOffset + (_head * NvmeCompletion.SizeBytes);
        uint dword3 = _memory.Read32(offset + 12);
        if ((dword3 >> 16 & 1) != (_phase ? 1u : 0u))
        {
            completion = default;
            return false;
        }
        // x86 does not reorder loads, so dword 0 is as new as the phase bit.
        completion = new NvmeCompletion(_memory.Read32(offset), dword3);
        _unreleased++;
        if (++_head == _completionEntries)
        {
            _head = 0;
            _phase = !_phase;
        }
        return true;
    }

    /// <summary>Gives taken completions back to the device when at least <paramref name="atLeast"/> were taken.</summary>
    public void Release(int atLeast)
    {
        if (_unreleased >= atLeast && _unreleased != 0)
        {
            _registers.Write32(_headDoorbell, (uint)_head);
            _unreleased = 0;
        }
    }
}

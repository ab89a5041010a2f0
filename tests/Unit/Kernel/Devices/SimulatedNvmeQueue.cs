using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>The controller's side of a queue pair.</summary>
internal sealed class SimulatedNvmeQueue
{
    private ulong _submission;
    private int _submissionHead;
    private ulong _completion;
    private int _completionEntries;
    private int _completionTail;
    private int _completionHead;
    private bool _phase;

    public int SubmissionEntries { get; private set; }

    public bool HasRoom => _completionEntries != 0 && Next(_completionTail, _completionEntries) != _completionHead;

    public void Open(ulong submission, int submissionEntries, ulong completion, int completionEntries)
    {
        OpenCompletion(completion, completionEntries);
        OpenSubmission(submission, submissionEntries);
    }

    public void OpenSubmission(ulong address, int entries)
    {
        _submission = address;
        SubmissionEntries = entries;
        _submissionHead = 0;
    }

    public void OpenCompletion(ulong address, int entries)
    {
        _completion = address;
        _completionEntries = entries;
        _completionTail = 0;
        _completionHead = 0;
        _phase = true;
    }

    public void Close()
    {
        SubmissionEntries = 0;
        _completionEntries = 0;
    }

    public IEnumerable<byte[]> TakeUntil(int tail)
    {
        if (SubmissionEntries == 0 || tail >= SubmissionEntries)
        {
            throw new InvalidOperationException($"tail {tail} of a queue with {SubmissionEntries} entries");
        }
        while (_submissionHead != tail)
        {
            int at = (int)_submission + (_submissionHead * 64);
            yield return SimulatedMachine.Current.Memory.AsSpan(at, 64).ToArray();
            _submissionHead = Next(_submissionHead, SubmissionEntries);
        }
    }

    public void Complete(ushort commandId, uint status)
    {
        if (!HasRoom)
        {
            throw new InvalidOperationException("the completion queue overflows");
        }
        Span<byte> entry = SimulatedMachine.Current.Memory.AsSpan((int)_completion + (_completionTail * 16), 16);
        entry.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], commandId | (status << 17) | (_phase ? 1u << 16 : 0));
        _completionTail = Next(_completionTail, _completionEntries);
        _phase ^= _completionTail == 0;
    }

    public void MoveHead(int head)
    {
        if (head >= _completionEntries)
        {
            throw new InvalidOperationException($"head {head} of a queue with {_completionEntries} entries");
        }
        _completionHead = head;
    }

    private static int Next(int index, int entries) => index + 1 == entries ? 0 : index + 1;
}

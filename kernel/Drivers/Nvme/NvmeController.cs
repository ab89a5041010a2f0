using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Nvme;

/// <summary>
/// An NVMe controller: reset from whatever state the old kernel left, the admin queue, one I/O queue pair
/// (NVMe base 2.0c, 3.5.1: initialisation).
/// </summary>
internal struct NvmeController
{
    private const uint AdminMilliseconds = 10_000;
    private const int ControllerBar = 0;

    private PciDevice _device;
    private DmaRegion _region;
    private NvmeRegisters _registers;
    private NvmeQueue _admin;
    private NvmeNamespaceList _namespaces;
    private ushort _commandId;
    private bool _isMapped;

    /// <summary>The I/O queue pair.</summary>
    public NvmeQueue Io;

    /// <summary>Facts of the controller, known after <see cref="Start"/>.</summary>
    public NvmeControllerFacts Facts { get; private set; }

    /// <summary>Active namespaces found.</summary>
    public int NamespaceCount { get; private set; }

    /// <summary>The PCI function.</summary>
    public readonly PciDevice Device => _device;

    /// <summary>Model number as text, for a report; valid until <see cref="IdentifyNamespace"/>.</summary>
    public readonly ReadOnlySpan<byte> Model =>
        NvmeControllerFacts.Model(_region.Bytes(NvmeLayout.Identify, Limits.PageBytes));

    /// <summary>Is the controller alive and ready?</summary>
    public readonly Status Health() => _registers.Health();

    /// <summary>ID of an active namespace.</summary>
    public readonly uint NamespaceId(int index) => _namespaces[index];

    /// <summary>Enables the function, maps its registers, and brings the controller up.</summary>
    public Status Start(in PciDevice device, in DmaRegion region)
    {
        this = default;
        _device = device;
        _region = region;
        if (region.Length < NvmeLayout.RegionBytes || region.Address % Limits.PageBytes != 0)
        {
            return Status.BufferTooSmall;
        }
        Status status = PciBar.Read(device, ControllerBar, out PciBar bar);
        if (status == Status.Ok)
        {
            status = bar.IsIo ? Status.DeviceUnsupported : PciControl.Wake(device);
        }
        if (status == Status.Ok)
        {
            status = _registers.Map(bar);
            _isMapped = status == Status.Ok;
        }
        if (status != Status.Ok)
        {
            PciControl.Disable(device);
        }
        return status == Status.Ok ? Restart() : status;
    }

    /// <summary>Resets the controller and sets it up anew; whatever was in flight is forgotten.</summary>
    public Status Restart()
    {
        if (!_isMapped)
        {
            return Status.NoDevice;
        }
        Status status = PciControl.Wake(_device);
        if (status == Status.Ok)
        {
            status = BringUp();
        }
        if (status != Status.Ok)
        {
            PciControl.Disable(_device);
        }
        return status;
    }

    private Status BringUp()
    {
        NamespaceCount = 0;
        Status status = _registers.Disable();
        if (status == Status.DeviceTimeout && PciControl.ResetFunction(_device) == Status.Ok)
        {
            status = _registers.Disable();
        }
        if (status == Status.Ok)
        {
            // Only now: what the old kernel had asked for is forgotten.
            status = PciControl.Enable(_device);
        }
        if (status == Status.Ok)
        {
            status = EnableAdmin();
        }
        if (status == Status.Ok)
        {
            status = CreateIoQueues();
        }
        if (status == Status.Ok)
        {
            status = ListNamespaces();
        }
        // Last, so that the answer stays for Model.
        return status == Status.Ok ? IdentifyController() : status;
    }

    /// <summary>Asks for the facts of a namespace.</summary>
    public Status IdentifyNamespace(uint namespaceId, out NvmeNamespaceFacts facts)
    {
        facts = default;
        Status status = Identify(NvmeOpcode.IdentifyNamespace, namespaceId);
        return status == Status.Ok
            ? NvmeNamespaceFacts.Parse(_region.Bytes(NvmeLayout.Identify, Limits.PageBytes), out facts)
            : status;
    }

    /// <summary>Shuts the controller down in order (NVMe base 2.0c, 3.6.1), resets it, and ends its bus mastering.</summary>
    public void Stop()
    {
        if (!_isMapped)
        {
            return;
        }
        _registers.Shutdown();
        _registers.Disable();
        PciControl.Disable(_device);
        _isMapped = false;
    }

    private Status EnableAdmin()
    {
        int entries = Math.Min(NvmeLayout.AdminEntries, _registers.Capabilities.MaxQueueEntries);
        if (entries < 2)
        {
            return Status.DeviceUnsupported;
        }
        _admin.Reset(
            _registers.Window,
            _region,
            0,
            _registers.Capabilities.DoorbellStrideBytes,
            NvmeLayout.AdminSubmission,
            entries,
            NvmeLayout.AdminCompletion,
            entries);
        return _registers.Enable(in _admin);
    }

    private Status CreateIoQueues()
    {
        int submissionEntries = Math.Min(NvmeLayout.SubmissionEntries, _registers.Capabilities.MaxQueueEntries);
        int completionEntries = Math.Min(NvmeLayout.CompletionEntries, _registers.Capabilities.MaxQueueEntries);
        Io.Reset(
            _registers.Window,
            _region,
            1,
            _registers.Capabilities.DoorbellStrideBytes,
            NvmeLayout.Submission,
            submissionEntries,
            NvmeLayout.Completion,
            completionEntries);

        // One queue of each kind, counted from zero; must precede their creation (5.27.1.5). A controller that
        // refuses it has the default, which is enough.
        NvmeCommand command = default;
        command.SetHead(NvmeOpcode.SetFeatures, ++_commandId);
        command.Dword10 = NvmeOpcode.FeatureQueueCount;
        Status status = Execute(ref command);
        if (status is not (Status.Ok or Status.RequestFailed))
        {
            return status;
        }
        command = default;
        command.SetHead(NvmeOpcode.CreateCompletionQueue, ++_commandId);
        command.Prp1 = Io.CompletionAddress;
        command.Dword10 = ((uint)(completionEntries - 1) << 16) | 1;
        command.Dword11 = NvmeOpcode.QueueContiguous;
        status = Execute(ref command);
        if (status != Status.Ok)
        {
            return status;
        }
        command = default;
        command.SetHead(NvmeOpcode.CreateSubmissionQueue, ++_commandId);
        command.Prp1 = Io.SubmissionAddress;
        command.Dword10 = ((uint)(submissionEntries - 1) << 16) | 1;
        command.Dword11 = (1u << 16) | NvmeOpcode.QueueContiguous;
        return Execute(ref command);
    }

    private Status IdentifyController()
    {
        Status status = Identify(NvmeOpcode.IdentifyController, 0);
        if (status != Status.Ok)
        {
            return status;
        }
        status = NvmeControllerFacts.Parse(
            _region.Bytes(NvmeLayout.Identify, Limits.PageBytes),
            _registers.Capabilities.MinPageShift,
            out NvmeControllerFacts facts);
        Facts = facts;
        if (NamespaceCount == 0)
        {
            // No list (before 1.1, or refused): the IDs are 1 to NN.
            for (uint id = 1; id <= facts.NamespaceCount && NamespaceCount < NvmeNamespaceList.Capacity; id++)
            {
                _namespaces[NamespaceCount++] = id;
            }
        }
        return status;
    }

    private Status ListNamespaces()
    {
        if (_registers.Version < NvmeRegister.Version11)
        {
            return Status.Ok;
        }
        Status status = Identify(NvmeOpcode.IdentifyActiveNamespaces, 0);
        if (status == Status.RequestFailed)
        {
            return Status.Ok;
        }
        ReadOnlySpan<byte> list = _region.Bytes(NvmeLayout.Identify, Limits.PageBytes);
        for (int i = 0; status == Status.Ok && i < NvmeNamespaceList.Capacity; i++)
        {
            uint id = BinaryPrimitives.ReadUInt32LittleEndian(list.Slice(i * 4, 4));
            if (id == 0)
            {
                break;
            }
            _namespaces[NamespaceCount++] = id;
        }
        return status;
    }

    private Status Identify(uint structure, uint namespaceId)
    {
        NvmeCommand command = default;
        command.SetHead(NvmeOpcode.Identify, ++_commandId);
        command.NamespaceId = namespaceId;
        command.Prp1 = _region.Address + NvmeLayout.Identify;
        command.Dword10 = structure;
        _region.Bytes(NvmeLayout.Identify, Limits.PageBytes).Clear();
        return Execute(ref command);
    }

    // After DeviceTimeout the command may still write its answer: the controller needs a reset before the next one.
    private Status Execute(ref NvmeCommand command)
    {
        _admin.Push(in command);
        _admin.Ring();
        Deadline end = Deadline.AfterMilliseconds(AdminMilliseconds);
        while (true)
        {
            bool isLast = end.HasPassed;
            if (_admin.TryPop(out NvmeCompletion completion))
            {
                _admin.Release(1);
                if (completion.CommandId == _commandId)
                {
                    return completion.Status;
                }
                // That of a command that was given up. The deadline bounds how many of them are passed over.
                if (!isLast)
                {
                    continue;
                }
            }
            Status health = _registers.Health();
            if (health != Status.Ok)
            {
                return health;
            }
            if (isLast)
            {
                return Status.DeviceTimeout;
            }
            Cpu.Pause();
        }
    }
}

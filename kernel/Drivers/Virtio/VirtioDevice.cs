using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>
/// The life of a virtio device, whatever it does: opened once, brought up in the order of virtio 1.2, 3.1.1, as often as
/// needed, and stopped.
/// </summary>
internal struct VirtioDevice
{
    private PciDevice _device;
    private VirtioTransport _transport;

    /// <summary>Its registers were found, and it was not stopped.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Where it sits.</summary>
    public readonly PciDevice Place => _device;

    /// <summary>The device dictates the sizes of its queues.</summary>
    public readonly bool HasFixedQueues => _transport.HasFixedQueues;

    /// <summary>The modern interface is in use.</summary>
    public readonly bool IsModern => _transport.IsModern;

    /// <summary>Whether it still runs as it was told to.</summary>
    public readonly Status Health
    {
        get
        {
            byte state = _transport.ReadStatus();
            if (state == VirtioRegister.StatusGone)
            {
                return Status.DeviceGone;
            }
            bool isRunning = (state & VirtioRegister.StatusDriverOk) != 0 && (state & VirtioRegister.StatusNeedsReset) == 0;
            return isRunning ? Status.Ok : Status.DeviceFailed;
        }
    }

    /// <summary>Wakes the device and finds its registers.</summary>
    public Status Open(in PciDevice device)
    {
        _device = device;
        Status status = PciControl.Wake(device);
        status = status == Status.Ok ? _transport.Open(device) : status;
        IsOpen = status == Status.Ok;
        return Checked(status);
    }

    /// <summary>
    /// Resets the device, whatever its state, and reads which of the features that the driver understands it offers. They
    /// are accepted by <see cref="Accept"/>.
    /// </summary>
    public readonly Status Begin(ulong understood, out ulong features)
    {
        features = 0;
        if (!IsOpen)
        {
            return Status.NoDevice;
        }
        Status status = PciControl.Wake(_device);
        status = status == Status.Ok ? _transport.Reset() : status;
        // Bus mastering only now: what the old kernel had asked for is forgotten.
        status = status == Status.Ok ? PciControl.Enable(_device) : status;
        if (status != Status.Ok)
        {
            return Checked(status);
        }
        _transport.AddStatus(VirtioRegister.StatusAcknowledge);
        _transport.AddStatus(VirtioRegister.StatusDriver);
        features = _transport.ReadFeatures() & understood;
        bool isOdd = _transport.IsModern && (features & VirtioFeature.Version1) == 0;
        return isOdd ? Run(Status.DeviceUnsupported) : Status.Ok;
    }

    /// <summary>Accepts features, some of those that <see cref="Begin"/> told.</summary>
    public readonly Status Accept(ulong features)
    {
        Status status = _transport.WriteFeatures(features);
        return status == Status.Ok ? status : Run(status);
    }

    /// <summary>
    /// Ends the bringing-up: <paramref name="status"/> tells how the driver's own part of it went. The device runs after it,
    /// or is told that it failed.
    /// </summary>
    public readonly Status Run(Status status)
    {
        _transport.AddStatus(status == Status.Ok ? VirtioRegister.StatusDriverOk : VirtioRegister.StatusFailed);
        return Checked(status == Status.Ok ? Health : status);
    }

    /// <summary>Resets the device and ends its bus mastering. Safe in every state.</summary>
    public void Stop()
    {
        if (IsOpen)
        {
            _transport.Reset();
            PciControl.Disable(_device);
            IsOpen = false;
        }
    }

    /// <inheritdoc cref="VirtioTransport.SelectQueue"/>
    public readonly int SelectQueue(int index = 0) => _transport.SelectQueue(index);

    /// <inheritdoc cref="VirtioTransport.EnableQueue"/>
    public Status EnableQueue(in VirtioQueue queue, int index = 0) => _transport.EnableQueue(in queue, index);

    /// <inheritdoc cref="VirtioTransport.Notify"/>
    public readonly void Notify(int index = 0) => _transport.Notify(index);

    /// <inheritdoc cref="VirtioTransport.ReadConfig32"/>
    public readonly uint ReadConfig32(uint offset) => _transport.ReadConfig32(offset);

    /// <inheritdoc cref="VirtioTransport.ReadConfig64"/>
    public readonly ulong ReadConfig64(uint offset) => _transport.ReadConfig64(offset);

    private readonly Status Checked(Status status)
    {
        if (status != Status.Ok)
        {
            PciControl.Disable(_device);
        }
        return status;
    }
}

using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>
/// How registers of a virtio device are reached: the modern interface (virtio 1.2, 4.1.4) where the device has it, the
/// legacy ports (4.1.4.10) otherwise; or over MMIO (4.2). MSI-X is off, as <see cref="PciControl.Enable"/> leaves it.
/// </summary>
internal struct VirtioTransport
{
    private const uint ResetMilliseconds = 2_000;
    private const uint DeviceConfigBytes = 0x40;
    private const uint LeastDeviceConfigBytes = 8;
    private const int GenerationTries = 16;

    private VirtioStructure _notifyStructure;
    private Mmio _common;
    private Mmio _config;
    private VirtioNotifyWindows _notify;
    private Mmio _registers;
    private ushort _ports;
    private ushort _portCount;
    private bool _isMmio;

    /// <summary>The modern interface is in use.</summary>
    public bool IsModern { get; private set; }

    /// <summary>The device dictates the sizes of its queues.</summary>
    public readonly bool HasFixedQueues => !IsModern && !_isMmio;

    /// <summary>Finds and maps the registers; the function must be enabled and idle.</summary>
    public Status Open(in PciDevice device)
    {
        this = default;
        if (device.Registers != 0)
        {
            return OpenMmio(device);
        }
        Status status = OpenModern(device);
        if (status == Status.DeviceUnsupported && device.DeviceId < VirtioRegister.FirstModern)
        {
            status = OpenLegacy(device);
        }
        return status;
    }

    /// <summary>Reads the device status field.</summary>
    public readonly byte ReadStatus() => _isMmio
        ? (byte)_registers.Read32(VirtioMmioRegister.DeviceStatus)
        : IsModern
        ? _common.Read8(VirtioRegister.DeviceStatus)
        : PortIo.In8((ushort)(_ports + VirtioRegister.LegacyDeviceStatus));

    /// <summary>Sets bits of the device status field.</summary>
    public readonly void AddStatus(byte bits) => WriteStatus((byte)(ReadStatus() | bits));

    /// <summary>Resets the device and waits until it says so (4.1.4.3.2).</summary>
    public readonly Status Reset()
    {
        WriteStatus(0);
        Deadline end = Deadline.AfterMilliseconds(ResetMilliseconds);
        while (true)
        {
            bool isLast = end.HasPassed;
            byte state = ReadStatus();
            if (state == 0)
            {
                return Status.Ok;
            }
            if (state == VirtioRegister.StatusGone)
            {
                return Status.DeviceGone;
            }
            if (isLast)
            {
                return Status.DeviceTimeout;
            }
            Cpu.Pause();
        }
    }

    /// <summary>Reads the features that the device offers.</summary>
    public readonly ulong ReadFeatures()
    {
        if (_isMmio)
        {
            _registers.Write32(VirtioMmioRegister.DeviceFeatureSelect, 0);
            ulong first = _registers.Read32(VirtioMmioRegister.DeviceFeature);
            _registers.Write32(VirtioMmioRegister.DeviceFeatureSelect, 1);
            return IsModern ? first | ((ulong)_registers.Read32(VirtioMmioRegister.DeviceFeature) << 32) : first;
        }
        if (!IsModern)
        {
            return PortIo.In32((ushort)(_ports + VirtioRegister.LegacyDeviceFeatures));
        }
        _common.Write32(VirtioRegister.DeviceFeatureSelect, 0);
        ulong low = _common.Read32(VirtioRegister.DeviceFeature);
        _common.Write32(VirtioRegister.DeviceFeatureSelect, 1);
        return low | ((ulong)_common.Read32(VirtioRegister.DeviceFeature) << 32);
    }

    /// <summary>Accepts features, and checks that the device agrees (3.1.1, steps 4 to 6).</summary>
    public readonly Status WriteFeatures(ulong features)
    {
        if (_isMmio)
        {
            _registers.Write32(VirtioMmioRegister.DriverFeatureSelect, 0);
            _registers.Write32(VirtioMmioRegister.DriverFeature, (uint)features);
        }
        else if (!IsModern)
        {
            PortIo.Out32((ushort)(_ports + VirtioRegister.LegacyDriverFeatures), (uint)features);
        }
        if (!IsModern)
        {
            return Status.Ok;
        }
        if (_isMmio)
        {
            _registers.Write32(VirtioMmioRegister.DriverFeatureSelect, 1);
            _registers.Write32(VirtioMmioRegister.DriverFeature, (uint)(features >> 32));
        }
        else
        {
            _common.Write32(VirtioRegister.DriverFeatureSelect, 0);
            _common.Write32(VirtioRegister.DriverFeature, (uint)features);
            _common.Write32(VirtioRegister.DriverFeatureSelect, 1);
            _common.Write32(VirtioRegister.DriverFeature, (uint)(features >> 32));
        }
        AddStatus(VirtioRegister.StatusFeaturesOk);
        return (ReadStatus() & VirtioRegister.StatusFeaturesOk) != 0 ? Status.Ok : Status.DeviceUnsupported;
    }

    /// <summary>Selects a queue and reads its largest size, 0 when the device has none.</summary>
    public readonly int SelectQueue(int index = 0)
    {
        if (_isMmio)
        {
            _registers.Write32(VirtioMmioRegister.QueueSelect, (uint)index);
            return (int)Math.Min(_registers.Read32(VirtioMmioRegister.QueueSizeMax), ushort.MaxValue);
        }
        if (IsModern)
        {
            _common.Write16(VirtioRegister.QueueSelect, (ushort)index);
            return _common.Read16(VirtioRegister.QueueSize);
        }
        PortIo.Out16((ushort)(_ports + VirtioRegister.LegacyQueueSelect), (ushort)index);
        return PortIo.In16((ushort)(_ports + VirtioRegister.LegacyQueueSize));
    }

    /// <summary>Gives the selected queue, which is number <paramref name="index"/>, its memory and enables it.</summary>
    public Status EnableQueue(in VirtioQueue queue, int index = 0)
    {
        if (_isMmio)
        {
            return EnableMmioQueue(queue);
        }
        if (!IsModern)
        {
            // The register holds a 32-bit page number.
            if (queue.DescriptorAddress >> 44 != 0)
            {
                return Status.DeviceUnsupported;
            }
            PortIo.Out32((ushort)(_ports + VirtioRegister.LegacyQueueAddress), (uint)(queue.DescriptorAddress >> 12));
            return Status.Ok;
        }
        _common.Write16(VirtioRegister.ConfigVector, VirtioRegister.NoVector);
        _common.Write16(VirtioRegister.QueueSize, (ushort)queue.Size);
        _common.Write16(VirtioRegister.QueueVector, VirtioRegister.NoVector);
        WriteAddress(VirtioRegister.QueueDescriptors, queue.DescriptorAddress);
        WriteAddress(VirtioRegister.QueueAvailable, queue.AvailableAddress);
        WriteAddress(VirtioRegister.QueueUsed, queue.UsedAddress);
        Status status = Status.Ok;
        if (_notify[index].Length == 0)
        {
            ulong offset = (ulong)_common.Read16(VirtioRegister.QueueNotifyOffset) * _notifyStructure.NotifyMultiplier;
            status = _notifyStructure.Map(offset, 2, 4, out Mmio window);
            _notify[index] = window;
        }
        if (status == Status.Ok)
        {
            _common.Write16(VirtioRegister.QueueEnable, 1);
        }
        return status;
    }

    /// <summary>Tells the device that a queue has new buffers.</summary>
    public readonly void Notify(int index = 0)
    {
        if (_isMmio)
        {
            _registers.Write32(VirtioMmioRegister.QueueNotify, (uint)index);
            return;
        }
        if (IsModern)
        {
            _notify[index].Write16(0, (ushort)index);
        }
        else
        {
            PortIo.Out16((ushort)(_ports + VirtioRegister.LegacyQueueNotify), (ushort)index);
        }
    }

    /// <summary>Reads 32 bits of the device configuration; zero past its end.</summary>
    public readonly uint ReadConfig32(uint offset)
    {
        if (_isMmio)
        {
            ulong end = VirtioMmioRegister.Config + offset + 4;
            return end <= _registers.Length ? _registers.Read32(VirtioMmioRegister.Config + offset) : 0;
        }
        if (IsModern)
        {
            return offset + 4 <= _config.Length ? _config.Read32(offset) : 0;
        }
        uint port = VirtioRegister.LegacyConfig + offset;
        return port + 4 <= _portCount ? PortIo.In32((ushort)(_ports + port)) : 0;
    }

    /// <summary>Reads 64 bits of the device configuration that belong together (2.5.1).</summary>
    public readonly ulong ReadConfig64(uint offset)
    {
        ulong value = 0;
        for (int i = 0; i < GenerationTries; i++)
        {
            uint before = ConfigStamp(offset);
            uint low = ReadConfig32(offset);
            value = low | ((ulong)ReadConfig32(offset + 4) << 32);
            if (ConfigStamp(offset) == before)
            {
                break;
            }
        }
        return value;
    }

    // The modern interface counts changes; on the legacy one the only way is to read again.
    private readonly uint ConfigStamp(uint offset) =>
        IsModern && _isMmio ? _registers.Read32(VirtioMmioRegister.ConfigGeneration)
        : IsModern ? _common.Read8(VirtioRegister.ConfigGeneration) : ReadConfig32(offset);

    private readonly void WriteStatus(byte value)
    {
        if (_isMmio)
        {
            _registers.Write32(VirtioMmioRegister.DeviceStatus, value);
        }
        else if (IsModern)
        {
            _common.Write8(VirtioRegister.DeviceStatus, value);
        }
        else
        {
            PortIo.Out8((ushort)(_ports + VirtioRegister.LegacyDeviceStatus), value);
        }
    }

    // 64-bit fields are accessed in halves (4.1.3.1).
    private readonly void WriteAddress(uint offset, ulong address)
    {
        _common.Write32(offset, (uint)address);
        _common.Write32(offset + 4, (uint)(address >> 32));
    }

    private readonly Status EnableMmioQueue(in VirtioQueue queue)
    {
        _registers.Write32(VirtioMmioRegister.QueueSize, (uint)queue.Size);
        if (!IsModern)
        {
            // The register holds a 32-bit page number.
            if (queue.DescriptorAddress >> 44 != 0)
            {
                return Status.DeviceUnsupported;
            }
            _registers.Write32(VirtioMmioRegister.LegacyPageBytes, Limits.PageBytes);
            _registers.Write32(VirtioMmioRegister.LegacyQueueAlign, Limits.PageBytes);
            _registers.Write32(VirtioMmioRegister.LegacyQueuePage, (uint)(queue.DescriptorAddress / Limits.PageBytes));
            return Status.Ok;
        }
        WriteMmioAddress(VirtioMmioRegister.QueueDescriptors, queue.DescriptorAddress);
        WriteMmioAddress(VirtioMmioRegister.QueueAvailable, queue.AvailableAddress);
        WriteMmioAddress(VirtioMmioRegister.QueueUsed, queue.UsedAddress);
        _registers.Write32(VirtioMmioRegister.QueueReady, 1);
        return Status.Ok;
    }

    private readonly void WriteMmioAddress(uint offset, ulong address)
    {
        _registers.Write32(offset, (uint)address);
        _registers.Write32(offset + 4, (uint)(address >> 32));
    }

    private Status OpenMmio(in PciDevice device)
    {
        _isMmio = true;
        Status status = VirtioMmio.Map(device, out _registers);
        if (status != Status.Ok)
        {
            return status;
        }
        // Looked at again: this may be long after the device was found.
        bool isThere = _registers.Read32(VirtioMmioRegister.Magic) == VirtioMmioRegister.MagicValue;
        IsModern = _registers.Read32(VirtioMmioRegister.Version) == VirtioMmioRegister.VersionModern;
        return isThere ? Status.Ok : Status.DeviceGone;
    }

    private Status OpenModern(in PciDevice device)
    {
        VirtioStructure config = default;
        Status status = VirtioStructure.Find(device, VirtioRegister.KindCommon, out VirtioStructure common);
        if (status == Status.Ok)
        {
            status = VirtioStructure.Find(device, VirtioRegister.KindNotify, out _notifyStructure);
        }
        if (status == Status.Ok)
        {
            status = VirtioStructure.Find(device, VirtioRegister.KindDevice, out config);
        }
        if (status == Status.Ok)
        {
            status = common.Map(0, VirtioRegister.CommonBytes, VirtioRegister.CommonBytes, out _common);
        }
        if (status == Status.Ok)
        {
            status = config.Map(0, LeastDeviceConfigBytes, DeviceConfigBytes, out _config);
        }
        IsModern = status == Status.Ok;
        return status;
    }

    private Status OpenLegacy(in PciDevice device)
    {
        Status status = PciBar.Read(device, 0, out PciBar bar);
        if (status == Status.Ok && (!bar.IsIo || bar.LengthBytes < VirtioRegister.LegacyConfig + LeastDeviceConfigBytes))
        {
            status = Status.DeviceUnsupported;
        }
        _ports = (ushort)bar.Address;
        _portCount = (ushort)bar.LengthBytes;
        return status;
    }
}

using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>
/// Virtio devices over MMIO (virtio 1.2, 4.2), which nothing but the command line tells of: <c>virtio_mmio.device=</c> as
/// Linux has it.
/// </summary>
internal static class VirtioMmio
{
    private const uint LeastBytes = VirtioMmioRegister.Config + 8;
    private const uint MostBytes = VirtioMmioRegister.Config + 0x40;
    private const uint MaxDeviceId = 0x3F;

    /// <summary>
    /// Resets all devices that a command line names, which ends the DMA that the old kernel started, and adds them to
    /// <see cref="FixedDevices"/>; tells of those that are not there. Returns how many are.
    /// </summary>
    public static int Discover(ReadOnlySpan<byte> commandLine)
    {
        FixedDevices.Clear();
        MmioDeviceWalk walk = new(commandLine);
        while (walk.MoveNext())
        {
            Status status = walk.Status;
            if (status == Status.Ok)
            {
                status = Add(walk.Address, walk.LengthBytes);
            }
            if (status != Status.Ok)
            {
                Tell(walk.Text, status);
            }
        }
        return FixedDevices.Count;
    }

    /// <summary>Resets all devices again: nobody is in charge of what is under way.</summary>
    public static void ResetAll()
    {
        for (int i = 0; i < FixedDevices.Count; i++)
        {
            if (PhysicalMap.MapDevice(FixedDevices.At(i).Registers, MostBytes, out Mmio registers) == Status.Ok)
            {
                registers.Write32(VirtioMmioRegister.DeviceStatus, 0);
            }
        }
    }

    /// <summary>Maps the registers of a device.</summary>
    public static Status Map(in PciDevice device, out Mmio registers) =>
        PhysicalMap.MapDevice(device.Registers, MostBytes, out registers);

    private static Status Add(ulong address, ulong lengthBytes)
    {
        if (address % 4 != 0 || address == 0 || lengthBytes < LeastBytes)
        {
            return Status.BadOptionValue;
        }
        Status status = PhysicalMap.MapDevice(address, MostBytes, out Mmio registers);
        if (status != Status.Ok)
        {
            return status;
        }
        // Nothing is written before all of these are right: the address may be a mistake, and memory of the old kernel.
        uint id = registers.Read32(VirtioMmioRegister.DeviceId);
        uint version = registers.Read32(VirtioMmioRegister.Version);
        bool isDevice = registers.Read32(VirtioMmioRegister.Magic) == VirtioMmioRegister.MagicValue
            && version is VirtioMmioRegister.VersionLegacy or VirtioMmioRegister.VersionModern
            && id is not 0 and <= MaxDeviceId;
        if (isDevice)
        {
            registers.Write32(VirtioMmioRegister.DeviceStatus, 0);
            status = FixedDevices.Add(
                PciDevice.At(address, VirtioRegister.Vendor, (ushort)(VirtioRegister.FirstModern + id)));
        }
        PhysicalMap.Reset();
        return isDevice ? status : Status.NoDevice;
    }

    private static void Tell(ReadOnlySpan<byte> text, Status status)
    {
        Span<byte> buffer = stackalloc byte[DeviceLog.LineBytes];
        TextLine line = new(buffer);
        line.Add("ckdump: virtio_mmio.device="u8);
        line.Add(text);
        line.Add(": "u8);
        line.AddStatus(status);
        DeviceLog.End(ref line);
    }
}

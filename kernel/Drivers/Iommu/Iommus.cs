using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Iommu;

/// <summary>
/// The IOMMUs of the machine, which the old kernel, or its firmware, may have left translating: drivers here give
/// devices physical addresses.
/// </summary>
internal static class Iommus
{
    private const int MostUnits = 256;
    private const uint SettleMilliseconds = 1;
    private const uint MostMilliseconds = 10_000;

    private static bool _wereOn;

    /// <summary>
    /// Switches all of them off, and tells of those that were translating, and of those that stay so. Bus mastering must
    /// have been switched off before: what a device still sent would go to addresses that mean nothing. To be called
    /// before any driver, as the windows of devices go.
    /// </summary>
    public static void StopAll()
    {
        _wereOn = false;
        VtdUnit vtd = default;
        AmdIommuUnit amd = default;
        if (AcpiTables.TryFind(vtd.TableSignature, out _, out _) || AcpiTables.TryFind(amd.TableSignature, out _, out _))
        {
            // As long as an IOMMU may still keep them within their virtual machines.
            TellDevices("virtual functions"u8, ExtendedControl.VirtualFunctions.ClearAll());
        }
        Stop<VtdUnit>();
        Stop<AmdIommuUnit>();
        if (_wereOn)
        {
            TellDevices("translation"u8, ExtendedControl.TranslationServices.ClearAll());
        }
    }

    private static void TellDevices(ReadOnlySpan<byte> what, int devices)
    {
        if (devices == 0)
        {
            return;
        }
        Span<byte> buffer = stackalloc byte[DeviceLog.LineBytes];
        TextLine line = ReportLine.Begin(buffer);
        line.Add(what);
        line.Add(" switched off in "u8);
        line.AddDecimal((ulong)devices);
        line.Add(devices == 1 ? " device"u8 : " devices"u8);
        DeviceLog.End(ref line);
    }

    private static void Stop<TUnit>()
        where TUnit : struct, IIommuUnit
    {
        TUnit unit = default;
        Status status = AcpiTable.Open(unit.TableSignature, out AcpiTable table);
        if (status == Status.NoDevice)
        {
            return;
        }
        if (status != Status.Ok)
        {
            // The old kernel went by this table too: each unit in it is looked at with care.
            Tell(in unit, status, "ACPI table"u8);
        }
        RemappingStructures structures = new(table);
        Deadline end = Deadline.AfterMilliseconds(MostMilliseconds);
        int looked = 0;
        int stopped = 0;
        while (structures.MoveNext())
        {
            unit = default;
            status = unit.Open(in structures);
            if (status == Status.NoDevice)
            {
                continue;
            }
            if (++looked > MostUnits || end.HasPassed)
            {
                Tell(in unit, Status.TooManyEntries, "ACPI table"u8);
                break;
            }
            if (status == Status.Ok)
            {
                status = Stop(in unit, ref stopped);
            }
            if (status != Status.Ok)
            {
                TellUnit(in unit, status);
            }
            PhysicalMap.Reset();
        }
        if (structures.Status != Status.Ok)
        {
            Tell(in unit, structures.Status, "ACPI table"u8);
        }
        if (stopped != 0)
        {
            TellStopped(in unit, stopped);
        }
    }

    private static Status Stop<TUnit>(in TUnit unit, ref int stopped)
        where TUnit : struct, IIommuUnit
    {
        bool wasTranslating = unit.IsTranslating;
        _wereOn |= wasTranslating;
        if (wasTranslating && stopped == 0)
        {
            // For what devices have sent before they lost bus mastering.
            Deadline settled = Deadline.AfterMilliseconds(SettleMilliseconds);
            while (!settled.HasPassed)
            {
                Cpu.Pause();
            }
        }
        Status status = unit.Stop();
        if (wasTranslating && !unit.IsTranslating)
        {
            stopped++;
        }
        return status;
    }

    private static void Tell<TUnit>(in TUnit unit, Status status, ReadOnlySpan<byte> what)
        where TUnit : struct, IIommuUnit
    {
        Span<byte> buffer = stackalloc byte[DeviceLog.LineBytes];
        TextLine line = ReportLine.Begin(buffer, status);
        line.Add(unit.Name);
        line.Add(", "u8);
        line.Add(what);
        DeviceLog.End(ref line);
    }

    private static void TellUnit<TUnit>(in TUnit unit, Status status)
        where TUnit : struct, IIommuUnit
    {
        Span<byte> buffer = stackalloc byte[DeviceLog.LineBytes];
        TextLine line = ReportLine.Begin(buffer, status);
        line.Add(unit.Name);
        line.Add(" at "u8);
        line.AddHex(unit.Address);
        if (status == Status.IommuStuck)
        {
            line.Add(", state "u8);
            line.AddHex(unit.State);
        }
        DeviceLog.End(ref line);
    }

    private static void TellStopped<TUnit>(in TUnit unit, int stopped)
        where TUnit : struct, IIommuUnit
    {
        Span<byte> buffer = stackalloc byte[DeviceLog.LineBytes];
        TextLine line = ReportLine.Begin(buffer);
        line.Add(unit.Name);
        line.Add(": translation switched off in "u8);
        line.AddDecimal((ulong)stopped);
        line.Add(stopped == 1 ? " IOMMU"u8 : " IOMMUs"u8);
        DeviceLog.End(ref line);
    }
}

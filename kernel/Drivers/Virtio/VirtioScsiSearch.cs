using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Scsi;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>
/// Finds the disks behind a controller: every target is asked for its logical units, and every unit what it is. Targets
/// are sparse, and one that is not there costs one request.
/// </summary>
internal struct VirtioScsiSearch
{
    private const uint SearchMilliseconds = 20_000;
    private const uint AnswerMilliseconds = 2_000;
    private const int MostRestarts = 2;

    private VirtioScsiAddresses _units;

    /// <summary>Disks found.</summary>
    public int Count { get; private set; }

    /// <summary>A disk that was found.</summary>
    public readonly VirtioScsiAddress this[int index] => _units[index];

    /// <summary>Asks all targets, as far as time allows; fails only when the controller does.</summary>
    public Status Run(ref VirtioScsiController controller)
    {
        Deadline end = Deadline.AfterMilliseconds(SearchMilliseconds);
        int restarts = 0;
        for (int target = 0; target <= controller.MaxTarget; target++)
        {
            if (end.HasPassed)
            {
                Tell(controller, new VirtioScsiAddress((byte)target, 0), "not asked any more: "u8, Status.DeviceTimeout);
                break;
            }
            Status status = AskTarget(ref controller, (byte)target);
            if (status is Status.DeviceTimeout or Status.DeviceFailed)
            {
                Tell(controller, new VirtioScsiAddress((byte)target, 0), ""u8, status);
                // What was asked may still be answered, into memory that the next answer needs.
                status = restarts++ == MostRestarts ? status : controller.Restart();
            }
            if (status != Status.Ok)
            {
                return status;
            }
        }
        return Status.Ok;
    }

    private Status AskTarget(ref VirtioScsiController controller, byte target)
    {
        // Every target answers it, whichever units it has (SPC-4, 6.33).
        ScsiCommand.ReportLuns(controller.Command(0), VirtioScsiLayout.UnitsBytes);
        Status status = controller.Execute(
            new VirtioScsiAddress(target, 0), VirtioScsiLayout.Units, VirtioScsiLayout.UnitsBytes, AnswerMilliseconds);
        if (status == Status.NoDevice)
        {
            return Status.Ok;
        }
        if (status is Status.DeviceTimeout or Status.DeviceFailed or Status.DeviceGone)
        {
            return status;
        }
        if (status != Status.Ok)
        {
            return AskUnit(ref controller, new VirtioScsiAddress(target, 0));
        }
        uint given = controller.GivenBytes(VirtioScsiLayout.UnitsBytes);
        ScsiLunList list = new(controller.Answer(VirtioScsiLayout.Units, given));
        while (status == Status.Ok && Count < VirtioScsiAddresses.Capacity && list.MoveNext())
        {
            status = AskUnit(ref controller, new VirtioScsiAddress(target, list.Current));
        }
        return status;
    }

    private Status AskUnit(ref VirtioScsiController controller, in VirtioScsiAddress unit)
    {
        ScsiCommand.Inquiry(controller.Command(0));
        Status status = controller.Execute(
            unit, VirtioScsiLayout.Answer, ScsiCommand.InquiryBytes, AnswerMilliseconds);
        if (status is Status.DeviceTimeout or Status.DeviceFailed or Status.DeviceGone)
        {
            return status;
        }
        ScsiInquiry inquiry = new(controller.Answer(VirtioScsiLayout.Answer, ScsiCommand.InquiryBytes));
        if (status != Status.Ok || !inquiry.IsConnected)
        {
            return Status.Ok;
        }
        Introduce(controller, unit, inquiry);
        if (inquiry.IsDisk && Count < VirtioScsiAddresses.Capacity)
        {
            _units[Count++] = unit;
        }
        return Status.Ok;
    }

    private static void Introduce(
        in VirtioScsiController controller, in VirtioScsiAddress unit, scoped in ScsiInquiry inquiry)
    {
        Span<byte> buffer = stackalloc byte[DeviceLog.LineBytes];
        TextLine line = new(buffer);
        Begin(ref line, controller, unit);
        line.Add(inquiry.Vendor);
        line.Add(" "u8);
        line.Add(inquiry.Product);
        line.Add(inquiry.IsDisk ? ""u8 : ", not a disk, skipped"u8);
        DeviceLog.End(ref line);
    }

    private static void Tell(
        in VirtioScsiController controller, in VirtioScsiAddress unit, ReadOnlySpan<byte> what, Status status)
    {
        Span<byte> buffer = stackalloc byte[DeviceLog.LineBytes];
        TextLine line = new(buffer);
        Begin(ref line, controller, unit);
        line.Add(what);
        line.AddStatus(status);
        DeviceLog.End(ref line);
    }

    private static void Begin(ref TextLine line, in VirtioScsiController controller, in VirtioScsiAddress unit)
    {
        DeviceLog.Begin(ref line, "virtio-scsi"u8, controller.Device);
        line.Add("target "u8);
        line.AddDecimal(unit.Target);
        line.Add(" LUN "u8);
        line.AddDecimal(unit.Lun);
        line.Add(": "u8);
    }
}

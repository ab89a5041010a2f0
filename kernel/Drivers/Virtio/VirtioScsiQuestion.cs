using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Scsi;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>
/// Asks a logical unit what a driver must know of it. A failure that is not the unit's answer (no device, timeout) ends
/// every question; one that is means that the unit does not tell.
/// </summary>
internal readonly struct VirtioScsiQuestion(VirtioScsiAddress unit)
{
    private const uint SpinUpMilliseconds = 30_000;
    private const uint AnswerMilliseconds = 10_000;
    private const int VpdPageCode = 1;
    private const int VpdMostBlocks = 8;

    /// <summary>Waits until the unit takes commands, and starts it if it waits for that.</summary>
    public Status WaitUntilReady(ref VirtioScsiController controller)
    {
        ScsiCommand.TestUnitReady(controller.Command(0));
        Status status = Ask(ref controller, 0, SpinUpMilliseconds);
        if (!controller.Last.Sense.NeedsStart)
        {
            return status;
        }
        ScsiCommand.StartUnit(controller.Command(0));
        status = Ask(ref controller, 0, SpinUpMilliseconds);
        if (status == Status.Ok)
        {
            ScsiCommand.TestUnitReady(controller.Command(0));
            status = Ask(ref controller, 0, SpinUpMilliseconds);
        }
        return status;
    }

    /// <summary>Reads number and size of blocks.</summary>
    public Status ReadCapacity(ref VirtioScsiController controller, out ScsiCapacity capacity)
    {
        ScsiCommand.ReadCapacity16(controller.Command(0));
        Status status = Ask(ref controller, ScsiCommand.Capacity16Bytes);
        if (status == Status.Ok)
        {
            return ScsiCapacity.Parse16(Answer(controller, ScsiCommand.Capacity16Bytes), out capacity);
        }
        capacity = default;
        if (IsOfDevice(status))
        {
            return status;
        }
        ScsiCommand.ReadCapacity10(controller.Command(0));
        status = Ask(ref controller, ScsiCommand.Capacity10Bytes);
        return status == Status.Ok
            ? ScsiCapacity.Parse10(Answer(controller, ScsiCommand.Capacity10Bytes), out capacity)
            : status;
    }

    /// <summary>Reads the longest transfer, which the unit may bound besides its controller (SBC-3, 6.6.3).</summary>
    public Status ReadLimits(ref VirtioScsiController controller, uint blockBytes, out uint mostBytes)
    {
        mostBytes = controller.MaxTransferBytes;
        ScsiCommand.BlockLimits(controller.Command(0));
        Status status = Ask(ref controller, ScsiCommand.BlockLimitsBytes);
        if (IsOfDevice(status))
        {
            return status;
        }
        ReadOnlySpan<byte> page = Answer(controller, ScsiCommand.BlockLimitsBytes);
        uint blocks = BinaryPrimitives.ReadUInt32BigEndian(page.Slice(VpdMostBlocks, 4));
        if (status == Status.Ok && page[VpdPageCode] == ScsiCommand.BlockLimitsPage && blocks != 0)
        {
            mostBytes = (uint)Math.Min(mostBytes, (ulong)blocks * blockBytes);
        }
        return mostBytes >= Limits.PageBytes ? Status.Ok : Status.DeviceUnsupported;
    }

    /// <summary>Reads whether the unit has a write cache and is write-protected.</summary>
    public Status ReadMode(ref VirtioScsiController controller, out ScsiModeFacts facts)
    {
        facts = ScsiModeFacts.Unknown;
        for (int i = 0; i < 2; i++)
        {
            bool isLong = i == 0;
            ScsiCommand.ModeSenseCaching(controller.Command(0), isLong);
            Status status = Ask(ref controller, ScsiCommand.ModeBytes);
            if (IsOfDevice(status))
            {
                return status;
            }
            uint given = controller.GivenBytes(ScsiCommand.ModeBytes);
            if (status == Status.Ok && ScsiModeFacts.Parse(Answer(controller, given), isLong, out facts) == Status.Ok)
            {
                break;
            }
        }
        return Status.Ok;
    }

    private static ReadOnlySpan<byte> Answer(in VirtioScsiController controller, uint bytes) =>
        controller.Answer(VirtioScsiLayout.Answer, bytes);

    private static bool IsOfDevice(Status status) =>
        status is Status.DeviceTimeout or Status.DeviceFailed or Status.DeviceGone or Status.NoDevice;

    private Status Ask(ref VirtioScsiController controller, uint answerBytes, uint milliseconds = AnswerMilliseconds) =>
        controller.Execute(unit, VirtioScsiLayout.Answer, answerBytes, milliseconds);
}

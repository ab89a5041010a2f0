using System.Numerics;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Ahci;

/// <summary>
/// The commands of one port, by slot: issued, watched, and after an error sorted into those that failed and those that
/// the device only forgot and gets again (AHCI 1.3.1, 5.5 and 6.2).
/// </summary>
internal struct AhciQueue
{
    private const byte RegisterFis = 0x34;
    private const byte DeviceBitsFis = 0xA1;
    private const uint OwnMilliseconds = 10_000;
    private const uint ComResetMilliseconds = 2;
    private const uint LinkMilliseconds = 1_000;
    private const uint SilentMilliseconds = 1_000;

    private AhciPort _port;
    private DmaRegion _region;
    private Deadline _silent;
    private uint _pending;
    private uint _queued;
    private uint _plain;
    private uint _ended;
    private uint _failed;
    private Status _broken;
    private bool _mustLook;

    /// <summary>The port.</summary>
    public readonly AhciPort Port => _port;

    /// <summary>Commands that were added and not issued.</summary>
    public readonly int Pending => BitOperations.PopCount(_pending);

    /// <summary>PxTFD of the last error.</summary>
    public uint ErrorCode { get; private set; }

    private readonly uint InFlight => _queued | _plain;

    /// <summary>
    /// Opens a port whose device was reset, and waits for the device; <see cref="Status.DeviceGone"/>: there is none.
    /// Commands may be executed after <see cref="AhciPort.StartCommands"/>.
    /// </summary>
    public Status Open(in AhciPort port, in DmaRegion region, in Deadline ready)
    {
        this = default;
        _port = port;
        _region = region;
        region.Bytes(AhciLayout.CommandList, AhciLayout.Bounce).Clear();
        _broken = port.Stop();
        if (_broken == Status.Ok && !port.IsUp)
        {
            _broken = Status.DeviceGone;
        }
        if (_broken == Status.Ok)
        {
            port.Open(region);
            _broken = port.WaitUntilReady(ready);
        }
        return _broken;
    }

    /// <summary>Adds the command of a slot, whose header and table are written.</summary>
    public void Add(int slot, bool isQueued)
    {
        uint bit = 1u << slot;
        _pending |= bit;
        if (isQueued)
        {
            _queued |= bit;
        }
        else
        {
            _plain |= bit;
        }
    }

    /// <summary>Adds a command that failed before it was issued.</summary>
    public void AddFailed(int slot)
    {
        _ended |= 1u << slot;
        _failed |= 1u << slot;
    }

    /// <summary>
    /// Issues what was added. Queued commands and others must not be under way together (5.6.1), so that one of these
    /// waits until all of those have ended, and the other way round.
    /// </summary>
    public void Issue()
    {
        if (_broken != Status.Ok || _pending == 0)
        {
            return;
        }
        uint underWay = InFlight & ~_pending;
        uint queued = (underWay & _plain) == 0 ? _pending & _queued : 0;
        uint plain = underWay == 0 && queued == 0 ? _pending & _plain : 0;
        Start(queued, plain);
    }

    /// <summary>Takes the next command that ended.</summary>
    public bool TryTake(out int slot, out Status status)
    {
        if (_ended == 0 && HasNews())
        {
            Look();
        }
        slot = BitOperations.TrailingZeroCount(_ended);
        uint bit = _ended & (0 - _ended);
        status = (_failed & bit) == 0 ? Status.Ok : Status.RequestFailed;
        _ended &= ~bit;
        _failed &= ~bit;
        return bit != 0;
    }

    /// <summary>
    /// Looks at the registers, in case memory did not tell. Failed commands are dealt with here;
    /// <see cref="Status.DeviceFailed"/> or <see cref="Status.DeviceGone"/>: the port needs a reset from outside.
    /// </summary>
    public Status Check()
    {
        if (_broken == Status.Ok && _ended == 0)
        {
            Look();
            // A link error that no other register tells of; errors that were corrected show here too, with progress.
            if (_broken == Status.Ok && _ended == 0 && InFlight != 0 && _silent.HasPassed
                && _port.Read(AhciPortRegister.SataError) != 0)
            {
                Sort();
            }
        }
        if (_broken == Status.Ok && !_port.IsUp)
        {
            _broken = _port.Read(AhciPortRegister.Command) == AhciRegister.Gone ? Status.DeviceGone : Status.DeviceFailed;
        }
        return _broken;
    }

    /// <summary>
    /// Executes a command of our own and waits for it, with nothing else under way; its answer, up to
    /// <paramref name="answerBytes"/>, is in <see cref="AhciLayout.Answer"/>. After an error the port must be started
    /// anew.
    /// </summary>
    public readonly Status Execute(in AtaTaskFile file, uint answerBytes, uint milliseconds, bool isQueued = false)
    {
        _region.Bytes(AhciLayout.Answer, AhciLayout.AnswerBytes).Clear();
        uint header = AhciCommand.Header(_region, 0);
        ulong answer = _region.Address + AhciLayout.Answer;
        AhciCommand.Describe(_region, 0, AhciLayout.OwnTable, file, false, answer, answerBytes);
        Cpu.StoreFence();
        if (isQueued)
        {
            _port.Write(AhciPortRegister.Active, 1);
        }
        _port.Write(AhciPortRegister.Issue, 1);
        Status status = WaitForOwn(Deadline.AfterMilliseconds(milliseconds), isQueued);
        AhciCommand.Point(_region, 0, 0, header);
        return status;
    }

    /// <summary>
    /// COMRESET: whatever was under way is forgotten, and the port processes commands again. FISes are received all the
    /// while: without them QEMU 7.2 counts commands that end during the reset as successes of the next ones.
    /// </summary>
    public readonly Status ResetDevice()
    {
        Status status = _port.StopCommands();
        if (status != Status.Ok)
        {
            return status;
        }
        _port.BeginReset();
        Deadline end = Deadline.AfterMilliseconds(ComResetMilliseconds);
        while (!end.HasPassed)
        {
            Cpu.Pause();
        }
        _port.EndReset();
        end = Deadline.AfterMilliseconds(LinkMilliseconds);
        status = _port.WaitFor(
            AhciPortRegister.SataStatus, AhciPortRegister.DetectionMask, AhciPortRegister.LinkUp, end);
        if (status == Status.Ok)
        {
            status = _port.WaitUntilReady(Deadline.AfterMilliseconds(OwnMilliseconds));
        }
        if (status == Status.Ok)
        {
            _port.StartCommands();
        }
        return status == Status.DeviceTimeout ? Status.DeviceFailed : status;
    }

    private readonly Status WaitForOwn(in Deadline end, bool isQueued)
    {
        while (true)
        {
            bool isLast = end.HasPassed;
            uint left = _port.Read(AhciPortRegister.Issue) | (isQueued ? _port.Read(AhciPortRegister.Active) : 0);
            bool isDone = (left & 1) == 0;
            uint happened = _port.Read(AhciPortRegister.InterruptStatus);
            uint device = _port.Read(AhciPortRegister.TaskFile);
            if (happened == AhciRegister.Gone)
            {
                return Status.DeviceGone;
            }
            bool hasFailed = (isDone || isQueued) && (device & AhciPortRegister.DeviceError) != 0;
            if ((happened & AhciPortRegister.Errors) != 0 || hasFailed)
            {
                return Status.RequestFailed;
            }
            if (isDone)
            {
                return Status.Ok;
            }
            if (isLast || !_port.IsUp)
            {
                return isLast ? Status.DeviceTimeout : Status.DeviceFailed;
            }
            Cpu.Pause();
        }
    }

    private void Start(uint queued, uint plain)
    {
        uint bits = queued | plain;
        if (bits == 0)
        {
            return;
        }
        _pending &= ~bits;
        _silent = Deadline.AfterMilliseconds(SilentMilliseconds);
        Cpu.StoreFence();
        if (queued != 0)
        {
            _port.Write(AhciPortRegister.Active, queued);
        }
        _port.Write(AhciPortRegister.Issue, bits);
    }

    // The HBA writes each FIS that it receives to memory, so that nothing slow is read while nothing happens.
    private readonly bool HasNews() => _mustLook
        || _region.Read8(AhciLayout.DeviceBitsFis) == DeviceBitsFis
        || _region.Read8(AhciLayout.RegisterFis) == RegisterFis;

    private void Look()
    {
        _region.Write8(AhciLayout.DeviceBitsFis, 0);
        _region.Write8(AhciLayout.RegisterFis, 0);
        uint issued = InFlight & ~_pending;
        uint left = 0;
        if ((issued & _queued) != 0)
        {
            left = _port.Read(AhciPortRegister.Active);
        }
        if ((issued & _plain) != 0)
        {
            left |= _port.Read(AhciPortRegister.Issue);
        }
        uint done = issued & ~left;
        // Memory may tell before the registers do: look again until they follow.
        _mustLook = done == 0 && issued != 0;
        if (done != 0)
        {
            _silent = Deadline.AfterMilliseconds(SilentMilliseconds);
        }
        // PxSACT says of a queued command that it succeeded (5.5.2); PxCI of others only that it ended.
        bool isSure = done != 0 && (done & _plain) == 0;
        if (issued == 0 || isSure || !HasError())
        {
            End(done, 0);
        }
        else
        {
            // A plain command is alone.
            End(done, done & _plain);
            Sort();
        }
    }

    private bool HasError()
    {
        uint happened = _port.Read(AhciPortRegister.InterruptStatus);
        uint device = _port.Read(AhciPortRegister.TaskFile);
        if (happened == AhciRegister.Gone)
        {
            _broken = Status.DeviceGone;
            return false;
        }
        return (happened & AhciPortRegister.Errors) != 0 || (device & AhciPortRegister.DeviceError) != 0;
    }

    private void End(uint done, uint failed)
    {
        _queued &= ~done;
        _plain &= ~done;
        _ended |= done;
        _failed |= failed;
    }

    /// <summary>
    /// After an error (6.2.2): the port stops, the failed command is found, and what else was under way is issued again.
    /// When the failed one cannot be told, the device is reset and everything under way has failed.
    /// </summary>
    private void Sort()
    {
        uint issued = InFlight & ~_pending;
        uint happened = _port.Read(AhciPortRegister.InterruptStatus);
        uint current = 1u << (int)(_port.Read(AhciPortRegister.Command) >> AhciPortRegister.CurrentSlotShift & 0x1F);
        ErrorCode = _port.Read(AhciPortRegister.TaskFile) & 0xFFFF;
        _mustLook = false;
        _broken = _port.StopCommands();
        if (_broken != Status.Ok)
        {
            return;
        }
        bool isDevice = (happened & AhciPortRegister.Errors & ~AhciPortRegister.TaskFileError) == 0 && _port.IsUp
            && (_port.Read(AhciPortRegister.TaskFile) & AhciPortRegister.Busy) == 0;
        uint failed = 0;
        if (isDevice)
        {
            _port.StartCommands();
            failed = issued & ((issued & _queued) != 0 ? FailedTag() : current);
            if (issued == 0)
            {
                return;
            }
        }
        if (failed == 0)
        {
            failed = issued;
            _broken = ResetDevice();
        }
        uint again = issued & ~failed;
        End(failed, failed);
        if (_broken == Status.Ok)
        {
            Start(again & _queued, again & _plain);
        }
    }

    // A queued error makes the device forget its whole queue, and abort all until this log is read (ACS-3, 4.14.5.4).
    private uint FailedTag()
    {
        AtaTaskFile file = new(AtaCommand.ReadLogExt, block: AtaCommand.NcqErrorLog, count: 1);
        Status status = Execute(file, AhciLayout.AnswerBytes, OwnMilliseconds);
        if (status == Status.Ok
            && NcqErrorLog.TryParse(_region.Bytes(AhciLayout.Answer, AhciLayout.AnswerBytes), out int tag, out uint code))
        {
            ErrorCode = code;
            return 1u << tag;
        }
        return 0;
    }
}

using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Nvme;

/// <summary>
/// The mapped registers of a controller, and the handshakes that go through CC and CSTS (NVMe base 2.0c, 3.1.3.5,
/// 3.1.3.6, 3.6, 3.7.2).
/// </summary>
internal struct NvmeRegisters
{
    private const uint ShutdownMilliseconds = 3_000;

    private Mmio _window;

    /// <summary>The window, for doorbells.</summary>
    public readonly Mmio Window => _window;

    /// <summary>CAP.</summary>
    public NvmeCapabilities Capabilities { get; private set; }

    /// <summary>VS.</summary>
    public readonly uint Version => _window.Read32(NvmeRegister.Version);

    /// <summary>
    /// Maps BAR 0 and reads CAP. <see cref="Status.DeviceUnsupported"/>: no NVM command set, or no 4 KiB pages.
    /// </summary>
    public Status Map(in PciBar bar)
    {
        // How far the doorbells reach is in the registers before them.
        Status status = bar.LengthBytes <= NvmeRegister.Doorbells
            ? Status.DeviceUnsupported
            : PhysicalMap.MapDevice(bar.Address, NvmeRegister.Doorbells, out _window);
        if (status != Status.Ok)
        {
            return status;
        }
        uint low = _window.Read32(NvmeRegister.Capabilities);
        uint high = _window.Read32(NvmeRegister.Capabilities + 4);
        if (low == NvmeRegister.Gone && high == NvmeRegister.Gone)
        {
            return Status.DeviceGone;
        }
        NvmeCapabilities capabilities = new(((ulong)high << 32) | low);
        Capabilities = capabilities;
        bool hasCommandSet = capabilities.HasNvmCommandSet || capabilities.HasAllCommandSets;
        return hasCommandSet && capabilities.MinPageShift == 12 && capabilities.RegisterBytes <= bar.LengthBytes
            ? PhysicalMap.MapDevice(bar.Address, capabilities.RegisterBytes, out _window)
            : Status.DeviceUnsupported;
    }

    /// <summary>
    /// Reads CSTS: <see cref="Status.DeviceGone"/> for all ones, <see cref="Status.DeviceFailed"/> for a fatal error or
    /// a controller that is not ready any more.
    /// </summary>
    public readonly Status Health()
    {
        uint state = _window.Read32(NvmeRegister.Status);
        if (state == NvmeRegister.Gone)
        {
            return Status.DeviceGone;
        }
        return (state & (NvmeRegister.StatusFatal | NvmeRegister.StatusReady)) == NvmeRegister.StatusReady
            ? Status.Ok
            : Status.DeviceFailed;
    }

    /// <summary>Clears CC.EN and waits until the controller has let go of all memory.</summary>
    public readonly Status Disable()
    {
        uint configuration = _window.Read32(NvmeRegister.Configuration);
        if (configuration == NvmeRegister.Gone)
        {
            return Status.DeviceGone;
        }
        uint timeout = ReadyMilliseconds();
        uint state = _window.Read32(NvmeRegister.Status);
        const uint Settled = NvmeRegister.StatusReady | NvmeRegister.StatusFatal | NvmeRegister.StatusShutdownMask;
        if ((configuration & NvmeRegister.ConfigurationEnable) != 0 && (state & Settled) == 0)
        {
            // Clearing CC.EN before CSTS.RDY is set has undefined results (3.1.3.5). If it never comes, try anyway.
            WaitFor(NvmeRegister.StatusReady, NvmeRegister.StatusReady, timeout);
        }
        const uint Cleared = NvmeRegister.ConfigurationEnable | NvmeRegister.ConfigurationShutdownMask;
        _window.Write32(NvmeRegister.Configuration, configuration & ~Cleared);
        return WaitFor(NvmeRegister.StatusReady, 0, timeout);
    }

    /// <summary>Names the admin queues and sets CC.EN; the controller must be disabled.</summary>
    public readonly Status Enable(in NvmeQueue admin)
    {
        uint last = (uint)admin.SubmissionEntries - 1;
        _window.Write32(NvmeRegister.InterruptMaskSet, uint.MaxValue);
        _window.Write32(NvmeRegister.AdminQueueAttributes, last | (last << 16));
        Write64(NvmeRegister.AdminSubmissionQueue, admin.SubmissionAddress);
        Write64(NvmeRegister.AdminCompletionQueue, admin.CompletionAddress);
        uint commandSets = Capabilities.HasAllCommandSets ? NvmeRegister.ConfigurationAllCommandSets : 0;
        uint configuration = NvmeRegister.ConfigurationEntrySizes | commandSets;
        // The other fields may change only while EN is clear (3.1.3.5).
        _window.Write32(NvmeRegister.Configuration, configuration);
        _window.Write32(NvmeRegister.Configuration, configuration | NvmeRegister.ConfigurationEnable);
        return WaitFor(NvmeRegister.StatusReady, NvmeRegister.StatusReady, ReadyMilliseconds());
    }

    /// <summary>Normal shutdown of a healthy controller (3.6.1); one that takes too long is left to its caches.</summary>
    public readonly void Shutdown()
    {
        if (Health() == Status.Ok)
        {
            uint configuration = _window.Read32(NvmeRegister.Configuration);
            _window.Write32(
                NvmeRegister.Configuration,
                (configuration & ~NvmeRegister.ConfigurationShutdownMask) | NvmeRegister.ConfigurationShutdownNormal);
            WaitFor(NvmeRegister.StatusShutdownMask, NvmeRegister.StatusShutdownComplete, ShutdownMilliseconds);
        }
    }

    private readonly uint ReadyMilliseconds()
    {
        uint fromCapabilities = Capabilities.ReadyMilliseconds;
        // CRTO.CRWMT may exceed what CAP.TO can say (3.1.3.20).
        uint fromTimeouts = Capabilities.HasReadyTimeouts
            ? (_window.Read32(NvmeRegister.ReadyTimeouts) & 0xFFFF) * 500
            : 0;
        uint longest = fromCapabilities > fromTimeouts ? fromCapabilities : fromTimeouts;
        return longest + 500;
    }

    private readonly Status WaitFor(uint mask, uint value, uint timeoutMilliseconds)
    {
        Deadline end = Deadline.AfterMilliseconds(timeoutMilliseconds);
        while (true)
        {
            // Looked at before the register, so that a stall in between does not cost the last look.
            bool isLast = end.HasPassed;
            uint state = _window.Read32(NvmeRegister.Status);
            if (state == NvmeRegister.Gone)
            {
                return Status.DeviceGone;
            }
            if ((state & mask) == value)
            {
                return Status.Ok;
            }
            // A reset clears the fatal bit, so it ends only the wait for a controller to come up.
            if (value != 0 && (state & NvmeRegister.StatusFatal) != 0)
            {
                return Status.DeviceFailed;
            }
            if (isLast)
            {
                return Status.DeviceTimeout;
            }
            Cpu.Pause();
        }
    }

    // Not every controller takes 64-bit accesses.
    private readonly void Write64(uint offset, ulong value)
    {
        _window.Write32(offset, (uint)value);
        _window.Write32(offset + 4, (uint)(value >> 32));
    }
}

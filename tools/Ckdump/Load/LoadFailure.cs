using CosmosKdump.Ckdump.Machine;

namespace CosmosKdump.Ckdump.Load;

/// <summary>Why the running kernel takes no capture kernel, in words that say what to change.</summary>
public static class LoadFailure
{
    // errno(3).
    private const int NotPermitted = 1;
    private const int NoKey = 126;
    private const int KeyRejected = 129;
    private const int NoData = 61;
    private const int BadMessage = 74;
    private const int NoAddress = 99;

    /// <summary>
    /// Explains a failure. <paramref name="said"/>: why kexec-tools did not; <paramref name="error"/> and
    /// <paramref name="text"/>: the error of kexec_file_load(2).
    /// </summary>
    public static string Explain(string said, int error, string text, MachineFacts machine)
    {
        string why = error switch
        {
            _ when machine.IsKexecDisabled =>
                "kernel.kexec_load_disabled is 1: no kernel can be loaded until the next boot",
            NotPermitted or NoKey or KeyRejected or NoData or BadMessage when machine.Lockdown is not (null or "none") =>
                $"the kernel is locked down ({machine.Lockdown}{(machine.IsSecureBoot ? ", Secure Boot is on" : "")}) and takes "
                + "signed images only, which this one is not: switch Secure Boot off, or boot without lockdown=",
            NoKey or KeyRejected or NoData or BadMessage =>
                "the kernel takes signed images only, which this one is not",
            NoAddress => "the reservation has no room for the image: reserve more, for instance crashkernel=8M",
            _ => text,
        };
        return $"not loaded: {why} (kexec: {said}; kexec_file_load: {text})";
    }
}

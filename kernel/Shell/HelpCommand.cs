namespace CosmosKdump.Kernel.Shell;

/// <summary><c>help</c>.</summary>
internal static class HelpCommand
{
    internal static void Run()
    {
        Pager.Write("status         what crashed, what was captured, how each target ended"u8);
        Pager.Write("log [N|-a]     the crashed kernel's last messages, or N, or all"u8);
        Pager.Write("bt [CPU]       the stack of the task that crashed, or of a CPU's"u8);
        Pager.Write("dump TARGET    capture into a target, as kdump.target= names it: dump disk,serial:ttyS1"u8);
        Pager.Write("disks          disks, their partitions and dump areas"u8);
        Pager.Write("pci            devices: bus:device.function vendor:device class driver"u8);
        Pager.Write("mem            the crashed kernel's memory, and ours"u8);
        Pager.Write("more on|off    stop at each screen; ^C or q ends the output"u8);
        Pager.Write("reboot         restart the machine"u8);
        Pager.Write("poweroff       switch it off"u8);
        Pager.Write("halt           stop the processor"u8);
    }
}

using System;
using CosmosKdump.Lab.Guests;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab;

public class GuestJobTests
{
    [Theory]
    [InlineData(KexecLoader.KexecLoad, "kexec -p --command-line='a b' /capture/kernel")]
    [InlineData(KexecLoader.KexecFileLoad, "kexec -s -p --command-line='a b' /capture/kernel")]
    [InlineData(
        KexecLoader.KexecLoadElf, "kexec -p --type=elf-x86_64 --args-linux --command-line='a b' /capture/kernel")]
    public void Each_loader_has_its_kexec_options(KexecLoader loader, string command)
    {
        Assert.Equal(command, GuestJob.LoadCommand(new CaptureKernel("image", "a b") { Loader = loader }));
    }

    [Fact]
    public void An_initramfs_and_ELF32_headers_are_passed_on()
    {
        CaptureKernel capture = new("image", "") { Initrd = "initrd", Elf32CoreHeaders = true };

        Assert.Contains("--elf32-core-headers --initrd=/capture/initrd", GuestJob.LoadCommand(capture));
    }

    [Theory]
    [InlineData("plain", "'plain'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("$(reboot) `x`", "'$(reboot) `x`'")]
    public void The_shell_sees_a_word_as_it_is(string text, string quoted)
    {
        Assert.Equal(quoted, GuestJob.Quote(text));
    }

    [Fact]
    public void The_crash_happens_on_the_CPU_that_was_asked_for()
    {
        string script = GuestJob.Script(new GuestOptions { Cpus = 4, CrashCpu = 3 });

        Assert.Contains("taskset 8 sh -c 'echo c > /proc/sysrq-trigger'", script);
    }

    [Fact]
    public void The_guest_says_that_it_is_ready_only_after_the_load_and_waits_before_it_crashes()
    {
        string script = GuestJob.Script(new GuestOptions
        {
            BeforeLoad = "echo before",
            BeforeCrash = "echo after",
            Capture = new CaptureKernel("image", ""),
        });

        string[] steps = ["echo before", "kexec -p", "echo after", GuestJob.Ready, "read -r go", "sysrq-trigger"];
        int[] places = Array.ConvertAll(steps, step => script.IndexOf(step, StringComparison.Ordinal));
        int[] sorted = [.. places];
        Array.Sort(sorted);
        Assert.DoesNotContain(-1, places);
        Assert.Equal(sorted, places);
    }

    [Fact]
    public void A_refused_load_ends_the_job_with_a_mark()
    {
        string script = GuestJob.Script(new GuestOptions { Capture = new CaptureKernel("image", "") });

        Assert.Contains("|| { echo \"LAB: failed: kexec, exit code $?\"; exit 1; }", script);
    }
}

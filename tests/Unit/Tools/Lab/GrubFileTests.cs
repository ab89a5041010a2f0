using System;
using System.Diagnostics;
using System.IO;
using CosmosKdump.Lab.Packaging;
using CosmosKdump.Tests.Unit.House;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab;

/// <summary>The package's words for GRUB, read as grub-mkconfig reads them: /etc/default/grub, then grub.d/*.cfg by name.</summary>
public sealed class GrubFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ckdump-grub-").FullName;

    public GrubFileTests() =>
        Set(Path.GetFileName(DebianArchive.GrubFile), File.ReadAllText(Path.Combine(Repository.Root, "tools/Ckdump/Package/ckdump.grub")));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Set(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private string CommandLine(string settings)
    {
        const string Read = "; for each in *.cfg; do . \"./$each\"; done; printf '%s' \"$GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX_DEFAULT\"";
        ProcessStartInfo start = new("/bin/sh", ["-ec", settings + Read]) { WorkingDirectory = _folder, RedirectStandardOutput = true };
        using Process shell = Process.Start(start)!;
        string output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
        return output.Trim().Replace("  ", " ");
    }

    [Theory]
    [InlineData(":", "crashkernel=4M")]
    [InlineData("GRUB_CMDLINE_LINUX_DEFAULT=quiet", "quiet crashkernel=4M")]
    [InlineData("GRUB_CMDLINE_LINUX_DEFAULT='crashkernel=1G quiet crashkernel=256M,low'", "quiet crashkernel=4M")]
    [InlineData("GRUB_CMDLINE_LINUX='console=ttyS0 crashkernel=256M'", "console=ttyS0 crashkernel=4M")]
    [InlineData("""GRUB_CMDLINE_LINUX='dyndbg=\"file a.c +p\"'""", """dyndbg=\"file a.c +p\" crashkernel=4M""")]
    public void OurReservationIsTheOnlyOne(string settings, string expected) =>
        Assert.Equal(expected, CommandLine(settings));

    // What kdump-tools leaves behind when this package takes its place (its conffile).
    [Fact]
    public void ThatOfKdumpToolsDoesNotComeBehindIt()
    {
        Set("kdump-tools.cfg", "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT crashkernel=384M-:128M\"\n");
        Assert.Equal("quiet crashkernel=4M", CommandLine("GRUB_CMDLINE_LINUX_DEFAULT=quiet"));
    }
}

using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using CosmosKdump.Lab.Guests;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>What a conversion leaves when it is told to stop.</summary>
public class InterruptedConversionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void No_part_of_a_dump_stays_under_its_name(string signal)
    {
        string folder = Directory.CreateTempSubdirectory("ckdump-interrupted-").FullName;
        string target = Path.Combine(folder, "vmcore");
        // A shell lets what it runs in the background ignore SIGINT, tests too, and who is started inherits that.
        ProcessStartInfo start = new("env", [$"--default-signal={signal}", CkdumpTool.Path, "convert", "-R", "-", "-o", target])
        {
            RedirectStandardInput = true,
        };
        using (Process conversion = Process.Start(start)!)
        {
            // A flattened dump that goes on: its header, and a record of which nothing has come yet.
            byte[] head = new byte[4096 + 16];
            "makedumpfile"u8.CopyTo(head);
            head[23] = 1;
            head[31] = 1;
            head[^2] = 0x10;
            conversion.StandardInput.BaseStream.Write(head);
            conversion.StandardInput.BaseStream.Flush();
            Assert.True(SpinWait.SpinUntil(() => File.Exists(target) || conversion.HasExited, Patience));
            Assert.False(conversion.HasExited);
            Process.Start("kill", ["-" + signal, $"{conversion.Id}"])!.WaitForExit();
            Assert.True(conversion.WaitForExit(Patience));
            Assert.NotEqual(0, conversion.ExitCode);
        }
        Assert.Empty(Directory.GetFileSystemEntries(folder));
        Directory.Delete(folder);
    }
}

using System;
using System.IO;
using System.Linq;
using System.Text;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Bare;

/// <summary>The report on the screen of a VGA that QEMU emulates.</summary>
public class VgaConsoleTests
{
    // Mode 3: 80 columns, 25 lines, a character and an attribute each (IBM VGA; text memory at B8000H).
    private const ulong TextMemory = 0xB8000;
    private const int Columns = 80;
    private const int Lines = 25;

    [Fact]
    public void The_screen_shows_the_report_that_the_serial_line_has()
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.final_action=halt",
            Disks = [disk.Nvme],
            Vga = true,
        };
        BareTest.Start(options, machine =>
        {
            Assert.Equal("ckdump: final action: halt", machine.WaitForAction(BareTest.Limit).Text.TrimEnd('\r'));
            string[] screen = Screen(machine);
            Assert.Contains("ckdump: final action: halt", screen);
            Assert.Contains(screen, line => line.StartsWith("ckdump: dump complete: ", StringComparison.Ordinal));
            // Every line of the last report is there, in order, folded at the right border.
            string[] report = [.. machine.Console.Lines.Select(line => line.Text.TrimEnd('\r'))
                .Where(line => line.StartsWith("ckdump: ", StringComparison.Ordinal))];
            string[] last = [.. report.TakeLast(5).SelectMany(line => line.Chunk(Columns).Select(part => new string(part).TrimEnd()))];
            string[] shown = [.. screen.Where(line => line.Length != 0)];
            Assert.Equal(last, shown.TakeLast(last.Length));
        });
    }

    private static string[] Screen(BareMachine machine)
    {
        string path = Path.Combine(machine.Folder, "screen.bin");
        machine.Monitor.SavePhysicalMemory(TextMemory, Lines * Columns * 2, path);
        byte[] cells = File.ReadAllBytes(path);
        string text = Encoding.ASCII.GetString([.. cells.Where((_, i) => i % 2 == 0)]);
        return [.. text.Chunk(Columns).Select(line => new string(line).TrimEnd(' ', '\0'))];
    }
}

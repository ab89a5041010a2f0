using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using CosmosKdump.Capture.Area;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Shell;

/// <summary>The monitor's commands, and the screen with its keyboard.</summary>
public class MonitorTests
{
    private const string OtherUuid = "01234567-89ab-cdef-0123-456789abcdef";
    private const ulong TextMemory = 0xB8000;
    private const int TextBytes = 0x8000;
    private const int Columns = 80;

    [Fact]
    public void A_dump_can_be_made_by_hand_after_the_target_failed()
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=disk:{OtherUuid} kdump.failure_action=shell",
            Disks = [disk.Nvme],
        };
        BareTest.Start(options, machine =>
        {
            Prompt prompt = new(machine.Console);
            Assert.Contains(prompt.Run("status"), line => line.StartsWith("ckdump: NO DUMP: E302 ", StringComparison.Ordinal));
            Assert.Contains(prompt.Run("disks"), line => line.Contains($"dump area {disk.UuidText}, prepared", StringComparison.Ordinal));
            Assert.Equal(["E503 unknown target: tape"], prompt.Run("dump tape").Take(1));
            Assert.Equal(AreaState.Prepared, disk.ReadLabel().State);
            Assert.Contains(
                prompt.Run($"dump tape,disk:{OtherUuid},disk"),
                line => line.StartsWith("ckdump: dump complete: ", StringComparison.Ordinal));
            Assert.Contains(prompt.Run("disks"), line => line.Contains($"{disk.UuidText}, complete, not saved yet", StringComparison.Ordinal));
            Assert.Contains(prompt.Run("dump disk"), line => line.StartsWith("ckdump: NO DUMP: E303 ", StringComparison.Ordinal));
            PageComparison.Run(disk.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(AreaState.Complete, disk.ReadLabel().State);
    }

    [Fact]
    public void The_machine_is_shown()
    {
        using TestDisk disk = TestDisk.Prepared();
        using TestDisk other = TestDisk.Prepared();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=serial:ttyS3 kdump.failure_action=shell",
            Disks = [disk.Nvme, other.Virtio],
        };
        BareTest.Start(options, machine =>
        {
            Prompt prompt = new(machine.Console);
            string[] pci = prompt.Run("pci");
            // The i440FX host bridge, and the disks by their drivers.
            Assert.Contains("00:00.0 8086:1237 class 060000", pci);
            Assert.Single(pci, line => line.EndsWith(" class 010802 nvme", StringComparison.Ordinal));
            Assert.Single(pci, line => line.EndsWith(" virtio-blk", StringComparison.Ordinal));
            string[] mem = prompt.Run("mem");
            Assert.Contains(mem, line => line.EndsWith("  dumped", StringComparison.Ordinal));
            Assert.Contains(mem, line => line.Contains("this kernel", StringComparison.Ordinal));
            string[] disks = prompt.Run("disks");
            Assert.Contains(disks, line => line.StartsWith("nvme 00:", StringComparison.Ordinal));
            Assert.Contains(disks, line => line.StartsWith("virtio-blk 00:", StringComparison.Ordinal));
            // Nothing tells of itself in this memory: that is said, and the prompt comes back.
            Assert.Contains(prompt.Run("log"), line => line.Contains("E110 ", StringComparison.Ordinal));
            Assert.Contains(prompt.Run("bt"), line => line.Contains("E110 ", StringComparison.Ordinal));
        });
        Assert.All((TestDisk[])[disk, other], one => Assert.Equal(AreaState.Prepared, one.ReadLabel().State));
    }

    [Fact]
    public void The_keyboard_types_on_the_screen()
    {
        BareOptions options = new() { Arguments = "", HasActions = false, Memory = _ => { }, Vga = true };
        BareTest.Start(options, machine =>
        {
            machine.Console.WaitFor("ckdump: monitor; ", BareTest.Limit);
            Press(machine, "s", "shift-t", "backspace", "t", "a", "t", "u", "s", "ret");
            SeesOnScreen(machine, "no crashed kernel: E100 no elfcorehdr= on the command line");
            Press(machine, "x", "ctrl-u", "caps_lock", "a", "caps_lock", "shift-1", "spc", "minus", "slash", "shift-semicolon", "ret");
            SeesOnScreen(machine, "no such command: A! -/:; \"help\" lists them");
            Press(machine, "up", "b", "ret");
            SeesOnScreen(machine, "no such command: A! -/:b; \"help\" lists them");
            Assert.Contains("ckdump> A! -/:b", Screen(machine));
            Press(machine, "p", "o", "w", "e", "r", "o", "f", "f", "ret");
            Assert.True(machine.WaitForEnd(BareTest.Limit), "QEMU still runs");
        });
    }

    // One key at a time, as QEMU's controller holds 16 bytes.
    private static void Press(BareMachine machine, params string[] keys)
    {
        foreach (string key in keys)
        {
            JsonArray pressed = [.. key.Split('-').Select(one => (JsonNode)new JsonObject { ["type"] = "qcode", ["data"] = one })];
            machine.Monitor.Execute("send-key", new JsonObject { ["keys"] = pressed, ["hold-time"] = 20 });
            Thread.Sleep(60);
        }
    }

    private static void SeesOnScreen(BareMachine machine, string line)
    {
        long end = Environment.TickCount64 + (long)BareTest.Limit.TotalMilliseconds;
        while (!Screen(machine).Contains(line))
        {
            Assert.True(Environment.TickCount64 < end, $"the screen does not show \"{line}\"");
            Thread.Sleep(50);
        }
    }

    // All of text memory: the screen scrolls by moving its start.
    private static string[] Screen(BareMachine machine)
    {
        string path = Path.Combine(machine.Folder, "screen.bin");
        machine.Monitor.SavePhysicalMemory(TextMemory, TextBytes, path);
        byte[] cells = File.ReadAllBytes(path);
        string text = Encoding.ASCII.GetString([.. cells.Where((_, i) => i % 2 == 0)]);
        return [.. text.Chunk(Columns).Select(row => new string(row).TrimEnd(' ', '\0'))];
    }
}

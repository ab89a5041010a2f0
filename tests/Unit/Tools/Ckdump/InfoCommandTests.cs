using System;
using System.Buffers.Binary;
using System.Linq;
using System.Text.Json;
using CosmosKdump.Capture.Area;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

public sealed class InfoCommandTests : IDisposable
{
    private readonly InspectFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void One_screen_tells_what_crashed()
    {
        string output = CkdumpRun.Good("info", _fixture.Vmcore());
        string[] expected =
        [
            "type          ELF64 vmcore, 520.0 KiB",
            "kernel        6.1.0-56-cloud-amd64",
            "host          testhost",
            "crash time    2026-11-20 20:56:47 UTC",
            "uptime        00:00:03 (newest record of the log)",
            "panic         Kernel panic - not syncing: sysrq triggered crash",
            "task          CPU: 1 PID: 101 Comm: sh Not tainted",
            "CPUs          2 with registers",
            "memory        512.0 KiB in 1 range",
            "log           4 records",
        ];
        Assert.All(expected, line => Assert.Contains(line + "\n", output));
        Assert.InRange(output.Split('\n').Length, 10, 25);
    }

    [Fact]
    public void An_area_shows_its_label()
    {
        string output = CkdumpRun.Good("info", _fixture.Area(AreaState.Complete));
        Assert.Contains("type          dump area with an ELF64 vmcore\n", output);
        Assert.Contains("area          00000000-0000-1122-0000-000000000003, 584.0 KiB\n", output);
        Assert.Contains("label         complete, sequence 1\n", output);
        Assert.Contains("dump          520.0 KiB, 130 pages written, 0 lost\n", output);
    }

    [Fact]
    public void The_level_of_an_elf_dump_is_the_labels_or_what_its_headers_tell()
    {
        Assert.Contains("dump level    0\n", CkdumpRun.Good("info", _fixture.Area(AreaState.Complete)));
        byte[] dump = _fixture.Kernel.ToVmcore();
        Assert.DoesNotContain("dump level", CkdumpRun.Good("info", _fixture.Write(dump)));
        // p_memsz of the last program header, in an ELF header's e_phoff and e_phnum.
        int last = (int)BinaryPrimitives.ReadUInt64LittleEndian(dump.AsSpan(32))
            + (56 * (BinaryPrimitives.ReadUInt16LittleEndian(dump.AsSpan(56)) - 1));
        ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(dump.AsSpan(last + 40));
        BinaryPrimitives.WriteUInt64LittleEndian(dump.AsSpan(last + 40), bytes + (1 << 20));
        Assert.Contains("dump level    unknown, runs of excluded", CkdumpRun.Good("info", _fixture.Write(dump)));
    }

    [Fact]
    public void Ranges_and_keys_follow_on_request()
    {
        string output = CkdumpRun.Good("info", "--ranges", "--vmcoreinfo", _fixture.Vmcore());
        Assert.Contains("0x0000000012000000 0x0000000012080000 512.0 KiB", output);
        Assert.Contains("\nSIZE(printk_info)=88\n", output);
    }

    [Fact]
    public void Json_holds_everything()
    {
        using JsonDocument json = JsonDocument.Parse(CkdumpRun.Good("info", "--json", _fixture.Area(AreaState.Complete)));
        JsonElement root = json.RootElement;
        Assert.Equal("complete", root.GetProperty("area").GetProperty("state").GetString());
        Assert.Equal(SyntheticKernel.Release, root.GetProperty("kernel").GetProperty("release").GetString());
        Assert.Equal(SyntheticKernel.CrashTime, root.GetProperty("crash").GetProperty("time").GetUInt64());
        Assert.StartsWith("Kernel panic", root.GetProperty("crash").GetProperty("panic").GetString());
        Assert.Equal($"0x{SyntheticKernel.Image + 0x1234:x}", root.GetProperty("cpus")[0].GetProperty("rip").GetString());
        Assert.Equal(512 * 1024, root.GetProperty("memory").GetProperty("bytes").GetInt64());
        Assert.Equal("4096", root.GetProperty("vmcoreinfo").GetProperty("PAGESIZE").GetString());
        Assert.Equal(3, root.GetProperty("notes").GetArrayLength());
    }

    [Fact]
    public void A_damaged_vmcore_still_shows_the_rest()
    {
        _fixture.Kernel.Info("SYMBOL(prb)=0");
        byte[] file = _fixture.Kernel.ToVmcore();
        string output = CkdumpRun.Good("info", _fixture.Write(file[..^4096]));
        Assert.Contains("kernel        6.1.0-56-cloud-amd64\n", output);
        Assert.Contains("log problem   printk ring buffer (SYMBOL(prb) = 0x0) is not in the vmcore\n", output);
        Assert.Contains($"cut short     ends at offset {file.Length - 4096}, 4096 bytes are missing", output);
    }

    [Fact]
    public void Text_of_a_dump_does_not_steer_the_terminal()
    {
        _fixture.Ring.Add("Kernel panic - not syncing: \u001b[2Jgone");
        string output = CkdumpRun.Good("info", _fixture.Vmcore());
        Assert.DoesNotContain('\u001b', output);
        Assert.Contains("Kernel panic - not syncing: ?[2Jgone", output);
    }

    [Fact]
    public void What_is_no_vmcore_is_one_line_with_file_and_offset()
    {
        string empty = _fixture.Folder.Make("empty", 0);
        string text = _fixture.Folder.Make("text", 100, 0, "hello"u8);
        string huge = _fixture.Folder.Make("huge", 1L << 42);
        CkdumpRun.Bad(1, [empty, "the file is empty"], "info", empty);
        CkdumpRun.Bad(1, [text + ": not a vmcore"], "info", text);
        CkdumpRun.Bad(1, [huge, "begins with zeros"], "info", huge);
        CkdumpRun.Bad(1, ["/nowhere/vmcore", "No such file"], "info", "/nowhere/vmcore");
        CkdumpRun.Bad(2, ["info --help"], "info");
        CkdumpRun.Bad(2, ["--rangs"], "info", text, "--rangs");
    }

    [Fact]
    public void An_empty_area_is_an_answer_and_no_error()
    {
        string path = _fixture.Folder.PathOf("empty.img");
        const string Uuid = "12345678-1234-4234-8234-123456789abc";
        CkdumpRun.Good("prepare", path, "--size", "4M", "--uuid", Uuid);
        string[] lines = CkdumpRun.Good("info", "--ranges", path).TrimEnd().Split('\n');
        Assert.Equal(
            [
                $"file          {path}", "type          dump area without a dump", $"area          {Uuid}, 4.0 MiB",
                "label         prepared, sequence 1",
            ],
            lines);
        using JsonDocument json = JsonDocument.Parse(CkdumpRun.Good("info", "--json", path));
        JsonElement area = json.RootElement.GetProperty("area");
        Assert.Equal((Uuid, "prepared", 4 << 20), (area.GetProperty("uuid").GetString(),
            area.GetProperty("state").GetString(), json.RootElement.GetProperty("fileBytes").GetInt32()));
        CkdumpRun.Bad(1, [$"{path}: dump area {Uuid} holds no dump (state prepared)"], "verify", path);
        CkdumpRun.Bad(1, [$"{path}: dump area {Uuid} holds no dump (state prepared)"], "log", path);
    }
}

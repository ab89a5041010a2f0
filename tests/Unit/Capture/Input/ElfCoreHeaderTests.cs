using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Input;

public class ElfCoreHeaderTests
{
    private const string Two = """
        header at=0x1000000
        NOTE offset=0x2000000 memsz=0x400
        LOAD offset=0x100000 vaddr=0xffff888000100000 paddr=0x200000 memsz=0x3000 filesz=0x2000 flags=5 align=4096
        """;

    private static Status Open(CrashImage image, out ElfCoreHeader header, out string[] lines, ulong? at = null, ulong size = 0)
    {
        var memory = new FakeMemory(image.Memory);
        var console = new FakeConsole();
        Status status = ElfCoreHeader.Open(ref memory, ref console, at ?? image.HeaderAddress, size, out header);
        lines = console.Lines;
        return status;
    }

    [Theory]
    [InlineData("class=64")]
    [InlineData("class=32")]
    [InlineData("class=32 machine=62")]
    [InlineData("class=64 phoff=64")]
    public void ProgramHeadersAreReadOneByOne(string detail)
    {
        bool is64 = detail.StartsWith("class=64", StringComparison.Ordinal);
        string text = Two.Replace("at=0x1000000", "at=0x1000000 " + detail);
        CrashImage image = CrashImage.Parse(is64 ? text : text.Replace("0xffff888000100000", "0x100000"));
        Assert.Equal(Status.Ok, Open(image, out ElfCoreHeader header, out string[] lines));
        Assert.Empty(lines);
        Assert.Equal(is64, header.Is64);
        Assert.Equal(2u, header.Count);
        var memory = new FakeMemory(image.Memory);
        Assert.Equal(Status.Ok, header.TryGet(ref memory, 0, out ProgramHeader note));
        Assert.Equal(ProgramHeader.TypeNote, note.Type);
        Assert.Equal(Status.Ok, header.TryGet(ref memory, 1, out ProgramHeader load));
        Assert.Equal(ProgramHeader.TypeLoad, load.Type);
        Assert.Equal(5u, load.Flags);
        Assert.Equal(0x100000ul, load.Offset);
        Assert.Equal(is64 ? 0xffff888000100000 : 0x100000, load.VirtualAddress);
        Assert.Equal(0x200000ul, load.PhysicalAddress);
        Assert.Equal(0x2000ul, load.FileBytes);
        Assert.Equal(0x3000ul, load.MemoryBytes);
        Assert.Equal(4096ul, load.Align);
        Assert.Equal(Status.AddressOutOfRange, header.TryGet(ref memory, 2, out _));
    }

    [Theory]
    [InlineData("type=2", "E102 not an ELF core header", 16)]
    [InlineData("machine=183", "E104 ELF core header malformed", 18)]
    [InlineData("version=2", "E104 ELF core header malformed", 20)]
    [InlineData("phoff=0", "E104 ELF core header malformed", 32)]
    [InlineData("phoff=63", "E104 ELF core header malformed", 32)]
    [InlineData("phoff=0xfffffffffffffff0", "E103 ELF core header cut short", 32)]
    [InlineData("ehsize=52", "E104 ELF core header malformed", 52)]
    [InlineData("phentsize=32", "E104 ELF core header malformed", 54)]
    [InlineData("phnum=0", "E104 ELF core header malformed", 56)]
    [InlineData("phnum=0xffff shoff=0xffffffffffff", "E200 memory unreadable", 40)]
    [InlineData("phnum=0xffff shoff=0xffffffffffffffff", "E103 ELF core header cut short", 40)]
    [InlineData("phnum=0xffff shoff=64", "E104 ELF core header malformed", 40)]
    public void AWrongFieldIsToldWithItsOffset(string detail, string text, int offset)
    {
        CrashImage image = CrashImage.Parse(Two.Replace("at=0x1000000", "at=0x1000000 " + detail));
        Assert.NotEqual(Status.Ok, Open(image, out _, out string[] lines));
        Assert.Equal($"ckdump: {text}: elfcorehdr at 0x1000000, offset {offset}", Assert.Single(lines));
    }

    [Theory]
    [InlineData(0, 0x7E, Status.NotAnElfCore)]
    [InlineData(3, 'G', Status.NotAnElfCore)]
    [InlineData(4, 3, Status.ElfHeaderMalformed)]
    [InlineData(5, 2, Status.ElfHeaderMalformed)]
    [InlineData(6, 0, Status.ElfHeaderMalformed)]
    public void AWrongIdentIsTold(int offset, byte value, Status expected)
    {
        CrashImage image = CrashImage.Parse(Two);
        image.HeaderBytes[offset] = value;
        Assert.Equal(expected, Open(image, out _, out string[] lines));
        Assert.Single(lines);
    }

    [Theory]
    [InlineData(0x90000000ul, Status.MemoryUnreadable)]
    [InlineData(0x100000ul, Status.NotAnElfCore)]
    [InlineData(1ul << 52, Status.AddressOutOfRange)]
    [InlineData((1ul << 52) - 8, Status.AddressOutOfRange)]
    [InlineData(ulong.MaxValue - 8, Status.AddressOutOfRange)]
    public void AHeaderThatIsNotThereIsTold(ulong address, Status expected)
    {
        Assert.Equal(expected, Open(CrashImage.Parse(Two), out _, out string[] lines, address));
        Assert.Contains($"elfcorehdr at 0x{address:x}", Assert.Single(lines));
    }

    [Theory]
    [InlineData(40ul)]
    [InlineData(64ul)]
    [InlineData(119ul)]
    public void AHeaderThatIsTooShortIsTold(ulong size)
    {
        Assert.Equal(Status.ElfHeaderTruncated, Open(CrashImage.Parse(Two), out _, out string[] lines, size: size));
        Assert.Contains("E103", Assert.Single(lines));
    }

    [Fact]
    public void ProgramHeadersBeyondTheGivenSizeAreCutAndTold()
    {
        Assert.Equal(Status.Ok, Open(CrashImage.Parse(Two), out ElfCoreHeader header, out string[] lines, size: 64 + 60));
        Assert.Equal(1u, header.Count);
        Assert.Contains("E111", Assert.Single(lines));
    }

    [Fact]
    public void TheWholeHeaderFitsIntoItsGivenSize()
    {
        Assert.Equal(Status.Ok, Open(CrashImage.Parse(Two), out ElfCoreHeader header, out string[] lines, size: 64 + 112));
        Assert.Equal(2u, header.Count);
        Assert.Empty(lines);
    }

    [Fact]
    public void AnUnreadableProgramHeaderIsAStatus()
    {
        CrashImage image = CrashImage.Parse(Two.Replace("at=0x1000000", "at=0x1000000 phnum=3"));
        Assert.Equal(Status.Ok, Open(image, out ElfCoreHeader header, out _));
        var memory = new FakeMemory(image.Memory);
        Assert.Equal(Status.MemoryUnreadable, header.TryGet(ref memory, 2, out _));
    }
}

using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Input;

public class MemoryEncryptionTests
{
    private const ulong Bit = 1UL << 47;

    private const string Header = """
        header at=0x1000000
        NOTE offset=0x2000000 memsz=0x400
        NOTE offset=0x2001000 memsz=0x400

        """;

    private string[] _lines = [];

    [Theory]
    [InlineData("info at=0x2001000 OSRELEASE=6.1.0|NUMBER(sme_mask)=140737488355328", 0)]
    [InlineData("info at=0x2001000 OSRELEASE=6.1.0|NUMBER(sme_mask)=2251799813685248", Bit)]
    public void A_mask_in_vmcoreinfo_is_encryption_whatever_the_CPU_says(string notes, ulong bit)
    {
        Assert.Equal(Status.MemoryEncrypted, Check(notes, bit));
        Assert.Matches("^ckdump: E206 memory is encrypted: .* by address bit 0x8+0+, as VMCOREINFO tells$", Assert.Single(_lines));
    }

    [Theory]
    [InlineData("info at=0x2001000 OSRELEASE=6.1.0|NUMBER(sme_mask)=0")]
    [InlineData("info at=0x2001000 OSRELEASE=5.0.0")]
    [InlineData("note at=0x2000000 name=CORE type=1 size=336")]
    public void A_CPU_that_could_encrypt_is_none(string notes)
    {
        Assert.Equal(Status.Ok, Check(notes, Bit));
        Assert.Empty(_lines);
    }

    // What is read without the bit is noise, and the notes are behind it.
    private const string Hidden = """
        note at=0x2000000 name=NOISE type=0x1234 size=20
        note at=0x800002000000 name=CORE type=1 size=336
        info at=0x800002001000 OSRELEASE=6.1.0|NUMBER(sme_mask)=140737488355328
        """;

    [Fact]
    public void Vmcoreinfo_that_only_the_address_bit_shows_is_encryption()
    {
        Assert.Equal(Status.MemoryEncrypted, Check(Hidden, Bit));
        Assert.EndsWith("by address bit 0x800000000000, VMCOREINFO among it", Assert.Single(_lines));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1UL << 51)]
    public void Another_bit_or_none_shows_nothing(ulong bit) => Assert.Equal(Status.Ok, Check(Hidden, bit));

    private Status Check(string notes, ulong bit)
    {
        CrashImage image = CrashImage.Parse(Header + notes);
        var memory = new FakeMemory(image.Memory);
        var quiet = new FakeConsole();
        var console = new FakeConsole();
        byte[] text = new byte[256];
        Assert.Equal(Status.Ok, ElfCoreHeader.Open(ref memory, ref quiet, image.HeaderAddress, 0, out ElfCoreHeader header));
        LowMemory low = default;
        NoteSummary summary = NoteSurvey.Run(ref memory, ref quiet, in header, in low, text);
        var info = new VmcoreInfo(text.AsSpan(0, summary.VmcoreInfoBytes));
        Status status = MemoryEncryption.Check(ref memory, ref console, in header, in low, in info, bit);
        _lines = console.Lines;
        return status;
    }
}

using System;
using System.Buffers.Binary;
using System.Text;
using CosmosKdump.Lab;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab;

public class CrashModuleTests
{
    [Fact]
    public void What_depends_on_the_kernel_comes_from_a_module_of_the_same_kernel()
    {
        string source = CrashModule.Source(Donor("softdog"), CrashKind.NullDereference);

        Assert.Contains("vermagic=6.1.0-test SMP", source);
        Assert.Contains(".quad 0x1234", source);
        Assert.Contains(".quad 0xabcd", source);
        Assert.Contains(".org 312\n    .quad init_module\n    .org 896", source);
    }

    [Theory]
    [InlineData(CrashKind.NullDereference, CrashModule.NullFunction)]
    [InlineData(CrashKind.InterruptsOff, CrashModule.InterruptsOffFunction)]
    public void The_module_does_what_it_was_asked_for(CrashKind kind, string function)
    {
        Assert.Contains($"call {function}\n", CrashModule.Source(Donor("softdog"), kind));
    }

    [Fact]
    public void An_unexpected_layout_is_refused_instead_of_guessed()
    {
        Assert.Throws<LabException>(() => CrashModule.Source(Donor("another"), CrashKind.NullDereference));
    }

    private static ElfFile Donor(string nameInLayout)
    {
        byte[] layout = new byte[896];
        Encoding.ASCII.GetBytes(nameInLayout).CopyTo(layout, 24);
        byte[] relocations = new byte[48];
        BinaryPrimitives.WriteInt64LittleEndian(relocations, 312);
        byte[] versions = new byte[128];
        Version(versions.AsSpan(0), 0x1234, "module_layout");
        Version(versions.AsSpan(64), 0xABCD, "panic");
        SmallElf elf = new SmallElf()
            .With(".gnu.linkonce.this_module", layout)
            .With(".rela.gnu.linkonce.this_module", relocations)
            .With("__versions", versions)
            .With(".modinfo", "name=softdog\0vermagic=6.1.0-test SMP\0");
        return new ElfFile(elf.ToArray());
    }

    private static void Version(Span<byte> entry, ulong checksum, string symbol)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(entry, checksum);
        Encoding.ASCII.GetBytes(symbol, entry[8..]);
    }
}

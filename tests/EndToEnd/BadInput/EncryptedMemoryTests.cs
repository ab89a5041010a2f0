using System.Text;
using CosmosKdump.Capture.Area;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.BadInput;

/// <summary>
/// A crashed kernel that says of itself that its memory is encrypted. The CPU's part is in unit tests: QEMU's emulation
/// has neither SME nor SEV nor TDX, which need a CPU that has them.
/// </summary>
public class EncryptedMemoryTests
{
    [Fact]
    public void Ciphertext_is_refused_and_the_disk_is_left_alone()
    {
        using TestDisk disk = TestDisk.Prepared();
        string before = disk.Hash();
        BareTest.Refuses(
            Options(disk, 1L << 47),
            ["E206 memory is encrypted: a dump would hold ciphertext: AMD SME or SEV, by address bit 0x800000000000", "NO DUMP: E206"]);
        Assert.Equal(before, disk.Hash());
    }

    [Fact]
    public void A_kernel_that_could_encrypt_and_does_not_is_captured()
    {
        using TestDisk disk = TestDisk.Prepared();
        BareTest.Captures(Options(disk, 0), machine => PageComparison.Run(disk.Path, machine.Memory).MustBeEqual());
        Assert.Equal(AreaState.Complete, disk.ReadLabel().State);
    }

    private static BareOptions Options(TestDisk disk, long mask)
    {
        byte[] notes =
        [
            .. CoreHeader.Note("CORE", 1, new byte[336]),
            .. CoreHeader.Note("VMCOREINFO", 0, Encoding.ASCII.GetBytes(
                $"OSRELEASE={CrashedMemory.Release}\nPAGESIZE=4096\nNUMBER(sme_mask)={mask}\n")),
        ];
        return new BareOptions
        {
            Cpu = "EPYC",
            Disks = [disk.Nvme],
            Memory = memory =>
            {
                CoreHeader header = new CoreHeader().Notes(CrashedMemory.NotesAt, (ulong)notes.Length)
                    .Load(CrashedMemory.DataAt, CrashedMemory.DataBytes);
                CrashedMemory.Plant(memory, header.ToBytes());
                memory.Write(CrashedMemory.NotesAt, notes);
            },
        };
    }
}

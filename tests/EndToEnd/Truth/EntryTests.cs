using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Truth;

/// <summary>Low memory is saved at the entry, however late it is dumped.</summary>
public class EntryTests
{
    // SeaBIOS clears most of what lies below.
    private const ulong PatternAt = 0x92000;
    private const ulong Seed = 0x10E;
    private const int PatternPages = 8;

    [Fact]
    public void What_happens_to_low_memory_after_the_entry_is_not_in_the_dump()
    {
        using TestDisk disk = TestDisk.Prepared();
        byte[] pattern = SeededPages.Make(PatternPages, Seed);
        byte[] header = CrashedMemory.Header().Load(PatternAt, (ulong)pattern.Length).ToBytes();
        BareOptions options = new()
        {
            Memory = memory =>
            {
                CrashedMemory.Plant(memory, header);
                memory.Write(PatternAt, pattern);
            },
            // Slow enough that the low memory, which comes last, is still to be written when it changes.
            Disks = [disk.Virtio with { BytesPerSecond = 2 << 20 }],
        };
        BareTest.Start(options, machine =>
        {
            machine.Console.WaitFor("target disk", BareTest.Limit);
            machine.Memory.Write(PatternAt, new byte[pattern.Length]);
            BareTest.Ends(machine, "ckdump: final action: poweroff");
            BareTest.Says(machine, "dump complete: ", "low memory saved by us");
            ProgramHeader low = Assert.Single(disk.Vmcore().Loads, load => load.PhysicalAddress == PatternAt);
            Assert.Equal(pattern, disk.Read((long)low.OffsetBytes, pattern.Length));
        });
    }
}

using System;
using System.Buffers.Binary;
using System.Linq;
using System.Text;
using CosmosKdump.Kernel.Drivers.Watchdog;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Watchdog;

[Collection(SimulatedMachine.Tests)]
public class AcpiWatchdogTests : IMmioDevice
{
    private const int RootPointer = 0xF_0000;
    private const int RootTable = 0x10_0000;
    private const int Table = 0x10_1000;
    private const ulong Register = 0xFED0_0010;
    private const ushort Port = 0x460;

    private const byte Reset = 1;
    private const byte QueryRunning = 8;
    private const byte ReadValue = 0;
    private const byte ReadCountdown = 1;
    private const byte WriteValue = 2;
    private const byte Preserve = 0x80;

    // What firmware says of a chipset's TCO timer: running where TCO1_CNT's bit 11 is zero, reloaded by a word.
    private static readonly byte[] Running = Entry(QueryRunning, ReadValue, 1, 2, 11, Port + 8, value: 0, mask: 1);
    private static readonly byte[] Reload = Entry(Reset, WriteValue, 1, 2, 0, Port, value: 1, mask: 0x3FF);

    private readonly SimulatedMachine _machine = new();
    private uint _register = 0xAAAA_0000;

    public AcpiWatchdogTests() => _machine.Add(this);

    [Fact]
    public void One_that_runs_is_fed_as_the_table_says()
    {
        SimulatedTco tco = new(_machine, Port);
        Plant(Running, Reload);
        AcpiWatchdog watchdog = AcpiWatchdog.Find();
        Assert.True(watchdog.IsRunning);

        for (int i = 0; i < 10; i++)
        {
            _machine.Now += 2_000_000;
            watchdog.Feed();
        }

        Assert.False(tco.HasBitten);
    }

    [Fact]
    public void One_that_is_stopped_is_left_alone()
    {
        SimulatedTco tco = new(_machine, Port) { Control = 0x0800, IsStarted = false };
        Plant(Running, Reload);
        AcpiWatchdog watchdog = AcpiWatchdog.Find();

        watchdog.Feed();

        Assert.False(watchdog.IsRunning);
        Assert.False(tco.IsStarted);
    }

    [Fact]
    public void One_that_does_not_tell_whether_it_runs_is_left_alone()
    {
        _ = new SimulatedTco(_machine, Port);
        Plant(Reload);

        Assert.False(AcpiWatchdog.Find().IsRunning);
    }

    [Fact]
    public void A_register_in_memory_keeps_the_bits_that_are_not_the_fields()
    {
        _ = new SimulatedTco(_machine, Port);
        byte[] first = Entry(Reset, WriteValue | Preserve, 0, 3, 4, Register, value: 0x5, mask: 0xF);
        byte[] second = Entry(Reset, WriteValue | Preserve, 0, 3, 8, Register, value: 0xF6, mask: 0xF);
        Plant(first, Running, second);

        AcpiWatchdog.Find().Feed();

        Assert.Equal(0xAAAA_0650u, _register);
    }

    [Fact]
    public void What_is_not_understood_is_not_fed()
    {
        _ = new SimulatedTco(_machine, Port);
        byte[][] bad =
        [
            Entry(Reset, ReadCountdown, 1, 2, 0, Port, 1, 1),
            Entry(Reset, 3, 1, 2, 0, Port, 1, 1),
            Entry(Reset, WriteValue, 2, 2, 0, Port, 1, 1),
            Entry(Reset, WriteValue, 1, 4, 0, Port, 1, 1),
            Entry(Reset, WriteValue, 1, 2, 16, Port, 1, 1),
            Entry(Reset, WriteValue, 1, 2, 0, 0x1_0000, 1, 1),
            Entry(Reset, WriteValue, 1, 2, 0, 0, 1, 1),
        ];
        Assert.All(bad, entry =>
        {
            Plant(Running, entry, Reload);
            Assert.False(AcpiWatchdog.Find().IsRunning);
        });
        Plant([Running, .. Enumerable.Repeat(Reload, 5)]);
        Assert.False(AcpiWatchdog.Find().IsRunning);
    }

    [Fact]
    public void A_count_that_is_larger_than_the_table_does_not_lead_out_of_it()
    {
        _ = new SimulatedTco(_machine, Port);
        Plant(Running, Reload);
        Entry(Reset, ReadCountdown, 1, 2, 0, Port, 1, 1).CopyTo(_machine.Memory, Table + 68 + 48);
        BinaryPrimitives.WriteUInt32LittleEndian(_machine.Memory.AsSpan(Table + 64), uint.MaxValue);
        SimulatedAcpi.Sum(_machine.Memory.AsSpan(Table, 68 + 48), 9);

        Assert.True(AcpiWatchdog.Find().IsRunning);
    }

    /// <summary>What it names is written to while the dump is made: it may be memory by now.</summary>
    [Fact]
    public void A_table_with_a_wrong_checksum_is_not_used()
    {
        _ = new SimulatedTco(_machine, Port);
        Plant(Running, Reload);
        _machine.Memory[Table + 68 + 24 + 8] ^= 4;

        Assert.False(AcpiWatchdog.Find().IsRunning);
    }

    bool IMmioDevice.HasAddress(ulong address) => address == Register;

    ulong IMmioDevice.ReadWindow(ulong address, int width) => _register;

    void IMmioDevice.WriteWindow(ulong address, int width, ulong value) => _register = (uint)value;

    private static byte[] Entry(
        byte action, byte instruction, byte space, byte access, byte bitOffset, ulong address, uint value, uint mask)
    {
        byte[] entry = new byte[24];
        entry[0] = action;
        entry[1] = instruction;
        entry[4] = space;
        entry[6] = bitOffset;
        entry[7] = access;
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(8), address);
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(16), value);
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(20), mask);
        return entry;
    }

    private void Plant(params byte[][] entries)
    {
        Span<byte> memory = _machine.Memory;
        Span<byte> pointer = memory.Slice(RootPointer, 36);
        pointer.Clear();
        "RSD PTR "u8.CopyTo(pointer);
        BinaryPrimitives.WriteUInt32LittleEndian(pointer[16..], RootTable);
        int sum = 0;
        for (int i = 0; i < 20; i++)
        {
            sum += pointer[i];
        }
        pointer[8] = (byte)-sum;
        Header(memory[RootTable..], "RSDT", 40);
        BinaryPrimitives.WriteUInt32LittleEndian(memory[(RootTable + 36)..], Table);
        Header(memory[Table..], "WDAT", (uint)(68 + (24 * entries.Length)));
        BinaryPrimitives.WriteUInt32LittleEndian(memory[(Table + 64)..], (uint)entries.Length);
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i].CopyTo(memory[(Table + 68 + (24 * i))..]);
        }
        SimulatedAcpi.Sum(memory.Slice(Table, 68 + (24 * entries.Length)), 9);
        AcpiTables.Use(RootPointer);
    }

    private static void Header(Span<byte> table, string signature, uint length)
    {
        Encoding.ASCII.GetBytes(signature, table);
        BinaryPrimitives.WriteUInt32LittleEndian(table[4..], length);
    }
}

namespace CosmosKdump.Tests.Unit.Kernel.Machine;

internal static class PortIo
{
    internal static byte In8(ushort port) => (byte)SimulatedMachine.Current.ReadPort(port, 1);

    internal static ushort In16(ushort port) => (ushort)SimulatedMachine.Current.ReadPort(port, 2);

    internal static uint In32(ushort port) => SimulatedMachine.Current.ReadPort(port, 4);

    internal static void Out8(ushort port, byte value) => SimulatedMachine.Current.WritePort(port, 1, value);

    internal static void Out16(ushort port, ushort value) => SimulatedMachine.Current.WritePort(port, 2, value);

    internal static void Out32(ushort port, uint value) => SimulatedMachine.Current.WritePort(port, 4, value);
}

using System;
using System.Text;

namespace CosmosKdump.Tests.Unit.Kernel.Machine;

internal static class Log
{
    internal static void Write(ReadOnlySpan<byte> text) =>
        SimulatedMachine.Current.Console.Append(Encoding.ASCII.GetString(text));
}

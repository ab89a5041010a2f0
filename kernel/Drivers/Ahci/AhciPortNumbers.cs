using System.Runtime.CompilerServices;

namespace CosmosKdump.Kernel.Drivers.Ahci;

/// <summary>Numbers of ports in place.</summary>
[InlineArray(AhciRegister.MaxPorts)]
internal struct AhciPortNumbers
{
    private byte _first;
}

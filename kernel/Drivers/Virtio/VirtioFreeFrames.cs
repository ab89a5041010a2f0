using System.Runtime.CompilerServices;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>Numbers of frames that are free, as a stack.</summary>
[InlineArray(VirtioNetLayout.TransmitFrames)]
internal struct VirtioFreeFrames
{
    private byte _first;
}

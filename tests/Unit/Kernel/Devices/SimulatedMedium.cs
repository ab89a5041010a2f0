using System;
using System.Collections.Generic;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>What a simulated disk stores, and what it did: the same for every kind of controller.</summary>
internal sealed class SimulatedMedium(int blockBytes, int blockCount)
{
    /// <summary>A block that fails, with the code of the controller's kind.</summary>
    public Dictionary<ulong, uint> BadBlocks { get; } = [];

    public byte[] Bytes { get; } = new byte[blockBytes * blockCount];

    public int BlockBytes { get; } = blockBytes;

    public int BlockCount { get; } = blockCount;

    public int Flushes { get; set; }

    public int Writes { get; private set; }

    /// <summary>The code of the first bad block in a range, 0 when all are good.</summary>
    public uint CodeOf(ulong block, ulong count)
    {
        for (ulong i = block; i < block + count; i++)
        {
            if (BadBlocks.TryGetValue(i, out uint code))
            {
                return code;
            }
        }
        return 0;
    }

    /// <summary>Moves one piece of a request between memory and the medium.</summary>
    public void Transfer(ulong positionBytes, ulong address, int lengthBytes, bool isWrite)
    {
        Span<byte> memory = SimulatedMachine.Current.Memory.AsSpan((int)address, lengthBytes);
        Span<byte> medium = Bytes.AsSpan((int)positionBytes, lengthBytes);
        if (isWrite)
        {
            Writes++;
            memory.CopyTo(medium);
        }
        else
        {
            medium.CopyTo(memory);
        }
    }
}

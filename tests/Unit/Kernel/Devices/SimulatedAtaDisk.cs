using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>A SATA disk as ACS-3 describes it: what it answers, and what its queue does after an error.</summary>
internal sealed class SimulatedAtaDisk
{
    public SimulatedAtaDisk(SimulatedMedium medium)
    {
        Medium = medium;
        SetWord(49, 1 << 8);
        SetWord(75, 31);
        SetWord(76, 1 << 8);
        SetWord(83, 0x6400);
        SetWord(85, 1 << 5);
        SetWord(87, 0x4000);
        SetWord(100, (ushort)medium.BlockCount);
        SetWord(101, (ushort)(medium.BlockCount >> 16));
        if (medium.BlockBytes != 512)
        {
            SetWord(106, 0x5000);
            SetWord(117, (ushort)(medium.BlockBytes / 2));
        }
        byte[] model = new byte[40];
        Array.Fill(model, (byte)' ');
        "Simulated SATA"u8.CopyTo(model);
        for (int i = 0; i < model.Length; i++)
        {
            Page[54 + (i ^ 1)] = model[i];
        }
    }

    public SimulatedMedium Medium { get; }

    /// <summary>Answer of IDENTIFY DEVICE.</summary>
    public byte[] Page { get; } = new byte[512];

    /// <summary>Answer of READ LOG EXT, page 10h; null: the command is aborted.</summary>
    public byte[]? ErrorLog { get; set; } = new byte[512];

    /// <summary>Commands that never complete, by their starting block.</summary>
    public HashSet<ulong> LostBlocks { get; } = [];

    /// <summary>Commands seen, by their number.</summary>
    public List<byte> Commands { get; } = [];

    /// <summary>The queue was aborted, and the log that says why was not read yet.</summary>
    public bool IsAborted { get; set; }

    public uint Signature { get; set; } = 0x0101;

    public void SetWord(int index, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Page.AsSpan(index * 2), value);

    /// <summary>An error of a queued command: the log tells its tag.</summary>
    public void Abort(int tag, byte error)
    {
        IsAborted = true;
        if (ErrorLog is { } log)
        {
            Array.Clear(log);
            log[0] = (byte)tag;
            log[2] = 0x41;
            log[3] = error;
            log[511] = (byte)(0 - tag - 0x41 - error);
        }
    }
}

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>The device's side of a split virtqueue (virtio 1.2, 2.7).</summary>
internal sealed class SimulatedVirtqueue(ulong table, ulong available, ulong used, int size)
{
    private readonly HashSet<int> _held = [];
    private ushort _seen;
    private ushort _done;

    public List<int> TakeAvailable()
    {
        if ((Word(available) & 1) == 0)
        {
            throw new InvalidOperationException("interrupts are asked for");
        }
        List<int> heads = [];
        while (_seen != Word(available + 2))
        {
            int head = Word(available + 4 + ((ulong)(_seen % size) * 2));
            if (head >= size || !_held.Add(head))
            {
                throw new InvalidOperationException($"descriptor {head} is made available while in use");
            }
            heads.Add(head);
            _seen++;
        }
        return heads;
    }

    public List<SimulatedDescriptor> Chain(int head, bool mayBeIndirect)
    {
        SimulatedDescriptor first = Descriptor(table, head);
        if (!first.IsIndirect)
        {
            return Follow(table, head, size);
        }
        if (!mayBeIndirect || first.GoesOn || first.Length % 16 != 0)
        {
            throw new InvalidOperationException("an indirect descriptor that must not be");
        }
        return Follow(first.Address, 0, Math.Min(size, first.Length / 16));
    }

    public void Complete(int head, int writtenBytes = 0)
    {
        _held.Remove(head);
        Span<byte> entry = Bytes(used + 4 + ((ulong)(_done % size) * 8), 8);
        BinaryPrimitives.WriteInt32LittleEndian(entry, head);
        BinaryPrimitives.WriteInt32LittleEndian(entry[4..], writtenBytes);
        _done++;
        BinaryPrimitives.WriteUInt16LittleEndian(Bytes(used + 2, 2), _done);
    }

    public void SetNoNotify(bool value) => BinaryPrimitives.WriteUInt16LittleEndian(Bytes(used, 2), value ? (ushort)1 : (ushort)0);

    private static List<SimulatedDescriptor> Follow(ulong table, int index, int most)
    {
        List<SimulatedDescriptor> chain = [];
        while (true)
        {
            SimulatedDescriptor next = Descriptor(table, index);
            chain.Add(next);
            if (chain.Count > most)
            {
                throw new InvalidOperationException("a chain longer than its table");
            }
            if (!next.GoesOn)
            {
                return chain;
            }
            index = next.Next;
        }
    }

    private static SimulatedDescriptor Descriptor(ulong table, int index)
    {
        Span<byte> bytes = Bytes(table + ((ulong)index * 16), 16);
        return new SimulatedDescriptor(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..]));
    }

    private static ushort Word(ulong address) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(address, 2));

    private static Span<byte> Bytes(ulong address, int length) =>
        SimulatedMachine.Current.Memory.AsSpan((int)address, length);
}

using System;

namespace CosmosKdump.Capture.Input;

/// <summary>
/// Walks the <c>virtio_mmio.device=SIZE@ADDRESS:IRQ[:ID]</c> of a command line, as Linux reads them (vm_cmdline_set in
/// drivers/virtio/virtio_mmio.c); the interrupt does not matter here, and may be missing.
/// </summary>
public ref struct MmioDeviceWalk(ReadOnlySpan<byte> commandLine)
{
    private CommandLineCursor _cursor = new(commandLine);

    /// <summary>The whole value.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>Physical address of the registers.</summary>
    public ulong Address { get; private set; }

    /// <summary>Their length, bytes.</summary>
    public ulong LengthBytes { get; private set; }

    /// <summary><see cref="Status.BadOptionValue"/> when the value could not be parsed.</summary>
    public Status Status { get; private set; }

    /// <summary>Goes to the next device.</summary>
    public bool MoveNext()
    {
        while (_cursor.MoveNext())
        {
            if (_cursor.Name.SequenceEqual("virtio_mmio.device"u8))
            {
                Text = _cursor.Value;
                Status = Parse();
                return true;
            }
        }
        return false;
    }

    private Status Parse()
    {
        Address = 0;
        Status status = NumberText.ReadSize(Text, out ulong length, out int used);
        LengthBytes = length;
        if (status != Status.Ok || used >= Text.Length || Text[used] != (byte)'@')
        {
            return Status.BadOptionValue;
        }
        ReadOnlySpan<byte> rest = Text[(used + 1)..];
        status = NumberText.ReadSize(rest, out ulong address, out used);
        Address = address;
        return status == Status.Ok && (used == rest.Length || rest[used] == (byte)':') ? Status.Ok : Status.BadOptionValue;
    }
}

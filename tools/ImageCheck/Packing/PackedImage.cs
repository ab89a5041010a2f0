using System;
using System.IO;
using System.Linq;
using CosmosKdump.ImageCheck.Elf;

namespace CosmosKdump.ImageCheck.Packing;

/// <summary>
/// The bytes of an image as they lie in memory: flat from its start, or as they are shipped, the head as it is and the
/// payload packed. The linker script tells where the payload begins and ends.
/// </summary>
public static class PackedImage
{
    private const string PayloadStart = "payload_start";
    private const string PayloadEnd = "payload_end";
    private const ulong PageBytes = 4096;

    /// <summary>Where the payload lies. Throws <see cref="ImageFormatException"/> when that cannot be.</summary>
    public static Bounds BoundsOf(ElfImage elf)
    {
        if (elf.AddressOf(PayloadStart) is not ulong start || elf.AddressOf(PayloadEnd) is not ulong end)
        {
            throw new ImageFormatException(elf.File.Name, $"no symbols {PayloadStart} and {PayloadEnd}");
        }
        ulong bytesEnd = elf.Loads.Select(s => s.Address + s.FileBytes).DefaultIfEmpty().Max();
        if (start <= elf.Start || start % PageBytes != 0 || end <= start || end != bytesEnd)
        {
            throw new ImageFormatException(
                elf.File.Name,
                $"the payload, 0x{start:x} to 0x{end:x}, must begin on a page behind 0x{elf.Start:x} and end at 0x{bytesEnd:x}");
        }
        return new Bounds(start, end);
    }

    /// <summary>Head and payload, as they are in memory before relocation.</summary>
    public static byte[] Flat(ElfImage elf)
    {
        byte[] flat = new byte[BoundsOf(elf).PayloadEnd - elf.Start];
        foreach (ElfSegment segment in elf.Loads)
        {
            elf.File.Slice(segment.OffsetBytes, segment.FileBytes).Span.CopyTo(flat.AsSpan((int)(segment.Address - elf.Start)));
        }
        return flat;
    }

    /// <summary>Head and packed payload. Throws <see cref="ImageFormatException"/> when packing gains nothing.</summary>
    public static byte[] Pack(ElfImage elf)
    {
        byte[] flat = Flat(elf);
        int headBytes = (int)(BoundsOf(elf).PayloadStart - elf.Start);
        byte[] packed = PayloadEncoder.Pack(flat[headBytes..]);
        if (headBytes + packed.Length > flat.Length)
        {
            throw new ImageFormatException(elf.File.Name, "the payload does not get smaller");
        }
        return [.. flat.AsSpan(0, headBytes), .. packed];
    }

    /// <summary>Undoes <see cref="Pack"/> for an image that is made of a linked one; null and why not if it cannot be.</summary>
    public static byte[]? Unpack(ElfImage elf, ReadOnlySpan<byte> shipped, out string why)
    {
        Bounds bounds = BoundsOf(elf);
        int headBytes = (int)(bounds.PayloadStart - elf.Start);
        int payloadBytes = (int)(bounds.PayloadEnd - bounds.PayloadStart);
        try
        {
            byte[] payload = PayloadDecoder.Unpack(shipped[Math.Min(headBytes, shipped.Length)..]);
            // The entry code moves the packed bytes by no more than the payload's length.
            why = payload.Length != payloadBytes || shipped.Length - headBytes > payloadBytes
                ? $"{shipped.Length - headBytes} bytes unpack to {payload.Length}, the payload has {payloadBytes}"
                : "";
            return why.Length == 0 ? [.. shipped[..headBytes], .. payload] : null;
        }
        catch (InvalidDataException e)
        {
            why = $"does not unpack: {e.Message}";
            return null;
        }
    }

    /// <summary>Where the payload lies, virtual addresses.</summary>
    /// <param name="PayloadStart">Its first byte; before it, from the image's start, lies the head.</param>
    /// <param name="PayloadEnd">One past its last byte.</param>
    public readonly record struct Bounds(ulong PayloadStart, ulong PayloadEnd);
}

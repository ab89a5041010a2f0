using System;
using System.IO;
using System.Runtime.InteropServices;
using CosmosKdump.ImageCheck;
using CosmosKdump.ImageCheck.Elf;
using CosmosKdump.Lab;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Compress;

/// <summary>The unpacker of our images (kernel/Boot/unpack.S), run by the host's CPU.</summary>
public sealed unsafe class UnpackCode : IDisposable
{
    private const byte Untouched = 0xA5;
    // The tables of codes are read before they are looked at, and so are the bits: unpack.S tells how far.
    private const int ReadBehindStart = 20 << 10;
    private const int ReadBehindEnd = 4 << 10;
    private const int Readable = 1;
    private const int Writable = 2;
    private const int Executable = 4;
    private const int PrivateAnonymous = 0x22;

    private readonly nint _code;
    private readonly nuint _codeBytes;
    private readonly delegate* unmanaged<byte*, nuint, byte*, nuint, ulong> _unpack;

    /// <summary>Takes the code out of the linked image.</summary>
    public UnpackCode()
    {
        string path = Path.Combine(Repository.Root, "kernel", "obj", "native", "kdump.elf");
        ElfImage elf = ElfImage.Parse(new ImageFile(path, File.ReadAllBytes(path)));
        ulong entry = Assert.NotNull(elf.AddressOf("unpack"));
        ElfSection section = Assert.IsType<ElfSection>(elf.SectionAt(entry));
        ReadOnlySpan<byte> bytes = elf.BytesOf(section).Span;
        _codeBytes = (nuint)bytes.Length;
        _code = Map(0, _codeBytes, Readable | Writable, PrivateAnonymous, -1, 0);
        Assert.NotEqual(-1, _code);
        bytes.CopyTo(new Span<byte>((void*)_code, bytes.Length));
        Assert.Equal(0, Protect(_code, _codeBytes, Readable | Executable));
        _unpack = (delegate* unmanaged<byte*, nuint, byte*, nuint, ulong>)(_code + (nint)(entry - section.Address));
    }

    /// <summary>
    /// Unpacks to a place of a length; null if it says that the packed bytes are damaged. What it may not touch cannot
    /// be: a write outside of the place, but for the rest of the place's pages, and a read further than unpack.S tells end
    /// the test's process. Each length lies once at the end and once at the start of its pages.
    /// </summary>
    public byte[]? Run(ReadOnlySpan<byte> packed, int lengthBytes)
    {
        int mostRead = Math.Max(ReadBehindStart, packed.Length + ReadBehindEnd);
        using GuardedPages source = new(mostRead, isAtEnd: true);
        using GuardedPages low = new(lengthBytes, isAtEnd: false);
        using GuardedPages high = new(lengthBytes, isAtEnd: true);
        source.All.Fill(byte.MaxValue);
        packed.CopyTo(source.Bytes);
        source.MakeReadOnly();
        byte[]? made = Run(source, packed.Length, low);
        byte[]? again = Run(source, packed.Length, high);
        Assert.Equal(made, again);
        return made;
    }

    private byte[]? Run(GuardedPages source, int packedBytes, GuardedPages place)
    {
        place.All.Fill(Untouched);
        Span<byte> bytes = place.Bytes;
        ulong result;
        // Neither moves: they are mapped.
        fixed (byte* from = source.Bytes)
        fixed (byte* to = bytes)
        {
            result = _unpack(to, (nuint)bytes.Length, from, (nuint)packedBytes);
        }
        Assert.False(place.Before.ContainsAnyExcept(Untouched), "written before the place");
        Assert.False(place.Behind.ContainsAnyExcept(Untouched), "written behind the place");
        return result == 0 ? bytes.ToArray() : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Unmap(_code, _codeBytes);

    [DllImport("libc", EntryPoint = "mmap")]
    private static extern nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect")]
    private static extern int Protect(nint address, nuint length, int protection);

    [DllImport("libc", EntryPoint = "munmap")]
    private static extern int Unmap(nint address, nuint length);
}

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CosmosKdump.Capture;
using CosmosKdump.ImageCheck.Packing;
using CosmosKdump.Lab;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Compress;

/// <summary>What our kernel's compressors make is what the same libraries make on the host.</summary>
public class CodecTests
{
    private const int FirstPage = 1;
    private const int Pages = 64;

    /// <summary>QEMU's models with and without BMI2, for which libzstd has code of its own.</summary>
    [Theory]
    [InlineData("max")]
    [InlineData("qemu64")]
    public void Compressed_pages_are_those_of_the_host_s_libraries(string cpu) => BareTest.Start(
        new BareOptions { Arguments = $"{CrashedMemory.Argument} kdump.selftest=1", Cpu = cpu },
        machine =>
        {
            BareTest.Ends(machine, "ckdump: failure action: poweroff");
            Assert.Equal(
                new[] { "lzo", "zlib", "zstd" }.Select(Expected),
                from Match match in Regex.Matches(
                    machine.Console.Text, @"selftest: codec (\w+: 64 pages, \d+ bytes, CRC-32C 0x[0-9a-f]+),")
                select match.Groups[1].Value);
        });

    [Theory]
    [InlineData("lzo")]
    [InlineData("zlib")]
    [InlineData("zstd")]
    public void Compressed_pages_are_read_by_what_dump_readers_call(string codec)
    {
        foreach (byte[] page in OwnPages())
        {
            byte[] compressed = Compress(codec, page);
            Assert.Equal(page, compressed.Length == 0 ? page : HostLibraries.Decompress(codec, compressed, page.Length));
        }
    }

    private static string Expected(string codec)
    {
        uint checksum = 0;
        int bytes = 0;
        foreach (byte[] page in OwnPages())
        {
            byte[] compressed = Compress(codec, page);
            byte[] stored = compressed.Length == 0 ? page : compressed;
            checksum = Crc32C.Append(checksum, stored);
            bytes += stored.Length;
        }
        return string.Create(
            CultureInfo.InvariantCulture, $"{codec}: {Pages} pages, {bytes} bytes, CRC-32C 0x{checksum:x}");
    }

    private static byte[] Compress(string codec, byte[] page)
    {
        byte[] compressed = codec switch
        {
            "lzo" => HostLibraries.Lzo(page),
            "zlib" => HostLibraries.Zlib(page, page.Length - 1),
            _ => HostLibraries.Zstd(page, page.Length - 1),
        };
        return compressed.Length < page.Length ? compressed : [];
    }

    /// <summary>Pages behind the head of our kernel, unpacked: all of them code, which nothing changes.</summary>
    private static IEnumerable<byte[]> OwnPages()
    {
        byte[] image = File.ReadAllBytes(Repository.BzImage);
        // Documentation/arch/x86/boot.rst: the protected-mode part follows setup_sects sectors and the boot sector.
        int start = (image[0x1F1] + 1) * 512;
        Assert.Equal("HdrS"u8.ToArray(), image[0x202..0x206]);
        Assert.Equal(0xAA55, BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(0x1FE)));
        // One page of head, then the packed payload, which begins with its own length.
        ReadOnlySpan<byte> packed = image.AsSpan(start + (FirstPage * SharedMemory.PageBytes));
        byte[] payload = PayloadDecoder.Unpack(packed[..BinaryPrimitives.ReadInt32LittleEndian(packed)]);
        return Enumerable.Range(0, Pages)
            .Select(i => payload.AsSpan(i * SharedMemory.PageBytes, SharedMemory.PageBytes).ToArray());
    }
}

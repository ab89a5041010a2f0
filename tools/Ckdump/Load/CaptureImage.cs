using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Load;

/// <summary>The image of a capture kernel, and what its boot header tells (Linux, Documentation/arch/x86/boot.rst).</summary>
public sealed class CaptureImage
{
    /// <summary>Where the package installs it.</summary>
    public const string InstalledPath = "/usr/lib/ckdump/kdump.bzimage";

    private const string FileName = "kdump.bzimage";
    private const int HeaderEnd = 0x264;
    private const int MagicAt = 0x202;
    private const int VersionAt = 0x20E;
    private const int CommandLineBytesAt = 0x238;
    private const int InitBytesAt = 0x260;
    private const int TextBase = 0x200;
    private const int MostHeaderBytes = 64 * 512;

    private CaptureImage(string path, long lengthBytes, byte[] header)
    {
        Path = path;
        LengthBytes = lengthBytes;
        Version = ReadVersion(header);
        MemoryBytes = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(InitBytesAt));
        CommandLineBytes = (int)Math.Min(4096, BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(CommandLineBytesAt)));
    }

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>Length of the file, bytes.</summary>
    public long LengthBytes { get; }

    /// <summary>Its version, as <c>file</c> shows it.</summary>
    public string Version { get; }

    /// <summary>Bytes of memory that it needs to run (<c>init_size</c>).</summary>
    public ulong MemoryBytes { get; }

    /// <summary>Longest command line that it takes, bytes.</summary>
    public int CommandLineBytes { get; }

    /// <summary>
    /// Finds the image: the one that was named, the one beside the program, or the installed one. A
    /// <see cref="ToolException"/> if it is not there, or is no image.
    /// </summary>
    public static CaptureImage Find(string? named)
    {
        string beside = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Environment.ProcessPath) ?? "/", FileName);
        IReadOnlyList<string> places = named is not null ? [named] : [beside, InstalledPath];
        string? found = places.FirstOrDefault(File.Exists);
        return found is not null
            ? Open(found)
            : throw new ToolException(
                places[^1], "no such file", named is null ? "install the package ckdump, or name the image by --image" : null);
    }

    private static CaptureImage Open(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] header = new byte[MostHeaderBytes];
        int length = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        bool isImage = length >= HeaderEnd && header.AsSpan(MagicAt).StartsWith("HdrS"u8);
        return isImage
            ? new CaptureImage(path, file.Length, header)
            : throw new ToolException(path, "not a bzImage", "ckdump load takes kdump.bzimage");
    }

    private static string ReadVersion(byte[] header)
    {
        int at = TextBase + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(VersionAt));
        if (at == TextBase || at >= header.Length)
        {
            return "unknown";
        }
        ReadOnlySpan<byte> text = header.AsSpan(at, Math.Min(80, header.Length - at));
        int end = text.IndexOf((byte)0);
        string version = Encoding.ASCII.GetString(end < 0 ? text : text[..end]);
        return version.Any(char.IsControl) ? "unknown" : version;
    }
}

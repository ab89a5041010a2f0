using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace CosmosKdump.Lab.Guests;

/// <summary>
/// Writes a cpio archive in the "newc" format, which Linux unpacks as an initramfs
/// (Documentation/driver-api/early-userspace/buffer-format.rst).
/// </summary>
public sealed class CpioArchive : IDisposable
{
    private const uint FolderMode = 0x4000 | 0x1ED;
    private const uint ProgramMode = 0x8000 | 0x1ED;
    private const uint LinkMode = 0xA000 | 0x1FF;
    private const string Trailer = "TRAILER!!!";
    private readonly Stream _output;
    private readonly HashSet<string> _folders = ["/"];
    private uint _inode = 1;

    /// <summary>An archive on a stream, which it owns.</summary>
    public CpioArchive(Stream output)
    {
        _output = output;
    }

    /// <summary>Adds a file, executable, with the folders above it.</summary>
    public void AddFile(string path, ReadOnlySpan<byte> content)
    {
        AddFolder(Parent(path));
        Add(path, ProgramMode, content);
    }

    /// <summary>Adds a file with the content of a file of the host.</summary>
    public void AddFile(string path, string hostPath) => AddFile(path, File.ReadAllBytes(hostPath));

    /// <summary>Adds a symbolic link, with the folders above it.</summary>
    public void AddLink(string path, string target)
    {
        AddFolder(Parent(path));
        Add(path, LinkMode, Encoding.UTF8.GetBytes(target));
    }

    /// <summary>Adds a folder, with those above it.</summary>
    public void AddFolder(string path)
    {
        if (_folders.Add(path))
        {
            AddFolder(Parent(path));
            Add(path, FolderMode, []);
        }
    }

    /// <summary>Ends the archive and closes the stream.</summary>
    public void Dispose()
    {
        Add(Trailer, 0, []);
        _output.Dispose();
    }

    private static string Parent(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash <= 0 ? "/" : path[..slash];
    }

    private void Add(string path, uint mode, ReadOnlySpan<byte> content)
    {
        byte[] name = Encoding.UTF8.GetBytes(path.TrimStart('/') + "\0");
        StringBuilder header = new("070701", 110);
        uint[] fields =
        [
            _inode++, mode, 0, 0, 1, 0, (uint)content.Length, 0, 0, 0, 0, (uint)name.Length, 0,
        ];
        foreach (uint field in fields)
        {
            header.Append(field.ToString("X8"));
        }
        _output.Write(Encoding.ASCII.GetBytes(header.ToString()));
        _output.Write(name);
        Pad(header.Length + name.Length);
        _output.Write(content);
        Pad(content.Length);
    }

    private void Pad(int written)
    {
        ReadOnlySpan<byte> zeros = [0, 0, 0];
        _output.Write(zeros[..(-written & 3)]);
    }
}

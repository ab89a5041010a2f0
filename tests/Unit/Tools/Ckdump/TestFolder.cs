using System;
using System.IO;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder()
    {
        Root = Directory.CreateTempSubdirectory("ckdump-test-").FullName;
    }

    public string Root { get; }

    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>Makes a sparse file of a length, with bytes at an offset.</summary>
    public string Make(string name, long lengthBytes, long offsetBytes = 0, ReadOnlySpan<byte> bytes = default)
    {
        string path = PathOf(name);
        using FileStream file = File.Create(path);
        file.SetLength(lengthBytes);
        file.Position = offsetBytes;
        file.Write(bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

using System;
using System.IO;
using System.Runtime.InteropServices;
using CosmosKdump.Ckdump.Areas;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>What a conversion writes to: a new file, which is gone again unless it is kept, or standard output.</summary>
public sealed class ConvertOutput : IDisposable
{
    /// <summary>The name of standard output.</summary>
    public const string StandardOutput = "-";

    private readonly string _path;
    private readonly PosixSignalRegistration[] _signals;
    private bool _isKept;

    private ConvertOutput(string path, Stream stream, params PosixSignalRegistration[] signals)
    {
        _signals = signals;
        _path = path;
        Stream = stream;
    }

    /// <summary>Where the dump goes.</summary>
    public Stream Stream { get; }

    /// <summary>Opens it; nothing is overwritten.</summary>
    public static ConvertOutput Open(string path)
    {
        if (path == StandardOutput)
        {
            // Not the console's stream, to which a reader that has gone is no error.
            return new ConvertOutput(path, new FileStream(new SafeFileHandle(1, false), FileAccess.Write, bufferSize: 0));
        }
        OutputFile.RequireMissing(path);
        // Before there is a file: the first of these takes a while.
        ConvertOutput? output = null;
        PosixSignalRegistration[] signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => output?.Remove()),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => output?.Remove()),
        ];
        try
        {
            output = new ConvertOutput(path, new FileStream(Posix.Create(path), FileAccess.ReadWrite, bufferSize: 0), signals);
            return output;
        }
        finally
        {
            Array.ForEach(output is null ? signals : [], signal => signal.Dispose());
        }
    }

    /// <summary>It is kept, under another name if one is given.</summary>
    public void Keep(string? name = null)
    {
        if (name is not null)
        {
            File.Move(_path, name, overwrite: false);
        }
        _isKept = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_signals, signal => signal.Dispose());
        Stream.Dispose();
        Remove();
    }

    private void Remove()
    {
        if (!_isKept && _path != StandardOutput)
        {
            File.Delete(_path);
        }
    }
}

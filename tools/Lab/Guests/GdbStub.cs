using System;
using System.Net.Sockets;
using System.Text;

namespace CosmosKdump.Lab.Guests;

/// <summary>
/// Writes guest physical memory through QEMU's gdb stub (GDB Remote Serial Protocol; QEMU's
/// <c>Qqemu.PhyMemMode</c>). The guest stands still while it is connected.
/// </summary>
public sealed class GdbStub : IDisposable
{
    private const int ChunkBytes = 1024;
    private readonly Socket _socket;

    /// <summary>Connects, which stops the guest.</summary>
    public GdbStub(string path)
    {
        _socket = QmpClient.ConnectSocket(path);
        Command("Qqemu.PhyMemMode:1");
    }

    /// <summary>Writes physical memory.</summary>
    public void Write(ulong address, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length != 0)
        {
            ReadOnlySpan<byte> chunk = bytes[..Math.Min(ChunkBytes, bytes.Length)];
            Command($"M{address:x},{chunk.Length:x}:{Convert.ToHexStringLower(chunk)}");
            address += (ulong)chunk.Length;
            bytes = bytes[chunk.Length..];
        }
    }

    /// <summary>Detaches: the guest goes on.</summary>
    public void Dispose()
    {
        Command("D");
        _socket.Dispose();
    }

    private void Command(string text)
    {
        int sum = 0;
        foreach (char c in text)
        {
            sum += c;
        }
        _socket.Send(Encoding.ASCII.GetBytes($"${text}#{sum & 0xFF:x2}"));
        string answer = Answer();
        if (answer != "OK")
        {
            throw new LabException($"QEMU's gdb stub answered {answer} to {text[..Math.Min(40, text.Length)]}");
        }
    }

    // An answer is +$text#xx; stop replies (T05…) of the moment of connection are skipped.
    private string Answer()
    {
        StringBuilder text = new();
        byte[] one = new byte[1];
        bool inside = false;
        while (_socket.Receive(one) == 1)
        {
            char c = (char)one[0];
            if (c == '$')
            {
                inside = true;
                text.Clear();
            }
            else if (c == '#' && inside)
            {
                _socket.Receive(new byte[2]);
                _socket.Send("+"u8);
                inside = false;
                if (text.Length == 0 || text[0] is not ('T' or 'S'))
                {
                    return text.ToString();
                }
            }
            else if (inside)
            {
                text.Append(c);
            }
        }
        throw new LabException("QEMU closed its gdb stub");
    }
}

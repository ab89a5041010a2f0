using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;

namespace CosmosKdump.Lab.Guests;

/// <summary>Speaks to QEMU's monitor (QEMU Machine Protocol, docs/interop/qmp-spec).</summary>
public sealed class QmpClient : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(20);
    private readonly Socket _socket;
    private readonly StreamReader _reader;

    private QmpClient(Socket socket)
    {
        _socket = socket;
        _reader = new StreamReader(new NetworkStream(socket), Encoding.UTF8);
        Receive();
        Execute("qmp_capabilities");
    }

    /// <summary>Time that a command may take.</summary>
    public TimeSpan Limit
    {
        set => _socket.ReceiveTimeout = (int)value.TotalMilliseconds;
    }

    /// <summary>Connects as soon as QEMU listens.</summary>
    public static QmpClient Connect(string path) => new(ConnectSocket(path));

    /// <summary>Runs a command; returns what it answered.</summary>
    public JsonNode? Execute(string command, JsonObject? arguments = null)
    {
        JsonObject request = new() { ["execute"] = command };
        if (arguments != null)
        {
            request["arguments"] = arguments;
        }
        _socket.Send(Encoding.UTF8.GetBytes(request.ToJsonString() + "\n"));
        while (true)
        {
            JsonNode answer = Receive();
            if (answer["return"] is { } result)
            {
                return result;
            }
            if (answer["error"] is { } error)
            {
                throw new LabException($"QEMU refused {command}: {error["desc"]}");
            }
        }
    }

    /// <summary>Runs a command of the human monitor; returns its text.</summary>
    public string Hmp(string line) =>
        (string?)Execute("human-monitor-command", new JsonObject { ["command-line"] = line }) ?? "";

    /// <summary>Writes guest physical memory to a file of the host.</summary>
    public void SavePhysicalMemory(ulong address, ulong lengthBytes, string path) => Execute("pmemsave", new JsonObject
    {
        ["val"] = address,
        ["size"] = lengthBytes,
        ["filename"] = path,
    });

    /// <summary>Stops all CPUs.</summary>
    public void Stop() => Execute("stop");

    /// <summary>Lets the CPUs go on.</summary>
    public void Continue() => Execute("cont");

    /// <summary>Sends every CPU a non-maskable interrupt.</summary>
    public void InjectNmi() => Execute("inject-nmi");

    /// <summary>The state of the machine: <c>running</c>, <c>paused</c>, <c>shutdown</c> …</summary>
    public string QueryStatus() => (string?)Execute("query-status")?["status"] ?? "";

    /// <summary>Whether somebody is at the other end of a character device on a socket.</summary>
    public bool IsConnected(string device) => Execute("query-chardev")!.AsArray().Any(
        one => (string?)one?["label"] == device
            && !((string?)one["filename"] ?? "").StartsWith("disconnected:", StringComparison.Ordinal));

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _socket.Dispose();
    }

    internal static Socket ConnectSocket(string path)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            {
                ReceiveTimeout = 120_000,
            };
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
                return socket;
            }
            catch (SocketException error)
            {
                socket.Dispose();
                if (Stopwatch.GetElapsedTime(start) > ConnectLimit)
                {
                    throw new LabException($"{path}: {error.Message}", error);
                }
                Thread.Sleep(20);
            }
        }
    }

    private JsonNode Receive()
    {
        try
        {
            string line = _reader.ReadLine() ?? throw new LabException("QEMU closed its monitor");
            return JsonNode.Parse(line) ?? throw new LabException("QEMU's monitor sent nothing");
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            throw new LabException($"QEMU's monitor: {error.Message}", error);
        }
    }
}

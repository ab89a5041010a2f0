using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Stream;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Receive;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

public sealed class DumpListenerTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static async Task<TcpClient> BeginAsync(IPEndPoint address, uint session)
    {
        TcpClient client = new();
        await client.ConnectAsync(address);
        DumpFacts facts = new(65536, 5, DumpFormat.Elf, 0);
        FrameHeader header = new()
        {
            Type = FrameType.Begin, PayloadBytes = FramePayload.BeginBytes, Session = session, LengthBytes = facts.LengthBytes,
        };
        byte[] frame = new byte[header.FrameBytes];
        StreamFrames.WriteBegin(frame.AsSpan(FrameHeader.Bytes), in facts);
        header.Seal(frame);
        await client.GetStream().WriteAsync(frame);
        return client;
    }

    private static async Task<string> FileInAsync(string folder, CancellationToken limit)
    {
        while (true)
        {
            if (Directory.GetFiles(folder).FirstOrDefault() is string file)
            {
                return file;
            }
            await Task.Delay(10, limit);
        }
    }

    // An exception of that dump's thread would end the process, and all other dumps with it.
    [Fact]
    public async Task ADumpWhoseFileCannotBeClearedAwayLeavesTheOthersAlone()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(5));
        string folder = Directory.CreateDirectory(_folder.PathOf("dumps")).FullName;
        StringWriter told = new();
        await Task.Run(() => TerminalProgress.Run(TextWriter.Synchronized(told), "", progress =>
        {
            using DumpListener listener = new(
                new IPEndPoint(IPAddress.Loopback, 0), folder, new StreamLimits { Connections = 1, KeptFreeBytes = 0 }, progress);
            Task serving = Task.Run(() => listener.Run(isOnce: false));
            using (TcpClient first = BeginAsync(listener.Address, 1).Result)
            {
                FileInAsync(folder, limit.Token).Wait();
                Directory.Delete(folder, recursive: true);
            }
            Wait(() => listener.Failures == 1, limit.Token);
            Directory.CreateDirectory(folder);
            // There is one place: it is free again once the first dump has ended, however it did.
            for (bool isTaken = false; !isTaken;)
            {
                limit.Token.ThrowIfCancellationRequested();
                using TcpClient second = BeginAsync(listener.Address, 2).Result;
                for (int i = 0; i < 100 && !isTaken; i++)
                {
                    Thread.Sleep(10);
                    isTaken = Directory.GetFiles(folder).Length != 0;
                }
            }
            listener.Stop();
            serving.Wait(limit.Token);
            Assert.Equal(0, listener.Dumps);
        }));
        Assert.Contains("INCOMPLETE: it cannot be marked as such: ", told.ToString());
    }

    private static void Wait(Func<bool> isDone, CancellationToken limit)
    {
        while (!isDone())
        {
            limit.ThrowIfCancellationRequested();
            Thread.Sleep(10);
        }
    }
}

using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Network;

/// <summary>A real nginx whose WebDAV module takes uploads below <c>/dumps/</c>, and refuses all others.</summary>
public sealed class DavServer : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("ckdump-dav-").FullName;
    private readonly Process _process;

    /// <summary>Starts it, on a free port of the loopback interface.</summary>
    public DavServer()
    {
        HostSetup.EnsureNginx();
        using (TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            Port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        Directory.CreateDirectory(Path.Combine(_folder, "root", "dumps"));
        string configuration = Path.Combine(_folder, "nginx.conf");
        File.WriteAllText(configuration, $$"""
            daemon off;
            master_process off;
            worker_processes 1;
            pid {{_folder}}/pid;
            error_log {{_folder}}/error.log;
            events { }
            http {
              access_log {{_folder}}/access.log;
              client_body_temp_path {{_folder}}/body;
              proxy_temp_path {{_folder}}/proxy;
              fastcgi_temp_path {{_folder}}/fastcgi;
              uwsgi_temp_path {{_folder}}/uwsgi;
              scgi_temp_path {{_folder}}/scgi;
              server {
                listen 127.0.0.1:{{Port}};
                root {{_folder}}/root;
                client_max_body_size 0;
                location /dumps/ { dav_methods PUT; create_full_put_path on; }
              }
            }
            """);
        _process = Process.Start(new ProcessStartInfo("nginx", ["-p", _folder, "-e", $"{_folder}/error.log", "-c", configuration]))!;
        long start = Stopwatch.GetTimestamp();
        while (!File.Exists(Path.Combine(_folder, "pid")))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit && !_process.HasExited, "nginx did not start");
            Thread.Sleep(20);
        }
    }

    /// <summary>The port that it listens on.</summary>
    public int Port { get; }

    /// <summary>Where uploads lie.</summary>
    public string Dumps => Path.Combine(_folder, "root", "dumps");

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

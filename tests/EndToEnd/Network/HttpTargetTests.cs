using System.IO;
using CosmosKdump.Capture.Area;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Network;

/// <summary>Dumps by HTTP PUT to a real server.</summary>
public class HttpTargetTests
{
    [Fact]
    public void An_upload_is_the_dump_as_it_is()
    {
        using DavServer server = new();
        BareTest.Captures(Options(server, "dumps/new/vmcore"), machine =>
        {
            BareTest.Says(machine, "http: HTTP/1.1 201 Created", "PUT /dumps/new/vmcore");
            PageComparison.Run(Path.Combine(server.Dumps, "new", "vmcore"), machine.Memory).MustBeEqual();
        });
    }

    [Fact]
    public void A_folder_gets_a_file_for_each_dump()
    {
        using DavServer server = new();
        BareTest.Captures(
            Options(server, "dumps/"),
            machine => PageComparison.Run(Assert.Single(Directory.GetFiles(server.Dumps)), machine.Memory).MustBeEqual());
    }

    [Fact]
    public void A_server_that_refuses_leaves_the_dump_to_the_disk()
    {
        using DavServer server = new();
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = Options(server, "elsewhere/vmcore,disk") with { Disks = [disk.Nvme] };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, "http: HTTP/1.1 405 Not Allowed", "E608 HTTP server refused the dump: target http://");
            PageComparison.Run(disk.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(AreaState.Complete, disk.ReadLabel().State);
        Assert.Empty(Directory.GetFiles(server.Dumps));
    }

    private static BareOptions Options(DavServer server, string path) => new()
    {
        Arguments = $"{CrashedMemory.Argument} kdump.target=http://{NetworkCard.Host}:{server.Port}/{path}",
        QemuArguments = NetworkCard.User(),
    };
}

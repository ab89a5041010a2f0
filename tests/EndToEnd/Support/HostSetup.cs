using System;
using System.IO;
using CosmosKdump.Lab;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Tests.EndToEnd.Support;

/// <summary>
/// What the tests need on the host. <c>./build.sh test</c> has set it up before; a single test run by hand sets up what
/// it needs.
/// </summary>
public static class HostSetup
{
    private static readonly Progress Progress = new();
    private static readonly Lazy<bool> Guests = new(() =>
    {
        GuestSetup.Guests(Progress, KernelSeries.Linux61, KernelSeries.Linux612, KernelSeries.Linux61Full);
        return File.Exists(Repository.BzImage) && File.Exists(Repository.ElfImage);
    });

    /// <summary>Guests can run; fails when the images are not built.</summary>
    public static void EnsureGuests()
    {
        if (!Guests.Value)
        {
            throw new LabException("the capture kernel is not built: run ./build.sh build");
        }
    }

    /// <summary>The HTTP server that dumps are uploaded to.</summary>
    public static void EnsureNginx()
    {
        lock (Progress)
        {
            GuestSetup.Servers(Progress);
        }
    }

    /// <summary>The programs of the guests, which run on the host too.</summary>
    public static Userland Userland => Userland.Get(Progress);

    /// <summary>Release of a series' kernel, as <c>uname -r</c> prints it.</summary>
    public static string Release(KernelSeries series) => DebianKernel.Of(series, Progress).Release;

    /// <summary>The kernel with debug symbols, and Debian's tools that read it.</summary>
    public static string Vmlinux(KernelSeries series)
    {
        lock (Progress)
        {
            GuestSetup.Analysis(Progress, series);
            return DebianKernel.Of(series, Progress).Vmlinux(Progress);
        }
    }
}

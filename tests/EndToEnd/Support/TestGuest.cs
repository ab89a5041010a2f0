using System;
using System.IO;
using System.Runtime.CompilerServices;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Tests.EndToEnd.Support;

/// <summary>
/// Runs a guest for a test. Every wait has a limit on the host. When the test fails, the guest's folder (console with
/// time stamps, QEMU's command line, the job) stays and the failure names the transcript; otherwise it goes.
/// </summary>
public static class TestGuest
{
    /// <summary>How long a capture may take on a busy host; never reached by one that works.</summary>
    public static readonly TimeSpan CaptureLimit = TimeSpan.FromMinutes(3);

    /// <summary>How long a final action, or a line of the console, may take.</summary>
    public static readonly TimeSpan LineLimit = TimeSpan.FromMinutes(1);

    /// <summary>Starts a guest, waits until it is ready to crash, and hands it over.</summary>
    public static void Boot(GuestOptions options, Action<Guest> test, [CallerMemberName] string name = "")
    {
        HostSetup.EnsureGuests();
        string folder;
        using (Guest guest = Guest.Boot(options with { Name = name }))
        {
            folder = guest.Folder;
            try
            {
                test(guest);
            }
            catch (Exception error)
            {
                throw new GuestTestException(error, guest.Console.TranscriptPath);
            }
        }
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Starts a guest, crashes it, waits until the capture kernel is done, and hands it over.</summary>
    public static void Capture(GuestOptions options, Action<Guest> test, [CallerMemberName] string name = "") => Boot(
        options,
        guest =>
        {
            guest.Crash();
            guest.WaitUntilDone(CaptureLimit);
            test(guest);
        },
        name);
}

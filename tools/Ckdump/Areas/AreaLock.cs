using System;
using System.Threading;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>The lock of an area whose dump is being saved: two runs would undo each other's copy.</summary>
public static class AreaLock
{
    // udev holds the lock of a disk for as long as it looks at it.
    private const int Tries = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes it until the area is closed; a <see cref="ToolException"/> if another process has it.</summary>
    public static void Take(AreaFile area)
    {
        for (int i = 1; !PrivateFolder.TryLock(area.Handle); i++)
        {
            if (i == Tries)
            {
                throw new ToolException(area.Path, "is in use: another ckdump save is at work", "wait for its end");
            }
            Thread.Sleep(Pause);
        }
    }
}

using System;
using System.Collections.Generic;
using System.Text;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Kernel;

/// <summary>What <c>uname -a</c> said: struct new_utsname in the crashed kernel's init_uts_ns.</summary>
/// <param name="NodeName">Host name.</param>
/// <param name="Release">Release, the same as VMCOREINFO's OSRELEASE.</param>
/// <param name="Version">Build number and date.</param>
/// <param name="Machine">Machine.</param>
public sealed record KernelName(string NodeName, string Release, string Version, string Machine)
{
    // __NEW_UTS_LEN + 1, include/uapi/linux/utsname.h.
    private const int FieldBytes = 65;

    /// <summary>
    /// Reads it from memory. Errors: <see cref="Status.VmcoreInfoIncomplete"/>, and those of
    /// <see cref="KernelMemory.Read"/>.
    /// </summary>
    public static Status Read(KernelMemory memory, VmcoreInfoText info, out KernelName? name)
    {
        name = null;
        if (info.Fields.TryGetSymbol("init_uts_ns"u8, out ulong address) != Status.Ok
            || info.Fields.TryGetOffset("uts_namespace.name"u8, out ulong offset) != Status.Ok)
        {
            return Status.VmcoreInfoIncomplete;
        }
        byte[] raw = new byte[6 * FieldBytes];
        Status status = memory.Read(unchecked(address + offset), raw);
        if (status != Status.Ok)
        {
            return status;
        }
        List<string> fields = [];
        for (int at = 0; at < raw.Length; at += FieldBytes)
        {
            ReadOnlySpan<byte> field = raw.AsSpan(at, FieldBytes);
            int end = field.IndexOf((byte)0);
            fields.Add(Encoding.UTF8.GetString(end < 0 ? field : field[..end]));
        }
        name = new KernelName(fields[1], fields[2], fields[3], fields[4]);
        return Status.Ok;
    }
}

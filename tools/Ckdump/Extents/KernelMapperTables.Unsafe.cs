using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Extents;

/// <summary>Tables of the running kernel's device-mapper volumes (Linux, include/uapi/linux/dm-ioctl.h).</summary>
public sealed partial class KernelMapperTables : IMapperTables
{
    private const string Control = "/dev/mapper/control";
    private const ulong TableStatusCall = 0xC138FD0C;
    private const int HeaderBytes = 312;
    private const int CallBytes = 1 << 20;
    private const int SizeAt = 12;
    private const int StartAt = 16;
    private const int CountAt = 20;
    private const int FlagsAt = 28;
    private const int DeviceAt = 40;
    private const uint TableFlag = 1 << 4;
    private const uint BufferFullFlag = 1 << 8;
    private const int SpecBytes = 40;

    /// <inheritdoc/>
    public IReadOnlyList<MapperTarget> TargetsOf(string deviceNumber)
    {
        string[] parts = deviceNumber.Split(':');
        ulong major = ulong.Parse(parts[0], CultureInfo.InvariantCulture);
        ulong minor = ulong.Parse(parts[1], CultureInfo.InvariantCulture);
        byte[] call = new byte[CallBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(call, 4);
        BinaryPrimitives.WriteUInt32LittleEndian(call.AsSpan(SizeAt), CallBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(call.AsSpan(StartAt), HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(call.AsSpan(FlagsAt), TableFlag);
        // new_encode_dev (Linux, include/linux/kdev_t.h).
        ulong device = (minor & 0xFF) | (major << 8) | ((minor & ~0xFFUL) << 12);
        BinaryPrimitives.WriteUInt64LittleEndian(call.AsSpan(DeviceAt), device);
        using SafeFileHandle control = Posix.Open(Control, write: true, exclusive: false);
        if (ioctl(control, TableStatusCall, call) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"{Control}: volume {deviceNumber}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
        return (BinaryPrimitives.ReadUInt32LittleEndian(call.AsSpan(FlagsAt)) & BufferFullFlag) == 0
            ? Parse(call)
            : throw new ToolException(Control, $"the table of volume {deviceNumber} is too long");
    }

    // struct dm_target_spec: sector_start, length, status, next (from the first one), target_type[16]; then its arguments.
    private static List<MapperTarget> Parse(ReadOnlySpan<byte> call)
    {
        var targets = new List<MapperTarget>();
        ReadOnlySpan<byte> specs = call[(int)BinaryPrimitives.ReadUInt32LittleEndian(call[StartAt..])..];
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(call[CountAt..]);
        int at = 0;
        for (uint i = 0; i < count && at >= 0 && at <= specs.Length - SpecBytes; i++)
        {
            ReadOnlySpan<byte> spec = specs[at..];
            targets.Add(new MapperTarget(
                BinaryPrimitives.ReadUInt64LittleEndian(spec),
                BinaryPrimitives.ReadUInt64LittleEndian(spec[8..]),
                Text(spec[24..SpecBytes]),
                Text(spec[SpecBytes..])));
            at = (int)BinaryPrimitives.ReadUInt32LittleEndian(spec[20..]);
        }
        return targets;
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? bytes : bytes[..end]);
    }

    // Variadic: its third argument is a pointer in this call, which x86-64 passes alike.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle file, ulong call, byte[] argument);
}

using System;

namespace CosmosKdump.Kernel.Drivers.Scsi;

/// <summary>The standard INQUIRY data of a logical unit (SPC-4, 6.6.2).</summary>
internal readonly ref struct ScsiInquiry(ReadOnlySpan<byte> answer)
{
    private const byte TypeDisk = 0x00;
    private const byte TypeMask = 0x1F;

    private readonly ReadOnlySpan<byte> _answer = answer;

    /// <summary>A unit is there (qualifier 0).</summary>
    public bool IsConnected => _answer[0] >> 5 == 0;

    /// <summary>It is a disk: a direct access block device.</summary>
    public bool IsDisk => (_answer[0] & TypeMask) == TypeDisk;

    /// <summary>The vendor's name.</summary>
    public ReadOnlySpan<byte> Vendor => Trim(_answer.Slice(8, 8));

    /// <summary>The product's name.</summary>
    public ReadOnlySpan<byte> Product => Trim(_answer.Slice(16, 16));

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        int end = text.Length;
        while (end > 0 && text[end - 1] is (byte)' ' or 0)
        {
            end--;
        }
        return text.Slice(0, end);
    }
}

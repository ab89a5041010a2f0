using System;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>The same random bytes for every test, made once.</summary>
internal static class RandomBytes
{
    private static readonly byte[] Bytes = Make();

    public static void Fill(Span<byte> destination) => Bytes.AsSpan(0, destination.Length).CopyTo(destination);

    private static byte[] Make()
    {
        byte[] bytes = new byte[4 << 20];
        new Random(5).NextBytes(bytes);
        return bytes;
    }
}

using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using CosmosKdump.ImageCheck.Packing;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Compress;

/// <summary>The unpacker in assembly does what the decoder that the images are checked with does.</summary>
public sealed class UnpackTests : IDisposable
{
    private readonly UnpackCode _code = new();

    public void Dispose() => _code.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(4097)]
    [InlineData(200_000)]
    public void A_payload_comes_back(int length)
    {
        byte[] payload = Payload(length, seed: length);
        Assert.Equal(payload, _code.Run(PayloadEncoder.Pack(payload), length));
    }

    [Fact]
    public void A_payload_of_another_length_is_refused()
    {
        byte[] packed = PayloadEncoder.Pack(Payload(3000, seed: 1));
        Assert.Null(_code.Run(packed, 2999));
        Assert.Null(_code.Run(packed, 3001));
    }

    [Fact]
    public void Damage_is_refused_and_nothing_around_the_place_is_written()
    {
        var random = new Random(20);
        int refused = 0;
        int taken = 0;
        for (int i = 0; i < 1500; i++)
        {
            byte[] payload = Payload(1 + random.Next(3000), seed: i);
            byte[] packed = PayloadEncoder.Pack(payload);
            Damage(packed, random);
            byte[]? made = _code.Run(packed, payload.Length);
            Assert.True(made is null || made.AsSpan().SequenceEqual(payload), $"damage {i} was taken");
            refused += made is null ? 1 : 0;
            // The checksum hides what comes before it: where the other decoder finds no fault, it is made right.
            if (Decode(packed) is byte[] other)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(packed.AsSpan(8), PayloadDecoder.Adler32(other));
                Assert.Equal(other, _code.Run(packed, payload.Length));
                taken++;
            }
        }
        Assert.True(refused > 1000 && taken > 100, $"{refused} refused, {taken} taken");
    }

    // Anywhere behind the lengths: in the codes at the front as often as in the tokens.
    private static void Damage(byte[] packed, Random random)
    {
        int end = random.Next(2) == 0 ? Math.Min(packed.Length, 64) : packed.Length;
        for (int n = random.Next(1, 4); n > 0; n--)
        {
            packed[random.Next(PayloadDecoder.HeaderBytes, end)] = (byte)random.Next(256);
        }
    }

    private static byte[]? Decode(byte[] packed)
    {
        try
        {
            return PayloadDecoder.UnpackUnchecked(packed);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static byte[] Payload(int length, int seed)
    {
        var random = new Random(seed);
        byte[] phrases = new byte[64];
        random.NextBytes(phrases);
        return [.. Enumerable.Range(0, length).Select(i => random.Next(8) == 0 ? (byte)random.Next(256) : phrases[i % 64])];
    }
}

using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Text;
using CosmosKdump.ImageCheck.Packing;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.ImageCheck.Packing;

public class PayloadTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(4097)]
    [InlineData(70_000)]
    public void A_payload_comes_back(int length)
    {
        foreach (byte[] payload in new[] { Noise(length), new byte[length], Code(length), Ascending(length) })
        {
            byte[] packed = PayloadEncoder.Pack(payload);
            Assert.Equal(0, packed.Length % 8);
            Assert.Equal(packed.Length, BinaryPrimitives.ReadInt32LittleEndian(packed));
            Assert.Equal(payload, PayloadDecoder.Unpack(packed));
        }
    }

    [Fact]
    public void Repetition_gets_smaller_and_noise_hardly_larger()
    {
        Assert.True(PayloadEncoder.Pack(new byte[70_000]).Length < 128);
        Assert.True(PayloadEncoder.Pack(Code(70_000)).Length < 35_000);
        Assert.InRange(PayloadEncoder.Pack(Noise(70_000)).Length, 70_000, 72_000);
    }

    [Fact]
    public void An_offset_that_comes_again_is_cheaper_than_a_new_one()
    {
        // Each second record differs from the one before in its first two bytes only.
        byte[] payload = Enumerable.Range(0, 400).SelectMany(i => Noise(2, i).Concat(Noise(6, 1_000_000))).ToArray();
        byte[] packed = PayloadEncoder.Pack(payload);
        Assert.Equal(payload, PayloadDecoder.Unpack(packed));
        // Two bytes of noise, a copy's length and its offset: 8 + 8 + 1 + 1 bits, and the codes themselves.
        Assert.True(packed.Length < 12 + 600 + (400 * 22 / 8), $"{packed.Length} bytes");
    }

    [Fact]
    public void Every_cut_is_noticed()
    {
        byte[] packed = PayloadEncoder.Pack(Code(3000));
        for (int length = 0; length < packed.Length; length++)
        {
            byte[] cut = packed[..length];
            Assert.Throws<InvalidDataException>(() => PayloadDecoder.Unpack(cut));
            if (length >= PayloadDecoder.HeaderBytes && length % 8 == 0)
            {
                // A header that agrees with the cut.
                BinaryPrimitives.WriteInt32LittleEndian(cut, length);
                Assert.Throws<InvalidDataException>(() => PayloadDecoder.Unpack(cut));
            }
        }
    }

    [Fact]
    public void Every_wrong_bit_is_noticed_or_changes_nothing()
    {
        byte[] payload = Code(600);
        byte[] packed = PayloadEncoder.Pack(payload);
        int noticed = 0;
        for (int bit = 0; bit < packed.Length * 8; bit++)
        {
            byte[] damaged = [.. packed];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.Equal(payload, PayloadDecoder.Unpack(damaged));
            }
            catch (InvalidDataException)
            {
                noticed++;
            }
        }
        // What fills up the last 8 bytes means nothing; symbols that are in the code for its completeness neither.
        Assert.InRange(noticed, (packed.Length * 8) - 96, packed.Length * 8);
    }

    [Fact]
    public void The_checksum_is_Adler_32() =>
        Assert.Equal(0x11E60398u, PayloadDecoder.Adler32(Encoding.ASCII.GetBytes("Wikipedia")));

    [Fact]
    public void Codes_are_no_longer_than_the_decoder_reads_and_complete()
    {
        // Fibonacci's numbers make the longest codes.
        int[] counts = new int[30];
        counts[0] = counts[1] = 1;
        for (int i = 2; i < counts.Length; i++)
        {
            counts[i] = counts[i - 1] + counts[i - 2];
        }
        PrefixCode code = PrefixCode.For(counts);
        int[] lengths = Enumerable.Range(0, counts.Length).Select(code.Cost).ToArray();
        Assert.Equal(PrefixCode.MostBits, lengths.Max());
        Assert.Equal(1 << PrefixCode.MostBits, lengths.Sum(l => 1 << (PrefixCode.MostBits - l)));
        Assert.Equal(lengths.OrderDescending(), lengths);
    }

    [Fact]
    public void Slots_cover_all_numbers()
    {
        for (int value = 0; value < 100_000; value++)
        {
            int slot = SlotCode.Of(value);
            Assert.InRange(value - SlotCode.First(slot), 0, (1 << SlotCode.ExtraBits(slot)) - 1);
        }
        Assert.Equal(SlotCode.Count - 1, SlotCode.Of(int.MaxValue));
    }

    private static byte[] Noise(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Ascending(int length) => Enumerable.Range(0, length).Select(i => (byte)i).ToArray();

    /// <summary>Like code: a few phrases again and again, between them bytes that are seldom the same.</summary>
    private static byte[] Code(int length)
    {
        var random = new Random(7);
        byte[][] phrases = Enumerable.Range(0, 40).Select(i => Noise(3 + (i % 9), i)).ToArray();
        return Enumerable.Range(0, length).SelectMany(_ => phrases[random.Next(40)].Append((byte)random.Next(8)))
            .Take(length).ToArray();
    }
}

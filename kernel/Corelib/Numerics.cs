using System.Runtime.CompilerServices;

namespace System
{
    public static class Math
    {
        public static int Min(int a, int b) => a < b ? a : b;

        public static int Max(int a, int b) => a > b ? a : b;

        public static uint Min(uint a, uint b) => a < b ? a : b;

        public static uint Max(uint a, uint b) => a > b ? a : b;

        public static long Min(long a, long b) => a < b ? a : b;

        public static long Max(long a, long b) => a > b ? a : b;

        public static ulong Min(ulong a, ulong b) => a < b ? a : b;

        public static ulong Max(ulong a, ulong b) => a > b ? a : b;

        /// <summary>The full 128-bit product: its high half is returned.</summary>
        public static ulong BigMul(ulong a, ulong b, out ulong low)
        {
            ulong aLow = (uint)a;
            ulong aHigh = a >> 32;
            ulong bLow = (uint)b;
            ulong bHigh = b >> 32;
            ulong lowLow = aLow * bLow;
            ulong middle = (aHigh * bLow) + (lowLow >> 32);
            ulong cross = (aLow * bHigh) + (uint)middle;
            low = (cross << 32) | (uint)lowLow;
            return (aHigh * bHigh) + (middle >> 32) + (cross >> 32);
        }
    }
}

namespace System.Numerics
{
    /// <summary>Bit tricks in plain code: the baseline CPU need not have POPCNT or LZCNT.</summary>
    public static class BitOperations
    {
        public static int Log2(uint value) => Log2((ulong)value);

        public static int Log2(ulong value)
        {
            int result = 0;
            for (int step = 32; step != 0; step >>= 1)
            {
                if (value >> step != 0)
                {
                    value >>= step;
                    result += step;
                }
            }
            return result;
        }

        public static int LeadingZeroCount(ulong value) => value == 0 ? 64 : 63 - Log2(value);

        public static int LeadingZeroCount(uint value) => value == 0 ? 32 : 31 - Log2(value);

        public static int TrailingZeroCount(uint value) => value == 0 ? 32 : Log2((ulong)(value & (0 - value)));

        public static int TrailingZeroCount(ulong value) => value == 0 ? 64 : Log2(value & (0 - value));

        public static int PopCount(uint value) => PopCount((ulong)value);

        public static int PopCount(ulong value)
        {
            value -= (value >> 1) & 0x5555555555555555;
            value = (value & 0x3333333333333333) + ((value >> 2) & 0x3333333333333333);
            value = (value + (value >> 4)) & 0x0F0F0F0F0F0F0F0F;
            return (int)((value * 0x0101010101010101) >> 56);
        }

        public static bool IsPow2(uint value) => value != 0 && (value & (value - 1)) == 0;

        public static bool IsPow2(ulong value) => value != 0 && (value & (value - 1)) == 0;

        public static uint RoundUpToPowerOf2(uint value) => value <= 1 ? value : 1u << (Log2(value - 1) + 1);

        public static uint RotateLeft(uint value, int offset) => (value << offset) | (value >> (32 - offset));

        public static uint RotateRight(uint value, int offset) => (value >> offset) | (value << (32 - offset));

        public static ulong RotateLeft(ulong value, int offset) => (value << offset) | (value >> (64 - offset));

        public static ulong RotateRight(ulong value, int offset) => (value >> offset) | (value << (64 - offset));
    }
}

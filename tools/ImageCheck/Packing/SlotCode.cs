using System.Numerics;

namespace CosmosKdump.ImageCheck.Packing;

/// <summary>
/// Numbers as a slot, which has a prefix code, and extra bits as they are: two slots for each power of two, 0 to 3 a
/// slot each.
/// </summary>
public static class SlotCode
{
    /// <summary>Slots of all numbers below 2^31.</summary>
    public const int Count = 62;

    /// <summary>The slot of a number.</summary>
    public static int Of(int value)
    {
        if (value < 4)
        {
            return value;
        }
        int power = BitOperations.Log2((uint)value);
        return (2 * power) + ((value >> (power - 1)) & 1);
    }

    /// <summary>Extra bits of a slot.</summary>
    public static int ExtraBits(int slot) => slot < 4 ? 0 : (slot >> 1) - 1;

    /// <summary>The least number of a slot.</summary>
    public static int First(int slot) => slot < 4 ? slot : (2 | (slot & 1)) << ExtraBits(slot);
}

using System.Text;
using CosmosKdump.Kernel.Drivers.Keyboard;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Keyboard;

public class ScanCodesTests
{
    [Theory]
    // h e l p Enter, each pressed and released.
    [InlineData("help\n", 0x23, 0xA3, 0x12, 0x92, 0x26, 0xA6, 0x19, 0x99, 0x1C, 0x9C)]
    // Shift with a and 1; without it again.
    [InlineData("A!a1", 0x2A, 0x1E, 0x9E, 0x02, 0x82, 0xAA, 0x1E, 0x9E, 0x02, 0x82)]
    // The right shift, and both, of which one is released.
    [InlineData("AAa", 0x36, 0x1E, 0x9E, 0x2A, 0xB6, 0x1E, 0x9E, 0xAA, 0x1E)]
    // Caps lock changes letters only, shift takes it back.
    [InlineData("A1aA", 0x3A, 0xBA, 0x1E, 0x02, 0x2A, 0x1E, 0xAA, 0x1E, 0x3A)]
    // ^C, and ^ with the right control key; u without it.
    [InlineData("\u0003\u0015u", 0x1D, 0x2E, 0xAE, 0x9D, 0xE0, 0x1D, 0x16, 0x96, 0xE0, 0x9D, 0x16)]
    // The arrow up within shifts that the keyboard makes up; the 8 of the pad is the same key without E0.
    [InlineData("\u00108", 0xE0, 0x2A, 0xE0, 0x48, 0xE0, 0xC8, 0xE0, 0xAA, 0x48, 0xC8)]
    // Colon and slash, as targets have them; the slash of the pad.
    [InlineData(":-//", 0x2A, 0x27, 0xA7, 0xAA, 0x0C, 0x35, 0xE0, 0x35)]
    // Pause makes nothing, and what follows it is not lost.
    [InlineData("a", 0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5, 0x1E)]
    [InlineData("\b\b\t ", 0x0E, 0xE0, 0x53, 0x0F, 0x39)]
    // Functions keys, and codes that no key has.
    [InlineData("", 0x3B, 0x44, 0x57, 0x58, 0x7F, 0x00, 0x54, 0xFA, 0xFE)]
    public void Keys_make_what_a_terminal_would_send(string expected, params int[] codes)
    {
        ScanCodes decoder = default;
        StringBuilder typed = new();
        foreach (int code in codes)
        {
            byte character = decoder.Take((byte)code);
            if (character != 0)
            {
                typed.Append((char)character);
            }
        }
        Assert.Equal(expected, typed.ToString());
    }

    [Fact]
    public void Every_printable_character_can_be_typed()
    {
        StringBuilder typed = new();
        foreach (int shift in (int[])[0xAA, 0x2A])
        {
            ScanCodes decoder = default;
            decoder.Take((byte)shift);
            for (int code = 1; code < 0x47; code++)
            {
                typed.Append((char)decoder.Take((byte)code));
                decoder.Take((byte)(shift == 0x2A ? 0x2A : 0xAA));
                decoder.Take(0xB6);
                decoder.Take(0x9D);
            }
        }
        for (char character = ' '; character < 0x7F; character++)
        {
            Assert.Contains(character, typed.ToString());
        }
    }
}

using System.Collections.Generic;
using System.Text;
using CosmosKdump.Ckdump.Receive;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

public sealed class TextFilterTests
{
    private readonly List<string> _lines = [];

    [Fact]
    public void LinesAreWholeWhereverTheBytesAreCut()
    {
        var filter = new TextFilter(_lines.Add);
        filter.Add("on"u8);
        filter.Add("e\r\ntwo\nthr"u8);
        Assert.Equal(["one", "two"], _lines);
        filter.Flush();
        Assert.Equal(["one", "two", "thr"], _lines);
    }

    [Fact]
    public void TerminalSequencesLoseTheirControlCharacters()
    {
        var filter = new TextFilter(_lines.Add);
        filter.Add("\u001B[1mpanic\u0007\tnow\n"u8);
        Assert.Equal(["[1mpanic\tnow"], _lines);
    }

    [Fact]
    public void NoiseIsCountedAndNotShown()
    {
        var filter = new TextFilter(_lines.Add);
        filter.Add([0x80, 0xFF, 0x00, 0x91, (byte)'a', (byte)'\n']);
        filter.Add(Encoding.UTF8.GetBytes("Übung\n"));
        Assert.Equal(["Übung"], _lines);
        Assert.Equal(5, filter.NoiseBytes);
    }

    [Fact]
    public void ALineWithoutEndIsCut()
    {
        var filter = new TextFilter(_lines.Add);
        filter.Add(Encoding.ASCII.GetBytes(new string('x', 2500)));
        filter.Flush();
        Assert.Equal([1024, 1024, 452], _lines.ConvertAll(line => line.Length));
    }
}

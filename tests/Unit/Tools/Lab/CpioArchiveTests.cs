using System;
using System.IO;
using System.Text;
using CosmosKdump.Lab.Guests;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab;

public class CpioArchiveTests
{
    [Fact]
    public void A_file_comes_after_the_folders_above_it()
    {
        string archive = Write(cpio => cpio.AddFile("/a/b/run", "hello"u8));

        Assert.Equal(["a", "a/b", "a/b/run", "TRAILER!!!"], Names(archive));
    }

    [Fact]
    public void A_folder_is_written_once()
    {
        string archive = Write(cpio =>
        {
            cpio.AddFile("/a/one", "1"u8);
            cpio.AddFile("/a/two", "2"u8);
        });

        Assert.Equal(["a", "a/one", "a/two", "TRAILER!!!"], Names(archive));
    }

    [Fact]
    public void Headers_and_contents_begin_at_multiples_of_four()
    {
        string archive = Write(cpio =>
        {
            cpio.AddFile("/x", "12345"u8);
            cpio.AddFile("/name-of-another-length", "1"u8);
        });

        int at = 0;
        for (int next; (next = archive.IndexOf("070701", at, StringComparison.Ordinal)) >= 0; at = next + 6)
        {
            Assert.Equal(0, next % 4);
        }
        Assert.Equal(0, archive.IndexOf("12345", StringComparison.Ordinal) % 4);
        Assert.Equal(0, archive.Length % 4);
    }

    [Theory]
    [InlineData("file", "000081ED", "00000003")]
    [InlineData("link", "0000A1FF", "00000006")]
    [InlineData("folder", "000041ED", "00000000")]
    public void Kinds_have_the_mode_and_length_that_Linux_expects(string kind, string mode, string length)
    {
        string archive = Write(cpio =>
        {
            switch (kind)
            {
                case "file":
                    cpio.AddFile("/n", "abc"u8);
                    break;
                case "link":
                    cpio.AddLink("/n", "target");
                    break;
                default:
                    cpio.AddFolder("/n");
                    break;
            }
        });

        Assert.Equal(mode, archive.Substring(14, 8));
        Assert.Equal(length, archive.Substring(54, 8));
    }

    private static string Write(Action<CpioArchive> fill)
    {
        MemoryStream output = new();
        using (CpioArchive archive = new(output))
        {
            fill(archive);
        }
        return Encoding.Latin1.GetString(output.ToArray());
    }

    private static string[] Names(string archive)
    {
        string[] entries = archive.Split("070701", StringSplitOptions.RemoveEmptyEntries);
        return Array.ConvertAll(entries, entry => entry[104..entry.IndexOf('\0')]);
    }
}

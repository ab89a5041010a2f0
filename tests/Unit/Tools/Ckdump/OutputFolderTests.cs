using System;
using System.Collections.Generic;
using System.IO;
using CosmosKdump.Ckdump.Areas;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

public sealed class OutputFolderTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly List<string> _synced = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_name_of_every_folder_that_is_made_becomes_durable_in_the_one_above()
    {
        OutputFolder.Make(_folder.PathOf("a/b/c"), _synced.Add);
        Assert.True(Directory.Exists(_folder.PathOf("a/b/c")));
        Assert.Equal([_folder.Root, _folder.PathOf("a"), _folder.PathOf("a/b")], _synced);
    }

    [Fact]
    public void A_folder_that_was_there_stays_and_is_not_synced()
    {
        Directory.CreateDirectory(_folder.PathOf("a"));
        OutputFolder.Make(_folder.PathOf("a"), _synced.Add).RemoveEmpty();
        Assert.Empty(_synced);
        Assert.True(Directory.Exists(_folder.PathOf("a")));
    }

    [Fact]
    public void What_was_made_and_is_empty_is_removed()
    {
        Directory.CreateDirectory(_folder.PathOf("a"));
        OutputFolder.Make(_folder.PathOf("a/b/c"), _synced.Add).RemoveEmpty();
        Assert.True(Directory.Exists(_folder.PathOf("a")));
        Assert.False(Directory.Exists(_folder.PathOf("a/b")));
    }

    [Fact]
    public void What_somebody_else_uses_stays()
    {
        OutputFolder made = OutputFolder.Make(_folder.PathOf("a/b"), _synced.Add);
        _folder.Make("a/other", 1);
        made.RemoveEmpty();
        Assert.True(File.Exists(_folder.PathOf("a/other")));
        Assert.False(Directory.Exists(_folder.PathOf("a/b")));
    }

    [Fact]
    public void A_name_that_cannot_be_made_durable_is_removed_again()
    {
        Assert.Throws<IOException>(() => OutputFolder.Make(_folder.PathOf("a/b"), path =>
        {
            if (path != _folder.Root)
            {
                throw new IOException("no");
            }
        }));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Root));
    }
}

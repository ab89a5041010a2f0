using System.Runtime.CompilerServices;

namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>
/// Where pages of one word over and over were written, so that each is in the dump once. A word has one place in a small
/// table; a newer one takes it over.
/// </summary>
public struct RepeatedPages
{
    private const int Entries = 16;

    private Table _table;

    /// <summary>The descriptor of an earlier page of this word.</summary>
    public readonly bool TryFind(ulong word, out PageDescriptor descriptor)
    {
        Entry entry = _table[Index(word)];
        descriptor = entry.Descriptor;
        return entry.Word == word && entry.Descriptor.LengthBytes != 0;
    }

    /// <summary>Remembers a page that was written.</summary>
    public void Add(ulong word, in PageDescriptor descriptor) => _table[Index(word)] = new Entry(word, descriptor);

    // Fill patterns repeat a byte, addresses differ in their middle bits.
    private static int Index(ulong word) => (int)((word ^ (word >> 12) ^ (word >> 20)) % Entries);

    private readonly struct Entry(ulong word, PageDescriptor descriptor)
    {
        public readonly ulong Word = word;
        public readonly PageDescriptor Descriptor = descriptor;
    }

    [InlineArray(Entries)]
    private struct Table
    {
        private Entry _first;
    }
}

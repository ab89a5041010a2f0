using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Filter;

/// <summary>
/// The symbol table of a crashed kernel: a token for each character, and one of two characters, with which names begin.
/// </summary>
internal sealed class CrashedSymbols(CrashedPages pages, bool isOffsetNegative)
{
    /// <summary>Where it lies: in the image, behind the text.</summary>
    public const ulong At = 0x1A0_0000;

    private const ulong Virtual = CrashedPages.ImageBase + At;
    private const string Pair = "__";
    private const byte PairToken = 1;
    private const int OffsetsAt = 0x1000;
    private const int NumberAt = 0x2000;
    private const int BaseAt = 0x2008;
    private const int NamesAt = 0x2010;
    private const int TokensAt = 0x3000;
    private const int IndexAt = 0x3800;

    private readonly List<byte> _names = [];
    private readonly List<int> _offsets = [];

    /// <summary>Adds a symbol: its type and name, and where it lies behind the text's beginning.</summary>
    public void Add(string name, ulong offset) => AddStored(name, isOffsetNegative ? -1 - (int)offset : (int)offset);

    /// <summary>Adds a symbol: its type and name, and its address, as tables with negative offsets tell it.</summary>
    public void AddAbsolute(string name, int address) => AddStored(name, address);

    /// <summary>Lays it out, and makes VMCOREINFO tell of it.</summary>
    public void Plant()
    {
        byte[] table = new byte[0x4000];
        for (int i = 0; i < _offsets.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(OffsetsAt + (i * 4)), _offsets[i]);
        }
        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(NumberAt), _offsets.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(BaseAt), CrashedPages.Text);
        _names.CopyTo(table, NamesAt);
        int at = 0;
        for (int token = 0; token < 256; token++)
        {
            string text = token == PairToken ? Pair : ((char)token).ToString();
            BinaryPrimitives.WriteUInt16LittleEndian(table.AsSpan(IndexAt + (token * 2)), (ushort)at);
            at += Encoding.Latin1.GetBytes(text, table.AsSpan(TokensAt + at)) + 1;
        }
        for (int done = 0; done < table.Length; done += Limits.PageBytes)
        {
            table.AsSpan(done, Limits.PageBytes).CopyTo(pages.Memory.At(At + (ulong)done, Limits.PageBytes));
        }
        pages.Info =
        [
            .. pages.Info,
            .. Encoding.ASCII.GetBytes($"""
                SYMBOL(kallsyms_names)={Virtual + NamesAt:x}
                SYMBOL(kallsyms_num_syms)={Virtual + NumberAt:x}
                SYMBOL(kallsyms_token_table)={Virtual + TokensAt:x}
                SYMBOL(kallsyms_token_index)={Virtual + IndexAt:x}
                SYMBOL(kallsyms_offsets)={Virtual + OffsetsAt:x}
                SYMBOL(kallsyms_relative_base)={Virtual + BaseAt:x}

                """),
        ];
    }

    private void AddStored(string name, int stored)
    {
        byte[] tokens = Encoding.ASCII.GetBytes(name.Replace(Pair, ((char)PairToken).ToString()));
        if (tokens.Length >= 0x80)
        {
            _names.Add((byte)(0x80 | tokens.Length));
            _names.Add((byte)(tokens.Length >> 7));
        }
        else
        {
            _names.Add((byte)tokens.Length);
        }
        _names.AddRange(tokens);
        _offsets.Add(stored);
    }
}

using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Symbols;

namespace CosmosKdump.Kernel.Machine;

/// <summary>Names of our own code, from the table that the second link put into the image.</summary>
internal static class OwnSymbols
{
    /// <summary>Appends "0x… name+0x…"; a return address is looked up at the call before it.</summary>
    internal static void Append(ref TextLine line, ulong address, bool isReturnAddress)
    {
        ulong offsetBytes = address - Image.Start();
        line.AddHex(offsetBytes, 6);
        // After a call that never returns, the return address may belong to the next method.
        ulong back = isReturnAddress ? 1UL : 0;
        if (Table().Find(offsetBytes - back, out SymbolMatch match) == Status.Ok)
        {
            line.Add(" "u8);
            new SymbolMatch(match.Type, match.Member, match.DisplacementBytes + back).AddTo(ref line);
        }
    }

    private static unsafe SymbolTable Table()
    {
        // The linker laid both ranges out in our own read-only data; they never move or change.
        var table = new ReadOnlySpan<byte>((void*)TableStart(), (int)(TableEnd() - TableStart()));
        var names = new ReadOnlySpan<byte>((void*)NamesStart(), (int)(NamesEnd() - NamesStart()));
        return new SymbolTable(table, names);
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_symbol_table")]
    private static extern ulong TableStart();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_symbol_table_end")]
    private static extern ulong TableEnd();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_symbol_names")]
    private static extern ulong NamesStart();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_symbol_names_end")]
    private static extern ulong NamesEnd();
}

using System;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Filter;

/// <summary>
/// Which slab caches hold tasks and what finds them: <c>task_struct</c>, <c>mm_struct</c>, <c>struct pid</c>, and the nodes
/// of the tree of process numbers. Each slab's page struct points to its cache (Linux: struct slab, mm/slab.h).
/// </summary>
public struct TaskCaches
{
    // The cache of struct pid is a member of init_pid_ns (Linux: struct pid_namespace) in its first 128 bytes; VMCOREINFO
    // does not tell where. Other values there are no addresses of caches, and no slab's page struct has them.
    private const int NamespaceBytes = 128;

    private const int Most = (NamespaceBytes / sizeof(ulong)) + 3;
    // With 5-level paging.
    private const ulong KernelHalf = 0xFF00_0000_0000_0000;

    private Addresses _addresses;
    private int _count;

    /// <summary>Adds the cache that a variable points to.</summary>
    public void AddVariable<TMemory>(scoped ref TMemory memory, scoped ref KernelPaging paging, ulong variable)
        where TMemory : struct, IPhysicalMemory
    {
        if (variable != 0 && paging.Read(ref memory, variable, out ulong address) == Status.Ok)
        {
            Add(address);
        }
    }

    /// <summary>Adds the cache of a namespace of process numbers.</summary>
    public void AddNamespace<TMemory>(scoped ref TMemory memory, scoped ref KernelPaging paging, ulong space)
        where TMemory : struct, IPhysicalMemory
    {
        for (int at = 0; at < NamespaceBytes && space != 0; at += sizeof(ulong))
        {
            AddVariable(ref memory, ref paging, space + (ulong)at);
        }
    }

    /// <summary>Whether this is the address of one of them.</summary>
    public readonly bool Has(ulong address)
    {
        bool isOne = false;
        for (int i = 0; i < _count; i++)
        {
            isOne |= _addresses[i] == address;
        }
        return isOne;
    }

    private void Add(ulong address)
    {
        // Each costs time for each slab: what cannot be a cache is none.
        if (address is >= KernelHalf and < KernelImage.Base && address % sizeof(ulong) == 0 && _count < Most)
        {
            _addresses[_count++] = address;
        }
    }

    [InlineArray(Most)]
    private struct Addresses
    {
        private ulong _first;
    }
}

using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Block;

/// <summary>
/// Writes that a device failed, oldest first, until the sink takes them. A driver queues no more while
/// <see cref="IsNearFull"/>, so that every request in flight still finds room here.
/// </summary>
internal struct FailedWrites
{
    private const int Capacity = FailedWrites128.Count;

    private FailedWrites128 _entries;
    private int _first;
    private int _count;

    /// <summary>No more requests may be queued before failures are taken.</summary>
    public readonly bool IsNearFull => _count > Capacity - RequestSlots.Most;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _first = 0;
        _count = 0;
    }

    /// <summary>Records a failure; there is room for every request in flight.</summary>
    public void Add(in BlockWrite write, Status why)
    {
        if (_count < Capacity)
        {
            _entries[(_first + _count) % Capacity] = new FailedWrite(write, why);
            _count++;
        }
    }

    /// <summary>Takes the oldest failure.</summary>
    public bool TryTake(out BlockWrite write, out Status why)
    {
        if (_count == 0)
        {
            write = default;
            why = Status.Ok;
            return false;
        }
        FailedWrite entry = _entries[_first];
        _first = (_first + 1) % Capacity;
        _count--;
        write = entry.Write;
        why = entry.Why;
        return true;
    }
}

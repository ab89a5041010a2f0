using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench.Disks;

/// <summary>Looks for the smallest reservations with which a capture succeeds.</summary>
public sealed class ReservationSearch(CaptureBench bench, Measurements measurements)
{
    private static readonly int[] OurReservations = [1, 2, 3, 4];
    private static readonly int[] StockReservations = [64, 80, 96, 112, 128, 160];
    private static readonly TimeSpan FitsLimit = TimeSpan.FromSeconds(120);

    /// <summary>Ours, of an idle guest and of a busy one: what the one needs must be enough for the other.</summary>
    public void Ours()
    {
        Find(Side.Ours, OurReservations);
        BenchResult result = measurements.Result;
        int smallest = result.SmallestReservationMiB.GetValueOrDefault(Side.Ours, OurReservations[^1]);
        foreach (int size in new[] { OurReservations[^1], smallest }.Distinct())
        {
            if (Fits(Side.Ours, size, GuestLoad.Busy) is { } fits)
            {
                result.BusyReservations[size] = fits;
            }
        }
    }

    /// <summary>Stock kdump's.</summary>
    public void Stock() => Find(Side.StockCopy, StockReservations);

    private void Find(Side side, IEnumerable<int> sizes)
    {
        foreach (int size in sizes)
        {
            if (Fits(side, size, GuestLoad.Idle) == true)
            {
                measurements.Result.SmallestReservationMiB[side] = size;
                return;
            }
        }
    }

    // Null: it could not be told.
    private bool? Fits(Side side, int size, GuestLoad load)
    {
        bool fits = false;
        string what = $"{(load == GuestLoad.Busy ? "busy guest, " : "")}{Names.Of(side)}, crashkernel={size}M";
        bool isTold = measurements.Take(what, () =>
        {
            fits = bench.Fits(side, size, load, FitsLimit);
            return fits ? "works" : "does not";
        });
        return isTold ? fits : null;
    }
}

using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler;

/// <summary>
/// Where each buffer of a routine lies in its workspace: first <see cref="Fixed"/> floats, of scratch and of what all samples share, then regions of
/// offset × rows floats, where rows is the batch rounded up to a multiple of <see cref="RowMultiple"/>.
/// Buffers whose lives do not overlap share memory.
/// </summary>
internal sealed class MemoryPlan
{
    private readonly Dictionary<Buffer, (int PerRow, int Fixed)> _offsets;

    private readonly HashSet<Buffer> _shared;

    private MemoryPlan(Dictionary<Buffer, (int PerRow, int Fixed)> offsets, HashSet<Buffer> shared, int rowMultiple, int perSample, int before)
    {
        _offsets = offsets;
        _shared = shared;
        RowMultiple = rowMultiple;
        PerSample = perSample;
        Fixed = before;
    }

    /// <summary>Floats a sample.</summary>
    public int PerSample { get; }

    /// <summary>Floats, whatever the batch: of scratch that steps use for themselves, and of what all samples share.</summary>
    public int Fixed { get; }

    /// <summary>Rows of 1 or 4 floats come in sixteens, so that every region starts on a cache line.</summary>
    public int RowMultiple { get; }

    /// <summary>Where the buffer starts: so many floats a row, and so many more.</summary>
    public (int PerRow, int Fixed) Offset(Buffer buffer) => _offsets[buffer.Root];

    /// <summary>Whether a sample of one lies where another sample of the other does: they have memory in common, and do not coincide.</summary>
    public bool MixSamples(Buffer a, Buffer b) => Meet(a, b) && !_shared.Contains(a.Root) && (_offsets[a.Root] != _offsets[b.Root] || a.Root.Stride != b.Root.Stride);

    /// <summary>Whether two buffers have memory in common, of whichever samples.</summary>
    public bool Meet(Buffer a, Buffer b)
    {
        if (a.Root.Kind != BufferKind.Workspace || b.Root.Kind != BufferKind.Workspace || _shared.Contains(a.Root) != _shared.Contains(b.Root))
            return false;
        ((int aRow, int aFixed), (int bRow, int bFixed)) = (_offsets[a.Root], _offsets[b.Root]);
        return _shared.Contains(a.Root)
            ? aFixed < bFixed + Packing.PadToPanel(b.Root.Stride) && bFixed < aFixed + Packing.PadToPanel(a.Root.Stride)
            : aRow < bRow + b.Root.Stride && bRow < aRow + a.Root.Stride;
    }

    /// <summary>Whether all samples share the buffer.</summary>
    public bool IsShared(Buffer buffer) => _shared.Contains(buffer.Root);

    public static MemoryPlan Create(IEnumerable<Step> steps)
    {
        long scratch = 0;

        // Lives: from the step that writes to the last that reads.
        var lives = new Dictionary<Buffer, Life>();
        int time = 0;
        foreach (Step step in steps)
        {
            scratch = Math.Max(scratch, step.Scratch);
            foreach (Operand operand in step.Operands.Where(operand => operand.Buffer is { Root.Kind: BufferKind.Workspace }))
            {
                Buffer buffer = operand.Buffer!.Root;
                if (lives.TryGetValue(buffer, out Life life))
                    life.End = time;
                else
                    lives.Add(buffer, new Life(buffer, operand.Need is { IsShared: true }, time));
            }

            time++;
        }

        Life[] shared = [.. lives.Values.Where(life => life.IsShared).OrderBy(life => life.Buffer.Id)];
        Life[] own = [.. lives.Values.Where(life => !life.IsShared).OrderBy(life => life.Buffer.Id)];
        int first = checked((int)Packing.PadToPanel(scratch));
        int before = checked(first + Place(shared, time));
        int total = Place(own, time);
        return new MemoryPlan(
            lives.Values.ToDictionary(life => life.Buffer, life => life.IsShared ? (0, first + life.Best) : (life.Best, before)),
            [.. shared.Select(life => life.Buffer)],
            own.All(life => life.Size % Packing.Panel == 0) ? 1 : Packing.Panel,
            total,
            before);
    }

    /// <summary>A buffer in its time.</summary>
    private sealed class Life(Buffer buffer, bool isShared, int start)
    {
        public Buffer Buffer { get; } = buffer;

        /// <summary>Whether all samples share it, so that there is one row.</summary>
        public bool IsShared { get; } = isShared;

        public int Size { get; } = isShared ? (int)Packing.PadToPanel(buffer.Stride) : buffer.Stride;

        public int Start { get; } = start;

        public int End { get; set; } = start;

        public int Offset { get; set; }

        /// <summary>The offset in the best order so far.</summary>
        public int Best { get; set; }

        public bool Meets(Life other) => other.Start <= End && Start <= other.End;
    }

    /// <summary>
    /// Places buffers one after the other, each at the lowest place that is free for its whole life. Which order is best depends on the network: several
    /// are tried, and from the best of them those that move what ends up highest to the front. It stops where no more is taken than lives at once.
    /// </summary>
    /// <returns>The floats that are taken.</returns>
    private static int Place(Life[] lives, int time)
    {
        if (lives.Length == 0)
            return 0;
        long live = MostAlive(lives, time);
        int least = int.MaxValue;
        Life[] best = lives;
        bool Try(IEnumerable<Life> order)
        {
            Life[] next = [.. order];
            int total = FirstFit(next);
            if (total < least)
            {
                (least, best) = (total, next);
                foreach (Life life in lives)
                    life.Best = life.Offset;
            }

            return least <= live;
        }

        int tries = Math.Min(400, 200_000 / (1 + (lives.Length * lives.Length)));
        bool isDone = Try(lives.OrderByDescending(life => life.Size))
            || Try(lives.OrderByDescending(life => (long)life.Size * (life.End - life.Start + 1)))
            || Try(lives.OrderByDescending(life => life.End - life.Start).ThenByDescending(life => life.Size))
            || Try(lives.OrderBy(life => life.Start).ThenByDescending(life => life.Size))
            || Try(lives.OrderByDescending(life => life.End).ThenByDescending(life => life.Size));
        uint random = 1;
        for (int i = 0; i < tries && !isDone; i++)
        {
            // What lies highest comes earlier, and so does one other by chance.
            Life[] order = best;
            int top = Array.FindIndex(order, life => life.Best + life.Size == least);
            random = unchecked((random * 1664525u) + 1013904223u);
            int other = (int)((random >> 8) % (uint)order.Length);
            int place = (int)((random >> 16) % (uint)(top + 1));
            Life[] moved = i % 2 == 0 || other == top ? [order[top]] : [order[other], order[top]];
            isDone = Try(order.Take(place).Except(moved).Concat(moved).Concat(order.Skip(place).Except(moved)));
        }

        return least;
    }

    /// <summary>The largest sum of what lives at once, which no plan can undercut.</summary>
    private static long MostAlive(Life[] lives, int time)
    {
        var changes = new long[time + 1];
        foreach (Life life in lives)
        {
            changes[life.Start] += life.Size;
            changes[life.End + 1] -= life.Size;
        }

        long alive = 0, most = 0;
        foreach (long change in changes)
            most = Math.Max(most, alive += change);
        return most;
    }

    private static int FirstFit(Life[] order)
    {
        var placed = new List<Life>();
        int total = 0;
        foreach (Life life in order)
        {
            int offset = 0;
            foreach (Life other in placed)
            {
                if (!other.Meets(life))
                    continue;
                if (other.Offset >= offset + life.Size)
                    break;
                offset = Math.Max(offset, other.Offset + other.Size);
            }

            life.Offset = offset;
            int place = placed.FindIndex(other => other.Offset > offset);
            placed.Insert(place < 0 ? placed.Count : place, life);
            total = Math.Max(total, checked(offset + life.Size));
        }

        return total;
    }
}

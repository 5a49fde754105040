using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler;

/// <summary>
/// Where each buffer of a routine lies in its workspace: first <see cref="Fixed"/> floats of scratch, then regions of
/// offset × rows floats, where rows is the batch rounded up to a multiple of <see cref="RowMultiple"/>.
/// Buffers whose lives do not overlap share memory.
/// </summary>
internal sealed class MemoryPlan
{
    private readonly Dictionary<Buffer, int> _offsets;

    private MemoryPlan(Dictionary<Buffer, int> offsets, int perSample, int scratch)
    {
        _offsets = offsets;
        RowMultiple = offsets.Keys.All(buffer => buffer.Stride % Packing.Panel == 0) ? 1 : Packing.Panel;
        PerSample = perSample;
        Fixed = scratch;
    }

    /// <summary>Floats a sample.</summary>
    public int PerSample { get; }

    /// <summary>Floats of scratch that steps use for themselves, whatever the batch.</summary>
    public int Fixed { get; }

    /// <summary>Rows of 1 or 4 floats come in sixteens, so that every region starts on a cache line.</summary>
    public int RowMultiple { get; }

    /// <summary>The buffer's offset in floats a row.</summary>
    public int Offset(Buffer buffer) => _offsets[buffer.Root];

    public static MemoryPlan Create(IEnumerable<Step> steps)
    {
        long scratch = 0;
        // Lives: from the step that writes to the last that reads.
        var lives = new Dictionary<Buffer, (int Start, int End)>();
        int time = 0;
        foreach (Step step in steps)
        {
            scratch = Math.Max(scratch, step.Scratch);
            foreach (Buffer buffer in step.Reads.Concat(step.Writes).Select(b => b.Root).Where(b => b.Kind == BufferKind.Workspace))
                lives[buffer] = lives.TryGetValue(buffer, out (int Start, int End) life) ? (life.Start, time) : (time, time);
            time++;
        }

        // The largest first, each at the lowest place that is free for its whole life.
        var offsets = new Dictionary<Buffer, int>();
        int total = 0;
        foreach (Buffer buffer in lives.Keys.OrderByDescending(b => b.Stride).ThenBy(b => b.Id))
        {
            (int start, int end) = lives[buffer];
            int offset = 0;
            foreach (Buffer other in offsets.Keys.Where(b => lives[b].Start <= end && start <= lives[b].End).OrderBy(b => offsets[b]).ToList())
            {
                if (offsets[other] >= offset + buffer.Stride)
                    break;
                offset = Math.Max(offset, offsets[other] + other.Stride);
            }

            offsets.Add(buffer, offset);
            total = Math.Max(total, checked(offset + buffer.Stride));
        }

        return new MemoryPlan(offsets, total, checked((int)Packing.PadToPanel(scratch)));
    }
}

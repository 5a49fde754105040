using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>One loop of a tile's reduction: how often, and how far both operands move. A count that is not known now comes with the most that it can be.</summary>
internal sealed record TapLoop(int Most, long AStep, long BStep, Number? Count = null);

/// <summary>The three loops of a tile's reduction, and the strides that follow from them.</summary>
internal sealed record TapLoops(Number Outer, Number Middle, Number Inner, TileStrides Strides)
{
    /// <summary>No terms at all.</summary>
    public static readonly TapLoops None = new(Number.Zero, Number.Zero, Number.Zero, new TileStrides());

    /// <summary>The outermost first; loops of one pass are dropped, and what moves evenly is one loop.</summary>
    public static TapLoops Of(params TapLoop[] loops)
    {
        var merged = new List<TapLoop>();
        foreach (TapLoop loop in loops.Where(loop => loop.Most > 1 || loop.Count is not null))
        {
            if (merged.Count > 0 && merged[merged.Count - 1] is { Count: null } outer && loop.Count is null
                && outer.AStep == loop.AStep * loop.Most && outer.BStep == loop.BStep * loop.Most)
                merged[merged.Count - 1] = loop with { Most = outer.Most * loop.Most };
            else
                merged.Add(loop);
        }

        while (merged.Count < 3)
            merged.Insert(0, new TapLoop(1, 0, 0));
        (TapLoop o, TapLoop m, TapLoop i) = (merged[0], merged[1], merged[2]);
        return new TapLoops(o.Count ?? o.Most, m.Count ?? m.Most, i.Count ?? i.Most, new TileStrides
        {
            AInner = i.AStep,
            AMiddle = m.AStep - (i.Most * i.AStep),
            AOuter = o.AStep - (m.Most * m.AStep),
            BInner = i.BStep,
            BMiddle = m.BStep - (i.Most * i.BStep),
            BOuter = o.BStep - (m.Most * m.BStep),
        });
    }

    /// <summary>The length of a chunk that starts somewhere in a range; null where one chunk is the whole.</summary>
    public static Number? Length(Number start, int chunk, int total) =>
        chunk >= total ? null : total % chunk == 0 ? chunk : Number.If(start + chunk <= total, chunk, total - start).As(NumberType.Int);
}

/// <summary>A chunk of a reduction over rows of taps, taps of a row and channels.</summary>
internal sealed record TapChunk(Number Row, Number Column, Number Channel, Condition IsFirst, Condition IsLast)
{
    /// <summary>Ranges over the chunks.</summary>
    public static Statement Over(int rows, int columns, int channels, TapChunks chunks, Func<TapChunk, Statement> body) =>
        NestBuilder.Over("tapRow", 0, Math.Max(1, rows), chunks.Rows, RangeRole.Chunks, row =>
            NestBuilder.Over("tapColumn", 0, Math.Max(1, columns), chunks.Columns, RangeRole.Chunks, column =>
                NestBuilder.Over("channel", 0, channels, chunks.Channels, RangeRole.Chunks, channel =>
                {
                    (Number At, int Total, int Step)[] ranges = [(row, rows, chunks.Rows), (column, columns, chunks.Columns), (channel, channels, chunks.Channels)];
                    (Number At, int Total, int Step)[] open = [.. ranges.Where(range => range.At.Known is null)];
                    return body(new TapChunk(
                        row, column, channel,
                        Condition.AllOf([.. open.Select(range => range.At.IsEqualTo(Number.Zero))]),
                        Condition.AllOf([.. open.Select(range => range.At + range.Step >= range.Total)])));
                })));
}

using System;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>The windows of a convolution or a pool along one dimension of its picture: tap u of window i is at i · stride + u · dilation − before.</summary>
/// <param name="Size">The picture's.</param>
/// <param name="Count">Windows.</param>
/// <param name="Kernel">Taps of a window.</param>
/// <param name="Stride">Distance of two windows.</param>
/// <param name="Dilation">Distance of two taps.</param>
/// <param name="Before">Padding before the picture.</param>
internal readonly record struct WindowAxis(int Size, int Count, int Kernel, int Stride, int Dilation, int Before)
{
    /// <summary>So many places and taps are looked at one by one.</summary>
    private const int MostPlaces = 1 << 16;
    private const int MostTaps = 1 << 22;

    /// <summary>Along height and width, which is 1 of a picture of one dimension; null of a node without windows.</summary>
    public static WindowAxis[]? Of(Node node) => node.Op switch
    {
        ConvOp conv => Both(node, conv.Kernel, conv.Stride, conv.Dilation, new Size2(conv.Pads.Top, conv.Pads.Left)),
        PoolOp pool => Both(node, pool.Kernel, pool.Stride, Size2.Of(1), pool.Padding),
        _ => null,
    };

    /// <summary>Windows with all taps in the padding.</summary>
    public int EmptyWindows
    {
        get
        {
            int count = 0;
            for (int window = 0; window < Count; window++)
                count += Meets((window * Stride) - Before, Dilation, Kernel) ? 0 : 1;
            return count;
        }
    }

    /// <summary>Taps that are in the padding in all windows.</summary>
    public int IdleTaps
    {
        get
        {
            int count = 0;
            for (int tap = 0; tap < Kernel; tap++)
                count += Meets((tap * Dilation) - Before, Stride, Count) ? 0 : 1;
            return count;
        }
    }

    /// <summary>Whether there are not too many places to look at.</summary>
    public bool CanBeMarked => Size <= MostPlaces && (long)Count * Math.Min(Kernel, Size) <= MostTaps;

    /// <summary>Adds the places that some window reads.</summary>
    public void MarkRead(bool[] read)
    {
        for (int window = 0; window < Count; window++)
        {
            int first = (window * Stride) - Before;
            for (int tap = 0; tap < Kernel && first + (tap * Dilation) < Size; tap++)
            {
                if (first + (tap * Dilation) is >= 0 and var place)
                    read[place] = true;
            }
        }
    }

    /// <summary>Whether one of so many places, a step apart, is inside of the picture.</summary>
    private bool Meets(int first, int step, int count)
    {
        int before = first >= 0 ? 0 : (step - 1 - first) / step;
        return before < count && first + ((long)before * step) < Size;
    }

    private static WindowAxis[] Both(Node node, Size2 kernel, Size2 stride, Size2 dilation, Size2 before)
    {
        (Picture x, Picture y) = (Picture.Of(node.Input), Picture.Of(node.Output));
        return [new(x.Height, y.Height, kernel.Height, stride.Height, dilation.Height, before.Height), new(x.Width, y.Width, kernel.Width, stride.Width, dilation.Width, before.Width)];
    }
}

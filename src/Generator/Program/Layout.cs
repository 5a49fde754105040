using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>How a value lies in memory: the order of its elements, and the picture that they are of. A row of features is a picture of one pixel.</summary>
internal sealed record Layout(BufferOrder Order, Picture Shape)
{
    /// <summary>A row of features, in PyTorch's order.</summary>
    public static Layout Row(Shape shape) => new(BufferOrder.Flat, new Picture((int)shape.ElementCount, 1, 1));

    /// <summary>Floats of a sample without the padding.</summary>
    public long Width => Shape.Count;

    /// <summary>Floats of a sample with it.</summary>
    public long Length => new Buffer(0, "", Shape, Order, BufferKind.Workspace).Stride;

    /// <summary>Whether it is the same memory as a row: one pixel, or one row of pixels.</summary>
    public bool IsRow => (Order == BufferOrder.Planes ? Shape.Channels * Shape.Height : Shape.Pixels) == 1 && Length == Packing.Pad((int)Width);

    /// <summary>Whether vectors of so many channels from the first one on hold no others, so that a part of a larger picture need not be copied.</summary>
    public bool HasVectorsOfItsOwn(int first, int channels) =>
        new Buffer(0, "", Shape, Order, BufferKind.Workspace).Channels(first, channels).IsPadded;

    /// <summary>Whether a buffer lies so.</summary>
    public bool IsOf(Buffer buffer) => Order == buffer.Order && Shape == buffer.Shape;

    public override string ToString() => $"{Shape.Display} {Order}";
}

/// <summary>What becomes of an input that does not lie as a node reads it.</summary>
internal enum OtherLayouts
{
    /// <summary>It is copied.</summary>
    Copied,

    /// <summary>The node's step reads it as it lies, which costs as much as a copy.</summary>
    Moved,

    /// <summary>It is copied; but the node's step reads single elements, so that the caller's memory will do.</summary>
    CopiedElements,
}

/// <summary>How a node reads an input.</summary>
/// <param name="Layout">The layout that it is made for.</param>
/// <param name="Others">What becomes of others.</param>
internal sealed record Reading(Layout Layout, OtherLayouts Others = OtherLayouts.Copied)
{
    /// <summary>How the node's step finds an input that lies in a layout: that one, or this one in a copy.</summary>
    public Layout Find(Layout lies) => Others switch
    {
        OtherLayouts.Moved => lies,
        _ => Layout,
    };
}

/// <summary>One of the ways to compute a node: the layouts that its inputs are read in and its results come in. An op's rule says which there are.</summary>
/// <param name="Reads">An entry for each input that is no parameter.</param>
/// <param name="Results">An entry for each output; null where it has no memory of its own kind: nobody reads it, or it is the gradient of a parameter.</param>
internal sealed record NodeLayouts(EquatableArray<Reading> Reads, EquatableArray<Layout?> Results)
{
    /// <summary>Whether the result is the first input's memory, or a part of it.</summary>
    public bool IsAlias { get; init; }

    /// <summary>Floats that are moved because of this way, beside copies of inputs.</summary>
    public long Moved { get; init; }

    /// <summary>Inputs and results that all lie alike.</summary>
    public static NodeLayouts Alike(Layout layout, int inputs = 1) => Of(layout, [.. Enumerable.Repeat(layout, inputs)]);

    /// <summary>The result and the inputs.</summary>
    public static NodeLayouts Of(Layout? result, params Layout[] inputs) =>
        new(inputs.Select(input => new Reading(input)).ToEquatableArray(), EquatableArray.Of(result));
}

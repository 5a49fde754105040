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

    /// <summary>Whether it is the same memory as a row: one pixel, or one row of pixels.</summary>
    public bool IsRow => (Order == BufferOrder.Planes ? Shape.Channels * Shape.Height : Shape.Pixels) == 1
        && new Buffer(0, "", Shape, Order, BufferKind.Workspace).Stride == Packing.Pad((int)Width);

    /// <summary>Whether a buffer lies so.</summary>
    public bool IsOf(Buffer buffer) => Order == buffer.Order && Shape == buffer.Shape;

    public override string ToString() => $"{Shape.Display} {Order}";
}

/// <summary>How a node reads an input.</summary>
/// <param name="Layout">The layout that it is made for.</param>
/// <param name="TakesOthers">Whether the node's step reads the input as it lies in another; otherwise it is copied.</param>
internal sealed record Reading(Layout Layout, bool TakesOthers = false)
{
    /// <summary>How the node's step finds an input that lies in a layout: that one, or this one in a copy.</summary>
    public Layout Find(Layout lies) => TakesOthers ? lies : Layout;
}

/// <summary>One of the ways to compute a node: the layouts that its inputs are read in and its results come in. An op's rule says which there are.</summary>
/// <param name="Reads">An entry for each input that is no parameter.</param>
/// <param name="Results">An entry for each output; null where it has no memory of its own kind: nobody reads it, or it is the gradient of a parameter.</param>
internal sealed record NodeLayouts(EquatableArray<Reading> Reads, EquatableArray<Layout?> Results)
{
    /// <summary>Whether the result is the first input's memory, or a part of it.</summary>
    public bool IsAlias { get; init; }

    /// <summary>Inputs and results that all lie alike.</summary>
    public static NodeLayouts Alike(Layout layout, int inputs = 1) => Of(layout, [.. Enumerable.Repeat(layout, inputs)]);

    /// <summary>The result and the inputs.</summary>
    public static NodeLayouts Of(Layout? result, params Layout[] inputs) =>
        new(inputs.Select(input => new Reading(input)).ToEquatableArray(), EquatableArray.Of(result));
}

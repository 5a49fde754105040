using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>Words of descriptions, whatever the culture.</summary>
internal static class Describe
{
    public static string Int(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Where a buffer's elements are.</summary>
    public static string Place(Buffer buffer) => buffer.Kind != BufferKind.Workspace ? "the caller's memory"
        : buffer.Order switch { BufferOrder.Flat => "rows of features", BufferOrder.Planes => "planes", _ => "pixels of channels" };

    /// <summary>What becomes of a product's sums, in order.</summary>
    public static string Epilogue(ProductStep step)
    {
        string activation = step.Activation is null ? "" : ", " + step.Activation.Display;
        string addend = step.Addend is null ? "" : ", plus addend";
        return (step.Start is null ? "" : ", plus start") + (step.Scale is null ? "" : ", less mean, times scale, plus shift") + (step.ActivatesLast ? addend + activation : activation + addend);
    }

    /// <summary>What a product stores beside its result.</summary>
    public static string Keeps(ProductStep step) => step switch
    {
        { Z: not null } => "; z keeps the activation's input for its gradient.",
        { Kept: not null } => "; kept keeps the activation's output.",
        _ => ".",
    };

    /// <summary>The first tile of a body, or of each of its variants, as rows x columns.</summary>
    public static IEnumerable<string> Tiles(Statement body) => body.All().OfType<Variants>().FirstOrDefault() is { } variants
        ? variants.Bodies.Select(variant => $"{FirstTile(variant.Body)} ({Int(variant.Lanes * 32)} bits)")
        : [FirstTile(body)];

    private static string FirstTile(Statement body) => body.All().OfType<TileCall>().First() is var call ? $"{Int(call.Tile.Rows)} x {Int(call.Tile.Columns)}" : "";
}

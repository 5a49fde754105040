using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>The register tile of a product: a grid of rows by panels of 16 columns.</summary>
/// <param name="Lanes">Floats of a vector.</param>
/// <param name="Height">Lines of the grid.</param>
/// <param name="Width">Rows in a line.</param>
/// <param name="Panels">Panels of columns.</param>
/// <param name="Kind">What its operands are.</param>
internal sealed record ProductTile(int Lanes, int Height, int Width, int Panels, TileKind Kind)
{
    public bool IsDot => Kind is TileKind.Dot or TileKind.StridedDot;

    /// <summary>Whether the runtime has it.</summary>
    public bool IsShared => Tiling.SharedTiles.Contains(this);

    public int Rows => Height * Width;

    public int Columns => Kind switch { TileKind.Short => 4, TileKind.Scalar => 1, _ => IsDot ? Panels : Panels * Packing.Panel };
}

internal enum TileKind
{
    /// <summary>A is an element a row, spread over the lanes; B a vector of columns.</summary>
    Product,

    /// <summary>The same with B's lanes a stride apart.</summary>
    Strided,

    /// <summary>The same with one vector of 4 columns.</summary>
    Short,

    /// <summary>The same with a single column, the first lane of a vector of 4.</summary>
    Scalar,

    /// <summary>A is a vector a row, as B is: every lane for itself.</summary>
    Elementwise,

    /// <summary>A is a vector a row, B a vector a column; lanes are summed at the end.</summary>
    Dot,

    /// <summary>The same with B's lanes a stride apart.</summary>
    StridedDot,
}

/// <summary>
/// How far a tile's operands move, in floats: from a line of its rows to the next (Row), from a row of the line to the next (Column), from a panel or
/// column to the next (Panel), and for a step of the innermost of its three loops (Inner) and what the others add to that (Middle, Outer).
/// </summary>
internal sealed record TileStrides
{
    public long ARow { get; init; }

    public long AColumn { get; init; }

    public long AInner { get; init; }

    public long AMiddle { get; init; }

    public long AOuter { get; init; }

    public long BPanel { get; init; }

    public long BInner { get; init; }

    public long BMiddle { get; init; }

    public long BOuter { get; init; }

    public long BLane { get; init; } = 1;

    public long CRow { get; init; }

    public long CColumn { get; init; }

    public long CPanel { get; init; }

    public long SavedRow { get; init; }

    public long SavedColumn { get; init; }

    public long SavedPanel { get; init; }

    public long StartRow { get; init; }

    public long StartColumn { get; init; }

    public long StartPanel { get; init; }

    public long AddRow { get; init; }

    public long AddColumn { get; init; }

    public long AddPanel { get; init; }
}

/// <summary>What starts a product's sums.</summary>
internal enum TileBias { None, OneAColumn, OneARow }

/// <summary>The strides of a product, and what becomes of its sums.</summary>
internal sealed class TileProduct(string name) : NestConstant(name)
{
    /// <summary>What the product is, for people.</summary>
    public required string Comment { get; init; }

    public required TileStrides Strides { get; init; }

    public TileBias Bias { get; init; }

    /// <summary>
    /// Whether the last store makes (sum − mean) · scale + shift of a sum before all else: three rows at what was saved, so far apart.
    /// </summary>
    public long? Scale { get; init; }

    /// <summary>Applied to the sum in the last store.</summary>
    public ActivationOp? Activation { get; init; }

    /// <summary>Whether that is applied behind the addend instead of before it.</summary>
    public bool ActivatesLast { get; init; }

    /// <summary>The activation whose derivative, at what was saved, multiplies the sum in the last store.</summary>
    public ActivationOp? Gradient { get; init; }

    /// <summary>Whether the activation's input is stored as well.</summary>
    public bool KeepsInput { get; init; }

    /// <summary>Whether the activation's output is stored before something is added.</summary>
    public bool KeepsOutput { get; init; }

    /// <summary>Whether another value starts the sums.</summary>
    public bool Starts { get; init; }

    /// <summary>Whether another value is added to what has become of them.</summary>
    public bool Adds { get; init; }

    /// <summary>Whether its tiles take what else starts the sums and what is added to them.</summary>
    public bool HasOthers => Starts || Adds;

    /// <summary>Whether what was saved is fetched before the sums start.</summary>
    public bool FetchesSaved { get; init; }

    /// <summary>Whether a cell of the tile is a single float.</summary>
    public bool IsScalar { get; init; }

    public bool Finishes => Activation is not null || Gradient is not null || Scale is not null;

    /// <summary>Whether that runs over the stored tile instead of in its stores: where it is long, or the sums are kept as well.</summary>
    public bool IsLong => Finishes
        && (KeepsInput || KeepsOutput || (Activation is not null && !ActivationCost.IsLight(Activation)) || (Gradient is not null && !ActivationCost.IsDerivativeLight(Gradient)));
}

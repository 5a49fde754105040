using System.Collections.Generic;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Emission;

/// <summary>
/// A matrix product in memory: C[r, c] = Σ over k of A[r·ARow + k·AStep] · B[panel(c)·BPanel + k·BStep + lane(c)],
/// stored at C[r·CRow + panel(c)·CPanel + lane(c)]. All strides are constants in the emitted code.
/// </summary>
/// <param name="Name">The start of its strides' name.</param>
/// <param name="K">The length of the reduction; null where it is the batch.</param>
/// <param name="Chunk">Longer reductions are cut into chunks of this length, added in order.</param>
/// <param name="SavedRow">From a row of what is kept or was saved to the next.</param>
/// <param name="HasBias">Whether a bias starts the accumulators.</param>
/// <param name="Activation">Applied to the sum in the last store.</param>
/// <param name="KeepsInput">Whether the activation's input is stored as well.</param>
/// <param name="Gradient">The activation whose derivative, at what was saved, multiplies the sum in the last store.</param>
/// <param name="StartRow">From a row of what starts the accumulators to the next; 0 without.</param>
/// <param name="AddRow">From a row of what is added in the last store to the next; 0 without.</param>
/// <param name="KeepsOutput">Whether the activation's output is stored before that is added.</param>
internal sealed record Product(
    string Name, int? K, int Chunk, int ARow, int AStep, int BStep, int BPanel, int CRow, int CPanel, int SavedRow = 0,
    bool HasBias = false, ActivationOp? Activation = null, bool KeepsInput = false, ActivationOp? Gradient = null, int StartRow = 0, int AddRow = 0, bool KeepsOutput = false)
{
    /// <summary>The name of the struct of its strides.</summary>
    public string Strides => Name + "Strides";

    /// <summary>
    /// Whether the rows of C are shorter than a panel, 4 floats or 1: a store of 16 would reach the next rows, so a row of the tile is one vector of 4.
    /// </summary>
    public bool HasShortRows => CRow < Packing.Panel;

    /// <summary>Whether the reduction is cut into chunks that are added in memory.</summary>
    public bool IsChunked => K is null || K > Chunk;

    public void PrintStrides(ProductTiles tiles)
    {
        bool hasSaved = KeepsInput || KeepsOutput || Gradient is not null;
        var strides = new Dictionary<string, long>
        {
            ["AColumn"] = ARow,
            ["AInner"] = AStep,
            ["BPanel"] = BPanel,
            ["BInner"] = BStep,
            ["CColumn"] = CRow,
            ["CPanel"] = CPanel,
            ["SavedColumn"] = hasSaved ? SavedRow : 0,
            ["SavedPanel"] = hasSaved ? CPanel : 0,
            ["StartColumn"] = StartRow,
            ["StartPanel"] = StartRow > 0 ? CPanel : 0,
            ["AddColumn"] = AddRow,
            ["AddPanel"] = AddRow > 0 ? CPanel : 0,
        };
        tiles.PrintStrides(Strides, Name + ".", strides, HasBias ? 1 : 0, Finishing.Of(Activation, Gradient, isScalar: CRow == 1), Finishing.IsLong(Activation, Gradient, KeepsInput || KeepsOutput), KeepsInput, KeepsOutput, starts: StartRow > 0);
    }
}

/// <summary>What becomes of a product's sums in its last store.</summary>
internal static class Finishing
{
    /// <summary>The finished value of <c>sum</c>, with what was kept at <c>saved</c>; null: the sum itself.</summary>
    public static System.Func<Simd, string>? Of(ActivationOp? activation, ActivationOp? gradient, bool isScalar = false) =>
        activation is not null ? _ => ActivationText.Forward(activation, "sum")
        : gradient is not null ? simd => $"sum * {ActivationText.Derivative(gradient, isScalar ? $"{simd.Class}.CreateScalar(saved)" : $"{simd.Class}.LoadUnsafe(ref saved)")}"
        : null;

    /// <summary>Whether that runs over the stored tile instead of in its stores: where it is long, or the sums are kept as well.</summary>
    public static bool IsLong(ActivationOp? activation, ActivationOp? gradient, bool keepsInput) =>
        keepsInput || (activation is not null && !ActivationText.IsLight(activation)) || (gradient is not null && !ActivationText.IsDerivativeLight(gradient));
}

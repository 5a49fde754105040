using System.ComponentModel;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

/// <summary>
/// A matrix product C = A·B as a register tile sees it: how far its operands lie apart, in floats, and what becomes of its sums. Generated code implements it
/// with constants, one struct a product, and the JIT compiles a tile for each with them as literals.
/// </summary>
/// <remarks>
/// A tile is a grid of lines of rows, by panels of 16 columns. Row is from a line to the next, Column from a row of the line to the next, Panel from a panel
/// (or, in a tile of dot products, a column) to the next. Inner is a step of the innermost of the three loops over terms, Middle and Outer what the loops
/// around it add to that. The default of each is 0.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IProduct
{
    /// <summary>Floats of A from a line to the next.</summary>
    static virtual int ARow => 0;

    /// <summary>Floats of A from a row of the line to the next.</summary>
    static virtual int AColumn => 0;

    /// <summary>Floats of A from a term to the next.</summary>
    static virtual int AInner => 0;

    /// <summary>Floats of A that the middle loop adds.</summary>
    static virtual int AMiddle => 0;

    /// <summary>Floats of A that the outer loop adds.</summary>
    static virtual int AOuter => 0;

    /// <summary>Floats of B from a panel to the next.</summary>
    static virtual int BPanel => 0;

    /// <summary>Floats of B from a term to the next.</summary>
    static virtual int BInner => 0;

    /// <summary>Floats of B that the middle loop adds.</summary>
    static virtual int BMiddle => 0;

    /// <summary>Floats of B that the outer loop adds.</summary>
    static virtual int BOuter => 0;

    /// <summary>Floats of B from a lane to the next; 1 unless the tile is strided.</summary>
    static virtual int BLane => 1;

    /// <summary>Floats of C from a line to the next.</summary>
    static virtual int CRow => 0;

    /// <summary>Floats of C from a row of the line to the next.</summary>
    static virtual int CColumn => 0;

    /// <summary>Floats of C from a panel to the next.</summary>
    static virtual int CPanel => 0;

    /// <summary>The same of what the gradient or the activation keeps: from a line to the next.</summary>
    static virtual int SavedRow => 0;

    /// <inheritdoc cref="CColumn"/>
    static virtual int SavedColumn => 0;

    /// <inheritdoc cref="CPanel"/>
    static virtual int SavedPanel => 0;

    /// <summary>The same of what starts the sums: from a line to the next.</summary>
    static virtual int StartRow => 0;

    /// <inheritdoc cref="CColumn"/>
    static virtual int StartColumn => 0;

    /// <inheritdoc cref="CPanel"/>
    static virtual int StartPanel => 0;

    /// <summary>The same of what is added to the finished sums: from a line to the next.</summary>
    static virtual int AddRow => 0;

    /// <inheritdoc cref="CColumn"/>
    static virtual int AddColumn => 0;

    /// <inheritdoc cref="CPanel"/>
    static virtual int AddPanel => 0;

    /// <summary>What starts the sums: 0 nothing, 1 a bias a column, 2 one a row.</summary>
    static virtual int Bias => 0;

    /// <summary>Whether another value starts them too.</summary>
    static virtual bool Starts => false;

    /// <summary>Whether sums go on from what an earlier part of the terms left in C.</summary>
    static virtual bool Continues => false;

    /// <summary>Whether <c>Finish</c> makes something else of the sums.</summary>
    static virtual bool Finishes => false;

    /// <summary>Whether that runs over the stored tile, for it would crowd the sums out of the registers.</summary>
    static virtual bool IsLong => false;

    /// <summary>Whether what <c>Finish</c> reads is fetched before the sums start.</summary>
    static virtual bool FetchesSaved => false;

    /// <summary>What becomes of a vector of sums.</summary>
    /// <param name="sum">The sums.</param>
    /// <param name="saved">What the gradient or the activation keeps at their place.</param>
    /// <param name="add">What is added to them.</param>
    static virtual Vector512<float> Finish(Vector512<float> sum, ref float saved, ref float add) => sum;

    /// <inheritdoc cref="Finish(Vector512{float}, ref float, ref float)"/>
    static virtual Vector256<float> Finish(Vector256<float> sum, ref float saved, ref float add) => sum;

    /// <inheritdoc cref="Finish(Vector512{float}, ref float, ref float)"/>
    static virtual Vector128<float> Finish(Vector128<float> sum, ref float saved, ref float add) => sum;
}

using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>A block: layers without an input shape of their own. None: the identity.</summary>
/// <param name="Name">The class's name.</param>
/// <param name="Layers">In order of execution.</param>
/// <param name="Assembly">Where it comes from; null where it is the network's own assembly, and of the identity.</param>
internal sealed record BlockDeclaration(string Name, EquatableArray<LayerOp> Layers, string? Assembly = null);

/// <summary>How blocks are put together.</summary>
internal enum Composition
{
    /// <summary>The block's output plus its input.</summary>
    Residual,

    /// <summary>The sum of the branches' outputs.</summary>
    Sum,

    /// <summary>The branches' outputs side by side in the first dimension.</summary>
    Concat,

    /// <summary>Copies of one block that see the same input; their outputs are summed.</summary>
    ParallelSum,

    /// <summary>The same, side by side.</summary>
    ParallelConcat,

    /// <summary>Copies of one block, one behind the other.</summary>
    Repeat,

    /// <summary>The block as it is, its layers' keys below the composition's.</summary>
    Sequential,
}

/// <summary>A layer made of blocks. The layers of its blocks are put into the graph; there is no node of this op.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Composition">How the blocks are put together.</param>
/// <param name="Blocks">The branches; one where the composition has one type.</param>
/// <param name="Copies">The copies of that block, each with its own parameters.</param>
internal sealed record CompositeOp(string? Name, Composition Composition, EquatableArray<BlockDeclaration> Blocks, int Copies = 1) : LayerOp(Name)
{
    public override string Kind => Composition switch
    {
        Composition.ParallelSum or Composition.ParallelConcat => "Parallel",
        _ => Composition.ToString(),
    };

    public override string Display
    {
        get
        {
            string types = string.Join(", ", Blocks.Select(block => block.Name));
            string count = Copies.ToString(CultureInfo.InvariantCulture);
            return Composition switch
            {
                Composition.Repeat or Composition.ParallelSum => $"{Kind}<{types}>({count})",
                Composition.ParallelConcat => $"{Kind}<{types}>({count}, Merge = Merge.Concat)",
                _ => $"{Kind}<{types}>",
            };
        }
    }

    /// <summary>The branches as they are executed: every copy, and the identity beside a residual's block.</summary>
    public IEnumerable<BlockDeclaration> Branches => Composition switch
    {
        Composition.Residual or Composition.Sum or Composition.Concat or Composition.Sequential => Blocks,
        _ => Enumerable.Repeat(Blocks[0], Copies),
    };

    /// <summary>The composition's output is the last branch's, each of which reads the one's before.</summary>
    public bool IsChain => Composition is Composition.Repeat or Composition.Sequential;

    /// <summary>Where the keys of a branch's layers start: PyTorch's for the module that the documentation shows.</summary>
    public string BranchKey(string key, int branch) => key + Composition switch
    {
        Composition.Sequential => ".",
        Composition.Residual => ".body.",
        Composition.Repeat => "." + branch.ToString(CultureInfo.InvariantCulture) + ".",
        _ => ".branches." + branch.ToString(CultureInfo.InvariantCulture) + ".",
    };

    /// <summary>The node op that joins the branches.</summary>
    public JoinOp Join => Composition is Composition.Concat or Composition.ParallelConcat ? new ConcatOp(Name, Kind, Display) : new SumOp(Name, Kind, Display);

    public override bool HasState => Blocks.Any(block => block.Layers.Any(layer => layer.HasState));

    public override void CheckOptions(ErrorSink errors)
    {
        if (Composition is Composition.Repeat or Composition.ParallelSum or Composition.ParallelConcat)
            Check.Positive(errors, Kind, "count", Copies);
    }
}

/// <summary>Where branches meet.</summary>
/// <param name="Name">The composition's name.</param>
/// <param name="Composite">The composition's kind.</param>
/// <param name="Declaration">The composition as it is declared.</param>
internal abstract record JoinOp(string? Name, string Composite, string Declaration) : Op(Name)
{
    public override string Kind => Composite;

    public override string Display => Declaration;

    public override Op Essence => this with { Name = null, Composite = "", Declaration = "" };
}

/// <summary>The sum of several values of one shape.</summary>
/// <inheritdoc/>
internal sealed record SumOp(string? Name, string Composite, string Declaration) : JoinOp(Name, Composite, Declaration);

/// <summary>Several values side by side in the first dimension.</summary>
/// <inheritdoc/>
internal sealed record ConcatOp(string? Name, string Composite, string Declaration) : JoinOp(Name, Composite, Declaration);

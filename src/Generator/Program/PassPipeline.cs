using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>All passes in order. Graph and program are verified before the first of their passes and after each.</summary>
internal static class PassPipeline
{
    /// <summary>Rewrites of the graph, before there are gradients and steps.</summary>
    private static readonly IReadOnlyList<(string Name, Func<Node, GraphView, GraphPatch?> Rewrite)> s_graphPasses =
    [
        (nameof(ShareEqualLayers), ShareEqualLayers.Rewrite),
        (nameof(MergeAlikeBranches), MergeAlikeBranches.Rewrite),
        (nameof(MergePointwise), MergePointwise.Rewrite),
        (nameof(DropoutAfterActivation), DropoutAfterActivation.Rewrite),
        (nameof(PoolBeforeReLU), PoolBeforeReLU.Rewrite),
    ];

    /// <summary>Rewrites of the steps.</summary>
    private static readonly IReadOnlyList<(string Name, Func<StepProgram, StepProgram> Run)> s_programPasses =
    [
        (nameof(FoldNormalizations), FoldNormalizations.Run),
        (nameof(StartWithResiduals), StartWithResiduals.Run),
        (nameof(FuseActivations), FuseActivations.Run),
        (nameof(FusePoolActivations), FusePoolActivations.Run),
        (nameof(AddResiduals), AddResiduals.Run),
        (nameof(FuseActivationGradients), FuseActivationGradients.Run),
        (nameof(ConcatInPlace), ConcatInPlace.Run),
        (nameof(WriteOutputDirectly), WriteOutputDirectly.Run),
        (nameof(MarkInputGradient), MarkInputGradient.Run),
    ];

    /// <summary>What turns any program into one that can be emitted; not to be left out.</summary>
    private static readonly IReadOnlyList<(string Name, Func<StepProgram, StepProgram> Run)> s_completion =
    [
        (nameof(PlaceBorders), PlaceBorders.Run),
        (nameof(NameKernels), NameKernels.Run),
    ];

    /// <summary>Between graph and program: layers that are compositions keep their own kernels.</summary>
    public const string UseKernels = "UseKernels";

    /// <summary>The names of the passes that can be left out.</summary>
    public static IEnumerable<string> Names => [.. s_graphPasses.Select(pass => pass.Name), UseKernels, .. s_programPasses.Select(pass => pass.Name)];

    /// <summary>The graph behind each of its passes that changes it.</summary>
    public static IEnumerable<(string Pass, Graph Graph)> Rewrites(Graph graph, ICollection<string>? disabled = null)
    {
        foreach ((string name, Func<Node, GraphView, GraphPatch?> rewrite) in s_graphPasses.Where(pass => disabled?.Contains(pass.Name) != true))
        {
            Graph next = Rewriter.Run(graph, rewrite);
            if (!ReferenceEquals(next, graph))
                yield return (name, next);
            graph = next;
        }
    }

    /// <param name="graph">The network.</param>
    /// <param name="disabled">Names of passes to leave out, for comparison.</param>
    public static StepProgram Run(Graph graph, ICollection<string>? disabled = null)
    {
        Graph rewritten = graph;
        GraphVerifier.Verify(graph, nameof(GraphBuilder));
        foreach ((string name, Graph next) in Rewrites(graph, disabled))
        {
            GraphVerifier.Verify(next, name);
            rewritten = next;
        }

        // What the user sees are the layers as declared.
        StepProgram program = Lowering.Run(rewritten, graph, disabled?.Contains(UseKernels) != true);
        Verifier.Verify(program, nameof(Lowering));
        foreach ((string name, Func<StepProgram, StepProgram> run) in s_programPasses.Concat(s_completion))
        {
            if (disabled?.Contains(name) == true)
                continue;
            StepProgram before = program;
            program = run(before);
            Verifier.Verify(program, name, before);
        }

        Verifier.VerifyBorders(program);
        return program;
    }
}

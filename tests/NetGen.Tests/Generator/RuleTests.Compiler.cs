using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NetGen.Generator;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Passes;
using Xunit;

namespace NetGen.Tests.Generator;

/// <summary>The compiler's own mistakes.</summary>
public partial class RuleTests
{
    private const string Two = "[Network(4), Linear(3), ReLU, Linear(2), MSELoss] partial class Broken; [Network(4), Linear(3)] partial class Sound;";

    /// <summary>A pass that drops a step: the verifier refuses the program, and the build tells it once a network.</summary>
    [Fact]
    public void NG4001_Fires()
    {
        GeneratorRunResult run = Run(new NetworkGenerator(graph =>
        {
            StepProgram program = PassPipeline.Run(graph);
            if (graph.Declaration.Name == "Broken")
                Verifier.Verify(program with { Forward = program.Forward.Skip(1).ToEquatableArray() }, "DropSteps");
            return "// compiled";
        }));

        Assert.Null(run.Exception);
        Diagnostic failure = Assert.Single(run.Diagnostics);
        Assert.Equal("NG4001", failure.Id);
        Assert.Equal(DiagnosticSeverity.Error, failure.Severity);
        string message = failure.GetMessage(CultureInfo.InvariantCulture);
        Assert.StartsWith("Network 'Broken' is not compiled, because of a mistake in NetGen, not in the network: The program is broken after DropSteps: ", message, System.StringComparison.Ordinal);
        Assert.EndsWith("please report it with the declaration, https://github.com/netgen/netgen/issues", message, System.StringComparison.Ordinal);

        // The others are compiled all the same, and uses of this one raise no errors of their own.
        Assert.StartsWith("Sound.", Assert.Single(run.GeneratedSources, source => !Code.IsStub(source)).HintName, System.StringComparison.Ordinal);
        Assert.StartsWith("Broken.", Assert.Single(run.GeneratedSources, Code.IsStub).HintName, System.StringComparison.Ordinal);
    }

    [Fact]
    public void NG4001_IsSilent()
    {
        GeneratorRunResult run = Run(new NetworkGenerator());
        Assert.Empty(run.Diagnostics);
        Assert.Equal(2, run.GeneratedSources.Length);
    }

    private static GeneratorRunResult Run(NetworkGenerator generator) =>
        CSharpGeneratorDriver.Create([generator.AsSourceGenerator()], parseOptions: Code.Latest).RunGenerators(Code.Compile(Two)).GetRunResult().Results.Single();
}

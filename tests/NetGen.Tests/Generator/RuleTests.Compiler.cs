using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
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
        GeneratorRunResult run = Run(new NetworkGenerator((graph, _) =>
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

    /// <summary>Once for all networks, where the package asks and the project does not answer.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("yes")]
    public void NG4002_Fires(string property)
    {
        Diagnostic warning = Assert.Single(DebugBuild(property, Two).Run.Diagnostics);
        Assert.Equal("NG4002", warning.Id);
        Assert.Equal(DiagnosticSeverity.Warning, warning.Severity);
        Assert.Contains("<NetGenOptimizeDebug>true</NetGenOptimizeDebug>", warning.GetMessage(CultureInfo.InvariantCulture), System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("false", OptimizationLevel.Debug, Two)]
    [InlineData("true", OptimizationLevel.Debug, Two)]
    [InlineData("True", OptimizationLevel.Debug, Two)]
    [InlineData("", OptimizationLevel.Release, Two)]
    [InlineData("true", OptimizationLevel.Release, Two)]
    [InlineData("", OptimizationLevel.Debug, "class NoNetwork;")]
    [InlineData("true", OptimizationLevel.Debug, "class NoNetwork;")]
    [InlineData("", OptimizationLevel.Debug, Own)]
    [InlineData("true", OptimizationLevel.Debug, Own)]
    [InlineData(null, OptimizationLevel.Debug, Two)]
    public void NG4002_IsSilent(string? property, OptimizationLevel level, string source)
    {
        (Assembly assembly, GeneratorRunResult run) = DebugBuild(property, source, level);

        Assert.Empty(run.Diagnostics);
        bool isOptimized = level == OptimizationLevel.Release || source == Own || (source == Two && bool.TryParse(property, out bool optimize) && optimize);
        Assert.Equal(isOptimized, assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true });
    }

    /// <summary>A project that says itself what a debugger gets.</summary>
    private const string Own = "[assembly: System.Diagnostics.Debuggable(true, false)] " + Two;

    private static (Assembly Assembly, GeneratorRunResult Run) DebugBuild(string? property, string source, OptimizationLevel level = OptimizationLevel.Debug)
    {
        CSharpCompilation compilation = Code.Compile(source);
        GeneratorDriver driver = CSharpGeneratorDriver
            .Create([new NetworkGenerator().AsSourceGenerator()], parseOptions: Code.Latest, optionsProvider: new Properties(property))
            .RunGeneratorsAndUpdateCompilation(compilation.WithOptions(compilation.Options.WithOptimizationLevel(level)), out Compilation output, out _);
        var image = new MemoryStream();
        Assert.Empty(output.Emit(image).Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
        return (Assembly.Load(image.ToArray()), driver.GetRunResult().Results.Single());
    }

    private sealed class Properties(string? value) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Global(value);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Global(string? property) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value)
            {
                value = key == "build_property.NetGenOptimizeDebug" ? property : null;
                return value is not null;
            }
        }
    }
}

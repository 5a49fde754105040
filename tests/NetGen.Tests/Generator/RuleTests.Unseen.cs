using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NetGen.Tests.Infrastructure;
using Xunit;
using static NetGen.Tests.Generator.RuleCheck;

namespace NetGen.Tests.Generator;

/// <summary>Arguments that are errors when the generator runs, and sound when all generators have.</summary>
public partial class RuleTests
{
    private const string Encoder = "[Network(8), Linear(3)] partial class Encoder;";

    /// <summary>What a generator of somebody else's writes.</summary>
    private const string Others = "namespace Written { public static class Sizes { public const int Hidden = 5; public const int None = 0; } public class MarkAttribute : System.Attribute { public string Name { get; set; } = \"\"; } public class ClosedAttribute : System.Attribute; public class Level1Attribute : System.Attribute; }";

    /// <summary>What comes of the network itself, or of the compiler's work.</summary>
    [Theory]
    [InlineData("[Network(4), Linear(2), {|NG1041:Linear(Net.InputSize)|}] partial class Net;", "Network 'Net' is not compiled: an argument of Linear, or of a block in it, was not known when NetGen's generator ran")]
    [InlineData("[{|NG1041:Network(B.OutputSize)|}, Linear(2)] partial class A; [{|NG1041:Network(A.OutputSize)|}, Linear(2)] partial class B;", "Network 'A' is not compiled: an argument of Network")]
    [InlineData(Encoder + "[Network(4), {|NG1041:Linear(Encoder.PackedParameterCount)|}] partial class Net;", "Network 'Net' is not compiled")]
    [InlineData(Encoder + "[Network(4), Linear(2), {|NG1041:InputDistribution(Mean = Encoder.PackedParameterCount)|}] partial class Net;", "an argument of InputDistribution was not known")]
    [InlineData("[Block, Linear(Net.InputSize)] class B; [Block, Residual<B>] class C; [Network(4), ReLU, {|NG1041:Residual<C>|}] partial class Net;", "an argument of Residual, or of a block in it,")]
    public async Task NG1041_Fires(string text, string message)
    {
        var markup = Markup.Parse(text);
        CSharpCompilation compilation = Code.Compile(markup.Source);
        Compilation output = Code.Generate(compilation).Output;
        Diagnostic[] found = [.. (await Code.Analyze(output, BuildOptions.WithAnalyzers)).Where(diagnostic => diagnostic.Id != "NG0001")];
        int prelude = compilation.SyntaxTrees[0].Length - markup.Source.Length;
        Assert.Equal(markup.Marks.Select(mark => (mark.Rule, mark.Span.Start + prelude)).Order(), found.Select(diagnostic => (diagnostic.Id, diagnostic.Location.SourceSpan.Start)).Order());
        Assert.Contains(found, diagnostic => Message(diagnostic).Contains(message, StringComparison.Ordinal));
        Assert.Empty(Code.Errors(output));

        // Where no analyzer runs, or nobody knows, the compiler tells it.
        foreach (BuildOptions build in new[] { BuildOptions.WithoutAnalyzers, BuildOptions.Unknown })
        {
            Assert.Empty(Code.Tell(compilation, build, out output));
            Assert.DoesNotContain(await Code.Analyze(output, build), diagnostic => diagnostic.Id != "NG0001");
            Assert.Equal(found.Length, Code.Errors(output).Count(error => error.Contains("error CS0619", StringComparison.Ordinal) && error.Contains("NG1041: Network '", StringComparison.Ordinal)));
            Assert.Equal(found.Length, Code.Errors(output).Count());
        }
    }

    /// <summary>Constants of other networks, by any way that C# knows to name them.</summary>
    [Theory]
    [InlineData(Encoder + "[Network(Encoder.OutputSize), Linear(Encoder.InputSize)] partial class Decoder;")]
    [InlineData("[Network(C.OutputSize), Linear(B.OutputSize)] partial class D; [Network(B.OutputSize), Linear(2 * Encoder.OutputSize)] partial class C; [Network(Encoder.OutputSize), Linear(4)] partial class B;" + Encoder)]
    [InlineData(Encoder + "static class Sizes { public const int Hidden = Encoder.OutputSize * 2 + Twice; public const int Twice = Encoder.InputSize; } [Network(Sizes.Hidden), Linear(Sizes.Twice)] partial class Net;")]
    [InlineData(Encoder + "[Block, Linear(Encoder.OutputSize)] class B; [Block, Residual<B>] class C; [Network(3), Sum<C, B>] partial class Net;")]
    [InlineData(Encoder + "[Network(1, Encoder.ParameterCount, (int)Encoder.MultiplyAccumulates), Conv2d(1, 1, FixedWeight = [Encoder.OutputSize], Padding = Encoder.OutputSize == 3 ? 1 : 0)] partial class Net;")]
    [InlineData("namespace A.@event { partial struct @struct { [Network(8), Linear(3)] public partial class @class; } } namespace B { using static A.@event.@struct.@class; using E = A.@event.@struct.@class; [Network(OutputSize), Linear(E.OutputSize), MSELoss] partial class Net; }")]
    [InlineData(Encoder + "[Network(4), Linear(3, Name = nameof(Encoder.OutputSize) + \"Of\")] partial class Net;")]
    [InlineData(Encoder + "[Network(4), Linear(3), MSELoss, InputDistribution(Variance = Encoder.OutputSize), Budget(Parameters = Encoder.PackedParameterCount)] partial class Net;")]
    public Task NG1041_IsSilent(string source) => IsSilentAfterwards(source);

    /// <summary>What depends on the constant has its value, not the default.</summary>
    [Fact]
    public void ADistributionWithAnotherNetworksConstantIsThatOfTheNumber()
    {
        string With(string variance) => Code.Generate(Code.Compile($"[Network(6), Linear(90000)] partial class Encoder; [Network(4), Linear(3), MSELoss, InputDistribution(Variance = {variance})] partial class Net;"))
            .Output.SyntaxTrees.Single(tree => tree.FilePath.Contains("Net.", StringComparison.Ordinal) && tree.FilePath.EndsWith(".NetGen.g.cs", StringComparison.Ordinal) && !tree.FilePath.Contains("Encoder", StringComparison.Ordinal)).ToString();
        Assert.Equal(With("90000"), With("Encoder.OutputSize"));
        Assert.NotEqual(With("1"), With("Encoder.OutputSize"));
    }

    /// <summary>Before generation the compiler has errors for these.</summary>
    private static async Task IsSilentAfterwards(string source)
    {
        CSharpCompilation compilation = Code.Compile(source);
        Assert.NotEmpty(Code.Errors(compilation));
        (Compilation output, GeneratorRunResult run) = Code.Generate(compilation);
        Assert.DoesNotContain(run.GeneratedSources, Code.IsStub);
        Assert.Empty(Code.Problems(output));
        Assert.Empty(await Mistakes(output, BuildOptions.WithAnalyzers));
        Assert.Empty(Code.Tell(compilation, BuildOptions.WithoutAnalyzers, out output));
        Assert.Empty(Code.Errors(output));
    }

    /// <summary>A mistake that the constants of another network show is told as any other.</summary>
    [Fact]
    public async Task AMistakeWithAnotherNetworksConstantIsTold()
    {
        CSharpCompilation compilation = Code.Compile(Encoder + "[Network(Encoder.OutputSize), Linear(Encoder.OutputSize - 3)] partial class Net;");
        Assert.Equal("NG1014", Assert.Single(await Code.Analyze(Code.Generate(compilation).Output), diagnostic => diagnostic.Id != "NG0001").Id);
        Assert.Equal("NG1014", Assert.Single(Code.Tell(compilation, BuildOptions.WithoutAnalyzers, out Compilation output)).Id);
        Assert.Empty(Code.Errors(output));
    }

    /// <summary>Networks that need a constant of one with a mistake have none themselves, however far the way is.</summary>
    [Theory]
    [InlineData("[Network(Encoder.OutputSize), Conv2d(2, 3)] partial class Decoder; [Network(Encoder.OutputSize), Linear(Decoder.OutputSize)] partial class Third; [Network(8), {|Linear(0)|}] partial class Encoder;")]
    [InlineData("[Network(8), {|Linear(0)|}] partial class Encoder; class Sizes { public const int One = Encoder.OutputSize; } [Block, Linear(Sizes.One)] class B; [Network(4), Residual<B>] partial class Net;")]
    public async Task AMistakeElsewhereIsToldOnce(string text)
    {
        CSharpCompilation compilation = Code.Compile(text.Replace("{|", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal));
        Compilation output = Code.Generate(compilation).Output;
        Diagnostic mistake = Assert.Single(await Code.Analyze(output, BuildOptions.WithAnalyzers), diagnostic => diagnostic.Id != "NG0001");
        Assert.Equal(("NG1014", "Linear(0)"), (mistake.Id, Code.Text(mistake)));
        Assert.Empty(Code.Errors(output));
        Assert.Equal("NG1014", Assert.Single(Code.Tell(compilation, BuildOptions.WithoutAnalyzers, out output)).Id);
        Assert.Empty(Code.Errors(output));
    }

    /// <summary>With analyzers it is NG1041, without the compiler's error for something obsolete; told once either way.</summary>
    [Theory]
    [InlineData("[Network(4), {|Linear(Written.Sizes.Hidden)|}, Linear(2)] partial class Net;")]
    [InlineData("[{|Network(Written.Sizes.Hidden)|}, Linear(2)] partial class Net;")]
    [InlineData("[Network(4), Linear(2), {|Linear(Own.Twice)|}] partial class Net; class Own { public const int Twice = 2 * Written.Sizes.Hidden; }")]
    [InlineData("[Block, Linear(Written.Sizes.Hidden)] class B; [Network(5), ReLU, {|Residual<B>|}] partial class Net;")]
    [InlineData("[Network(4), {|Linear(Written.Sizes.None)|}, Linear(2)] partial class Net;")]
    [InlineData("[Network(4), Linear(2), MSELoss, Budget(Parameters = 10), {|InputDistribution(Variance = Written.Sizes.Hidden)|}] partial class Net;")]
    public async Task AnArgumentOfAnotherGeneratorsIsTold(string text)
    {
        CSharpCompilation compilation = Code.Compile(text.Replace("{|", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal));
        Assert.Empty(Code.Tell(compilation, BuildOptions.WithAnalyzers, out Compilation output, new Writer(Others).AsSourceGenerator()));
        Assert.Empty(Code.Errors(output));
        Diagnostic mistake = Assert.Single(await Code.Analyze(output, BuildOptions.WithAnalyzers));
        Assert.Equal(("NG1041", text[(text.IndexOf("{|", StringComparison.Ordinal) + 2)..text.IndexOf("|}", StringComparison.Ordinal)]), (mistake.Id, Code.Text(mistake)));

        Assert.Empty(Code.Tell(compilation, BuildOptions.WithoutAnalyzers, out output, new Writer(Others).AsSourceGenerator()));
        Assert.Contains("error CS0619", Assert.Single(Code.Errors(output)), StringComparison.Ordinal);
    }

    /// <summary>An attribute that another generator writes is none of NetGen's, and none of its business.</summary>
    [Theory]
    [InlineData("[Network(4), Linear(2), Mark, Linear(3)]")]
    [InlineData("[Mark(Name = \"net\"), Network(4), Linear(2), MSELoss]")]
    [InlineData("[Network(4), Linear(2), Closed, Level1]")]
    public async Task AnAttributeOfAnotherGeneratorsIsNoLayer(string attributes)
    {
        CSharpCompilation compilation = Code.Compile($"using Written; {attributes} partial class Net;");
        foreach (BuildOptions build in new[] { BuildOptions.WithAnalyzers, BuildOptions.WithoutAnalyzers })
        {
            Assert.Empty(Code.Tell(compilation, build, out Compilation output, new Writer(Others).AsSourceGenerator()));
            Assert.Empty(Code.Errors(output));
            Assert.Empty(await Mistakes(output, build));
        }
    }

    /// <summary>With such an attribute a mistake may be a layer that is missing; it is told where the compiler knows the attribute in the end.</summary>
    [Fact]
    public async Task AMistakeBesideAnAttributeOfAnotherGeneratorsIsTold()
    {
        CSharpCompilation compilation = Code.Compile("using Written; [Network(4, 4), Linear(2), Mark] partial class Net;");
        Assert.Empty(Code.Tell(compilation, BuildOptions.WithAnalyzers, out Compilation output, new Writer(Others).AsSourceGenerator()));
        Assert.Empty(Code.Errors(output));
        Assert.Equal("NG1018", Assert.Single(await Code.Analyze(output, BuildOptions.WithAnalyzers)).Id);
        Code.Tell(compilation, BuildOptions.WithoutAnalyzers, out output, new Writer(Others).AsSourceGenerator());
        Assert.Contains("error CS0619", Assert.Single(Code.Errors(output)), StringComparison.Ordinal);
        Assert.DoesNotContain(await Code.Analyze(output, BuildOptions.WithoutAnalyzers), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }

    /// <summary>A network that another generator writes has no half at all.</summary>
    [Fact]
    public async Task ANetworkOfAnotherGeneratorsIsTold()
    {
        var writer = new Writer("[NetGen.Network(4), NetGen.Linear(2)] partial class Written;");
        Code.Tell(Code.Compile(""), BuildOptions.WithAnalyzers, out Compilation output, writer.AsSourceGenerator());
        Diagnostic mistake = Assert.Single(await Code.Analyze(output, BuildOptions.WithAnalyzers), diagnostic => diagnostic.Id != "NG0001");
        Assert.Equal(("NG1041", "Written"), (mistake.Id, Code.Text(mistake)));
        Assert.Contains("Network 'Written' is not compiled: the class was not known", Message(mistake), StringComparison.Ordinal);
    }

    /// <summary>What the compiler rejects in the end is its own to report.</summary>
    [Theory]
    [InlineData("[Network(4), Linear(Written.Sizes.Missing)] partial class Net;")]
    [InlineData("[Network(4), Linear(\"a\"), Linear(Written.Sizes.Hidden)] partial class Net;")]
    [InlineData("[Network(4), Linaer(3)] partial class Net;")]
    public async Task WhatIsStillRejectedIsLeftToTheCompiler(string source)
    {
        Code.Tell(Code.Compile(source), BuildOptions.WithAnalyzers, out Compilation output, new Writer(Others).AsSourceGenerator());
        Assert.NotEmpty(Code.Errors(output));
        Assert.Empty(await Code.Analyze(output, BuildOptions.WithAnalyzers));
    }

    /// <summary>An edit of the one network regenerates those that take its constants, and nothing else; one elsewhere nothing.</summary>
    [Fact]
    public void AnEditReachesTheNetworksThatTakeTheConstants()
    {
        CSharpCompilation compilation = Code.Compile(Encoder, "[Network(Encoder.OutputSize), Linear(2)] partial class Decoder;", "[Network(Decoder.InputSize), Linear(2)] partial class Third;", "[Network(4), Linear(2)] partial class Apart; class Plain { int F() => 1; }");
        GeneratorDriver driver = Code.Driver().RunGenerators(compilation);
        Dictionary<string, string> before = Files(driver);
        Assert.Equal(4, before.Count);

        CSharpCompilation edited = Edit(compilation, 3, "[Network(4), Linear(2)] partial class Apart; class Plain { int F() => 2; }");
        driver = driver.RunGenerators(edited);
        Assert.All(driver.GetRunResult().Results.Single().TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs), output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));

        driver = driver.RunGenerators(Edit(edited, 0, "[Network(8), Linear(5)] partial class Encoder;"));
        Dictionary<string, string> after = Files(driver);
        Assert.Equal(["Decoder", "Encoder", "Third"], after.Where(file => before[file.Key] != file.Value).Select(file => file.Key.Split('.')[0]).Order());
        Assert.Equal(Files(Code.Driver().RunGenerators(Edit(edited, 0, "[Network(8), Linear(5)] partial class Encoder;"))), after);

        static Dictionary<string, string> Files(GeneratorDriver driver) => driver.GetRunResult().Results.Single().GeneratedSources.ToDictionary(source => source.HintName, source => source.SourceText.ToString());
        static CSharpCompilation Edit(CSharpCompilation compilation, int file, string source) =>
            compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[file], CSharpSyntaxTree.ParseText("using NetGen;\n" + source, Code.Latest, compilation.SyntaxTrees[file].FilePath));
    }

    /// <summary>A generator of somebody else's.</summary>
    private sealed class Writer(string text) : IIncrementalGenerator
    {
        public void Initialize(IncrementalGeneratorInitializationContext context) =>
            context.RegisterSourceOutput(context.CompilationProvider, (output, _) => output.AddSource("Written.g.cs", text));
    }
}

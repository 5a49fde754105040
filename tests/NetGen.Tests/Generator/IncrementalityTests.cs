using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NetGen.Generator;
using NetGen.Generator.Compiler;
using Xunit;

namespace NetGen.Tests.Generator;

/// <summary>An edit regenerates only what it changes, and the pipeline holds nothing that keeps a compilation alive.</summary>
public class IncrementalityTests
{
    private const string Mlp = "[Network(1, 28, 28)] [Flatten, Linear(32, Name = \"fc1\"), GELU, Dropout(0.2), Linear(10)] [CrossEntropyLoss] partial class Mlp;";
    private const string Other = "partial class Outer { [Network(3), Linear(2), HuberLoss] public partial class Net; }";
    private const string Plain = "class Plain { int F() => 1; }";

    public static TheoryData<string> Declarations =>
    [
        Mlp, Other,
        "[Network(4), Linear(3), ReLU, LeakyReLU(0.1), Sigmoid, Tanh, GELU, SiLU, Softplus, ELU, Softmax, Dropout] [MSELoss] partial class All;",
        "[Network(3, 9, 9)] [Conv2d(8, 3, StrideHW = [1, 2], Padding = 1), ReLU, MaxPool2d(2, Padding = 1), Conv2d(8, 1, FixedWeight = [1, 2, 3, 4, 5, 6, 7, 8], Groups = 8)] [AvgPool2d(2), AdaptiveAvgPool2d(1), Flatten, Linear(3), LogSumExp(2)] [MSELoss] partial class Pictures;",
        "[Block, Linear(4, Name = \"fc\"), ReLU] class Layer; [Block, Residual<Layer>, Sum<Layer, Identity>(Name = \"sum\")] class Stage; [Network(4), Repeat<Stage>(2), Parallel<Layer>(3, Merge = Merge.Concat)] partial class Composed;",
        "namespace A.B { [Network(4), Linear(3, Init = Init.Normal, InitScale = 0.1, Bias = false)] [L1Loss] partial class Net; }",
    ];

    [Theory]
    [MemberData(nameof(Declarations))]
    public void AClonedCompilationRecomputesNothing(string declaration)
    {
        CSharpCompilation compilation = Code.Compile(declaration);
        GeneratorDriver driver = Code.Driver().RunGenerators(compilation);
        string first = Assert.Single(Generated(driver)).Value;
        driver = driver.RunGenerators(compilation.Clone());
        Assert.All(Reasons(driver, NetworkGenerator.DeclarationStep), reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, reason.ToString()));
        Assert.All(Outputs(driver), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Assert.Equal(first, Assert.Single(Generated(driver)).Value);
    }

    [Theory]
    [InlineData("a comment in the declaration's file", 0, "// new\n" + Mlp)]
    [InlineData("a comment within the declaration", 0, "[Network(1, 28, 28)] /* image */ [Flatten, Linear(32, Name = \"fc1\"), GELU, Dropout(0.2), Linear(10)] [CrossEntropyLoss] partial class Mlp;")]
    [InlineData("another class in the same file", 0, Mlp + " class New;")]
    [InlineData("a member of the class", 0, "[Network(1, 28, 28)] [Flatten, Linear(32, Name = \"fc1\"), GELU, Dropout(0.2), Linear(10)] [CrossEntropyLoss] partial class Mlp { int Own() => 1; }")]
    [InlineData("another class", 2, "class Plain { int F() => 2; }")]
    public void AnEditElsewhereRegeneratesNothing(string what, int file, string edited)
    {
        Assert.NotEmpty(what);
        CSharpCompilation compilation = Code.Compile(Mlp, Other, Plain);
        GeneratorDriver driver = Code.Driver().RunGenerators(compilation);
        driver = driver.RunGenerators(Edit(compilation, file, edited));
        Assert.Equal(2, Outputs(driver).Count);
        Assert.All(Outputs(driver), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    /// <summary>Arrays among the options are compared by their elements.</summary>
    [Fact]
    public void AnEditOfOneTapRegeneratesTheNetworkAndACommentDoesNot()
    {
        const string Filter = "[Network(1, 9, 9), Conv2d(1, 2, FixedWeight = [1, -1, 0, 2], PaddingHW = [1, 0]), MaxPool2d(2, StrideHW = [1, 2])] partial class Filter;";
        CSharpCompilation compilation = Code.Compile(Filter);
        GeneratorDriver driver = Code.Driver().RunGenerators(compilation);
        driver = driver.RunGenerators(Edit(compilation, 0, "// new\n" + Filter));
        Assert.Equal([IncrementalStepRunReason.Cached], Outputs(driver));
        driver = driver.RunGenerators(Edit(compilation, 0, Filter.Replace("0, 2]", "0, 3]", StringComparison.Ordinal)));
        Assert.Equal([IncrementalStepRunReason.Modified], Outputs(driver));
        driver = driver.RunGenerators(Edit(compilation, 0, Filter.Replace("[1, 2]", "[2, 2]", StringComparison.Ordinal)));
        Assert.Equal([IncrementalStepRunReason.Modified], Outputs(driver));
    }

    [Fact]
    public void AnEditOfOneNetworkRegeneratesThatOneAlone()
    {
        CSharpCompilation compilation = Code.Compile(Mlp, Other, Plain);
        GeneratorDriver driver = Code.Driver().RunGenerators(compilation);
        IReadOnlyDictionary<string, string> before = Generated(driver);
        driver = driver.RunGenerators(Edit(compilation, 1, Other.Replace("Linear(2)", "Linear(5)", StringComparison.Ordinal)));
        Assert.Equal(
            new HashSet<IncrementalStepRunReason> { IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified },
            Outputs(driver).ToHashSet());
        IReadOnlyDictionary<string, string> after = Generated(driver);
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.Equal(["Outer+Net"], after.Where(file => before[file.Key] != file.Value).Select(file => file.Key.Split('.')[0]));
    }

    /// <summary>Blocks in files of their own, one within another; whoever uses the edited one is generated anew, and nobody else.</summary>
    [Theory]
    [InlineData("a layer of the inner block", 0, "[Block, Linear(4), Tanh] class Inner;", "Deep Direct")]
    [InlineData("an option in the inner block", 0, "[Block, Linear(4, Bias = false)] class Inner;", "Deep Direct")]
    [InlineData("a layer of the outer block", 1, "[Block, Residual<Inner>, ReLU] class Outer;", "Deep")]
    [InlineData("a block of another one's in the outer block", 1, "[Block, Residual<Apart>] class Outer;", "Deep")]
    [InlineData("a layer of the block apart", 2, "[Block, Conv2d(4, 1)] class Apart;", "Other")]
    [InlineData("comments", 0, "// new\n[Block /* and */, Linear(4)] class Inner; // old", "")]
    [InlineData("a member of the inner block", 0, "[Block, Linear(4)] class Inner { public int Own => 1; }", "")]
    [InlineData("the same in other words", 1, "[BlockAttribute] [global::NetGen.ResidualAttribute<global::Inner>(Name = null)] partial class Outer; partial class Outer;", "")]
    [InlineData("a new block", 4, "class Plain { int F() => 1; } [Block, Linear(4)] class New;", "")]
    [InlineData("another class", 4, "class Plain { int F() => 2; }", "")]
    public void AnEditOfABlockRegeneratesExactlyTheNetworksThatUseIt(string what, int file, string edited, string networks)
    {
        Assert.NotEmpty(what);
        CSharpCompilation compilation = Code.Compile(
            "[Block, Linear(4)] class Inner;",
            "[Block, Residual<Inner>] class Outer;",
            "[Block, ReLU] class Apart;",
            "[Network(4), Repeat<Outer>(2)] partial class Deep; [Network(4), Sum<Identity, Inner>] partial class Direct; [Network(4, 2, 2), Residual<Apart>] partial class Other; [Network(4), Linear(4)] partial class Without;",
            "class Plain { int F() => 1; }");
        GeneratorDriver driver = Code.Driver().RunGenerators(compilation);
        IReadOnlyDictionary<string, string> before = Generated(driver);
        Assert.Equal(4, before.Count);
        driver = driver.RunGenerators(Edit(compilation, file, edited));
        IReadOnlyDictionary<string, string> after = Generated(driver);
        Assert.Equal(networks, string.Join(' ', after.Where(generated => before[generated.Key] != generated.Value).Select(generated => generated.Key.Split('.')[0]).Order()));
        int count = networks.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        Assert.Equal(
            Enumerable.Repeat(IncrementalStepRunReason.Cached, 4 - count).Concat(Enumerable.Repeat(IncrementalStepRunReason.Modified, count)).Order(),
            Outputs(driver).Order());
    }

    /// <summary>A mistake in a block takes its networks away; its correction brings them back as they were.</summary>
    [Fact]
    public void AMistakeInABlockComesAndGoes()
    {
        CSharpCompilation compilation = Code.Compile("[Block, Linear(4)] class Inner;", "[Network(4), Residual<Inner>] partial class Net; [Network(4), Linear(4)] partial class Without;");
        GeneratorDriver driver = Code.Driver().RunGenerators(compilation);
        IReadOnlyDictionary<string, string> before = Generated(driver);
        foreach (string mistake in new[] { "[Block, Linear(0)] class Inner;", "[Block, Linear(3)] class Inner;", "[Block, Residual<Inner>] class Inner;", "[Block, Linear(] class Inner;", "[Block] class Inner;", "class Inner;" })
        {
            driver = driver.RunGenerators(Edit(compilation, 0, mistake));
            Assert.Equal("Without", Assert.Single(Generated(driver)).Key.Split('.')[0]);
            driver = driver.RunGenerators(compilation);
            Assert.Equal(before.OrderBy(file => file.Key), Generated(driver).OrderBy(file => file.Key));
        }
    }

    [Theory]
    [MemberData(nameof(Declarations))]
    public void ThePipelineHoldsNothingOfRoslyn(string declaration)
    {
        GeneratorDriver driver = Code.Driver().RunGenerators(Code.Compile(declaration));
        GeneratorRunResult run = Assert.Single(driver.GetRunResult().Results);
        List<object> models = run.TrackedSteps[NetworkGenerator.DeclarationStep].SelectMany(step => step.Outputs).Select(output => output.Value).ToList();
        Assert.NotEmpty(models);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (object model in models)
            AssertNoRoslyn(model, model.GetType().Name, seen);
        Assert.True(seen.Count > 5, "The walk saw next to nothing.");
    }

    [Fact]
    public void TheWalkFindsWhatItLooksFor()
    {
        Compilation compilation = Code.Compile(Plain);
        SyntaxTree tree = compilation.SyntaxTrees.Single();
        object[] banned = [compilation, tree, tree.GetRoot(), tree.GetRoot().GetLocation(), compilation.GlobalNamespace];
        foreach (object item in banned)
            Assert.ThrowsAny<Exception>(() => AssertNoRoslyn(new { Inner = EquatableArray.Of(item) }, "model", new HashSet<object>(ReferenceEqualityComparer.Instance)));
    }

    private static CSharpCompilation Edit(CSharpCompilation compilation, int file, string source)
    {
        SyntaxTree old = compilation.SyntaxTrees[file];
        return compilation.ReplaceSyntaxTree(old, CSharpSyntaxTree.ParseText("using NetGen;\n" + source, (CSharpParseOptions)old.Options, old.FilePath));
    }

    private static List<IncrementalStepRunReason> Reasons(GeneratorDriver driver, string step) =>
        Assert.Single(driver.GetRunResult().Results).TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason).ToList();

    private static List<IncrementalStepRunReason> Outputs(GeneratorDriver driver) =>
        Assert.Single(driver.GetRunResult().Results).TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs).Select(output => output.Reason).ToList();

    private static IReadOnlyDictionary<string, string> Generated(GeneratorDriver driver) =>
        Assert.Single(driver.GetRunResult().Results).GeneratedSources.ToDictionary(source => source.HintName, source => source.SourceText.ToString());

    /// <summary>Walks over all fields and elements.</summary>
    private static void AssertNoRoslyn(object? value, string path, HashSet<object> seen)
    {
        if (value is null or string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value))
            return;
        Assert.False(value.GetType().Assembly.GetName().Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal), $"{path} holds a {value.GetType()}.");
        if (value is IEnumerable elements)
        {
            int i = 0;
            foreach (object? element in elements)
                AssertNoRoslyn(element, $"{path}[{i++}]", seen);
        }

        for (Type? type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                AssertNoRoslyn(field.GetValue(value), $"{path}.{field.Name}", seen);
        }
    }
}

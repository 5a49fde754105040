using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using NetGen.Generator;
using NetGen.Generator.Compiler;
using NetGen.Generator.Diagnostics;
using NetGen.Generator.Parsing;
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
        "[Network(4), Linear(3), ReLU, LeakyReLU(0.1), Sigmoid, Tanh, GELU, SiLU, Softplus, ELU, Exp, Softmax, Dropout] [MSELoss] partial class All;",
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
        Assert.Equal([IncrementalStepRunReason.Cached], Reasons(driver, NetworkGenerator.GraphStep));
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
        Assert.Equal([IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached], Reasons(driver, NetworkGenerator.GraphStep));
        Assert.Equal(2, Outputs(driver).Count);
        Assert.All(Outputs(driver), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    /// <summary>The user's members are a part of what is parsed; what does not clash is none of the graph.</summary>
    [Theory]
    [InlineData("int Own;", "void Predict(int own) { }", IncrementalStepRunReason.Modified, IncrementalStepRunReason.Unchanged)]
    [InlineData("void Predict(int own) { }", "void Predict(int own) { own++; }", IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached)]
    [InlineData("void Predict(int own) { }", "void Predict(int own) { } int Own;", IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached)]
    public void AMemberThatDoesNotClashRegeneratesNothing(string before, string after, IncrementalStepRunReason declaration, IncrementalStepRunReason graph)
    {
        const string Class = "[Network(2), Linear(3, Name = \"fc1\")] partial class Net { MEMBER }";
        CSharpCompilation compilation = Code.Compile(Class.Replace("MEMBER", before, StringComparison.Ordinal));
        GeneratorDriver driver = Code.Driver().RunGenerators(compilation);
        driver = driver.RunGenerators(Edit(compilation, 0, Class.Replace("MEMBER", after, StringComparison.Ordinal)));
        Assert.Equal([declaration], Reasons(driver, NetworkGenerator.DeclarationStep));
        Assert.Equal([graph], Reasons(driver, NetworkGenerator.GraphStep));
        Assert.Equal([IncrementalStepRunReason.Cached], Outputs(driver));
    }

    [Theory]
    [InlineData("void Predict(System.ReadOnlySpan<float> x, System.Span<float> y) { }")]
    [InlineData("int Fc1;")]
    [InlineData("int get_Summary() => 1;")]
    public void AMemberThatClashesTakesTheNetworkAwayUntilItGoes(string member)
    {
        const string Class = "[Network(2), Linear(3, Name = \"fc1\")] partial class Net { }";
        CSharpCompilation compilation = Code.Compile(Class);
        GeneratorDriver driver = Code.Driver().RunGenerators(compilation);
        IReadOnlyDictionary<string, string> before = Generated(driver);
        driver = driver.RunGenerators(Edit(compilation, 0, Class.Replace("{ }", $"{{ {member} }}", StringComparison.Ordinal)));
        Assert.Empty(Compiled(driver));
        driver = driver.RunGenerators(compilation);
        Assert.Equal(before, Generated(driver));
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
            Assert.Equal("Without", Assert.Single(Compiled(driver)).Split('.')[0]);
            driver = driver.RunGenerators(compilation);
            Assert.Equal(before.OrderBy(file => file.Key), Generated(driver).OrderBy(file => file.Key));
        }
    }

    /// <summary>One driver and one analyzer over a row of edits find what new ones find.</summary>
    [Theory]
    [InlineData("a body elsewhere", 1, "public const int Units = 3; public static int F() => 2;")]
    [InlineData("a constant elsewhere", 1, "public const int Units = 5;")]
    [InlineData("a mistake by a constant elsewhere", 1, "public const int Units = 0;")]
    [InlineData("a constant of another type", 1, "public const double Units = 3;")]
    [InlineData("no constant any more", 1, "public static int Units => 3;")]
    [InlineData("a member of the base class", 2, "class Base { protected int Gradients; }")]
    [InlineData("a member of the base class that does not clash", 2, "class Base { protected int Gradient; }")]
    [InlineData("a base class without a constructor", 2, "class Base { protected Base(int x) { } }")]
    [InlineData("a base class that is a network", 2, "[Network(1), Linear(1)] partial class Base;")]
    [InlineData("an attribute that hides ours", 3, "namespace User { class LinearAttribute : LayerAttribute { public LinearAttribute(int units) { } } }")]
    [InlineData("an alias", -1, "global using Hidden = NetGen.NetworkAttribute;")]
    [InlineData("an alias of something else", -1, "global using Hidden = System.ObsoleteAttribute;")]
    [InlineData("the name of a root", 3, "class System;")]
    [InlineData("another part with a clash", 3, "namespace User { partial class Net { int Summary => 1; } }")]
    [InlineData("another part with a constructor", 3, "namespace User { partial class Net { Net(int x) { } } }")]
    [InlineData("another part with a constructor that calls ours", 3, "namespace User { partial class Net { Net(int x) : this((ulong)x) { } } }")]
    [InlineData("another part that is not partial", 3, "namespace User { class Net { } }")]
    [InlineData("a block with another layer", 4, "[Block, Linear(5)] class Body;")]
    [InlineData("no block any more", 4, "class Body;")]
    [InlineData("another member in a body of the network's own", 0, Remembered, "F() => 1", "F() => 2")]
    [InlineData("lines above the network", 0, Remembered, "namespace User", "// one\n// two\nnamespace User")]
    public async Task WhatIsRememberedIsWhatIsThere(string what, int file, string edited, string from = "", string to = "")
    {
        Assert.NotEmpty(what);
        CSharpCompilation start = Code.Compile(
            Remembered, "class Sizes { public const int Units = 3; public static int F() => 1; }", "class Base { }", "class Plain { int F() => 1; }", "[Block, Linear(4)] class Body;");
        edited = file == 1 ? $"class Sizes {{ {edited} }}" : from.Length > 0 ? edited.Replace(from, to, StringComparison.Ordinal) : edited;
        var analyzer = new NetGenAnalyzer();
        GeneratorDriver driver = Code.Driver();
        CSharpCompilation changed = file < 0 ? start.AddSyntaxTrees(CSharpSyntaxTree.ParseText(edited, Code.Latest, "New.cs")) : Edit(start, file, edited);
        CSharpCompilation[] row = [start, changed, Edit(changed, 3, "class Plain { int F() => 2; }"), start.Clone(), Edit(start, 3, "class Plain { int F() => 3; }"), changed.Clone()];
        foreach (CSharpCompilation compilation in row)
        {
            driver = driver.RunGenerators(compilation);
            Assert.Equal(Generated(Code.Driver().RunGenerators(compilation)), Generated(driver));
            Assert.Equal(await Diagnose(compilation, new NetGenAnalyzer()), await Diagnose(compilation, analyzer));
        }

        Assert.Equal(["User.Net"], Compiled(Code.Driver().RunGenerators(start)).Select(file => string.Join('.', file.Split('.')[..2])));

        static async Task<string[]> Diagnose(CSharpCompilation compilation, NetGenAnalyzer analyzer) =>
            [.. (await compilation.WithAnalyzers([analyzer]).GetAnalyzerDiagnosticsAsync()).Select(diagnostic => diagnostic.ToString()).Order()];
    }

    private const string Remembered = "namespace User { [Network(4), Linear(Sizes.Units), Linear(4), Residual<Body>] partial class Net : Base { int F() => 1; } [Hidden(2), Linear(Sizes.Units)] partial class Masked; }";

    [Theory]
    [InlineData("using Hidden = NetGen.NetworkAttribute; [Hidden(2), Linear(1)] partial class Net;", "")]
    [InlineData("using HiddenAttribute = NetGen.NetworkAttribute; [Hidden(2), Linear(1)] partial class Net;", "")]
    [InlineData("namespace N { using Hidden = NetGen.NetworkAttribute; [Hidden(2), Linear(1)] partial class Net; }", "")]
    [InlineData("[Hidden(2), Linear(1)] partial class Net;", "global using Hidden = NetGen.NetworkAttribute;")]
    [InlineData("[Mine::NetworkAttribute(2), Linear(1)] partial class Net;", "global using Mine = NetGen;")]
    public void ANetworkByAnyNameIsOne(string source, string other)
    {
        CSharpCompilation compilation = Code.Compile(source).AddSyntaxTrees(CSharpSyntaxTree.ParseText(other, Code.Latest));
        Assert.Single(Generated(Code.Driver().RunGenerators(compilation)));
    }

    /// <summary>The bodies of methods are what most edits are in; no attribute is bound anew for them.</summary>
    [Fact]
    public void AnEditOfABodyParsesNothingAnew()
    {
        var memory = new DeclarationMemory<string>();
        CSharpCompilation compilation = Code.Compile(Mlp, Plain);
        int parsed = 0;
        void Get(CSharpCompilation compilation) => memory.Get(compilation, compilation.SyntaxTrees[0].GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>().Single(), () => $"{++parsed}");
        Get(compilation);
        Get(compilation.Clone());
        CSharpCompilation body = Edit(compilation, 1, "class Plain { int F() => 1 + 1; }");
        Get(body);
        Assert.Equal(1, parsed);

        var library = (PortableExecutableReference)body.References.Last();
        AssertParsedAnew(Edit(body, 1, "class Plain { long F() => 1; }"));
        AssertParsedAnew(body.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class New;", Code.Latest)));
        AssertParsedAnew(body.ReplaceSyntaxTree(body.SyntaxTrees[1], body.SyntaxTrees[1].WithFilePath("Other.cs")));
        AssertParsedAnew(body.RemoveReferences(library));
        AssertParsedAnew(body.ReplaceReference(library, MetadataReference.CreateFromFile(library.FilePath!)));
        AssertParsedAnew(body.WithOptions(body.Options.WithAllowUnsafe(true)));
        AssertParsedAnew(body.WithAssemblyName("Other"));

        void AssertParsedAnew(CSharpCompilation changed)
        {
            Get(body.Clone());
            int before = parsed;
            Get(changed);
            Assert.Equal(before + 1, parsed);
        }
    }

    /// <summary>An edit of one network has the others parsed, but not analysed anew.</summary>
    [Fact]
    public void WhatIsParsedAnewAndIsTheSameIsKept()
    {
        var memory = new DeclarationMemory<string>();
        CSharpCompilation compilation = Code.Compile(Mlp, Plain);
        string Get(CSharpCompilation compilation, string value) => memory.Get(
            compilation, compilation.SyntaxTrees[0].GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>().Single(), () => value, (known, now) => known.Equals(now, StringComparison.OrdinalIgnoreCase));
        Assert.Equal("one", Get(compilation, "one"));
        Assert.Equal("one", Get(Edit(compilation, 1, "class Plain { long F() => 1; }"), "ONE"));
        Assert.Equal("two", Get(Edit(compilation, 1, "class Plain { short F() => 1; }"), "two"));
    }

    /// <summary>The analyzer knows a declaration again, in whatever compilation it stands.</summary>
    [Fact]
    public async Task WhatTheAnalyzerRemembersIsToldAtThePlacesOfItsCompilation()
    {
        var analyzer = new NetGenAnalyzer();
        foreach (string before in new[] { "", "// one line\n// and another\n", "" })
        {
            CSharpCompilation compilation = Code.Compile(before + "[Network(4), Linear(3), Conv2d(2, 3)] partial class Net;");
            Diagnostic error = Assert.Single(await compilation.WithAnalyzers([analyzer]).GetAnalyzerDiagnosticsAsync());
            Assert.Equal("Conv2d(2, 3)", Code.Text(error));
            Assert.Same(compilation.SyntaxTrees.Single(), error.Location.SourceTree);
        }
    }

    /// <summary>Most edits are in bodies, while a mistake waits to be mended.</summary>
    [Fact]
    public void AnEditElsewhereWritesNoStubAnew()
    {
        CSharpCompilation compilation = Code.Compile("[Network(4), Linear(0, Name = \"fc\"), MSELoss] partial class Net;", Plain);
        GeneratorDriver driver = Code.Driver().RunGenerators(compilation);
        Assert.Single(Generated(driver));
        driver = driver.RunGenerators(Edit(compilation, 1, "class Plain { int F() => 2; }"));
        Assert.Equal([IncrementalStepRunReason.Cached], Reasons(driver, NetworkGenerator.GraphStep));
        driver = driver.RunGenerators(Edit(compilation, 0, "[Network(2, 2), Linear(-1, Name = \"fc\"), HuberLoss] partial class Net { int Own; }"));
        Assert.Equal([IncrementalStepRunReason.Unchanged], Reasons(driver, NetworkGenerator.GraphStep));
        Assert.Equal([IncrementalStepRunReason.Cached], Outputs(driver));
    }

    [Theory]
    [MemberData(nameof(Declarations))]
    [InlineData("partial class Outer<T> { [Network(4), Linear(0, Name = \"fc\"), MSELoss] partial class Net : System.Exception { int Summary; } }")]
    public void ThePipelineHoldsNothingOfRoslyn(string declaration)
    {
        GeneratorDriver driver = Code.Driver().RunGenerators(Code.Compile(declaration));
        GeneratorRunResult run = Assert.Single(driver.GetRunResult().Results);
        List<object> models = new[] { NetworkGenerator.DeclarationStep, NetworkGenerator.GraphStep }
            .SelectMany(step => run.TrackedSteps[step]).SelectMany(step => step.Outputs).Select(output => output.Value).ToList();
        Assert.Equal(2, models.Count);
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

    /// <summary>The files of networks without a mistake.</summary>
    private static IEnumerable<string> Compiled(GeneratorDriver driver) =>
        Assert.Single(driver.GetRunResult().Results).GeneratedSources.Where(source => !Code.IsStub(source)).Select(source => source.HintName);

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

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Tests.Infrastructure;
using Xunit;
using Xunit.Sdk;

namespace NetGen.Tests.Generator;

/// <summary>
/// Whatever the generator is fed, it does not throw, and where neither the compiler nor the analyzer complains of the user's code, the generated code compiles.
/// All seeded; a failure prints the sources that lead to it.
/// </summary>
public class FuzzTests
{
    private static readonly string[] s_corpus =
    [
        "[Network(3)] [Linear(4), ReLU, Linear(2)] [CrossEntropyLoss] public sealed partial class Net;",
        "[Network(1, 2, 3), Flatten, Linear(3, Bias = false, Name = \"fc1\"), GELU(Approximate = GELUApproximation.Tanh), Dropout(0.5)] [HuberLoss(0.5)] partial class Net { public Net(int x) : this((ulong)x) { } }",
        "partial struct Outer { [Network(3)] [Linear(1, Init = Init.Normal, InitScale = 0.02), Softplus(2), ELU(-1)] internal partial class Net { int Own => 1; } }",
        "partial interface Outer { partial record Inner { [Network(2), LeakyReLU(-0.1), Tanh, Softmax(Name = \"last\"), L1Loss] partial class Net : object; } }",
        "[Network(4), Linear(2, BiasInit = Init.Constant, BiasInitScale = -0.5), SiLU, Sigmoid, BCEWithLogitsLoss] partial class Net; partial class Net { public void Predict(int x) { } }",
        "[Network(2, 6, 7)] [Conv2d(4, 3, 2, StrideHW = [2, 1], Padding = 1, Groups = 2), ReLU, MaxPool2d(2, Stride = 1, CeilMode = true), AvgPool2d(2, 1, PaddingHW = [1, 0], CountIncludePad = false)] [AdaptiveAvgPool2d(2), GlobalAvgPool2d, Flatten, Linear(3)] [CrossEntropyLoss] partial class Net;",
        "[Network(1, 9), Conv1d(2, 3, SamePadding = true, Dilation = 2, Bias = false), Softmax, MaxPool1d(3, Padding = 1), AvgPool1d(2), Flatten, LogSumExp(4)] partial class Net;",
        "[Network(1, 4, 4), Conv2d(2, 1, 2, FixedWeight = new[] { -1.0, 1, 0, 0.5 }, DilationHW = [1, 2]), Conv2d(1, 2, Init = Init.KaimingNormal, BiasInit = Init.Constant), MSELoss] partial class Net;",
        "[Block, Linear(3, Name = \"fc1\"), ReLU] sealed class A; [Block, Residual<A>, Dropout(0.5)] partial class B; [Network(3), Repeat<B>(2, Name = \"deep\"), Sum<A, Identity, B>] [MSELoss] partial class Net;",
        "[Block, Conv2d(2, 3, Padding = 1), Tanh] class A<T>; partial class Outer { [Block, MaxPool2d(3, Stride = 1, Padding = 1)] class B; [Network(2, 4, 5), Concat<A<int>, B>, Parallel<A<B>>(3, Merge = Merge.Concat), Flatten] partial class Net; }",
        "[Network(2, 4, 5), BatchNorm2d(Momentum = double.NaN, Eps = 0.01), LayerNorm(4, 5, Bias = false), Conv2d(3, 1, Bias = false), BatchNorm2d(Name = \"bn\"), Flatten, BatchNorm1d(Affine = false), LayerNorm(ElementwiseAffine = false), RMSNorm(Eps = 0.5), MSELoss] partial class Net;",
        "partial class Outer { const int Hidden = 3, Summary = 4; [Block, Linear(4)] struct A; [Network(Summary), Sequential<A>(Name = \"out\"), Linear(Hidden, Name = \"fc1\", Init = Init.Normal)] partial class Net { [Block, Linear(Hidden)] class B; } }",
    ];

    private static readonly string[] s_tokens =
    [
        "Network", "(", ")", "[", "]", ",", ";", "=", ".", "{", "}", "<", ">", "T", "Net", "Outer", "partial", "class", "struct", "record", "static", "abstract", "sealed", "file",
        "interface", "public", "private", "this", "base", "required", "const", "ulong", "int", "0", "-1", "1", "2147483647", "0.5", "double.NaN", "1e308", "null", "true", "\"\"", "\"fc1\"",
        "\"class\"", "\"predict\"", "\"net\"", "Name", "Bias", "Init", "Linear(2)", "Linear", "ReLU", "Dropout", "Flatten", "MSELoss", "CrossEntropyLoss", "Softmax", "(Init)77",
        "default", "new[] { 1, 2 }", "@", "Name = \"linear0\"", "InputSize", "Summary", "Parameters", "_state", ":", "INetwork<Net>", "/*", "#if X\n", "#endif\n", "unsafe", "namespace N;",
        "Conv2d(2, 2)", "Conv1d(2, 2)", "MaxPool2d(2)", "AvgPool1d(2)", "GlobalAvgPool2d", "GlobalMaxPool1d", "AdaptiveMaxPool2d(2)", "LogSumExp", "Stride = 2", "Padding = 1", "StrideHW = [2, 1]", "PaddingHW = null", "DilationHW = new int[2]", "SamePadding = true",
        "Groups = 2", "FixedWeight = [1]", "FixedWeight = null", "CeilMode = true", "16777216", "-2147483648", "..",
        "Block", "A", "B", "Identity", "Residual<A>", "Residual<B>", "Sum<A, B>", "Concat<Identity, Identity>", "Parallel<A>(2)", "Repeat<B>(3)", "Repeat<Net>(1)", "Sequential<A>", "Name = \"hidden\"", "Hidden", "\"out\"", "Merge = Merge.Concat", "Residual<int>", "Residual<>",
        "LayerNorm", "LayerNorm(5)", "LayerNorm(null)", "RMSNorm", "RMSNorm(null)", "BatchNorm1d", "BatchNorm2d", "Eps = -1", "Momentum = 2", "Affine = false", "ElementwiseAffine = false", "\"running_mean\"", "Buffers",
    ];

    [Fact]
    [Trait("Lane", "Slow")]
    public async Task MutatedDeclarations()
    {
        var random = new Random(20240501);
        var sources = new List<string>();
        for (int i = 0; i < 2000; i++)
        {
            List<string> tokens = Tokens(s_corpus[random.Next(s_corpus.Length)]);
            for (int edits = 1 + random.Next(3); edits > 0 && tokens.Count > 2; edits--)
                Mutate(tokens, random);
            sources.Add(string.Concat(tokens));
        }

        await Check(sources, least: 35);
    }

    [Fact]
    [Trait("Lane", "Slow")]
    public async Task TruncatedDeclarations()
    {
        var sources = new List<string>();
        foreach (string text in s_corpus)
        {
            for (int length = 0; length <= text.Length; length++)
                sources.Add(text[..length]);
        }

        await Check(sources, least: 7);
    }

    [Fact]
    [Trait("Lane", "Slow")]
    public async Task RandomArgumentsAndMembers()
    {
        var random = new Random(7);
        string[] numbers = ["-1", "0", "1", "3", "17", "int.MaxValue", "20"];
        string[] reals = ["-1", "0", "0.5", "1", "1e-320", "1e300", "double.NaN", "double.NegativeInfinity", "-0.0"];
        string[] names = ["", "a", "A", "fc1", "Fc1", "linear1", "relu0", "int", "0", "net", "predict", "équation", "_", "_state", "get_Summary", "equals", "toString", "x.y", "Kernels", "forward"];
        string Number() => numbers[random.Next(numbers.Length)];
        string Real() => reals[random.Next(reals.Length)];
        string Name() => random.Next(3) == 0 ? $"Name = \"{names[random.Next(names.Length)]}\"" : "";
        string Layer() => random.Next(17) switch
        {
            0 or 1 or 2 => Call("Linear", Number(), Name()),
            3 => Call("Linear", Number(), $"Init = (Init){random.Next(-1, 9)}", random.Next(2) == 0 ? $"InitScale = {Real()}" : "", Name()),
            4 => Call("Dropout", Real(), Name()),
            5 => Call("LeakyReLU", Real(), Name()),
            6 => Call("Softplus", Real(), Name()),
            7 => Call("ELU", Real(), Name()),
            8 => Call("GELU", $"Approximate = (GELUApproximation){random.Next(-1, 3)}", Name()),
            9 => Call("Softmax", Name()),
            10 => Call("Flatten", Name()),
            11 => Call("Tanh", Name()),
            12 => Call("SiLU", Name()),
            13 => Call("LayerNorm", random.Next(3) == 0 ? Number() : "", random.Next(3) == 0 ? $"Eps = {Real()}" : "", random.Next(3) == 0 ? "ElementwiseAffine = false" : "", random.Next(3) == 0 ? "Bias = false" : "", Name()),
            14 or 15 => Call(random.Next(8) == 0 ? "BatchNorm2d" : "BatchNorm1d", random.Next(3) == 0 ? $"Eps = {Real()}" : "", random.Next(3) == 0 ? $"Momentum = {Real()}" : "", random.Next(3) == 0 ? "Affine = false" : "", Name()),
            _ => Call("ReLU", Name()),
        };
        string[] members = ["InputSize", "Predict", "TrainStep", "Summary", "_state", "FlatGradients", "Buffers", "A", "Fc1", "Équation", "Own", "get_Summary", "set_RandomState"];
        string Member() => string.Format(
            CultureInfo.InvariantCulture,
            random.Next(8) switch { 0 => "int {0} => 1;", 1 => "void {0}() {{ }}", 2 => "class {0};", 3 => "Net(int x) : this((ulong)x) {{ }}", 4 => "Net(ulong {0}) {{ }}", _ => "" },
            members[random.Next(members.Length)]);
        string Loss() => random.Next(6) switch { 0 => "MSELoss", 1 => "CrossEntropyLoss", 2 => $"HuberLoss({Real()})", 3 => "L1Loss", _ => "" };

        var sources = new List<string>();
        for (int i = 0; i < 800; i++)
        {
            IEnumerable<string> shape = Enumerable.Range(0, random.Next(1, 3)).Select(_ => Number());
            IEnumerable<string> layers = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Layer()).Append(Loss()).Where(layer => layer.Length > 0);
            sources.Add($"[Network({string.Join(", ", shape)})] [{string.Join(", ", layers)}] partial class Net {{ {Member()} }}");
        }

        await Check(sources, least: 50);

        static string Call(string name, params string[] arguments) => $"{name}({string.Join(", ", arguments.Where(argument => argument.Length > 0))})";
    }

    [Fact]
    [Trait("Lane", "Slow")]
    public async Task RandomConvolutionsAndPools()
    {
        var random = new Random(11);
        string[] numbers = ["-1", "0", "int.MaxValue", "int.MinValue", "16777216", "16777217", "65536", "46341"];
        string[] options = ["Stride", "Padding", "Dilation"];
        string Number(int most = 4) => random.Next(12) == 0 ? numbers[random.Next(numbers.Length)] : random.Next(1, most).ToString(CultureInfo.InvariantCulture);
        string Numbers() => random.Next(12) switch
        {
            0 => "null",
            1 => "[]",
            2 => $"new[] {{ {Number()} }}",
            3 => $"[{Number()}, {Number()}, {Number()}]",
            _ => $"[{Number()}, {Number()}]",
        };
        string Weights(int count) => $"[{string.Join(", ", Enumerable.Range(0, count).Select(i => random.Next(40) == 0 ? "double.NaN" : (i % 3 - 1).ToString(CultureInfo.InvariantCulture)))}]";
        IEnumerable<string> Extents(bool both) => options.Where(_ => random.Next(4) == 0).Select(option => both && random.Next(2) == 0 ? $"{option}HW = {Numbers()}" : $"{option} = {Number()}");
        string Some(string option) => random.Next(6) == 0 ? option : "";
        string Layer(int dimensions) => random.Next(11) switch
        {
            0 or 1 or 2 => Call(
                $"Conv{dimensions}d", [Number(5), .. Kernel(dimensions), .. Extents(dimensions == 2), Some("SamePadding = true"), Some($"Groups = {Number()}"), Some("Bias = false"), Some($"FixedWeight = {Weights(random.Next(10))}"), Some($"Init = (Init){random.Next(-1, 9)}")]),
            3 or 4 => Call($"MaxPool{dimensions}d", [.. Kernel(dimensions), .. Extents(dimensions == 2).Where(option => option[0] != 'D'), Some("CeilMode = true")]),
            5 => Call($"AvgPool{dimensions}d", [.. Kernel(dimensions), .. Extents(dimensions == 2).Where(option => option[0] != 'D'), Some("CeilMode = true"), Some("CountIncludePad = false")]),
            6 => random.Next(2) == 0 ? $"Global{(random.Next(2) == 0 ? "Avg" : "Max")}Pool{dimensions}d" : Call($"Adaptive{(random.Next(2) == 0 ? "Avg" : "Max")}Pool{dimensions}d", [.. Kernel(dimensions)]),
            7 => random.Next(2) == 0 ? "Softmax" : "ReLU",
            8 => Call($"BatchNorm{dimensions}d", [Some("Affine = false"), Some("Momentum = 0")]),
            9 => Call(random.Next(3) == 0 ? "RMSNorm" : "LayerNorm", [random.Next(4) == 0 ? Number(9) : "", Some("ElementwiseAffine = false")]),
            _ => random.Next(2) == 0 ? "Flatten" : "Flatten, LogSumExp(" + Number() + ")",
        };
        IEnumerable<string> Kernel(int dimensions) => dimensions == 2 && random.Next(2) == 0 ? [Number(), Number()] : [Number()];

        var sources = new List<string>();
        for (int i = 0; i < 1500; i++)
        {
            int dimensions = random.Next(1, 3);
            IEnumerable<string> shape = Enumerable.Range(0, dimensions + 1).Select(_ => Number(9));
            IEnumerable<string> layers = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Layer(random.Next(12) == 0 ? 3 - dimensions : dimensions));
            sources.Add($"[Network({string.Join(", ", shape)})] [{string.Join(", ", layers)}] partial class Net;");
        }

        await Check(sources, least: 400);

        static string Call(string name, string[] arguments) => $"{name}({string.Join(", ", arguments.Where(argument => argument.Length > 0))})";
    }

    /// <summary>Blocks of blocks, themselves and what is no block among them.</summary>
    [Fact]
    [Trait("Lane", "Slow")]
    public async Task RandomCompositions()
    {
        var random = new Random(13);
        string[] counts = ["-1", "0", "1", "2", "3", "5000", "int.MaxValue"];
        string[] others = ["Net", "int", "string[]", "Plain", "Missing", "Generic<int>", "Generic<B0>", "Generic<Generic<Missing>>", "System.Action", "(int, B0)", "dynamic"];
        string Count() => random.Next(8) == 0 ? counts[random.Next(counts.Length)] : random.Next(1, 4).ToString(CultureInfo.InvariantCulture);
        string Name() => random.Next(12) switch { 0 => "Name = \"a\"", 1 => "Name = \"predict\"", 2 => "Name = \"b c\"", _ => "" };

        // Mostly blocks before this one; now and then any, and now and then something else.
        string Type(int block) => random.Next(60) switch
        {
            0 => others[random.Next(others.Length)],
            1 => "B" + random.Next(5).ToString(CultureInfo.InvariantCulture),
            _ => block == 0 || random.Next(4) == 0 ? "Identity" : "B" + random.Next(block).ToString(CultureInfo.InvariantCulture),
        };
        string Layer(int block) => random.Next(12) switch
        {
            0 => $"Residual<{Type(block)}>({Name()})",
            1 => Call($"Parallel<{Type(block)}>", Count(), random.Next(3) == 0 ? "Merge = Merge.Concat" : "", Name()),
            2 => Call($"Repeat<{Type(block)}>", Count(), Name()),
            3 => $"Sum<{string.Join(", ", Enumerable.Range(0, random.Next(2, 5)).Select(_ => Type(block)))}>({Name()})",
            4 => $"Concat<{string.Join(", ", Enumerable.Range(0, random.Next(2, 5)).Select(_ => Type(block)))}>",
            5 or 6 => Call("Conv2d", random.Next(10) == 0 ? "3" : "2", "3", random.Next(10) == 0 ? "" : "Padding = 1", Name()),
            7 => "MaxPool2d(3, Stride = 1, Padding = 1)",
            8 => random.Next(6) switch { 0 => "Linear(2)", 1 or 2 => "BatchNorm2d", 3 => "LayerNorm", _ => "Tanh" },
            9 => random.Next(20) == 0 ? "MSELoss" : "Sigmoid",
            10 => "Dropout",
            _ => "ReLU",
        };
        IEnumerable<string> Layers(int block) => Enumerable.Range(0, random.Next(30) == 0 ? 0 : random.Next(1, 4)).Select(_ => Layer(block));

        var sources = new List<string>();
        for (int i = 0; i < 1000; i++)
        {
            IEnumerable<string> blocks = Enumerable.Range(0, 5).Select(block => $"[{string.Join(", ", Layers(block).Prepend("Block"))}] class B{block.ToString(CultureInfo.InvariantCulture)};");
            sources.Add($"class Plain; [Block, ReLU] class Generic<T>; {string.Concat(blocks)} [{string.Join(", ", Layers(5).Prepend("Network(2, 4, 3)"))}{(random.Next(2) == 0 ? ", MSELoss" : "")}] partial class Net;");
        }

        await Check(sources, least: 250, isEachANetwork: true);

        static string Call(string name, params string[] arguments) => $"{name}({string.Join(", ", arguments.Where(argument => argument.Length > 0))})";
    }

    /// <summary>Compiles many sources together, each in a namespace of its own; then once more those that are in order, with their generated halves: at least so many, a little below what the seeds give; then those with mistakes. Where each is a network, none goes by in silence.</summary>
    private static async Task Check(IReadOnlyList<string> sources, int least, bool isEachANetwork = false)
    {
        int compiled = 0;
        string[] escaped = [.. sources.Distinct().Where(source => !IsContained(source))];
        await Run(Compile(escaped));
        foreach (string[] batch in sources.Distinct().Except(escaped).Chunk(500))
        {
            CSharpCompilation all = Compile(batch);
            ImmutableArray<Diagnostic> rules = await Run(all);
            HashSet<SyntaxTree?> rejected = Trees(all.GetDiagnostics().Where(IsOwnError));
            HashSet<SyntaxTree?> mistaken = Trees(rules.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));

            GeneratorRunResult sound = AssertCompiles(Compile([.. batch.Where((_, i) => !rejected.Contains(all.SyntaxTrees[i]) && !mistaken.Contains(all.SyntaxTrees[i]))]));
            Assert.DoesNotContain(sound.GeneratedSources, Code.IsStub);
            compiled += sound.GeneratedSources.Length;
            if (isEachANetwork)
                Assert.Equal(batch.Length - rejected.Union(mistaken).Count(), sound.GeneratedSources.Length);

            // Where there is a mistake it is the one error.
            AssertCompiles(Compile([.. batch.Where((_, i) => !rejected.Contains(all.SyntaxTrees[i]) && mistaken.Contains(all.SyntaxTrees[i]))]));
        }

        Assert.True(compiled >= least, $"Only {compiled} of {sources.Count} sources were in order, not {least}.");

        // One whose braces end its namespace early may declare what another takes.
        static bool IsContained(string source) => Compile([source]).SyntaxTrees[0].GetCompilationUnitRoot().Members.Count == 1;

        static async Task<ImmutableArray<Diagnostic>> Run(CSharpCompilation compilation)
        {
            Generate(compilation);
            ImmutableArray<Diagnostic> rules = await Code.Analyze(compilation);
            Assert.DoesNotContain(rules, diagnostic => diagnostic.Id == "AD0001");
            return rules;
        }

        static HashSet<SyntaxTree?> Trees(IEnumerable<Diagnostic> diagnostics) => [.. diagnostics.Select(diagnostic => diagnostic.Location.SourceTree)];

        static GeneratorRunResult AssertCompiles(CSharpCompilation accepted)
        {
            (Compilation output, GeneratorRunResult run) = Generate(accepted);
            var generated = run.GeneratedSources.Select(source => source.SyntaxTree).ToHashSet();
            Diagnostic? error = output.GetDiagnostics().FirstOrDefault(diagnostic =>
                diagnostic.Severity == DiagnosticSeverity.Error && (IsOwnError(diagnostic) || generated.Contains(diagnostic.Location.SourceTree!)));
            Assert.True(error is null, $"{error}\n{error?.Location.SourceTree}\nof\n{string.Join("\n", accepted.SyntaxTrees.Where(tree => generated.Contains(error?.Location.SourceTree!) ? tree.ToString().Contains(Namespace(error!), StringComparison.Ordinal) : tree == error?.Location.SourceTree))}");
            return run;
        }
    }

    /// <summary>Runs the generator; where it fails, it is the first source that it fails on alone that is told.</summary>
    private static (Compilation Output, GeneratorRunResult Run) Generate(CSharpCompilation compilation)
    {
        try
        {
            return Code.Generate(compilation);
        }
        catch (XunitException)
        {
            foreach (SyntaxTree tree in compilation.SyntaxTrees)
            {
                Exception? failure = Record.Exception(() => Code.Generate(compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(tree)));
                Assert.True(failure is null, $"{failure?.Message}\nof\n{tree}");
            }

            throw;
        }
    }

    /// <summary>An error that the generated half cannot mend. What it can mend: constructors and interface members that are not there yet.</summary>
    private static bool IsOwnError(Diagnostic diagnostic) =>
        diagnostic.Severity == DiagnosticSeverity.Error
        && (diagnostic.Id is not ("CS1729" or "CS1503" or "CS0535" or "CS0516" or "CS0768")
            || diagnostic.Location.SourceTree!.GetRoot().FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<AttributeSyntax>() is not null);

    /// <summary>Errors are what counts here; Roslyn need not look for nullable warnings.</summary>
    private static readonly CSharpCompilation s_empty = NetworkCompiler.Bound(Code.Empty.WithOptions(Code.Library.WithNullableContextOptions(NullableContextOptions.Disable)));

    private static CSharpCompilation Compile(string[] sources) => s_empty.AddSyntaxTrees(
        [.. sources.Select((source, i) => CSharpSyntaxTree.ParseText($"namespace N{i.ToString(CultureInfo.InvariantCulture)}N {{ using NetGen; {source}\n}}", Code.Latest, $"File{i}.cs"))]);

    /// <summary>The namespace of a generated file, from its name.</summary>
    private static string Namespace(Diagnostic error)
    {
        string file = Path.GetFileName(error.Location.SourceTree!.FilePath);
        return $"namespace {file[..file.IndexOf('.', StringComparison.Ordinal)]} ";
    }

    private static List<string> Tokens(string source) =>
        CSharpSyntaxTree.ParseText(source).GetRoot().DescendantTokens().Select(token => token.ToFullString()).ToList();

    private static void Mutate(List<string> tokens, Random random)
    {
        int at = random.Next(tokens.Count);
        int other = random.Next(tokens.Count);
        switch (random.Next(6))
        {
            case 0:
                tokens.RemoveAt(at);
                break;
            case 1:
                tokens.Insert(at, tokens[at]);
                break;
            case 2:
                (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                break;
            case 3:
                tokens[at] = s_tokens[random.Next(s_tokens.Length)] + " ";
                break;
            case 4:
                tokens.Insert(at, " " + s_tokens[random.Next(s_tokens.Length)] + " ");
                break;
            default:
                tokens.RemoveRange(Math.Min(at, other), Math.Min(Math.Abs(at - other), 4));
                break;
        }
    }
}

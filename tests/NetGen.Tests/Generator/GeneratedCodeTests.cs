using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using NetGen.Generator.Compiler;
using NetGen.Generator.Parsing;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Generator;

/// <summary>What holds of the generated code as text: it compiles anywhere without a warning, does not depend on the machine, and stays small.</summary>
public class GeneratedCodeTests
{
    private const string Mnist = "/// <summary>Of the user's.</summary>\n[Network(784)] [Linear(128, Name = \"fc1\"), ReLU, Linear(10)] [CrossEntropyLoss] public sealed partial class MnistMlp;";
    private const string Everything = """
        namespace A.@event
        {
            /// <summary>Around it.</summary>
            public static partial class @record
            {
                /// <summary>Of the user's.</summary>
                [Network(2, 3)]
                [Flatten, Linear(17, Name = "fc1", Init = Init.Normal, InitScale = 1e-7), LeakyReLU(-0.25), Dropout(0.125), Linear(5, Bias = false), Sigmoid, Tanh]
                [Linear(33), GELU, SiLU, Softplus(1.5), ELU(0.5), Linear(3, BiasInit = Init.Constant, BiasInitScale = -1.5), GELU(Approximate = GELUApproximation.Tanh), Softmax]
                [HuberLoss(0.75)]
                public partial class @class;
            }
        }
        """;

    private const string Pictures = """
        /// <summary>Of the user's.</summary>
        [Network(3, 9, 14)]
        [Conv2d(6, 3, Padding = 1, Groups = 3, FixedWeight = [0, 0, 0, 0, -1.5, 0, 0, 1e-7, 0, 0, 0, 0, 0, -1, 1, 0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, -1, 1, 0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, -1, 1, 0, 0, 0])]
        [Conv2d(5, 3, Padding = 1, Name = "conv1"), LeakyReLU(-0.25), Dropout(0.125), MaxPool2d(2, CeilMode = true)]
        [Conv2d(32, 2, 3, StrideHW = [1, 2], Padding = 1, Bias = false), ReLU, Conv2d(32, 3, SamePadding = true, Groups = 32), SiLU, AvgPool2d(3, Stride = 1, Padding = 1, CountIncludePad = false)]
        [Conv2d(48, 1, Groups = 2), Softmax, AdaptiveAvgPool2d(2), Flatten, Linear(3), LogSumExp(2.5)]
        [HuberLoss(0.75)]
        public partial class Pictures;
        """;

    private const string AlexNet = """
        [Network(3, 224, 224), Conv2d(64, 11, Stride = 4, Padding = 2), ReLU, MaxPool2d(3, Stride = 2), Conv2d(192, 5, Padding = 2), ReLU, MaxPool2d(3, Stride = 2)]
        [Conv2d(384, 3, Padding = 1), ReLU, Conv2d(256, 3, Padding = 1), ReLU, Conv2d(256, 3, Padding = 1), ReLU, MaxPool2d(3, Stride = 2)]
        [Flatten, Dropout(0.5), Linear(4096), ReLU, Dropout(0.5), Linear(4096), ReLU, Linear(1000), CrossEntropyLoss]
        partial class AlexNet;
        """;

    private static readonly Dictionary<int, OpCode> s_instructions = typeof(OpCodes).GetFields()
        .Select(field => field.GetValue(null)).OfType<OpCode>()
        .ToDictionary(instruction => (int)(ushort)instruction.Value);

    public static TheoryData<string> LargeSources =>
    [
        "[Network(1024), Linear(1024), GELU, Linear(1024, Bias = false), Tanh, Dropout(0.5), Linear(1024), CrossEntropyLoss] partial class Wide;",
        $"[Network(20), {string.Join(", ", Enumerable.Repeat("Linear(20), SiLU", 25))}, MSELoss] partial class Deep;",
        $"[Network(4), {string.Join(", ", Enumerable.Repeat("Linear(4), Softplus", 25))}, MSELoss] partial class DeepAndTiny;",
        AlexNet,
        "[Network(1, 28, 28), Conv2d(6, 5), ReLU, MaxPool2d(2), Conv2d(16, 5), ReLU, MaxPool2d(2), Flatten, Linear(120), ReLU, Linear(84), ReLU, Linear(10), CrossEntropyLoss] partial class LeNet5;",
        "[Network(5, 61, 59), Conv2d(7, 7, Stride = 5, Dilation = 3, Padding = 9, Groups = 1), GELU, Conv2d(24, 3, Stride = 2), Tanh, Conv2d(30, 2, Groups = 6, Dilation = 2, Padding = 1), MSELoss] partial class Odd;",
    ];

    public static TheoryData<string> Sources => [Mnist, Everything, Pictures, "/// <summary>x</summary>\n[Network(3), ReLU] public partial class NoParameters;", "/// <summary>x</summary>\n[Network(4), Linear(1)] public partial class Scalar;"];

    [Theory]
    [MemberData(nameof(Sources))]
    [Trait("Lane", "Slow")]
    public void CompilesWithoutAWarningInAnyProject(string source)
    {
        foreach (NullableContextOptions nullable in new[] { NullableContextOptions.Disable, NullableContextOptions.Enable })
        {
            foreach (DocumentationMode documentation in new[] { DocumentationMode.None, DocumentationMode.Diagnose })
            {
                foreach (LanguageVersion version in new[] { LanguageVersion.CSharp12, LanguageVersion.Latest, LanguageVersion.Preview })
                {
                    CSharpCompilation compilation = Code.Compile(new CSharpParseOptions(version, documentation), source)
                        .WithOptions(Code.Library.WithNullableContextOptions(nullable).WithAllowUnsafe(false).WithOverflowChecks(version == LanguageVersion.Latest).WithGeneralDiagnosticOption(ReportDiagnostic.Error));
                    (Compilation output, _) = Code.Generate(compilation);
                    using var assembly = new MemoryStream();
                    using var documents = new MemoryStream();
                    EmitResult result = output.Emit(assembly, xmlDocumentationStream: documents);
                    Assert.DoesNotContain(result.Diagnostics, diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
                    Assert.True(result.Success);
                }
            }
        }
    }

    /// <summary>The mark of generated code, which silences most warnings, hides none; of pragmas there is only that for CLS compliance.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public void CompilesWithoutAWarningWithoutSuppression(string source)
    {
        (Compilation output, GeneratorRunResult run) = Code.Generate(Code.Compile(source));
        foreach (SyntaxTree tree in run.GeneratedSources.Select(file => file.SyntaxTree))
        {
            string text = tree.ToString().Replace("// <auto-generated>", "// <generated>", StringComparison.Ordinal);
            Assert.StartsWith("#pragma warning disable CS3001, CS3003, CS3005, CS3008 ", Assert.Single(text.Split('\n'), line => line.Contains("#pragma", StringComparison.Ordinal)), StringComparison.Ordinal);
            output = output.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(text, (CSharpParseOptions)tree.Options, tree.FilePath));
        }

        Assert.Empty(Code.Problems(output));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void CompilesWithoutAWarningInACLSCompliantAssembly(string source)
    {
        (Compilation output, GeneratorRunResult run) = Code.Generate(Code.Compile(source, "[assembly: System.CLSCompliant(true)]"));
        Assert.DoesNotContain(Code.Problems(output), problem => run.GeneratedSources.Any(file => file.SyntaxTree == problem.Location.SourceTree));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void DoesNotDependOnTheCulture(string source)
    {
        string expected = Generated(source);
        CultureInfo before = CultureInfo.CurrentCulture;
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = "\u2212";
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = "\u00a0";
        culture.NumberFormat.NaNSymbol = "nan";
        try
        {
            CultureInfo.CurrentCulture = culture;
            Assert.Equal("\u22121", (-1).ToString(CultureInfo.CurrentCulture));
            Assert.Equal(expected, Generated(source));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void IsPlainText(string source)
    {
        string text = Generated(source);
        Assert.DoesNotContain("\r", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\t", text, StringComparison.Ordinal);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        Assert.StartsWith("// <auto-generated", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text.Split('\n'), line => line.EndsWith(' '));
        Assert.Contains("global::System.CodeDom.Compiler.GeneratedCode", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheMnistMlpStaysBelow150Kilobytes() => Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(Generated(Mnist)), 1_000, 150_000);

    [Fact]
    public void AlexNetStaysBelow600Kilobytes() => Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(Generated(AlexNet)), 10_000, 600_000);

    /// <summary>Layers of equal shape share their code: ResNet-50 without its normalisations, 49 convolutions, four projections and a linear layer.</summary>
    [Fact]
    public void AResidualNetworkOfFiftyLayersStaysBelowAMegabyte()
    {
        var source = new System.Text.StringBuilder("[Network(3, 128, 128), Conv2d(64, 7, Stride = 2, Padding = 3), ReLU, MaxPool2d(3, Stride = 2, Padding = 1)]\n");
        var blocks = new System.Text.StringBuilder();
        foreach ((int width, int stride, int count) in new[] { (64, 1, 3), (128, 2, 4), (256, 2, 6), (512, 2, 3) })
        {
            string rest = $"ReLU, Conv2d({width}, 3, Padding = 1), ReLU, Conv2d({4 * width}, 1)";
            blocks.Append($"[Block, Conv2d({width}, 1), {rest}] class Path{width};\n[Block, Residual<Path{width}>, ReLU] class Layer{width};\n");
            blocks.Append($"[Block, Conv2d({width}, 1, Stride = {stride}), {rest}] class First{width};\n[Block, Conv2d({4 * width}, 1, Stride = {stride})] class Projection{width};\n");
            source.Append($"[Sum<First{width}, Projection{width}>, ReLU, Repeat<Layer{width}>({count - 1})]\n");
        }

        string text = Generated(source.Append("[GlobalAvgPool2d, Flatten, Linear(1000), CrossEntropyLoss] partial class Net;\n").Append(blocks).ToString());
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(text), 10_000, 1_000_000);
    }

    /// <summary>Zeros of a fixed filter emit no code: a tap is one fused multiply-add forward and one back at every width, but the first of each sum.</summary>
    [Fact]
    public void ZeroTapsEmitNoCode()
    {
        const string Filter = "0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, -1, 1, 0, 0, 0";
        string sparse = Generated($"[Network(3, 9, 20), Conv2d(6, 3, Padding = 1, Groups = 3, FixedWeight = [{Filter}, {Filter}, {Filter}])] partial class Net;");
        string dense = Generated($"[Network(3, 9, 20), Conv2d(6, 3, Padding = 1, Groups = 3, FixedWeight = [{string.Join(", ", Enumerable.Repeat(1, 54))}])] partial class Net;");
        int Products(string text) => text.Split("FusedMultiplyAdd").Length - 1;
        const int Sums = 6 + 3;
        Assert.Equal(3 * ((2 * 54) - Sums), Products(dense));
        Assert.Equal(3 * ((2 * 12) - Sums), Products(sparse));
    }

    /// <summary>Sizes at the end of what is allowed become loops and tables, not text.</summary>
    [Theory]
    [InlineData("[Network(1, 6000), Conv1d(2, 3000)] partial class Net;")]
    [InlineData("[Network(3, 64, 64), Conv2d(8, 3, Stride = 32)] partial class Net;")]
    [InlineData("[Network(16, 64, 64), Conv2d(16, 33, Stride = 32, Padding = 16)] partial class Net;")]
    [InlineData("[Network(1, 400000), MaxPool1d(2), AvgPool1d(100, Stride = 1)] partial class Net;")]
    [InlineData("[Network(2, 700, 700), AdaptiveAvgPool2d(333)] partial class Net;")]
    [InlineData("[Network(100, 2, 2), Conv2d(50000, 1)] partial class Net;")]
    [InlineData("[Network(9000, 2, 2), Conv2d(16, 1)] partial class Net;")]
    public void ExtremeOptionsStayBelow200Kilobytes(string source) => Assert.InRange(Generated(source).Length, 1_000, 200_000);

    /// <summary>Convolutions of equal shape share the tiles, so that each costs little more text.</summary>
    [Fact]
    public void KernelsOfEqualShapeAreEmittedOnce()
    {
        int Size(int layers) => Generated($"[Network(32, 16, 16), {string.Join(", ", Enumerable.Repeat("Conv2d(32, 3, Padding = 1), ReLU", layers))}] partial class Net;").Length;
        int two = Size(2);
        Assert.InRange((Size(6) - two) / 4, 0, two / 4);
    }

    /// <summary>RyuJIT optimises methods of up to 60,000 IL bytes, 2,000 locals and 2,000 basic blocks; ours stay far below, at a third.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    [MemberData(nameof(LargeSources))]
    [Trait("Lane", "Slow")]
    public void MethodsStayFarBelowTheLimitsOfTheJit(string source)
    {
        (Compilation output, _) = Code.Generate(Code.Compile(source));
        using var assembly = new MemoryStream();
        Assert.True(output.Emit(assembly).Success);
        assembly.Position = 0;
        using var image = new PEReader(assembly);
        MetadataReader metadata = image.GetMetadataReader();
        int seen = 0;
        foreach (MethodDefinition method in metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(method => method.RelativeVirtualAddress != 0))
        {
            MethodBodyBlock body = image.GetMethodBody(method.RelativeVirtualAddress);
            string name = metadata.GetString(method.Name);
            Assert.True(body.Size < 20_000, $"{name} has {body.Size} bytes of IL.");
            int locals = body.LocalSignature.IsNil ? 0 : metadata.GetBlobReader(metadata.GetStandaloneSignature(body.LocalSignature).Signature) is var blob && blob.ReadByte() == 7 ? blob.ReadCompressedInteger() : 0;
            Assert.True(locals < 500, $"{name} has {locals} locals.");
            int blocks = BasicBlocks(body.GetILBytes()!);
            Assert.True(blocks < 700, $"{name} has {blocks} basic blocks.");
            seen++;
        }

        Assert.True(seen > 10);
    }

    /// <summary>Blocks begin at the start, at targets of branches and behind branches.</summary>
    private static int BasicBlocks(byte[] code)
    {
        var starts = new HashSet<int> { 0 };
        for (int i = 0; i < code.Length;)
        {
            int value = code[i++];
            if (value == 0xFE)
                value = (value << 8) | code[i++];
            OpCode instruction = s_instructions[value];
            int next = i + instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, i)),
                _ => 4,
            };
            if (instruction.OperandType == OperandType.InlineBrTarget)
                starts.UnionWith([next, next + BitConverter.ToInt32(code, i)]);
            else if (instruction.OperandType == OperandType.ShortInlineBrTarget)
                starts.UnionWith([next, next + (sbyte)code[i]]);
            else if (instruction.OperandType == OperandType.InlineSwitch)
                starts.UnionWith(Enumerable.Range(1, BitConverter.ToInt32(code, i)).Select(target => next + BitConverter.ToInt32(code, i + (4 * target))).Append(next));
            i = next;
        }

        return starts.Count;
    }

    [Theory]
    [InlineData("Row")]
    [InlineData("RowKernels")]
    [InlineData("Vector128")]
    [InlineData("Check")]
    [InlineData("INetwork")]
    [InlineData("NetworkState")]
    [InlineData("NetworkRunner")]
    [InlineData("INetworkKernels")]
    [InlineData("LayerInfo")]
    [Trait("Lane", "Slow")]
    public void NetworksMayBearTheNamesThatGeneratedCodeUses(string name)
    {
        (Compilation output, GeneratorRunResult run) = Code.Generate(Code.Compile($"[global::NetGen.Network(20), Linear(20), GELU, Dropout(0.5), Linear(2), CrossEntropyLoss] partial class {name};"));
        Assert.NotEmpty(run.GeneratedSources);
        Assert.Empty(Code.Problems(output));
    }

    [Fact]
    public void NamesThatDifferInCaseOnlyGetFilesOfTheirOwn()
    {
        (Compilation output, GeneratorRunResult run) = Code.Generate(Code.Compile(
            "[Network(2), Linear(1)] partial class Net; [Network(2), Linear(2)] partial class NET; namespace Net2 { [Network(2), Linear(3)] partial class Net; } namespace NET2 { [Network(2), Linear(3)] partial class Net; }"));
        Assert.Equal(4, run.GeneratedSources.Length);
        Assert.Empty(Code.Problems(output));
    }

    /// <summary>Types and members of the user's that bear the names of what generated code uses do not get into its way.</summary>
    [Fact]
    public void NamesOfTheUsersDoNotGetIntoTheWay()
    {
        IEnumerable<string> names = ["Unsafe", "MemoryMarshal", "Span", "ReadOnlySpan", "Vector512", "Vector256", "Vector128", "MathF", "Math", "Check", "NetworkState", "ParameterLayout", "VectorMath", "Runtime", "Generated", "ArgumentException", "INetwork", "LayerParameters", "Philox", "AlignedBuffer", "Init", "NetworkRunner", "NetworkTable", "INetworkKernels", "WorkspaceSize", "LayerInfo"];
        string types = string.Join(" ", names.Select(name => $"class {name};"));
        (Compilation output, GeneratorRunResult run) = Code.Generate(Code.Compile(
            $"namespace User {{ {types} [Network(3), Linear(20, Name = \"fc1\"), global::NetGen.GELU, Dropout(0.5), Linear(2), CrossEntropyLoss] partial class Net {{ {types} class System; class NetGen; class Kernels; class NetKernels; }} }}"));
        Assert.NotEmpty(run.GeneratedSources);
        Assert.Empty(Code.Problems(output));
        (output, run) = Code.Generate(Code.Compile($"[Network(3), Linear(20), MSELoss] partial class Net; {string.Join(" ", new[] { "NetworkRunner", "LayerInfo", "@nuint" }.Select(name => $"class {name};"))}"));
        Assert.NotEmpty(run.GeneratedSources);
        Assert.Empty(Code.Problems(output));
    }

    /// <summary>Whatever short name stands in generated text, a project may have a global alias of that name, of an attribute too.</summary>
    [Theory]
    [InlineData(Mnist)]
    [InlineData(Pictures)]
    [InlineData("[Block, Linear(20), BatchNorm1d, Tanh] class Body; partial class Outer { [Network(20), LayerNorm, Residual<Body>, Dropout, Linear(4, Name = \"fc\"), LogSumExp, MSELoss] partial class Net; }")]
    public void NoAliasOfTheUsersIsMeant(string source)
    {
        (Compilation output, GeneratorRunResult run) = Code.Generate(Code.Compile(source));
        SyntaxTree[] trees = [.. run.GeneratedSources.Select(file => file.SyntaxTree)];
        string[] names = [.. trees.SelectMany(tree => tree.GetRoot().DescendantTokens()).Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText).Distinct()];
        Assert.Contains("MethodImplAttribute", names);

        // What the user's part says itself is not the generated part's.
        IEnumerable<string> aliases = names.Concat(names.Where(name => name.EndsWith("Attribute", StringComparison.Ordinal)).Select(name => name[..^"Attribute".Length]))
            .Except(output.SyntaxTrees.Except(trees).SelectMany(tree => tree.GetRoot().DescendantTokens()).Select(token => token.ValueText));
        foreach (string target in new[] { "System.SerializableAttribute", "System.Text" })
        {
            string text = string.Concat(aliases.Select(name => $"global using @{name} = {target};\n"));
            Assert.Contains("global using @nuint", text, StringComparison.Ordinal);
            Compilation aliased = output.AddSyntaxTrees(CSharpSyntaxTree.ParseText(text, Code.Latest, "Aliases.cs"));
            Assert.Empty(Code.Problems(aliased));
        }
    }

    /// <summary>Of a type in lower case, and of one called as a keyword to come, C# warns where the user wrote it, and nowhere else.</summary>
    [Theory]
    [InlineData("[Network(4), Linear(1)] partial class net;")]
    [InlineData("partial class outer { partial interface inner { [Network(4), Linear(1, Name = \"a\")] public partial class a; } }")]
    public void WarningsOfNamesAreNotRepeated(string source)
    {
        CSharpCompilation compilation = Code.Compile(source);
        (Compilation output, _) = Code.Generate(compilation);
        Assert.All(Code.Problems(output), problem => Assert.Equal("CS8981", problem.Id));
        Assert.Equal(Code.Problems(compilation).Select(problem => problem.Location), Code.Problems(output).Select(problem => problem.Location));
    }

    [Theory]
    [InlineData("[Network(4), LayerNorm, LayerNorm(4), RMSNorm, Linear(3, Name = \"_fc\"), Linear(2, Name = \"fcA\"), Linear(1, Name = \"fca\")] [MSELoss] public partial class Net;")]
    [InlineData("[Network(1, 28)] [Flatten, Linear(3)] public partial class Net; [Network(2, 3, 4), LayerNorm(3, 4), RMSNorm(2, 3, 4)] public partial class Other; public partial class net2 { [Network(1), Linear(1)] public partial class Net; }")]
    public void NothingOfTheUsersIsAgainstCLSCompliance(string source)
    {
        (Compilation output, _) = Code.Generate(Code.Compile(source, "[assembly: System.CLSCompliant(true)]"));
        Assert.DoesNotContain(Code.Problems(output), problem => problem.Id.StartsWith("CS3", StringComparison.Ordinal) || problem.Severity == DiagnosticSeverity.Error);
    }

    /// <summary>A name in metadata has at most 1,023 characters, that of a file 255 bytes.</summary>
    [Fact]
    public void NamesOfAnyLengthGiveNamesOfWhatTheyAreMadeOf()
    {
        string longest = new('N', 128), space = new('s', 300), type = new('C', 600);
        string blocks = string.Concat(Enumerable.Range(0, 12).Select(i => $"[Block, {(i == 0 ? "Linear(4, Name = \"" : $"Residual<B{i - 1}>(Name = \"")}{longest}\")] class B{i};\n"));
        (Compilation output, GeneratorRunResult run) = Code.Generate(Code.Compile(
            $"namespace {space} {{ {blocks} [Network(4), Residual<B11>(Name = \"{longest}\"), Repeat<B11>(2), Linear(4, Name = \"a{longest[1..]}\")] partial class {type}; [Network(4), Linear(4)] partial class {type}C; }}"));
        Assert.Empty(Code.Problems(output));
        Assert.Equal(2, run.GeneratedSources.Select(file => file.HintName).Distinct().Count());
        Assert.All(run.GeneratedSources, file => Assert.InRange(file.HintName.Length, 1, 120));
        using var assembly = new MemoryStream();
        Assert.DoesNotContain(output.Emit(assembly).Diagnostics, diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
    }

    /// <summary>Tools that measure a user's test coverage see what the user wrote: marked is each generated member, not the class, and the steps.</summary>
    [Theory]
    [InlineData("[Network(4), BatchNorm1d(Name = \"bn\"), Linear(3, Name = \"fc\"), MSELoss] public partial class Net { public int Own() => 3; }")]
    [InlineData("[Network(2, 5, 5), MaxPool2d(2), Flatten, Linear(3), CrossEntropyLoss] public partial class Net { public int Own() => 3; }")]
    public void GeneratedCodeIsMarkedMemberByMember(string source)
    {
        (Compilation output, _) = Code.Generate(Code.Compile(source));
        INamedTypeSymbol type = output.GetTypeByMetadataName("Net")!;
        Assert.Equal((false, false), Marks(type));
        ISymbol[] members = [.. type.GetMembers().Where(member => !member.IsImplicitlyDeclared && member is not IMethodSymbol { AssociatedSymbol: not null })];
        Assert.Equal((false, false), Marks(Assert.Single(members, member => !ClassChecks.IsGenerated(member))));
        Assert.All(members.Where(ClassChecks.IsGenerated), member => Assert.Equal((true, member is not IFieldSymbol), Marks(member)));

        INamespaceSymbol space = output.Assembly.GlobalNamespace.GetNamespaceMembers().Single(member => member.Name == "NetGen").GetNamespaceMembers().Single();
        Assert.Equal((true, true), Marks(Assert.Single(space.GetTypeMembers())));

        static (bool Generated, bool NotCovered) Marks(ISymbol symbol) => (Has(symbol, "GeneratedCodeAttribute"), Has(symbol, "ExcludeFromCodeCoverageAttribute"));
        static bool Has(ISymbol symbol, string name) => symbol.GetAttributes().Any(attribute => attribute.AttributeClass!.Name == name);
    }

    /// <summary>The list that clashes are checked against is the truth.</summary>
    [Theory]
    [InlineData("[Network(2), Linear(3), ReLU(Name = \"act\")] partial class Net;")]
    [InlineData("[Network(2), Linear(3, Name = \"fc1\")] [CrossEntropyLoss] partial class Net;", "Fc1")]
    [InlineData("[Network(2), Linear(3)] [MSELoss] partial class Net;")]
    [InlineData("[Network(2), BatchNorm1d(Name = \"bn\")] [MSELoss] partial class Net;", "Bn")]
    [InlineData("[Block, BatchNorm1d] class Body; [Network(2), Repeat<Body>(2)] partial class Net;")]
    public void TheListOfGeneratedMembersIsTrue(string source, params string[] properties)
    {
        (Compilation output, _) = Code.Generate(Code.Compile(source));
        INamedTypeSymbol type = output.GetTypeByMetadataName("Net")!;
        NetworkDeclaration declaration = DeclarationParser.Parse(type, default).Declaration!;
        IEnumerable<(string, string?)> members = type.GetMembers()
            .Where(member => member.CanBeReferencedByName && member is not IMethodSymbol { AssociatedSymbol: not null })
            .Select(member => (member.Name, member is IMethodSymbol method ? string.Join(", ", method.Parameters.Select(parameter => parameter.Type.ToDisplayString())) : null));
        Assert.Equal(GeneratedMembers.Of(declaration).Select(member => (member.Name, member.ParameterTypes)).Concat(properties.Select(property => (property, (string?)null))).Order(), members.Order());
    }

    [Theory]
    [InlineData("[Network(1, 8, 8), Conv2d(4, 3, Name = \"conv\"), ReLU, Flatten, Linear(3)] [CrossEntropyLoss] public partial class Net;")]
    [InlineData("[Block, Linear(40), ReLU] class Body; [Network(40), Residual<Body>, Repeat<Body>(3), Concat<Body, Identity>] public partial class Net;")]
    public void TheSummaryOfTheRuntimeIsThatOfTheRemarks(string source)
    {
        (Compilation output, _) = Code.Generate(Code.Compile(source));
        XElement table = XElement.Parse(output.GetTypeByMetadataName("Net")!.GetDocumentationCommentXml()!).Element("remarks")!.Element("code")!;
        IEnumerable<string> expected = table.Value.Trim().Split('\n').Select(line => line.TrimStart());
        Assert.Equal(expected, Static<string>(source, "Summary").TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void TheSummaryStandsInTheRemarks()
    {
        (Compilation output, _) = Code.Generate(Code.Compile(Mnist));
        string documentation = output.GetTypeByMetadataName("MnistMlp")!.GetDocumentationCommentXml()!;
        Assert.Contains("Of the user's.", documentation, StringComparison.Ordinal);
        Assert.Contains("<remarks>", documentation, StringComparison.Ordinal);
        Assert.Contains("101,770", documentation, StringComparison.Ordinal);
    }

    /// <summary>The keys of PyTorch's modules: keywords of C# that attributes of theirs are called, and what is nested as it is there.</summary>
    [Theory]
    [InlineData("Linear(4, Name = \"out\")", "out.weight, out.bias")]
    [InlineData("Sequential<Body>(Name = \"net\")", "net.0.weight, net.0.bias, net.2.body.0.weight, net.2.body.0.bias")]
    [InlineData("Sequential<Body>", "0.0.weight, 0.0.bias, 0.2.body.0.weight, 0.2.body.0.bias")]
    [InlineData("Sequential<Nested>(Name = \"class\")", "class.0.0.weight, class.0.0.bias, class.0.2.body.0.weight, class.0.2.body.0.bias, class.base.weight, class.base.bias")]
    public void KeysArePyTorchs(string layer, string keys)
    {
        string source = "[Block, Linear(4)] class Inner; [Block, Linear(4), ReLU, Residual<Inner>] struct Body; [Block, Sequential<Body>, Linear(4, Name = \"base\")] class Nested; " + $"[Network(4), {layer}] public partial class Net;";
        var network = (INetwork)Activator.CreateInstance(NetworkCompiler.Load("using NetGen;\n" + source).GetType("Net")!, 1UL)!;
        Assert.Equal(keys, string.Join(", ", network.Parameters.Select(parameter => parameter.Name)));
        Assert.Equal(layer.StartsWith("Linear", StringComparison.Ordinal), network.GetType().GetProperty("Out") is not null);
    }

    /// <summary>Where branches meet, the tables show the composition as it is declared.</summary>
    [Theory]
    [InlineData("Residual<Body>", "Residual<Body>")]
    [InlineData("Sum<Body, Identity, Body>(Name = \"sum\")", "Sum<Body, Identity, Body>", "sum")]
    [InlineData("Concat<Wide, Identity>", "Concat<Wide, Identity>")]
    [InlineData("Parallel<Wide>(3)", "Parallel<Wide>(3)")]
    [InlineData("Parallel<Wide>(3, Merge = Merge.Concat)", "Parallel<Wide>(3, Merge = Merge.Concat)")]
    public void TablesShowCompositions(string composition, string row, string key = "1")
    {
        string source = $"[Block, Linear(4)] class Body; [Block, Linear(8), Tanh] class Wide; [Network(4), Linear(4), {composition}] public partial class Net;";
        (Compilation output, _) = Code.Generate(Code.Compile(source));
        LayerInfo layer = Assert.Single(Static<IReadOnlyList<LayerInfo>>(source, "Layers"), layer => layer.Key == key);
        Assert.Equal((row, 0, 0), (layer.Layer, layer.Parameters, layer.Multiplications));
        Assert.Contains($"\n{key} {row} ", Static<string>(source, "Summary"), StringComparison.Ordinal);
        Assert.Contains($"{key} {row} ", System.Net.WebUtility.HtmlDecode(output.GetTypeByMetadataName("Net")!.GetDocumentationCommentXml()), StringComparison.Ordinal);
    }

    /// <summary>What a static property of the compiled network gives.</summary>
    private static T Static<T>(string source, string property) => (T)NetworkCompiler.Load("using NetGen;\n" + source).GetType("Net")!.GetProperty(property)!.GetValue(null)!;

    private static string Generated(string source) => Assert.Single(Code.Generate(Code.Compile(source)).Run.GeneratedSources).SourceText.ToString();
}

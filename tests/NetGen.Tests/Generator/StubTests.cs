using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace NetGen.Tests.Generator;

/// <summary>A network with a mistake has its members nevertheless, so that one mistake is one error. RuleTests and FuzzTests hold that no stub raises an error itself.</summary>
public class StubTests
{
    /// <summary>What a program does with a network.</summary>
    private const string Uses = """
        static class Program
        {
            private const int Half = Net.InputSize / 2;
            private static readonly float[] s_output = new float[Net.OutputSize];
            private const long Ratio = 100 / (Net.InputSize - 1) + 100 / (Net.OutputSize - 1) + 100 / Net.ParameterCount;
            private const byte Narrow = Net.OutputSize;

            static string Size(long n) => n switch
            {
                1 => "one",
                100 => "hundred",
                Net.InputSize => "input",
                Net.OutputSize => "output",
                Net.ParameterCount => "parameters",
                Net.MultiplyAccumulates => "products",
                Net.TrainingBytesPerSample => "bytes",
                _ => "",
            };

            static float Main()
            {
                var net = new Net(seed: 1);
                net.Predict(new float[Net.InputSize], s_output);
                net.VectorJacobianProduct(new float[Half], s_output);
                net.Fc.Weight.CopyTo(s_output);
                System.Console.WriteLine(Net.Summary + net.Parameters.Count + net.Gradients.Count + Net.Layers.Count + Net.MultiplyAccumulates);
                net.FlatParameters.Clear();
                net.RandomState = net.RandomState.Next();
                net.TrainStep(new float[Half], (output, gradient) => net.ComputeGradients(new float[Half], (y, dy) => 0), new SGD(0.1));
                Run(Create<Net>());
                return net.TrainStep(new float[4], TARGET, new SGD(0.1)) + net.ComputeGradients(new float[4], TARGET) + net.EvaluateLoss(new float[4], TARGET);
            }

            static T Create<T>() where T : INetwork<T> => T.Create(1);
            static void Run(ITrainableNetwork<TYPE> network) => network.TrainStep([], TARGET, new SGD(0.1));
        }
        """;

    private const string Floats = "new float[] { 1 }";
    private const string Classes = "new int[] { 1 }";

    [Theory]
    [InlineData("NG1014", "[Network(0), Linear(2, Name = \"fc\"), MSELoss] partial class Net;")]
    [InlineData("NG1014", "[Network(4), Linear(0, Name = \"fc\"), CrossEntropyLoss] partial class Net;")]
    [InlineData("NG1008", "[Linear(2, Name = \"fc\"), CrossEntropyLoss] partial class Net;")]
    [InlineData("NG1008", "[NetGen.LinearAttribute(2, Name = \"fc\")] partial class Net; [ReLU] partial class Net; [MSELoss] partial class Net;")]
    [InlineData("NG1008", "using Dense = NetGen.LinearAttribute; [Dense(2, Name = \"fc\"), MSELoss] partial class Net;")]
    [InlineData("NG1039", "[Block, Linear(2, Name = \"fc\"), CrossEntropyLoss] partial class Net;")]
    [InlineData("NG1039", "[Block, Linear(2, Name = \"fc\"), MSELoss] partial class Net; [Network(4), Residual<Net>] partial class Other;")]
    [InlineData("NG1009", "[Linear(2, Name = \"fc\")] [Network(4), MSELoss] partial class Net;")]
    [InlineData("NG1010", "[Network(4), Linear(2, Name = \"fc\"), MSELoss] partial class Net; [ReLU] partial class Net;")]
    [InlineData("NG1011", "[Network(4), Linear(2, Name = \"fc\"), Linear(3, Name = \"a b\"), MSELoss] partial class Net;")]
    [InlineData("NG1012", "[Network(4), Linear(2, Name = \"fc\"), Linear(3, Name = \"Fc\"), MSELoss] partial class Net;")]
    [InlineData("NG1013", "[Network(4), Linear(2, Name = \"fc\"), MSELoss] partial class Net { private int FlatGradients; }")]
    [InlineData("NG1013", "[Network(4), Linear(2, Name = \"fc\"), MSELoss] partial class Net { public void Predict(System.ReadOnlySpan<float> x, System.Span<float> y) { } }")]
    [InlineData("NG1016", "[Network(4), Linear(2, Name = \"fc\"), MSELoss, HuberLoss] partial class Net;")]
    [InlineData("NG1017", "[Network(4), MSELoss, Linear(2, Name = \"fc\")] partial class Net;")]
    [InlineData("NG1018", "[Network(1, 4), Linear(2, Name = \"fc\"), MSELoss] partial class Net;")]
    [InlineData("NG1020", "[Network(4), Linear(2, Name = \"fc\"), HuberLoss(-1)] partial class Net;")]
    [InlineData("NG1021", "[Network(4), Linear(2, Name = \"fc\"), MSELoss] partial class Net { private Net(string x) { } }")]
    [InlineData("NG1021", "[Network(4), Linear(2, Name = \"fc\"), MSELoss] partial class Net { public Net(ulong seed) { } }")]
    [InlineData("NG1021", "[Network(4), Linear(2, Name = \"fc\"), MSELoss] partial class Net(int x, string y) { int X => x; string Y => y; }")]
    [InlineData("NG1022", "class Base { protected Base(int x, System.Span<int> y) { } } [Network(4), Linear(2, Name = \"fc\"), MSELoss] partial class Net : Base;")]
    [InlineData("NG1022", "[Network(4), Linear(2), CrossEntropyLoss] partial class Base; [Network(4), Linear(2, Name = \"fc\"), MSELoss] partial class Net : Base;")]
    [InlineData("NG1023", "[Network(4), Linear(2, Name = \"fc\"), MSELoss] partial class Net { public required int Own; }")]
    [InlineData("NG1024", "class MineAttribute : LossAttribute; [Network(4), Linear(2, Name = \"fc\"), Mine] partial class Net;")]
    [InlineData("NG1006", "[Network(4), Linear(2, Name = \"fc\"), MSELoss] partial struct Net;")]
    [InlineData("NG1006", "[Network(4), Linear(2, Name = \"fc\"), MSELoss] partial record Net(int X);")]
    [InlineData("NG1036", "class Plain; [Network(4), Residual<Plain>, Linear(2, Name = \"fc\"), MSELoss] partial class Net;")]
    [InlineData("NG1014", "[Block, Linear(0)] class B; [Network(4), Residual<B>, Linear(2, Name = \"fc\"), MSELoss] partial class Net;")]
    [InlineData("NG1033", "[Block, Linear(3)] class B; [Network(4), Residual<B>, Linear(2, Name = \"fc\"), MSELoss] partial class Net;")]
    [InlineData("NG1043", "using static Sizes; static class Sizes { public const int OutputSize = 3; } [Network(4), Linear(2, Name = \"fc\"), Linear(OutputSize), Linear(2), MSELoss] partial class Net;")]
    [InlineData("NG1014", "using static Sizes; static class Sizes { public const int InputSize = 4; } [Network(InputSize), Linear(0, Name = \"fc\"), MSELoss] partial class Net;")]
    [InlineData("NG1043", "using static Encoder; [Network(5), Linear(3), MSELoss] partial class Encoder; [Network(2, OutputSize), Flatten, LayerNorm(6), Linear(2, Name = \"fc\"), MSELoss] partial class Net;")]
    public async Task OneMistakeIsOneError(string rule, string declaration)
    {
        string target = declaration.Contains("CrossEntropyLoss] partial class Net", StringComparison.Ordinal) ? Classes : Floats;
        string uses = Uses.Replace("TARGET", target, StringComparison.Ordinal).Replace("TYPE", target == Classes ? "int" : "float", StringComparison.Ordinal);
        (Compilation output, GeneratorRunResult run) = Code.Generate(Code.Compile(declaration + uses));
        Assert.Empty(Code.Errors(output));
        Assert.Equal(rule, Assert.Single((await Code.Analyze(output)).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)).Id);
        Assert.Contains(run.GeneratedSources, Code.IsStub);
    }

    /// <summary>What the compiler itself rejects is its own error, and that alone.</summary>
    [Theory]
    [InlineData("[Network(4), Linear(Missing), Linear(2, Name = \"fc\"), MSELoss] partial class Net;")]
    [InlineData("[Netwrok(4), Linear(2, Name = \"fc\"), MSELoss] partial class Net;")]
    [InlineData("[Linear(Missing), Linear(2, Name = \"fc\"), MSELoss] partial class Net;")]
    [InlineData("[Network(4), Linaer(2), Linear(2, Name = \"fc\"), MSELoss] partial class Net;")]
    [InlineData("[Network(4), Linear(2, Name = \"fc\"), MeanSquaredErrorLoss] partial class Net;")]
    [InlineData("[Network(4), Linear(2, Name = \"fc\"), MSE] partial class Net;")]
    [InlineData("[Network(4), Linear(2, Name = \"fc\"), MSELos] partial class Net;")]
    [InlineData("[Network(4), Linear(2, Name = \"fc\"), HalfSquareError] partial class Net;")]
    [InlineData("[Network(4), Linaer(8, Name = \"fc\"), Linear(2), MSELoss] partial class Net;")]
    [InlineData("[Network(4), Linear(1.5), Linear(2, Name = \"fc\"), MSELoss] partial class Net;")]
    [InlineData("[Network(4), Linear(2, Name = \"fc\"), HuberLoss(\"a\")] partial class Net;")]
    [InlineData("[Network(4), Network(4), Linear(2, Name = \"fc\"), MSELoss] partial class Net;")]
    [InlineData("[Network(4), Linear(2, Name = \"fc\"), MSELoss] partial class Net; [Network(4)] partial class Net;")]
    public void OneErrorOfTheCompilerStaysOne(string declaration)
    {
        string uses = Uses.Replace("TARGET", Floats, StringComparison.Ordinal).Replace("TYPE", "float", StringComparison.Ordinal);
        Assert.Single(Code.Errors(Code.Generate(Code.Compile(declaration + uses)).Output), error => !error.Contains("CS0246", StringComparison.Ordinal) || !error.Contains("Attribute'", StringComparison.Ordinal));
    }

    /// <summary>What C# allows of the class is used, down to constants alone; and where it allows nothing, nothing stands there.</summary>
    [Theory]
    [InlineData(true, "partial class Outer<T> { partial interface Inner<in U, out V> { [Network(4), MSELoss] public partial class Net; } }")]
    [InlineData(true, "partial record struct Outer { [Network(4), MSELoss] public partial class Net<@class, U> where U : new(); }")]
    [InlineData(true, "namespace A.@event { [Network(4), CrossEntropyLoss] partial record struct @new(int X); }")]
    [InlineData(true, "[Network(0), Linear(2)] readonly ref partial struct Net;")]
    [InlineData(true, "[Network(0), Linear(2)] static partial class Net;")]
    [InlineData(true, "[Network(0), Linear(2)] abstract partial class Net;")]
    [InlineData(true, "[Network(0), Linear(2)] partial class Net; [Network(0), Linear(2)] partial class Net<T>; [Network(0), Linear(2)] partial class net;")]
    [InlineData(true, "[Network(4)] partial class Summary; [Network(4)] partial class Predict; [Network(4)] partial class InputSize; [Network(4)] partial class _N;")]
    [InlineData(true, "class Base { public int Summary, InputSize; public void Predict(System.ReadOnlySpan<float> x, System.Span<float> y) { } } [Network(0), Linear(2)] partial class Net : Base;")]
    [InlineData(true, "[Network(0), Linear(2), MSELoss] partial class Net : INetwork<Net> { static Net INetwork<Net>.Create(ulong seed) => null!; ParameterCollection IParameterized.Gradients => null!; }")]
    [InlineData(true, "[Network(0), Linear(2, Name = \"fc\"), MSELoss] partial class Net { class Layers; enum Fc; delegate void TrainStep(); event System.Action Parameters { add { } remove { } } int get_Buffers() => 1; void set_RandomState() { } }")]
    [InlineData(true, "class Base { private Base() { } } [Network(4)] partial class Net { public required int X { get; init; } public Net(int x) : this((ulong)x) => X = x; }")]
    [InlineData(false, "[Network(0), Linear(2)] class Net;")]
    [InlineData(false, "class Outer { [Network(0), Linear(2)] partial class Net; }")]
    [InlineData(false, "[Network(0), Linear(2)] file partial class Net;")]
    [InlineData(false, "class System; [Network(0), Linear(2)] partial class Net;")]
    [InlineData(true, "[Linear(2)] partial class Net;")]
    [InlineData(true, "[Block, Linear(2), MSELoss] partial class Net;")]
    [InlineData(false, "[Linear(2)] class Net;")]
    [InlineData(false, "[Block, Linear(0)] partial class Net;")]
    [InlineData(false, "[Block, Linear(2)] partial class Net;")]
    [InlineData(false, "[Linear(2)] partial class Net; [Block] partial class Net;")]
    [InlineData(false, "namespace Mine { class LinearAttribute(int units) : System.Attribute; class MSELossAttribute : System.Attribute; [Linear(2), MSELoss] partial class Net; }")]
    public void AStubIsWhatTheClassAllows(bool exists, string source)
    {
        CSharpCompilation compilation = Code.Compile(source);
        (Compilation output, GeneratorRunResult run) = Code.Generate(compilation);
        Assert.Equal(exists, run.GeneratedSources.Length > 0);
        Assert.All(run.GeneratedSources, source => Assert.True(Code.IsStub(source)));
        Assert.Subset(Code.Errors(compilation).ToHashSet(), Code.Errors(output).ToHashSet());
    }

    /// <summary>What is known is there, and what is not differs from it.</summary>
    [Theory]
    [InlineData(12, "[Network(3, 4), Linear(0)] partial class Net;")]
    [InlineData(103, "[Network(103), Linear(0)] partial class Net;")]
    [InlineData(null, "[Network(0, 4), Linear(2)] partial class Net;")]
    [InlineData(null, "[Network(65536, 65536), Linear(2)] partial class Net;")]
    public void AStubHasTheInputSize(int? size, string source)
    {
        INamedTypeSymbol stub = Code.Generate(Code.Compile(source)).Output.GetTypeByMetadataName("Net")!;
        Dictionary<string, long> constants = stub.GetMembers().OfType<IFieldSymbol>().ToDictionary(field => field.Name, field => Convert.ToInt64(field.ConstantValue, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Distinct(constants.Values);
        Assert.DoesNotContain(constants.Values, value => value < 2);
        if (size is { } known)
            Assert.Equal(known, constants["InputSize"]);
    }

    /// <summary>C# before 11 has no static members in interfaces; the class has its own members all the same.</summary>
    [Fact]
    public void AStubOfAnOldLanguageHasNoInterfaces()
    {
        CSharpCompilation compilation = Code.Compile(new CSharpParseOptions(LanguageVersion.CSharp9), "[Network(4), Linear(2, Name = \"fc\"), MSELoss] partial class Net { void F() { TrainStep(default, new float[2], new SGD(0.1)); Fc.ToString(); } }");
        Assert.Empty(Code.Errors(Code.Generate(compilation).Output));
    }

    /// <summary>Everything that the compiled class shows, with its types.</summary>
    [Theory]
    [InlineData("[Network(1, 8, 8), Conv2d(3, 3, Name = \"conv\"), BatchNorm2d(Name = \"bn\"), Flatten, Linear(UNITS, Name = \"fc\"), MSELoss] public partial class Net;")]
    [InlineData("[Network(4), Linear(UNITS, Name = \"fc\"), Linear(2), CrossEntropyLoss] public partial class Net;")]
    [InlineData("[Network(4), Linear(UNITS)] public partial class Net;")]
    public void AStubHasTheMembersOfTheNetwork(string source)
    {
        INamedTypeSymbol compiled = Net("2");
        INamedTypeSymbol stub = Net("0");
        Assert.Equal(Interfaces(compiled), Interfaces(stub));
        Assert.Subset(Members(stub), Members(compiled));
        Assert.All(Members(stub).Except(Members(compiled)), member => Assert.Contains("Buffers", member, StringComparison.Ordinal));

        INamedTypeSymbol Net(string units) => Code.Generate(Code.Compile(source.Replace("UNITS", units, StringComparison.Ordinal))).Output.GetTypeByMetadataName("Net")!;
        static IEnumerable<string> Interfaces(INamedTypeSymbol type) => type.AllInterfaces.Select(implemented => implemented.ToDisplayString()).Order();
        static HashSet<string> Members(INamedTypeSymbol type) => [.. type.GetMembers().Where(member => member.DeclaredAccessibility == Accessibility.Public).Select(member => member.ToDisplayString(s_signature))];
    }

    private static readonly SymbolDisplayFormat s_signature = SymbolDisplayFormat.CSharpShortErrorMessageFormat
        .WithMemberOptions(SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeModifiers)
        .WithParameterOptions(SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue);

    /// <summary>Where somebody runs it after all, it says what is wrong.</summary>
    [Fact]
    public void AStubThrows()
    {
        using var image = new MemoryStream();
        Assert.True(Code.Generate(Code.Compile("[Network(4), Linear(0)] public partial class Net;")).Output.Emit(image).Success);
        Type type = Assembly.Load(image.ToArray()).GetType("Net")!;
        var failure = Assert.Throws<TargetInvocationException>(() => Activator.CreateInstance(type, 0UL));
        Assert.Equal("The network 'Net' is not compiled: its declaration has a mistake, which is an error of the build.", Assert.IsType<NotSupportedException>(failure.InnerException).Message);
    }
}

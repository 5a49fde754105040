using System;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using static NetGen.Tests.Generator.RuleCheck;

namespace NetGen.Tests.Generator;

/// <summary>
/// For each rule a test that shows it firing, at its place and with its text, and one that shows it silent on what is just right.
/// The methods are named after the rule; RuleArtefactTests holds that both are there.
/// </summary>
public partial class RuleTests
{
    [Theory]
    [InlineData("[Network(784)] [Linear(128), ReLU, Linear(10)] [CrossEntropyLoss] partial class {|NG0001:Mlp|};",
        "Network 'Mlp': 101,770 parameters, 101,632 multiply-accumulates and 203,264 FLOPs a sample")]
    [InlineData("[Network(1, 28, 28), Flatten, Linear(10, Bias = false)] partial class {|NG0001:@class|};",
        "Network 'class': 7,840 parameters, 7,840 multiply-accumulates and 15,680 FLOPs a sample")]
    [InlineData("[Network(1, 8, 8), Conv2d(4, 3, Groups = 1), ReLU, MaxPool2d(2), Conv2d(8, 3, Groups = 4, Bias = false)] partial class {|NG0001:Net|};",
        "Network 'Net': 112 parameters, 1,368 multiply-accumulates and 2,736 FLOPs a sample")]
    [InlineData("[Network(1, 8), Conv1d(4, 3, FixedWeight = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])] partial class {|NG0001:Net|};",
        "Network 'Net': 0 parameters, 72 multiply-accumulates and 144 FLOPs a sample")]
    [InlineData("partial class Net { void F() { } } [Network(4), Linear(1)] partial class {|NG0001:Net|};",
        "Network 'Net': 5 parameters, 4 multiply-accumulates and 8 FLOPs a sample")]
    [InlineData("[Block, Linear(4)] class B; [Network(4), Residual<B>, Parallel<B>(3)] partial class {|NG0001:Net|};",
        "Network 'Net': 80 parameters, 64 multiply-accumulates and 140 FLOPs a sample")]
    public Task NG0001_Fires(string source, string message) => Fires(source, message);

    [Fact]
    public async Task NG0001_IsSilent() => Assert.Empty(await Code.Analyze(Code.Compile("partial class Plain; [System.Serializable] class Other;")));

    [Theory]
    [InlineData("[Network(4), Linear(1)] public sealed class {|NG1001:Net|};", "Network 'Net' is not partial, so its other half cannot be generated: write 'partial class Net' in each of its declarations")]
    [InlineData("[Network(4), Linear(1)] partial class {|NG1001:Net|}; class Net { }", "Network 'Net' is not partial")]
    public Task NG1001_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Network(4), Linear(1)] partial class Net;")]
    [InlineData("[Network(4), Linear(1)] public sealed partial class Net; partial class Net { internal int Own => 1; }")]
    public Task NG1001_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("class Outer { [Network(4), Linear(1)] partial class {|NG1002:Net|}; }", "Network 'Net' stands in 'Outer', which is not partial: make 'Outer' partial")]
    [InlineData("partial class A { struct B { partial class C { [Network(4), Linear(1)] partial class {|NG1002:Net|}; } } }", "Network 'Net' stands in 'B'")]
    [InlineData("class A { class B { [Network(4), Linear(1)] partial class {|NG1002:{|NG1002:Net|}|}; } }", "Network 'Net' stands in ")]
    public Task NG1002_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("partial class Outer { [Network(4), Linear(1)] partial class Net; }")]
    [InlineData("static partial class A { partial struct B { [Network(4), Linear(1)] public partial class Net; } }")]
    [InlineData("partial interface A { partial record B { partial record struct C { [Network(4), Linear(1)] public partial class Net; } } }")]
    [InlineData("namespace A.@event { partial class @class { ref partial struct @record { [Network(4), Linear(1)] private partial class @new; } } }")]
    [InlineData("partial record Outer(int X) { [Network(4), Linear(1)] private protected partial class Net; }")]
    public Task NG1002_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("[Network(4), Linear(1)] partial class {|NG1003:Net|}<T>;", "Network 'Net' cannot be generated because it is generic")]
    [InlineData("partial class Outer<T> { [Network(4), Linear(1)] partial class {|NG1003:Net|}; }", "Network 'Net' cannot be generated because the type around it, 'Outer', is generic")]
    public Task NG1003_Fires(string source, string message) => Fires(source, message);

    [Fact]
    public Task NG1003_IsSilent() => IsSilent("[Network(4), Linear(1)] partial class Net : System.Collections.Generic.List<int>; partial class Net<T>;");

    [Theory]
    [InlineData("[Network(4), Linear(1)] file partial class {|NG1004:Net|};", "Network 'Net' cannot be generated because it is file-local")]
    [InlineData("file partial class Outer { [Network(4), Linear(1)] public partial class {|NG1004:Net|}; }", "Network 'Net' cannot be generated because the type around it, 'Outer', is file-local")]
    public Task NG1004_Fires(string source, string message) => Fires(source, message);

    [Fact]
    public Task NG1004_IsSilent() => IsSilent("file class Helper; [Network(4), Linear(1)] internal partial class Net { private readonly object _helper = new Helper(); public override string ToString() => _helper.ToString()!; }");

    [Theory]
    [InlineData("[Network(4), Linear(1)] static partial class {|NG1005:Net|};", "Network 'Net' is static, but a network has parameters and is created with new: remove 'static'")]
    [InlineData("[Network(4), Linear(1)] abstract partial class {|NG1005:Net|};", "Network 'Net' is abstract, but a network has parameters and is created with new: remove 'abstract'")]
    [InlineData("[Network(4), Linear(1)] partial class {|NG1005:Net|}; abstract partial class Net;", "is abstract")]
    public Task NG1005_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Network(4), Linear(1)] sealed partial class Net;")]
    [InlineData("abstract class Base { public abstract void Draw(); } [Network(4), Linear(1)] partial class Net : Base { public override void Draw() { } }")]
    public Task NG1005_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("[Network(4), Linear(1)] partial struct {|NG1006:Net|};", "Network 'Net' is a struct, but a network is a plain class: write 'partial class Net'")]
    [InlineData("[Network(4), Linear(1)] partial record {|NG1006:Net|};", "Network 'Net' is a record,")]
    [InlineData("[Network(4), Linear(1)] partial record struct {|NG1006:Net|};", "Network 'Net' is a record struct,")]
    [InlineData("[Network(4), Linear(1)] readonly ref partial struct {|NG1006:Net|};", "Network 'Net' is a struct,")]
    [InlineData("[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit)] [Network(4), Linear(1)] partial class {|NG1006:Net|};", "is a class with a layout of its own")]
    [InlineData("""[System.Runtime.InteropServices.ComImport, System.Runtime.InteropServices.Guid("00000000-0000-0000-0000-000000000001")] [Network(4), Linear(1)] partial class {|NG1006:Net|};""", "is a COM import")]
    public Task NG1006_Fires(string source, string message) => Fires(source, message);

    [Fact]
    public Task NG1006_IsSilent() => IsSilent("[Network(4), Linear(1)] partial class Net { private record struct Own(int X); private readonly Own _own = new(1); public int X => _own.X; }");

    [Theory]
    [InlineData("[Network(4)] partial class {|NG1007:Net|};", "Network 'Net' has no layers: write at least one after [Network]")]
    [InlineData("[Network(4), MSELoss] partial class {|NG1007:Net|};", "Network 'Net' has no layers")]
    public Task NG1007_Fires(string source, string message) => Fires(source, message);

    [Fact]
    public Task NG1007_IsSilent() => IsSilent("[Network(4), ReLU] partial class Net;");

    [Theory]
    [InlineData("[{|NG1008:Linear(3)|}, ReLU] partial class Net;", "Linear stands on 'Net', which has no [Network]")]
    [InlineData("[{|NG1008:MSELoss|}] partial class Net;", "MSELoss stands on 'Net', which has no [Network]")]
    [InlineData("[{|NG1008:Classes(3)|}] class Plain;", "Classes stands on 'Plain', which has no [Network]: it is read of networks alone")]
    [InlineData("[Block, Linear(3), {|NG1008:Budget(Macs = 5)|}] class Part;", "Budget stands on 'Part', which has no [Network]")]
    [InlineData("[{|NG1008:Linear(3)|}] static class Plain<T>;", "Linear stands on 'Plain', which has no [Network]")]
    public Task NG1008_Fires(string source, string message) => Fires(source, message);

    [Fact]
    public Task NG1008_IsSilent() => IsSilent("[Network(4)] [Linear(3), ReLU] [MSELoss] partial class Net;");

    [Theory]
    [InlineData("[{|NG1009:Linear(3)|}] [Network(4), ReLU] partial class Net;", "Linear stands before [Network]")]
    [InlineData("[{|NG1009:Flatten|}, {|NG1009:MSELoss|}, Network(4)] partial class Net;", "stands before [Network]")]
    public Task NG1009_Fires(string source, string message) => Fires(source, message);

    [Fact]
    public Task NG1009_IsSilent() => IsSilent("[System.Serializable, Network(4)] [Linear(3)] partial class Net;");

    [Theory]
    [InlineData("[Network(4), Linear(3)] partial class Net; [{|NG1010:ReLU|}, {|NG1010:Linear(2)|}] partial class Net;", "stands on another partial declaration of 'Net' than [Network]")]
    [InlineData("[{|NG1010:Linear(3)|}] partial class Net; [Network(4), ReLU] partial class Net;", "Linear stands on another partial declaration of 'Net' than [Network]")]
    public Task NG1010_Fires(string source, string message) => Fires(source, message);

    [Fact]
    public async Task NG1010_FiresAcrossFiles()
    {
        Diagnostic diagnostic = Assert.Single(await Code.Analyze(Code.Compile("[Network(4), Linear(3)] partial class Net;", "[Sigmoid] partial class Net;")));
        Assert.Equal(("NG1010", "Sigmoid", "File1.cs"), (diagnostic.Id, Code.Text(diagnostic), diagnostic.Location.SourceTree!.FilePath));
    }

    [Fact]
    public Task NG1010_IsSilent() => IsSilent("[Network(4), Linear(3)] partial class Net; [System.Serializable] partial class Net;");

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(" ", "is not a C# identifier")]
    [InlineData("0", "is not a C# identifier")]
    [InlineData("fc.1", "is not a C# identifier")]
    [InlineData("@fc", "is not a C# identifier")]
    [InlineData("fc 1", "is not a C# identifier")]
    [InlineData("fc\u200d1", "holds an invisible character")]
    public Task NG1011_Fires(string name, string message) =>
        Fires($$"""[Network(4), {|NG1011:Linear(3, Name = "{{name}}")|}] partial class Net;""", $"Linear: the name \"{name}\" {message}");

    [Fact]
    public Task NG1011_FiresWhenTheNameIsTooLong() => NG1011_Fires(new string('a', 129), "is longer than 128 characters");

    [Theory]
    [InlineData("fc1")]
    [InlineData("_fc1")]
    [InlineData("größe")]
    [InlineData("record")]
    [InlineData("out")]
    [InlineData("class")]
    [InlineData("__arglist")]
    [InlineData("value")]
    [InlineData("field")]
    [InlineData("global")]
    [InlineData("seed")]
    [InlineData("input")]
    public Task NG1011_IsSilent(string name) => IsSilent($$"""[Network(4), Linear(3, Name = "{{name}}"), ReLU(Name = null)] partial class Net;""");

    [Theory]
    [InlineData("""[Network(4), Linear(3, Name = "fc"), {|NG1012:Linear(2, Name = "fc")|}] partial class Net;""", "Linear: the name \"fc\" gives 'Fc', which is taken by layer 0, Linear \"fc\"")]
    [InlineData("""[Network(4), Linear(3, Name = "fc"), {|NG1012:Linear(2, Name = "Fc")|}] partial class Net;""", "Linear: the name \"Fc\" gives 'Fc', which is taken by layer 0, Linear \"fc\"")]
    [InlineData("""[Network(4), Linear(3, Name = "fc"), {|NG1012:ReLU(Name = "fc")|}] partial class Net;""", "ReLU: the name \"fc\" gives 'Fc', which is taken by layer 0, Linear \"fc\"")]
    [InlineData("""[Network(4), {|NG1012:Linear(3, Name = "predict")|}] partial class Net;""", "Linear: the name \"predict\" gives 'Predict', which is taken by a generated member")]
    [InlineData("""[Network(4), {|NG1012:Linear(3, Name = "_state")|}] partial class Net;""", "which is taken by a generated member")]
    [InlineData("""[Network(4), {|NG1012:Linear(3, Name = "trainStep")|}, MSELoss] partial class Net;""", "which is taken by a generated member")]
    [InlineData("""[Network(4), {|NG1012:Linear(3, Name = "net")|}] partial class Net;""", "Linear: the name \"net\" gives 'Net', which is taken by the class itself")]
    public Task NG1012_Fires(string source, string message) => Fires(source, message);

    /// <summary>A name that cannot be one is nobody else's besides.</summary>
    [Theory]
    [InlineData("""[Network(4), {|NG1011:Linear(3, Name = "")|}, {|NG1011:Linear(2, Name = "")|}] partial class Net;""", "")]
    [InlineData("""[Network(4), {|NG1011:Linear(3, Name = "a b")|}, {|NG1011:Linear(2, Name = "A b")|}] partial class Net;""", "")]
    public Task NamesThatCannotBeOnesAreToldOnce(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("""[Network(4), Linear(3, Name = "fc1"), Linear(2, Name = "fc2"), ReLU(Name = "act"), Linear(1)] partial class Net;""")]
    [InlineData("""[Network(4), Linear(3, Name = "linear0")] partial class Net;""")]
    [InlineData("""[Network(4), Linear(3, Name = "fcA"), Linear(2, Name = "fca")] partial class Net;""")]
    [InlineData("""[Network(4), Linear(3, Name = "evaluateLoss")] partial class Net;""")]
    [InlineData("""[Network(4), Linear(8, Name = "linear1"), Linear(3), Linear(8, Name = "linear1_"), Linear(3)] partial class Net;""")]
    [InlineData("""[Network(4), Linear(8), ReLU, Linear(3, Name = "linear0")] partial class Net;""")]
    [InlineData("""[Network(4), Linear(8, Name = "A"), ReLU(Name = "a"), Tanh(Name = "predict"), Sigmoid(Name = "net"), Linear(3), Softmax(Name = "linear4")] partial class Net;""")]
    [InlineData("""[Block, Linear(4)] class B; [Network(4), Residual<B>(Name = "a"), Linear(4, Name = "A"), Repeat<B>(2, Name = "linear3"), Linear(4)] partial class Net;""")]
    public Task NG1012_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1013:Net|} { int InputSize => 3; }", "Network 'Net': its member 'InputSize' clashes with the generated member 'InputSize'; rename it")]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1013:Net|}; partial class Net { void Summary() { } }", "its member 'Summary' clashes")]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1013:Net|} { class Parameters; }", "its member 'Parameters' clashes")]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1013:Net|} { public void Predict(System.ReadOnlySpan<float> x, System.Span<float> y) { } }", "its member 'Predict' clashes")]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1013:Net|} { public int Predict { get; set; } }", "its member 'Predict' clashes")]
    [InlineData("[Network(4), Linear(3), MSELoss] partial class {|NG1013:Net|} { public float TrainStep(System.ReadOnlySpan<float> x, System.ReadOnlySpan<float> t, IOptimizer? o) => 0; }", "its member 'TrainStep' clashes")]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1013:Net|} { public string get_Summary() => null!; }", "its member 'get_Summary' clashes with the generated member 'Summary'")]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1013:Net|} { public void set_RandomState() { } }", "its member 'set_RandomState' clashes with the generated member 'RandomState'")]
    [InlineData("[Network(4), {|NG1013:Linear(3, Name = \"item\")|}] partial class Net { public float this[int i] => i; }", "its member 'Item' clashes")]
    [InlineData("[Network(4), {|NG1013:Linear(3, Name = \"cell\")|}] partial class Net { [System.Runtime.CompilerServices.IndexerName(\"Cell\")] public float this[int i] => i; }", "its member 'Cell' clashes")]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1013:Net|} { private int _state; public int State() => _state++; }", "its member '_state' clashes")]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1013:Summary|};", "Network 'Summary': the class's own name clashes with the generated member 'Summary'")]
    [InlineData("class Base { protected int Gradients; } [Network(4), Linear(3)] partial class {|NG1013:Net|} : Base;", "the member 'Gradients' inherited from 'Base' clashes")]
    [InlineData("""[Network(4), {|NG1013:Linear(3, Name = "fc")|}] partial class Net { int Fc; }""", "its member 'Fc' clashes with the generated property of layer \"fc\"")]
    [InlineData("""[Network(4), {|NG1013:Linear(3, Name = "getType")|}] partial class Net;""", "the member 'GetType' inherited from 'Object' clashes with the generated property of layer \"getType\"")]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1013:Net|} : INetwork<Net> { static Net INetwork<Net>.Create(ulong seed) => null!; }", "clashes with the generated implementation of the same interface member")]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1013:Net|} : INetwork { ParameterCollection IParameterized.Gradients => null!; }", "clashes with the generated implementation of the same interface member")]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1013:Net|} : INetwork { void INetwork.Predict(System.ReadOnlySpan<float> input, System.Span<float> output) { } }", "clashes with the generated implementation of the same interface member")]
    [InlineData("class System; [Network(4), Linear(3)] partial class {|NG1013:Net|};", "the type 'System' in the global namespace clashes with the generated code, which needs the namespace 'System'")]
    public Task NG1013_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Network(4), Linear(3)] partial class Net { public void Predict(float[] x) { } public T Predict<T>(T x) => x; public void Predict(ref System.ReadOnlySpan<float> x, System.Span<float> y) { } }")]
    [InlineData("[Network(4), Linear(3)] partial class Net { public float EvaluateLoss { get; set; } public void set_Summary() { } }")]
    [InlineData("[Network(4), Linear(3), CrossEntropyLoss] partial class Net { public float TrainStep(System.ReadOnlySpan<float> x, System.ReadOnlySpan<byte> t, IOptimizer o) => 0; }")]
    [InlineData("class Base { private int Gradients; public int Use() => Gradients++; } [Network(4), Linear(3)] partial class Net : Base;")]
    [InlineData("""[Network(4), Linear(3, Name = "fc"), ReLU(Name = "act")] partial class Net { public int fc = 1, Act = 2; }""")]
    [InlineData("[Network(4), Linear(3)] partial class Net : System.IDisposable { void System.IDisposable.Dispose() { } public int Float = 1, Span = 2, Math = 3, Vector512 = 4, Unsafe = 5, Check = 6, Runtime = 7, NetGen = 8, System = 9; }")]
    [InlineData("class Row { public float this[int i] => i; } [Network(4), Linear(3, Name = \"item\")] partial class Net : Row;")]
    [InlineData("[Network(4), Linear(3), MSELoss] partial class Net : INetwork<Net>, ITrainableNetwork<float>;")]
    public Task NG1013_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("[{|NG1014:Network(0)|}, Linear(3)] partial class Net;", "Network: the input size must be at least 1, but is 0")]
    [InlineData("[{|NG1014:Network(1, -28, 28)|}, Linear(3)] partial class Net;", "Network: the input size must be at least 1, but is -28")]
    [InlineData("[{|NG1014:Network|}, Linear(3)] partial class Net;", "Network: the input shape is missing: write the sizes of one sample, [Network(784)] or [Network(1, 28, 28)]")]
    [InlineData("[{|NG1014:Network(null!)|}, Linear(3)] partial class Net;", "Network: the input shape is missing: write the sizes of one sample, [Network(784)] or [Network(1, 28, 28)]")]
    [InlineData("[Network(4), {|NG1014:Linear(0)|}] partial class Net;", "Linear: the units must be at least 1, but is 0")]
    [InlineData("[Network(1, 8, 8), {|NG1014:Conv2d(0, 3)|}] partial class Net;", "Conv2d: the channels must be at least 1, but is 0")]
    [InlineData("[Network(1, 8, 8), {|NG1014:Conv2d(1, -3)|}] partial class Net;", "Conv2d: the kernel must be at least 1, but is -3")]
    [InlineData("[Network(1, 8, 8), {|NG1014:Conv2d(1, 3, 0)|}] partial class Net;", "Conv2d: the kernel width must be at least 1, but is 0")]
    [InlineData("[Network(1, 8, 8), {|NG1014:Conv2d(1, 3, Stride = 0)|}] partial class Net;", "Conv2d: the Stride must be at least 1, but is 0")]
    [InlineData("[Network(1, 8, 8), {|NG1014:Conv2d(1, 3, StrideHW = [-1, 2])|}] partial class Net;", "Conv2d: the Stride height must be at least 1, but is -1")]
    [InlineData("[Network(1, 8, 8), {|NG1014:Conv2d(1, 3, Dilation = int.MinValue)|}] partial class Net;", "Conv2d: the Dilation must be at least 1, but is -2147483648")]
    [InlineData("[Network(1, 8), {|NG1014:Conv1d(1, 3, Groups = 0)|}] partial class Net;", "Conv1d: the Groups must be at least 1, but is 0")]
    [InlineData("[Network(1, 8), {|NG1014:MaxPool1d(0)|}] partial class Net;", "MaxPool1d: the kernel must be at least 1, but is 0")]
    [InlineData("[Network(1, 8, 8), {|NG1014:AvgPool2d(2, Stride = 0)|}] partial class Net;", "AvgPool2d: the Stride must be at least 1, but is 0")]
    [InlineData("[Network(1, 8, 8), {|NG1014:AdaptiveAvgPool2d(3, 0)|}] partial class Net;", "AdaptiveAvgPool2d: the size width must be at least 1, but is 0")]
    [InlineData("[Network(4), {|NG1014:Linear(int.MinValue)|}, {|NG1014:Linear(-1)|}] partial class Net;", "must be at least 1, but is -")]
    public Task NG1014_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Network(1), Linear(1)] partial class Net;")]
    [InlineData("[Network(new[] { 1, 2 }), Flatten, Linear(units: 1)] partial class Net;")]
    public Task NG1014_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("1", "Dropout(1): the probability must be at least 0 and less than 1")]
    [InlineData("-0.1", "Dropout(-0.1)")]
    [InlineData("double.NaN", "Dropout(NaN)")]
    [InlineData("1e300", "Dropout(1E+300)")]
    public Task NG1015_Fires(string p, string message) => Fires($"[Network(4), Linear(3), {{|NG1015:Dropout({p})|}}] partial class Net;", message);

    [Theory]
    [InlineData("")]
    [InlineData("(0)")]
    [InlineData("(0.999)")]
    [InlineData("(p: 0.25f)")]
    public Task NG1015_IsSilent(string arguments) => IsSilent($"[Network(4), Linear(3), Dropout{arguments}] partial class Net;");

    [Theory]
    [InlineData("[Network(4), Linear(3), MSELoss, {|NG1016:CrossEntropyLoss|}] partial class Net;", "CrossEntropyLoss is a second loss: a network has one, and MSELoss stands before it")]
    [InlineData("[Network(4), Linear(3), MSELoss] [{|NG1016:MSELoss|}, {|NG1016:L1Loss|}] partial class Net;", "is a second loss: a network has one, and MSELoss stands before it")]
    public Task NG1016_Fires(string source, string message) => Fires(source, message);

    [Fact]
    public Task NG1016_IsSilent() => IsSilent("[Network(4), Linear(3), MSELoss] partial class Net; [Network(4), Linear(3), L1Loss] partial class Other;");

    [Theory]
    [InlineData("[Network(4), {|NG1017:MSELoss|}, Linear(3)] partial class Net;", "MSELoss is not the last attribute: Linear follows it")]
    [InlineData("[Network(4), Linear(3), {|NG1017:CrossEntropyLoss|}, Softmax] partial class Net;", "CrossEntropyLoss is not the last attribute: Softmax follows it")]
    [InlineData("[Network(4), {|NG1017:MSELoss|}, Linear(3), {|NG1016:MSELoss|}] partial class Net;", "MSELoss is not the last attribute: Linear follows it")]
    public Task NG1017_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Network(4), Linear(3), MSELoss] [System.Serializable] partial class Net;")]
    [InlineData("[Network(4), Linear(3), Softmax] partial class Net;")]
    public Task NG1017_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("[Network(1, 28, 28), {|NG1018:Linear(10)|}] partial class Net;", "Linear takes a flat input, but gets 1x28x28: put Flatten before it, [Flatten, Linear(10)]")]
    [InlineData("[Network(3, 4), ReLU, {|NG1018:LogSumExp(2)|}] partial class Net;", "LogSumExp takes a flat input, but gets 3x4: put Flatten before it, [Flatten, LogSumExp(2)]")]
    [InlineData("[Network(1, 8, 8), Conv2d(2, 3), {|NG1018:CrossEntropyLoss|}] partial class Net;", "CrossEntropyLoss takes a flat input, but gets 2x6x6: behind Flatten it is one choice among 72 classes a sample; for one among 2, make one place of the 6x6 before it, [GlobalAvgPool2d, Flatten]; a choice among 2 at each place, as in PyTorch, is not supported")]
    [InlineData("[Network(10, 1, 1), ReLU, {|NG1018:CrossEntropyLoss|}] partial class Net;", "CrossEntropyLoss takes a flat input, but gets 10x1x1: put Flatten before it, [Flatten, CrossEntropyLoss]")]
    [InlineData("[Network(1, 8, 8), GlobalAvgPool2d, {|NG1018:Linear(2)|}] partial class Net;", "Linear takes a flat input, but gets 1x1x1")]
    [InlineData("[Network(3, 4), ReLU, {|NG1018:CrossEntropyLoss|}] partial class Net;", "CrossEntropyLoss takes a flat input, but gets 3x4: behind Flatten it is one choice among 12 classes a sample; for one among 3, make one place of the 4 before it, [GlobalAvgPool1d, Flatten]")]
    [InlineData("[{|NG1009:ReLU|}, Network(3, 4), Tanh, {|NG1018:Linear(10)|}] partial class Net;", "Linear takes a flat input, but gets 3x4")]
    public Task NG1018_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Network(1, 28, 28), Flatten, Linear(10)] partial class Net;")]
    [InlineData("[Network(3, 4), Tanh, MSELoss] partial class Net;")]
    [InlineData("[Network(12), Softmax, Flatten, CrossEntropyLoss] partial class Net;")]
    [InlineData("[Network(3, 4), Softmax, Softmax, Flatten, LogSumExp] partial class Net;")]
    public Task NG1018_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("[Network(40000), {|NG1019:Linear(40000)|}] partial class Net;", "Linear needs 1600000000 parameters (packed), but a network can have at most 1073741824")]
    [InlineData("[{|NG1019:Network(2000000000)|}, ReLU] partial class Net;", "Network needs 2000000000 floats of activations a sample")]
    [InlineData("[{|NG1019:Network(80_000_000)|}, Linear(1), MSELoss] partial class Net;", "Network needs 80000000 floats of activations a sample")]
    [InlineData("[Network(30_000_000), ReLU, {|NG1019:ReLU|}] partial class Net;", "ReLU needs 90000000 floats of activations a sample")]
    [InlineData("[{|NG1019:Network(int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue)|}, Flatten] partial class Net;", "floats of activations a sample")]
    [InlineData("[Network(1, 8, 8), {|NG1019:Conv2d(int.MaxValue, 3)|}] partial class Net;", "Conv2d needs 19327352823 weights, but a network can have at most 1073741824")]
    [InlineData("[Network(1, 8, 8), {|NG1019:Conv2d(1, 3, Padding = 3000)|}] partial class Net;", "Conv2d needs 72228180 floats of activations a sample")]
    [InlineData("[Network(64, 1024, 1), {|NG1019:Conv2d(1, 2049, 16777215, SamePadding = true)|}] partial class Net;", "Conv2d needs ")]
    [InlineData("[Network(1, 1, 1), {|NG1019:Conv2d(1, 16777216, PaddingHW = [16777216, 16777216], Dilation = 1)|}] partial class Net;", "Conv2d needs 281474976710656 weights")]
    [InlineData("[Network(1, 1, 1), {|NG1019:Conv2d(1, 1, Padding = 16777216)|}] partial class Net;", "Conv2d needs 2251800")]
    [InlineData("[Network(1, 5, 5), {|NG1019:AdaptiveAvgPool2d(16777216)|}] partial class Net;", "AdaptiveAvgPool2d needs 281474976710681 floats of activations a sample")]
    [InlineData("[Network(1), {|NG1019:Linear(int.MaxValue)|}] partial class Net;", "Linear needs 2147483648 floats of activations a sample")]
    public Task NG1019_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Network(20000), Linear(20000)] partial class Net;")]
    [InlineData("[Network(1, 5, 5), AvgPool2d(16777216, Stride = 1, Padding = 8388608), MaxPool2d(1, 3, StrideHW = [16777216, 16777216])] partial class Net;")]
    [InlineData("[Network(1, 8, 8), Conv2d(1, 5, Padding = 31, Dilation = 17)] partial class Net;")]
    public Task NG1019_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("LeakyReLU(double.NaN)", "LeakyReLU: slope takes a finite float, but got NaN")]
    [InlineData("ELU(double.PositiveInfinity)", "ELU: alpha takes a finite float, but got ")]
    [InlineData("LeakyReLU(1e300)", "LeakyReLU: slope takes a finite float, but got 1E+300")]
    [InlineData("Softplus(1e-300)", "Softplus: beta takes a positive, finite float, but got 1E-300")]
    [InlineData("Softplus(0)", "Softplus: beta takes a positive, finite float, but got 0")]
    [InlineData("Linear(3, Init = (Init)99)", "Linear: Init takes a member of Init, but got 99")]
    [InlineData("Linear(3, BiasInit = (Init)(-1))", "Linear: BiasInit takes a member of Init, but got -1")]
    [InlineData("Linear(3, InitScale = 2)", "Linear: InitScale takes an initialiser beside it, because Init.Default has no scale, but got 2")]
    [InlineData("Linear(3, Init = Init.Normal, InitScale = -1)", "Linear: InitScale takes a finite float that is not negative, but got -1")]
    [InlineData("Linear(3, BiasInit = Init.Constant, BiasInitScale = double.NegativeInfinity)", "Linear: BiasInitScale takes a finite float, but got ")]
    [InlineData("GELU(Approximate = (GELUApproximation)2)", "GELU: Approximate takes a member of GELUApproximation, but got 2")]
    [InlineData("LayerNorm(3)", "LayerNorm: the normalized shape takes the last dimensions of the input, which is 4, but got 3")]
    [InlineData("RMSNorm(3)", "RMSNorm: the normalized shape takes the last dimensions of the input, which is 4, but got 3")]
    [InlineData("RMSNorm(2, 4)", "RMSNorm: the normalized shape takes the last dimensions of the input, which is 4, but got 2x4")]
    [InlineData("RMSNorm(Eps = -1)", "RMSNorm: Eps takes a finite float that is not negative, but got -1")]
    public Task NG1020_Fires(string layer, string message) => Fires($"[Network(4), {{|NG1020:{layer}|}}] partial class Net;", message);

    [Theory]
    [InlineData("Conv2d(1, 3, Padding = -1)", "Conv2d: Padding takes at least 0 and at most 16777216, but got -1")]
    [InlineData("Conv2d(1, 3, Padding = int.MaxValue)", "Conv2d: Padding takes at least 0 and at most 16777216, but got 2147483647")]
    [InlineData("Conv2d(1, 3, PaddingHW = [1, -1])", "Conv2d: Padding width takes at least 0 and at most 16777216, but got -1")]
    [InlineData("Conv2d(1, int.MaxValue, 3)", "Conv2d: kernel height takes at least 1 and at most 16777216, but got 2147483647")]
    [InlineData("Conv2d(1, 3, Stride = int.MaxValue)", "Conv2d: Stride takes at least 1 and at most 16777216, but got 2147483647")]
    [InlineData("Conv2d(1, 8, Dilation = 16777216)", "Conv2d: the kernel, dilated, takes at most 16777216 rows and columns, but got 117440513")]
    [InlineData("Conv2d(1, 16777216, Dilation = 16777216, SamePadding = true)", "but got 281474959933441")]
    [InlineData("Conv2d(1, 3, Init = (Init)99)", "Conv2d: Init takes a member of Init, but got 99")]
    [InlineData("Conv2d(1, 1, FixedWeight = new[] { double.NaN })", "Conv2d: FixedWeight[0] takes a finite float, but got NaN")]
    [InlineData("Conv2d(1, 1, 2, FixedWeight = [1, 1e39])", "Conv2d: FixedWeight[1] takes a finite float, but got 1E+39")]
    [InlineData("Conv2d(1, 1, FixedWeight = [])", "Conv2d: FixedWeight takes the numbers of the filter, but got none")]
    [InlineData("Conv2d(1, 1, FixedWeight = null)", "Conv2d: FixedWeight takes the numbers of the filter, but got none")]
    [InlineData("MaxPool2d(3, Padding = -1)", "MaxPool2d: Padding takes at least 0 and at most 16777216, but got -1")]
    [InlineData("AvgPool2d(int.MaxValue, 2, Stride = 1)", "AvgPool2d: kernel height takes at least 1 and at most 16777216, but got 2147483647")]
    [InlineData("AdaptiveAvgPool2d(int.MaxValue)", "AdaptiveAvgPool2d: size takes at least 1 and at most 16777216, but got 2147483647")]
    [InlineData("Flatten, LogSumExp(0)", "LogSumExp: beta takes a positive, finite float, but got 0", "LogSumExp(0)")]
    public Task NG1020_FiresForPictures(string layers, string message, string? layer = null) =>
        Fires($"[Network(1, 8, 8), {layers.Replace(layer ?? layers, $"{{|NG1020:{layer ?? layers}|}}", StringComparison.Ordinal)}] partial class Net;", message);

    [Fact]
    public Task NG1020_FiresForALoss() => Fires("[Network(4), Linear(3), {|NG1020:HuberLoss(-1)|}] partial class Net;", "HuberLoss: delta takes a positive, finite float, but got -1");

    [Theory]
    [InlineData("LeakyReLU(-0.5)")]
    [InlineData("ELU(0)")]
    [InlineData("Softplus(20)")]
    [InlineData("GELU(Approximate = GELUApproximation.Tanh)")]
    [InlineData("Linear(3, Init = Init.KaimingNormal, BiasInit = Init.Constant, BiasInitScale = -1)")]
    [InlineData("Linear(3, Init = Init.Uniform, InitScale = 0, Bias = false)")]
    [InlineData("Linear(3, InitScale = double.NaN), HuberLoss(0.5)")]
    [InlineData("RMSNorm(4, Eps = 0), RMSNorm(ElementwiseAffine = false)")]
    public Task NG1020_IsSilent(string layers) => IsSilent($"[Network(4), {layers}] partial class Net;");

    [Theory]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1021:Net|} { public Net(int x) { } }", "Network 'Net' has a constructor that does not call this(...): every constructor of a network must call the generated one, Net(ulong seed), with this(...)")]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1021:Net|}; partial class Net { Net(string s) : base() => s.ToString(); }", "has a constructor that does not call this(...)")]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1021:Net|}(int x) { public int X => x; }", "Network 'Net' has a primary constructor")]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1021:Net|} { public Net(ulong seed) : this() { } public Net() : this(3UL) { } }", "has a constructor with the single parameter ulong, which is generated")]
    public Task NG1021_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Network(4), Linear(3)] partial class Net { static Net() { } public Net() : this(1) { } public Net(string s, int x = 3) : this((ulong)s.Length) { } }")]
    [InlineData("[Network(4), Linear(3)] partial class Net { public Net(in ulong seed, int x) : this(seed) { } public Net(long x) : this((ulong)x) { } }")]
    [InlineData("[Network(4), Linear(3)] partial class Net { public Net(ulong seed, params int[] x) : this(seed) { } }")]
    public Task NG1021_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("class Base(int x) { public int X => x; } [Network(4), Linear(3)] partial class {|NG1022:Net|} : Base;", "Network 'Net' cannot derive from 'Base', which has no constructor without parameters that the generated constructor could call")]
    [InlineData("class Base { private Base() { } public Base(int x) { } } [Network(4), Linear(3)] partial class {|NG1022:Net|} : Base;", "has no constructor without parameters")]
    [InlineData("[Network(4), Linear(3)] partial class First; [Network(4), Linear(3)] partial class {|NG1022:Second|} : First;", "Network 'Second' cannot derive from 'First', which is a network itself")]
    [InlineData("[Network(4), Linear(3)] partial class First; class Middle : First; [Network(4), Linear(3)] partial class {|NG1022:Second|} : Middle;", "Network 'Second' cannot derive from 'First', which is a network itself")]
    public Task NG1022_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("class Base { protected Base() { } public Base(int x) { } } [Network(4), Linear(3)] partial class Net : Base;")]
    [InlineData("class Base(int x = 3) { public int X => x; } [Network(4), Linear(3)] partial class Net : Base;")]
    [InlineData("[Network(4), Linear(3)] partial class Net; class Derived : Net;")]
    [InlineData("partial class Outer { private Outer() { } [Network(4), Linear(3)] partial class Net : Outer; }")]
    public Task NG1022_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("[Network(4), Linear(3)] partial class {|NG1023:Net|} { public required string Title { get; set; } }", "Network 'Net' has the required member 'Title', which generated code that creates the network cannot set")]
    [InlineData("class Base { public required int X; } [Network(4), Linear(3)] partial class {|NG1023:Net|} : Base;", "Network 'Net' has the required member 'X'")]
    public Task NG1023_Fires(string source, string message) => Fires(source, message);

    [Fact]
    public Task NG1023_IsSilent() => IsSilent("[Network(4), Linear(3)] partial class Net { public string? Title { get; init; } }");

    [Theory]
    [InlineData("class MineAttribute : LayerAttribute; [Network(4), {|NG1024:Mine|}, Linear(3)] partial class Net;", "Mine is not one of the layers that this version of NetGen compiles")]
    [InlineData("class MyLoss : LossAttribute; [Network(4), Linear(3), {|NG1024:MyLoss|}] partial class Net;", "MyLoss is not one of the losses that this version of NetGen compiles")]
    [InlineData("class LinearAttribute(int units) : LayerAttribute { public int Units => units; } [Network(4), {|NG1024:Linear(3)|}] partial class Net;", "Linear is not one of the layers")]
    public Task NG1024_Fires(string source, string message) => Fires(source, message);

    [Fact]
    public Task NG1024_IsSilent() => IsSilent("class MineAttribute : System.Attribute; [Network(4), Mine, Linear(3)] partial class Net;");

    [Fact]
    public async Task NG1025_Fires()
    {
        var options = new CSharpParseOptions(LanguageVersion.CSharp11);
        Diagnostic diagnostic = Assert.Single(await Code.Analyze(Code.Compile(options, "[Network(4), Linear(3)] partial class Net { }")));
        Assert.Equal(("NG1025", "Net"), (diagnostic.Id, Code.Text(diagnostic)));
        Assert.Equal("Network 'Net' is compiled as C# 11.0, but generated code needs C# 12 or newer: set LangVersion in the project", Message(diagnostic));
    }

    [Fact]
    public Task NG1025_IsSilent() => IsSilent("[Network(4), Linear(3)] partial class Net;", new CSharpParseOptions(LanguageVersion.CSharp12));

    [Theory]
    [InlineData("[Network(784), {|NG1026:Conv2d(16, 3)|}] partial class Net;", "Conv2d takes channels, height and width, [c, h, w], but gets 784: declare the input with these dimensions, and put the layer before Flatten")]
    [InlineData("[Network(28, 28), {|NG1026:Conv2d(16, 3)|}] partial class Net;", "Conv2d takes channels, height and width, [c, h, w], but gets 28x28: Conv1d takes that; or declare the input with these dimensions")]
    [InlineData("[Network(1, 28, 28), {|NG1026:Conv1d(16, 3)|}] partial class Net;", "Conv1d takes channels and length, [c, l], but gets 1x28x28")]
    [InlineData("[Network(1, 28, 28), Flatten, {|NG1026:MaxPool2d(2)|}] partial class Net;", "MaxPool2d takes channels, height and width, [c, h, w], but gets 784")]
    [InlineData("[Network(9), {|NG1026:AvgPool1d(2)|}] partial class Net;", "AvgPool1d takes channels and length, [c, l], but gets 9")]
    [InlineData("[Network(1, 2, 3, 4), {|NG1026:AdaptiveAvgPool2d(2)|}] partial class Net;", "but gets 1x2x3x4")]
    [InlineData("[Network(5, 6), {|NG1026:GlobalAvgPool2d|}] partial class Net;", "GlobalAvgPool2d takes channels, height and width, [c, h, w], but gets 5x6: GlobalAvgPool1d takes that")]
    [InlineData("[Network(5, 6, 6), {|NG1026:AdaptiveMaxPool1d(2)|}] partial class Net;", "AdaptiveMaxPool1d takes channels and length, [c, l], but gets 5x6x6: AdaptiveMaxPool2d takes that")]
    public Task NG1026_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Network(1, 28, 28), Conv2d(4, 3), MaxPool2d(2), AvgPool2d(2), AdaptiveAvgPool2d(2, 3), GlobalAvgPool2d] partial class Net;")]
    [InlineData("[Network(1, 28), Conv1d(4, 3), MaxPool1d(2), AvgPool1d(2), Flatten, LogSumExp] partial class Net;")]
    [InlineData("[Network(1, 28), AdaptiveAvgPool1d(20), AdaptiveMaxPool1d(9), GlobalAvgPool1d, GlobalMaxPool1d] partial class Net; [Network(1, 8, 9), AdaptiveMaxPool2d(3), AdaptiveMaxPool2d(2, 3), GlobalMaxPool2d] partial class Other;")]
    public Task NG1026_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("[Network(1, 4, 9), {|NG1027:Conv2d(2, 5)|}] partial class Net;", "Conv2d: the kernel of 5x5 does not fit into the padded input of 4x9 (the input is 1x4x9)")]
    [InlineData("[Network(1, 4, 9), {|NG1027:Conv2d(2, 3, 12, Padding = 1)|}] partial class Net;", "Conv2d: the kernel of 3x12 does not fit into the padded input of 6x11 (the input is 1x4x9)")]
    [InlineData("[Network(3, 8, 8), {|NG1027:Conv2d(2, 3, Dilation = 4)|}] partial class Net;", "Conv2d: the kernel of 3x3, dilated 9x9, does not fit into the padded input of 8x8 (the input is 3x8x8)")]
    [InlineData("[Network(28, 28, 1), {|NG1027:Conv2d(16, 5)|}] partial class Net;", "Conv2d: the kernel of 5x5 does not fit into the padded input of 28x1 (the input is 28x28x1; channels come first, so that picture is 1x28x28)")]
    [InlineData("[Network(8, 8, 1), {|NG1027:Conv2d(16, 3)|}] partial class Net;", "(the input is 8x8x1; channels come first, so that picture is 1x8x8)")]
    [InlineData("[Network(1, 64), Conv1d(32, 3, Padding = 1), MaxPool1d(32), {|NG1027:Conv1d(8, 3)|}] partial class Net;", "(the input is 32x2)")]
    [InlineData("[Network(100, 1), {|NG1027:Conv1d(8, 3)|}] partial class Net;", "(the input is 100x1; channels come first, so that sequence is 1x100)")]
    [InlineData("[Network(28, 28, 3), Conv2d(8, 3), {|NG1027:MaxPool2d(2)|}, Flatten] partial class Net;", "(the input is 8x26x1; channels come first, so that the network's 28x28x3 is 3x28x28)")]
    [InlineData("[Network(3, 8), {|NG1027:Conv1d(2, 9)|}] partial class Net;", "Conv1d: the kernel of 9 does not fit into the padded input of 8 (the input is 3x8)")]
    [InlineData("[Network(3, 8), {|NG1027:Conv1d(2, 16777216)|}] partial class Net;", "Conv1d: the kernel of 16777216 does not fit")]
    [InlineData("[Network(1, 8, 8), Conv2d(2, 7), {|NG1027:MaxPool2d(3)|}] partial class Net;", "MaxPool2d: the window of 3x3 does not fit into the padded input of 2x2 (the input is 2x2x2)")]
    [InlineData("[Network(1, 2, 5), {|NG1027:AvgPool2d(7, 2, Stride = 2, PaddingHW = [1, 0], CeilMode = true)|}, ReLU] partial class Net;", "AvgPool2d: the window of 7x2 does not fit into the padded input of 4x5")]
    [InlineData("[Network(2, 3), {|NG1027:MaxPool1d(9, Stride = 2, CeilMode = true)|}] partial class Net;", "MaxPool1d: the window of 9 does not fit into the padded input of 3 (the input is 2x3)")]
    public Task NG1027_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Network(1, 4, 9), Conv2d(2, 4, 9)] partial class Net;")]
    [InlineData("[Network(3, 9, 9), Conv2d(2, 3, Dilation = 4), Conv2d(1, 3, Padding = 1)] partial class Net;")]
    [InlineData("[Network(3, 2), Conv1d(2, 40, Dilation = 3, SamePadding = true)] partial class Net;")]
    [InlineData("[Network(3, 2), MaxPool1d(3, Stride = 2, CeilMode = true)] partial class Net;")]
    [InlineData("[Network(3, 2, 2), MaxPool2d(2), AvgPool2d(3, Padding = 1)] partial class Net;")]
    public Task NG1027_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("[Network(6, 8, 8), {|NG1028:Conv2d(16, 3, Groups = 4)|}] partial class Net;", "Conv2d: 4 groups do not divide the 6 input channels")]
    [InlineData("[Network(8, 8), {|NG1028:Conv1d(6, 3, Groups = 4)|}] partial class Net;", "Conv1d: 4 groups do not divide the 6 output channels")]
    [InlineData("[Network(3, 8, 8), {|NG1028:Conv2d(3, 3, Groups = int.MaxValue)|}] partial class Net;", "Conv2d: 2147483647 groups do not divide the 3 output channels")]
    public Task NG1028_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Network(6, 8, 8), Conv2d(16, 3, Groups = 2), Conv2d(16, 3, Groups = 16), Conv2d(32, 3, Groups = 16)] partial class Net;")]
    [InlineData("[Network(6, 8), Conv1d(3, 3, Groups = 3)] partial class Net;")]
    public Task NG1028_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("[Network(1, 8, 8), {|NG1029:MaxPool2d(3, Padding = 2)|}] partial class Net;", "MaxPool2d: the padding of 2x2 is more than half the kernel of 3x3, so that windows would lie outside the input")]
    [InlineData("[Network(1, 8, 8), {|NG1029:AvgPool2d(4, 3, PaddingHW = [2, 2])|}] partial class Net;", "AvgPool2d: the padding of 2x2 is more than half the kernel of 4x3")]
    [InlineData("[Network(1, 8), {|NG1029:AvgPool1d(1, Padding = 1)|}] partial class Net;", "AvgPool1d: the padding of 1 is more than half the kernel of 1")]
    public Task NG1029_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Network(1, 8, 8), MaxPool2d(3, Padding = 1), AvgPool2d(4, 3, PaddingHW = [2, 1])] partial class Net;")]
    [InlineData("[Network(1, 8), MaxPool1d(2, Padding = 1), AvgPool1d(5, Padding = 2)] partial class Net;")]
    public Task NG1029_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("Conv2d(4, 3, Stride = 1, StrideHW = [2, 1])", "Conv2d: Stride does not go with StrideHW: one stands in the other's place")]
    [InlineData("Conv2d(4, 3, PaddingHW = [2, 1], Padding = 0)", "Conv2d: Padding does not go with PaddingHW")]
    [InlineData("Conv2d(4, 3, DilationHW = [2, 1], Dilation = 2)", "Conv2d: Dilation does not go with DilationHW")]
    [InlineData("MaxPool2d(3, StrideHW = [2, 1], Stride = 3)", "MaxPool2d: Stride does not go with StrideHW")]
    [InlineData("AvgPool2d(3, PaddingHW = [1, 1], Padding = 1)", "AvgPool2d: Padding does not go with PaddingHW")]
    [InlineData("Conv2d(4, 3, SamePadding = true, Stride = 2)", "Conv2d: SamePadding does not go with a stride: an output as large as the input exists for a stride of 1 only")]
    [InlineData("Conv2d(4, 3, SamePadding = true, StrideHW = [1, 2])", "Conv2d: SamePadding does not go with a stride")]
    [InlineData("Conv2d(4, 3, SamePadding = true, Padding = 1)", "Conv2d: SamePadding does not go with a padding: it says how much to pad itself")]
    [InlineData("Conv2d(1, 1, FixedWeight = [1], Bias = true)", "Conv2d: FixedWeight does not go with Bias: a fixed filter has no bias")]
    [InlineData("Conv2d(1, 1, FixedWeight = [1], Init = Init.Normal)", "Conv2d: FixedWeight does not go with Init: a fixed filter is not initialised")]
    [InlineData("Conv2d(1, 1, FixedWeight = [1], BiasInitScale = double.NaN)", "Conv2d: FixedWeight does not go with BiasInitScale")]
    public Task NG1030_Fires(string layer, string message) => Fires($"[Network(1, 8, 8), {{|NG1030:{layer}|}}] partial class Net;", message);

    [Theory]
    [InlineData("Conv2d(4, 3, StrideHW = [2, 1], Padding = 1, DilationHW = [1, 2])")]
    [InlineData("Conv2d(4, 3, SamePadding = true, Stride = 1, Dilation = 2), Conv2d(4, 2, SamePadding = false, Stride = 2)")]
    [InlineData("Conv2d(1, 2, 1, FixedWeight = [1, -1], Bias = false)")]
    [InlineData("MaxPool2d(3, 2, Stride = 1, PaddingHW = [1, 0])")]
    public Task NG1030_IsSilent(string layers) => IsSilent($"[Network(1, 8, 8), {layers}] partial class Net;");

    [Theory]
    [InlineData("Conv2d(4, 3, StrideHW = [2])", "Conv2d: StrideHW takes two numbers, [height, width], but got 1")]
    [InlineData("Conv2d(4, 3, PaddingHW = new[] { 1, 2, 3 })", "Conv2d: PaddingHW takes two numbers, [height, width], but got 3")]
    [InlineData("Conv2d(4, 3, DilationHW = null)", "Conv2d: DilationHW takes two numbers, [height, width], but got null")]
    [InlineData("MaxPool2d(3, StrideHW = [])", "MaxPool2d: StrideHW takes two numbers, [height, width], but got 0")]
    [InlineData("AvgPool2d(3, PaddingHW = null)", "AvgPool2d: PaddingHW takes two numbers, [height, width], but got null")]
    public Task NG1031_Fires(string layer, string message) => Fires($"[Network(1, 8, 8), {{|NG1031:{layer}|}}] partial class Net;", message);

    [Fact]
    public Task NG1031_IsSilent() => IsSilent("[Network(1, 8, 8), Conv2d(4, 3, StrideHW = new int[] { 2, 1 }, PaddingHW = [0, 1], DilationHW = [1, 1]), MaxPool2d(2, StrideHW = [1, 1], PaddingHW = [1, 0])] partial class Net;");

    [Theory]
    [InlineData("[Network(3, 8, 8), {|NG1032:Conv2d(6, 3, Groups = 3, FixedWeight = [1, 2])|}] partial class Net;", "Conv2d: FixedWeight takes 54 numbers, 6x1x3x3, but got 2")]
    [InlineData("[Network(2, 8), {|NG1032:Conv1d(1, 3, FixedWeight = [1, 2, 3])|}] partial class Net;", "Conv1d: FixedWeight takes 6 numbers, 1x2x3, but got 3")]
    public Task NG1032_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Network(2, 8), Conv1d(1, 3, FixedWeight = [0, -1, 0.5, 1, 2, 3])] partial class Net;")]
    [InlineData("[Network(2, 8, 8), Conv2d(2, 1, 3, Groups = 2, FixedWeight = new double[] { 1, 2, 3, 4, 5, 6 }), ReLU, MSELoss] partial class Net;")]
    public Task NG1032_IsSilent(string source) => IsSilent(source);

    /// <summary>What the compiler rejects is the compiler's to report.</summary>
    [Theory]
    [InlineData("[Network(4), Linear] class Net;")]
    [InlineData("[Network(4), Linear(] class Net;")]
    [InlineData("[Network(4), Linear(undefined)] class Net;")]
    [InlineData("[Network(4), Linear(1.5)] class Net;")]
    [InlineData("[Network(4), Linear(3, Name = )] class Net;")]
    [InlineData("[Network(1, 8, 8), Conv2d(3)] class Net;")]
    [InlineData("[Network(1, 8, 8), Conv2d(3, 3, StrideHW = [2, x])] class Net;")]
    [InlineData("[Network(1, 8, 8), Conv2d(3, 3, StrideHW = 2)] class Net;")]
    [InlineData("[Network(1, 8, 8), Conv2d(3, 3, StrideHW = new[] { 2, \"a\" })] class Net;")]
    [InlineData("[Network(1, 8, 8), Conv2d(3, 3, FixedWeight = new[] { 0.5, null })] class Net;")]
    [InlineData("[Network(1, 8, 8), Conv2d(3, 3, FixedWeight = [0.5, .. x])] class Net;")]
    [InlineData("[Network(1, 8, 8), Conv2d(3, 3, FixedWeight = new double[2])] class Net;")]
    [InlineData("[Network(4), Linear(3, Name = undefined)] class Net;")]
    [InlineData("[Network(\"a\"), Linear(3)] class Net;")]
    [InlineData("[Network(1, x), Linear(3)] class Net;")]
    [InlineData("[Network(4), Network(5), Linear(3)] class Net;")]
    [InlineData("[Network(1, 28, 28), Flaten, Linear(3)] partial class Net;")]
    [InlineData("[Network(4), Linear(3)] interface Net;")]
    [InlineData("[Network(4), Linear(3)] enum Net;")]
    [InlineData("[Network(4), Linear(3)] delegate void Net();")]
    [InlineData("[assembly: Network(4)]")]
    [InlineData("[Network(4), Linear(3)]")]
    public async Task BrokenCodeIsLeftToTheCompiler(string source)
    {
        CSharpCompilation compilation = Code.Compile(source);
        Assert.Contains(compilation.GetDiagnostics(), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.Empty(await Code.Analyze(compilation));
        Assert.Equal(Code.Errors(compilation), Code.Errors(Code.Generate(compilation).Output));
    }

    private const string Sizes = "static class Sizes { public const int Hidden = 3, InputSize = 4, OutputSize = 5; } static class Stem { public const int Channels = 2; } ";

    [Theory]
    [InlineData("partial class Outer { const int Hidden = 3; [Network(4), Linear({|NG1043:Hidden|}, Name = \"hidden\"), ReLU] partial class Net; }",
        "Network 'Net': here 'Hidden' would mean the generated property of layer \"hidden\", not 'global::Outer.Hidden': write global::Outer.Hidden, or give one of the two another name")]
    [InlineData(Sizes + "[Network(1, 8, 8), Conv2d({|NG1043:Stem|}.Channels, 3, Name = \"stem\")] partial class Net;", "would mean the generated property of layer \"stem\", not 'global::Stem': write global::Stem,")]
    [InlineData("[Network(4), Linear(3, Name = \"init\", Init = {|NG1043:Init|}.Normal), Linear(2, BiasInit = ({|NG1043:Init|}.Constant), Bias = nameof(Init) == \"Init\")] partial class Net;", "not 'global::NetGen.Init': write global::NetGen.Init")]
    [InlineData("[Network(4), Linear(3, Name = \"gELUApproximation\"), GELU(Approximate = {|NG1043:GELUApproximation|}.Tanh)] partial class Net;", "not 'global::NetGen.GELUApproximation'")]
    [InlineData("namespace Predict { static class Of { public const int Size = 3; } } [Network(4), Linear({|NG1043:Predict|}.Of.Size)] partial class Net;", "would mean the generated member 'Predict', not 'global::Predict'")]
    [InlineData("partial class Outer { const int Summary = 3, OutputSize = 5; [Network({|NG1043:Summary|}, {|NG1043:OutputSize|})] [Flatten, Linear(units: +{|NG1043:Summary|} * (1 + Sizes.Hidden))] partial class Net; } " + Sizes, "would mean the generated member 'OutputSize', not 'global::Outer.OutputSize'")]
    [InlineData("class MineAttribute(int x) : System.Attribute { public int X = x; } partial class Outer { const int Fc = 3; [Network(4), Linear(3, Name = \"fc\")] partial class Net; [Mine({|NG1043:Fc|}, X = {|NG1043:Fc|})] partial class Net; }", "not 'global::Outer.Fc'")]
    [InlineData("partial class Outer { const int Fc = 4; [Network(4), Linear(3, Name = \"fc\"), Linear(4), Residual<Net.Body>] partial class Net { [Block, Linear({|NG1043:Fc|})] public class Body; } }", "not 'global::Outer.Fc'")]
    [InlineData(Outside + "[Network(4), Linear(3, Name = \"fc\")] partial class Net { [Mine({|NG1043:Fc|})] public int A([Mine({|NG1043:Fc|} + 1)] int a, int b = {|NG1043:Fc|}) => Fc.Length; [return: Mine({|NG1043:Fc|})] void B() { } } }", "not 'global::Outer.Fc'")]
    [InlineData(Outside + "[Network(4), Linear(3, Name = \"fc\")] partial class Net { public int A { [Mine({|NG1043:Fc|})] get => 1; } void B<[Mine({|NG1043:Fc|})] T>() { } } }", "not 'global::Outer.Fc'")]
    [InlineData(Outside + "[Network(4), Linear(3, Name = \"fc\")] partial class Net { enum E { [Mine({|NG1043:Fc|})] X = {|NG1043:Fc|}, Y = X } [Mine({|NG1043:Fc|})] delegate void D([Mine({|NG1043:Fc|})] int a); const int Twice = 2 * {|NG1043:Fc|}; class Inner { const int Thrice = 3 * {|NG1043:Fc|}; } } }", "not 'global::Outer.Fc'")]
    public Task NG1043_Fires(string source, string message) => Fires(source, message);

    private const string Outside = "class MineAttribute(int x) : System.Attribute { public int X = x; } partial class Outer { const int Fc = 3; ";

    /// <summary>A name behind another, of a type where types are meant, of an argument, of a member of the class's own, of a constant with the value of the generated one, of a layer that has no property.</summary>
    [Theory]
    [InlineData(Sizes + "[Network(Sizes.InputSize), Linear(global::Sizes.Hidden, Name = \"hidden\"), Linear(Sizes.Hidden), Linear(2, InitScale = (Init)2 == Init.KaimingNormal ? double.NaN : double.NaN)] partial class Net;")]
    [InlineData("[Network(4), Linear(units: 3, Name = \"units\"), Linear(2, Name = \"bias\"), Mine(typeof(Bias))] partial class Net; class Bias; class MineAttribute(System.Type x) : System.Attribute { public System.Type X = x; }")]
    [InlineData("partial class Outer { const int InputSize = 4, OutputSize = 2, ParameterCount = 10; [Network(InputSize), Linear(OutputSize), Dropout(ParameterCount / 100.0)] partial class Net; }")]
    [InlineData("partial class Outer { const int Fc = 3, Act = 5; [Network(4), Linear(Act), ReLU(Name = \"act\"), Linear(Own)] partial class Net { private const int Own = 3; } }")]
    [InlineData("partial class Outer { const int Fc = 4; [Network(4), Linear(3, Name = \"fc\"), Linear(4), Residual<Net.Body>] partial class Net { [Block, Linear(Fc)] public class Body { const int Fc = 4; } } }")]
    [InlineData("class MineAttribute(string x) : System.Attribute { public string X = x; } [Network(4), Linear(3, Name = \"fc\"), Mine(nameof(Net.Fc) + nameof(Summary))] partial class Net;")]
    [InlineData("class MineAttribute(int x) : System.Attribute { public int X = x; } partial class Outer { const int Fc = 3; [Network(4), Linear(3, Name = \"fc\")] partial class Net { enum E { Fc = 1, Y = Fc } class Inner { const int Fc = 4, Twice = 2 * Fc; [Mine(Fc)] int A(int b = Fc) => b; } const int Size = 2 * OutputSize; int C() { const int fc = 2; return fc; } } }")]
    public Task NG1043_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("[{|NG2001:Network(28, 28, 1)|}, Conv2d(16, 3, Padding = 1), ReLU, Flatten, Linear(10)] partial class Net;", "Network 'Net': channels come first, so 28x28x1 is 28 channels of 28x1: write [Network(1, 28, 28)] for a picture of 28x28")]
    [InlineData("[Block, Conv2d(8, 3)] class Body; [{|NG2001:Network(32, 48, 3)|}, BatchNorm2d, Dropout(0.1), Repeat<Body>(1)] partial class Net;", "so 32x48x3 is 32 channels of 48x3: write [Network(3, 32, 48)] for a picture of 32x48")]
    [InlineData("[{|NG2001:Network(8, 8, 1)|}, Conv2d(16, 3, Padding = 1)] partial class Net;", "so 8x8x1 is 8 channels of 8x1: write [Network(1, 8, 8)] for a picture of 8x8")]
    [InlineData("[{|NG2001:Network(100, 1)|}, Conv1d(8, 3, Padding = 1)] partial class Net;", "so 100x1 is 100 channels of length 1: write [Network(1, 100)] for a sequence of 100")]
    [InlineData("[{|NG2001:Network(128, 3)|}, Conv1d(8, 3), Flatten] partial class Net;", "so 128x3 is 128 channels of length 3: write [Network(3, 128)] for a sequence of 128")]
    public Task NG2001_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Network(1, 28, 28), Conv2d(16, 3)] partial class Net;")]
    [InlineData("[Network(28, 28, 1), Conv2d(16, 3, 1), Conv2d(4, 2, Padding = 1)] partial class Net;")]
    [InlineData("[Network(32, 32, 8), Conv2d(16, 3)] partial class Net;")]
    [InlineData("[Network(8, 16, 1), Conv2d(16, 3, Padding = 1)] partial class Net;")]
    [InlineData("[Network(32, 4), Conv1d(16, 3)] partial class Net;")]
    [InlineData("[Network(3, 128), Conv1d(16, 3)] partial class Net;")]
    [InlineData("[Network(28, 28, 1), Flatten, Linear(3)] partial class Net;")]
    [InlineData("[Network(28, 28, 3), AvgPool2d(2, 1), Conv2d(16, 2)] partial class Net;")]
    public Task NG2001_IsSilent(string source) => IsSilent(source);
}

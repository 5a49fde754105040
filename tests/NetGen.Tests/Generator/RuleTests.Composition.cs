using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using static NetGen.Tests.Generator.RuleCheck;

namespace NetGen.Tests.Generator;

/// <summary>Rules of blocks and compositions: what they say, at which attribute, and which use of a block they name.</summary>
public partial class RuleTests
{
    private const string Layer = "[Block, Linear(4)] class Layer;";

    [Theory]
    [InlineData("[Block, Linear(3)] class B; [Network(4), {|NG1033:Residual<B>|}] partial class Net;",
        "Residual: the output of 'B' is added to its input, so both have one shape, but the input is 4 and the output 3")]
    [InlineData("[Block, Conv2d(2, 3)] class B; [Network(2, 8, 8), Repeat<Identity>(2), {|NG1033:Residual<B>(Name = \"skip\")|}, ReLU] partial class Net;", "but the input is 2x8x8 and the output 2x6x6")]
    [InlineData("[Block, Linear(3)] class B; [Block, {|NG1033:Residual<B>|}] class C; [Network(4), Repeat<C>(2)] partial class Net;", "but the input is 4 and the output 3")]
    public Task NG1033_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Block, Linear(3)] class B; [Network(3), Residual<B>] partial class Net; [Network(3), Residual<Identity>] partial class Other;")]
    [InlineData("[Block, Conv2d(2, 3, Padding = 1), ReLU] class B; [Block, Residual<B>] class C; [Network(2, 8, 8), Repeat<C>(2), Residual<C>] partial class Net;")]
    public Task NG1033_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("[Block, Linear(3)] class B; [Network(4), {|NG1034:Sum<Identity, B>|}] partial class Net;",
        "Sum: the branches are summed, so all have one shape, but branch 0 (Identity) gives 4 and branch 1 (B) gives 3")]
    [InlineData("[Block, Linear(3)] class B; [Block, Linear(2)] class C; [Network(4), {|NG1034:Sum<B, B, B, B, B, B, B, C>|}] partial class Net;", "but branch 0 (B) gives 3 and branch 7 (C) gives 2")]
    [InlineData("[Block, Flatten] class B; [Network(4, 2, 2), {|NG1034:Sum<Identity, B>|}] partial class Net;", "but branch 0 (Identity) gives 4x2x2 and branch 1 (B) gives 16")]
    public Task NG1034_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Block, Linear(3)] class B; [Block, Linear(3), Tanh] class C; [Network(4), Sum<B, C, B>] partial class Net;")]
    [InlineData("[Block, Linear(3)] class B; [Network(4), Parallel<B>(5)] partial class Net; [Network(4), Parallel<B>(1)] partial class Other;")]
    public Task NG1034_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("[Block, Conv2d(2, 3)] class B; [Network(4, 5, 5), {|NG1035:Concat<Identity, B>|}] partial class Net;",
        "Concat: the branches are concatenated by their first dimension, so the others agree, but branch 0 (Identity) gives 4x5x5 and branch 1 (B) gives 2x3x3")]
    [InlineData("[Block, Flatten] class B; [Network(4, 5, 5), {|NG1035:Concat<Identity, Identity, B>|}] partial class Net;", "but branch 0 (Identity) gives 4x5x5 and branch 2 (B) gives 100")]
    public Task NG1035_Fires(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Block, Conv2d(2, 3, Padding = 1)] class B; [Block, MaxPool2d(3, Stride = 1, Padding = 1)] class C; [Network(4, 5, 5), Concat<B, C, Identity>, Parallel<B>(3, Merge = Merge.Concat)] partial class Net;")]
    [InlineData("[Block, Linear(3)] class B; [Network(4), Concat<B, Identity>] partial class Net;")]
    public Task NG1035_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("class B; [Network(4), {|NG1036:Residual<B>|}] partial class Net;", "Residual: 'B' is not a block: write [Block] and its layers on it")]
    [InlineData("[Network(4), Linear(4), {|NG1036:Sum<Identity, int>|}] partial class Net;", "Sum: 'int' is not a block: write a class with [Block] and layers")]
    [InlineData("[Network(4), {|NG1036:Parallel<string[]>(3)|}] partial class Net;", "Parallel: 'string[]' is not a block: write a class with [Block] and layers")]
    [InlineData("[Network(4), {|NG1036:Repeat<System.Collections.Generic.List<int>>(3)|}] partial class Net;", "Repeat: 'List<int>' is not a block: write a class with [Block] and layers")]
    [InlineData("[Network(4), Linear(4)] partial class Inner; [Network(4), {|NG1036:Concat<Inner, Inner>|}] partial class Net;", "Concat: 'Inner' is not a block: it is a network, with an input shape and perhaps a loss of its own; move its layers to a class with [Block]")]
    [InlineData("class B; [Block, {|NG1036:Residual<B>|}] class C; [Network(4), Residual<C>] partial class Net;", "Residual: 'B' is not a block")]
    public Task NG1036_Fires(string source, string message) => Fires(source, message);

    /// <summary>Nothing is generated for a block, so it may be what a network may not.</summary>
    [Theory]
    [InlineData("[Block, Linear(4)] abstract class B; [Network(4), Residual<B>] partial class Net;")]
    [InlineData("[Block, Linear(4)] struct B; [Block, Residual<B>] readonly record struct C(int X); [Network(4), Residual<B>, Sequential<C>] partial class Net;")]
    [InlineData("[Block, Linear(4)] record B(int X); [Network(4), Residual<B>] partial class Net;")]
    [InlineData("[Block, Linear(4)] file class B; [Network(4), Residual<B>] partial class Net;")]
    [InlineData("[Block, Linear(4)] class B<T>; [Network(4), Sum<B<int>, B<B<string>>>] partial class Net;")]
    [InlineData("class Outer { private protected class Inner { [Block, Linear(4)] private class B { public B(int x) { } } [Block, Residual<B>] internal class C; } } [Block, Residual<Identity>] class D; [Network(4), Residual<D>] partial class Net;")]
    [InlineData("[Network(4), Residual<B>] partial class Net { [Block, Linear(4)] private sealed class B; }")]
    [InlineData("[Block, Linear(4)] class Base; [Network(4), Residual<Base>] partial class Net : Base;")]
    public Task NG1036_IsSilent(string source) => IsSilent(source);

    [Theory]
    [InlineData("[Block, Linear(4), {|NG1037:Residual<A>|}] class A;", "Residual: block 'A' contains itself, A -> A, so that its layers have no end: take the composition out; Repeat<T>(n) repeats a block")]
    [InlineData("namespace X1 { [Block, {|NG1037:Residual<X2.A>|}] class A; } namespace X2 { [Block, {|NG1037:Residual<B>|}] class A; [Block, {|NG1037:Residual<X1.A>|}] class B; }", "block 'A' contains itself, X1.A -> X2.A -> B -> X1.A, so that its layers have no end: take one of the blocks out of the other")]
    [InlineData("[Block, {|NG1037:Residual<A<int>>|}] class A; [Block, {|NG1037:Residual<A>|}] class A<T>;", "block 'A' contains itself, A<T> -> A -> A<T>")]
    [InlineData("[Block, {|NG1037:Residual<B>|}] class A; [Block, {|NG1037:Sum<Identity, C>|}] class B; [Block, Linear(4), {|NG1037:Repeat<A>(2)|}] class C; [Network(4), Residual<A>] partial class Net;", "Repeat: block 'C' contains itself, C -> A -> B -> C")]
    [InlineData("[Block, Residual<A>] class Before; [Block, {|NG1037:Residual<B>|}, {|NG1037:Sum<Identity, B>|}] class A; [Block, {|NG1037:Parallel<A>(4)|}] class B; [Network(4), Residual<Before>] partial class Net;", "Sum: block 'A' contains itself, A -> B -> A")]
    [InlineData("[Block, {|NG1037:Residual<A<A<int>>>|}] class A<T>;", "Residual: block 'A' contains itself, A -> A")]
    public Task NG1037_Fires(string source, string message) => Fires(source, message);

    [Fact]
    public Task NG1037_IsSilent() => IsSilent(Layer + " [Block, Residual<Layer>] class A; [Block, Sum<A, Layer, A>] class B; [Block, Residual<B>, Residual<A>, Residual<Layer>] class C; [Network(4), Repeat<C>(2)] partial class Net;");

    [Theory]
    [InlineData("[Block] class {|NG1038:B|};", "Block 'B' has no layers: write at least one after [Block], or use NetGen.Identity")]
    [InlineData("[Block] class {|NG1038:B|}; [Network(4), Residual<B>] partial class Net;", "Block 'B' has no layers")]
    [InlineData("[Block] class {|NG1038:Identity|}; [Network(4), Residual<Identity>] partial class Net;", "Block 'Identity' has no layers")]
    public Task NG1038_Fires(string source, string message) => Fires(source, message);

    [Fact]
    public Task NG1038_IsSilent() => IsSilent(Layer + "[Network(4), Sum<Layer, Identity>] partial class Net;");

    [Theory]
    [InlineData("[Block, Linear(4), {|NG1039:MSELoss|}] class B; [Network(4), Residual<B>] partial class Net;", "MSELoss stands on block 'B': a loss takes the output of a whole network")]
    [InlineData("[Block, {|NG1039:MSELoss|}, Linear(4), {|NG1039:CrossEntropyLoss|}] class B;", "CrossEntropyLoss stands on block 'B'")]
    public Task NG1039_Fires(string source, string message) => Fires(source, message);

    [Fact]
    public Task NG1039_IsSilent() => IsSilent(Layer + "[Network(4), Residual<Layer>, MSELoss] partial class Net;");

    [Theory]
    [InlineData("[Network(4), {|NG1040:Block|}, Linear(4)] partial class Net;", "'Net' is a network, so it cannot be a block as well")]
    [InlineData("[{|NG1040:Block|}] partial class Net; [Network(4), Linear(4), MSELoss] partial class Net; [Network(4), Residual<Net>] partial class Other;", "'Net' is a network")]
    public Task NG1040_Fires(string source, string message) => Fires(source, message);

    [Fact]
    public Task NG1040_IsSilent() => IsSilent("[Block, Linear(4)] partial class B; [System.Obsolete] partial class B; [Network(4), Linear(4)] partial class Net;");

    /// <summary>The rules of layers hold within blocks, whether a network uses them or not.</summary>
    [Theory]
    [InlineData("[Block, {|NG1014:Linear(0)|}] class B;", "Linear: the units must be at least 1, but is 0")]
    [InlineData("[Block, ReLU, {|NG1014:Linear(-1)|}, {|NG1015:Dropout(2)|}] class B; [Network(4), Repeat<B>(3)] partial class Net;", "Linear: the units must be at least 1, but is -1")]
    [InlineData("[Block, Linear(4)] class B; [Block, {|NG1014:Repeat<B>(0)|}] class C; [Network(4), {|NG1014:Parallel<B>(-3)|}] partial class Net;", "Parallel: the count must be at least 1, but is -3")]
    [InlineData("[Block, Linear(4)] class B; [Network(4), {|NG1020:Parallel<B>(3, Merge = (Merge)2)|}] partial class Net;", "Parallel: Merge takes a member of Merge, but got 2")]
    [InlineData("[Block, Linear(4)] class B; [Network(4), {|NG1014:{|NG1020:Parallel<B>(-2, Merge = (Merge)7)|}|}, {|NG1015:Dropout(2)|}] partial class Net;", "Parallel: the count must be at least 1, but is -2")]
    [InlineData("class MineAttribute : LayerAttribute; class MineAttribute<T> : LayerAttribute; [Block, {|NG1024:Mine|}, {|NG1024:Mine<int>|}] class B; [Network(4), Residual<B>] partial class Net;", "Mine is not one of the layers")]
    [InlineData("[Block, {|NG1030:Conv2d(4, 3, Stride = 1, StrideHW = [2, 1])|}] class B; [Network(4, 8, 8), Residual<B>] partial class Net;", "Conv2d: Stride does not go with StrideHW")]
    [InlineData("[Block, {|NG1011:Linear(4, Name = \"a b\")|}, {|NG1011:Residual<Identity>(Name = \"0\")|}] class B; [Network(4), Residual<B>] partial class Net;", "Linear: the name \"a b\" is not a C# identifier")]
    [InlineData("[Block, Linear(4, Name = \"a\"), {|NG1012:Residual<Identity>(Name = \"a\")|}] class B; [Network(4), Residual<B>] partial class Net;", "Residual: the name \"a\" gives 'a', which is taken by layer 0, Linear \"a\"")]
    [InlineData("[{|NG1009:Linear(4)|}, Block, ReLU] class B;", "Linear stands before [Block]")]
    [InlineData("[Block, ReLU] partial class B; [{|NG1010:Linear(4)|}] partial class B; [Network(4), Residual<B>] partial class Net;", "Linear stands on another partial declaration of 'B' than [Block]")]
    [InlineData("[{|NG1008:Residual<Identity>|}] partial class B;", "Residual stands on 'B', which has no [Network] and no [Block]")]
    public Task RulesHoldInBlocks(string source, string message) => Fires(source, message);

    [Theory]
    [InlineData("[Block, Linear(4, Name = \"fc\"), Linear(4, Name = \"Fc\"), Linear(4, Name = \"predict\"), Linear(4, Name = \"net\"), Residual<Identity>(Name = \"skip\")] class B; [Network(4), Linear(4, Name = \"fc\"), Repeat<B>(2, Name = \"blocks\"), Linear(3, Name = \"blocks_0_Fc\")] partial class Net { int Skip => 1; }")]
    [InlineData("[Block, Linear(4), ReLU] class B; [Network(4), Residual<B>(Name = \"layers\"), Parallel<B>(2, Name = \"net\"), Concat<B, Identity>(Name = \"predict\"), Repeat<B>(2, Name = \"summary\"), Sum<B, Identity>(Name = \"_state\"), Sum<B, B>(Name = \"own\"), MSELoss] partial class Net { public int Own => 1; }")]
    public Task NamesOfCompositionsAndInBlocksAreKeysOnly(string source) => IsSilent(source);

    [Theory]
    [InlineData("[Block, {|NG1011:Linear(4, Name = \"a b\")|}] class B;", "no digit first; the name becomes a part of the keys of parameters")]
    [InlineData("[Network(4), {|NG1011:Residual<Identity>(Name = \"0\")|}] partial class Net;", "no digit first; the name becomes a part of the keys of parameters")]
    [InlineData("[Network(4), {|NG1011:Linear(4, Name = \"0\")|}] partial class Net;", "no digit first; a layer's name becomes a property and the key of its parameters")]
    public Task TheMessageSaysWhatANameBecomes(string source, string message) => Fires(source, message);

    /// <summary>A mistake that depends on the input stands at the layer of the block, and the use that leads there is the network's composition.</summary>
    [Theory]
    [InlineData("[Block, ReLU, {|NG1018:Linear(3)|}] class B; [Network(1, 4, 4), ReLU, Repeat<B>(2)] partial class Net;", "Repeat<B>(2)")]
    [InlineData("[Block, {|NG1018:Linear(3)|}] class B; [Block, Tanh, Residual<B>] class C; [Network(1, 4, 4), Sum<Identity, C>, Flatten] partial class Net;", "Sum<Identity, C>")]
    [InlineData("[Block, Linear(3)] class B; [Network(4), Repeat<C>(2)] partial class Net; [Block, {|NG1034:Sum<B, Identity>|}] class C;", "Repeat<C>(2)")]
    [InlineData("[Block, {|NG1028:Conv2d(8, 3, Groups = 4)|}] class B; [Network(6, 8, 8), Parallel<B>(3)] partial class Net;", "Parallel<B>(3)")]
    [InlineData("[Block, Linear(20_000)] class Small; [Block, {|NG1019:Linear(100_000)|}] class Large; [Network(20_000), Concat<Small, Large>] partial class Net;", "Concat<Small, Large>")]
    [InlineData("[Block, Linear(3)] class B; [Block, Repeat<B>(2), {|NG1033:Residual<D>|}] class C; [Block, Linear(2)] class D; [Network(4), Concat<Identity, C>] partial class Net;", "Concat<Identity, C>")]
    public async Task TheUseIsAnAdditionalLocation(string source, string use)
    {
        await Fires(source, "");
        Diagnostic diagnostic = Assert.Single(await Code.Analyze(Code.Compile(Markup.Parse(source).Source)), diagnostic => diagnostic.Id != "NG0001");
        Assert.Equal(use, Assert.Single(diagnostic.AdditionalLocations.Select(Code.Text)));
    }

    /// <summary>A mistake of the block itself is told once too, in the block, and the networks that use it by whatever way are named; where there is none, none.</summary>
    [Theory]
    [InlineData("[Network(4), Repeat<C>(2), ReLU, Residual<B>] partial class Net; [Block, {|NG1014:Linear(0)|}] class B; [Block, Sum<Identity, B>] class C; [Network(5), Sum<C, C>] partial class Other; [Network(6), Residual<Identity>] partial class Right;", "Repeat<C>(2)", "Residual<B>", "Sum<C, C>")]
    [InlineData("[Block, {|NG1011:Linear(4, Name = \"a b\")|}] class B; class Outer { [Block, Residual<B>] class C; [Block, Concat<C, Identity>] internal class D; } [Network(4), Repeat<Outer.D>(2)] partial class Net;", "Repeat<Outer.D>(2)")]
    [InlineData("[Block, {|NG1037:Residual<A<A<int>>>|}] class A<T>; [Network(4), Residual<A<string>>] partial class Net;", "Residual<A<string>>")]
    [InlineData("[Block] class {|NG1038:B|}; [Network(4), Residual<B>] partial class Net;", "Residual<B>")]
    [InlineData("[Block, Linear(4), {|NG1039:MSELoss|}] class B; [Block, Residual<B>] class Unused; [Network(4), Linear(4)] partial class Net;")]
    [InlineData("class B; [Block, {|NG1036:Residual<B>|}] class C; [Network(4), Residual<C>] partial class Net;", "Residual<C>")]
    [InlineData("[Block, Residual<Identity>, {|NG1014:Linear(0)|}] class B; [Block, Residual<B>] class C;")]
    public async Task TheUsesOfABlockWithMistakesAreAdditionalLocations(string source, params string[] uses)
    {
        await Fires(source, "");
        Diagnostic diagnostic = Assert.Single(await Code.Analyze(Code.Compile(Markup.Parse(source).Source)), diagnostic => diagnostic.Id != "NG0001");
        Assert.Equal(uses, diagnostic.AdditionalLocations.Select(Code.Text));
    }

    /// <summary>The build prints no additional locations, so the message says where the first use is.</summary>
    [Theory]
    [InlineData("[Block, ReLU, {|NG1018:Linear(3)|}] class B; [Network(1, 4, 4), ReLU, Repeat<B>(2)] partial class Net;", "[Flatten, Linear(3)] (at 1.0.1 of network 'Net')")]
    [InlineData("[Block, Tanh, {|NG1026:Conv2d(3, 3, Name = \"conv\")|}] class B; [Block, Sum<Identity, B>] class C; [Network(4), Residual<C>(Name = \"skip\")] partial class Net;", " (at skip.body.0.branches.1.conv of network 'Net')")]
    [InlineData("[Block, Linear(3)] class B; [Block, ReLU, {|NG1034:Sum<B, Identity>|}] class C; [Network(4), Parallel<C>(2)] partial class Net;", "and branch 1 (Identity) gives 4 (at 0.branches.0.1 of network 'Net')")]
    [InlineData("[Network(1, 4, 4), {|NG1018:Linear(3)|}] partial class Net;", "put Flatten before it, [Flatten, Linear(3)]")]
    public async Task TheMessageSaysWhereABlockIsUsed(string source, string end)
    {
        await Fires(source, end);
        Diagnostic diagnostic = Assert.Single(await Code.Analyze(Code.Compile(Markup.Parse(source).Source)));
        Assert.EndsWith(end, Message(diagnostic), StringComparison.Ordinal);
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.Equal($"https://github.com/netgen/netgen/blob/main/docs/rules/{diagnostic.Id}.md", diagnostic.Descriptor.HelpLinkUri);
    }

    /// <summary>In another file, with several networks that fail alike, one with another shape and one that does not.</summary>
    [Fact]
    public async Task AMistakeOfSeveralNetworksIsReportedOnce()
    {
        const string Nets = "[Network(1, 4, 4), Repeat<B>(2)] partial class First; [Network(1, 4, 4), Residual<Identity>, Residual<C>] partial class Second;";
        CSharpCompilation compilation = Code.Compile(Nets, "[Block, Linear(3)] class B; [Block, Sum<Identity, B>] class C;", "[Network(1, 4, 4), Sum<B, B>] partial class Third; [Network(2, 4), Repeat<B>(1)] partial class Fourth; [Network(4), Repeat<B>(3)] partial class Right;");
        Diagnostic diagnostic = Assert.Single(await Mistakes(compilation));
        Assert.Equal(["Repeat<B>(2)", "Residual<C>", "Sum<B, B>", "Repeat<B>(1)"], diagnostic.AdditionalLocations.Select(Code.Text));
        Assert.Equal(("NG1018", "Linear(3)", "File1.cs"), (diagnostic.Id, Code.Text(diagnostic), diagnostic.Location.SourceTree!.FilePath));
        Assert.Equal("Linear takes a flat input, but gets 1x4x4: put Flatten before it, [Flatten, Linear(3)] (at 0.0.0 of network 'First')", Message(diagnostic));
        Assert.Single(Code.Generate(compilation).Run.GeneratedSources, source => !Code.IsStub(source));
    }

    /// <summary>The generator compiles it, so its mistakes are told.</summary>
    [Fact]
    public async Task ANetworkInAGeneratedFileIsAnalysed()
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText("// <auto-generated/>\n[NetGen.Network(4), NetGen.Repeat<B>(2)] partial class Net;", Code.Latest, "Net.g.cs");
        CSharpCompilation compilation = Code.Compile("[Block, Linear(4), Conv2d(2, 2)] class B;").AddSyntaxTrees(tree);
        Diagnostic diagnostic = Assert.Single(await Code.Analyze(compilation));
        Assert.Equal(("NG1026", "Conv2d(2, 2)", "NetGen.Repeat<B>(2)"), (diagnostic.Id, Code.Text(diagnostic), Code.Text(Assert.Single(diagnostic.AdditionalLocations))));
    }

    /// <summary>Blocks of a library, by its image and by its compilation.</summary>
    [Theory]
    [InlineData("[Block, Linear(3)] public class B;", "[Network(1, 4, 4), {|NG1018:Repeat<B>(2)|}] partial class Net;", "[Flatten, Linear(3)] (at 0.0.0 of network 'Net', in block 'B' of 'Blocks')")]
    [InlineData("[Block, Linear(3)] public class B; [Block, Sum<Identity, B>] public class C;", "[Network(4), {|NG1034:Repeat<C>(2)|}] partial class Net;", "gives 3 (at 0.0.0 of network 'Net', in block 'C' of 'Blocks')")]
    [InlineData("[Block, Linear(3)] public class B;", "[Block, ReLU, {|NG1018:Residual<B>|}] class C; [Network(1, 4, 4), Residual<C>] partial class Net;", "(at 0.body.1.body.0 of network 'Net', in block 'B' of 'Blocks')", "Residual<C>")]
    [InlineData("[Block, Linear(0)] public class B;", "[Network(4), {|NG1014:Residual<B>|}] partial class Net;", "Linear: the units must be at least 1, but is 0 (in block 'B' of 'Blocks')")]
    [InlineData("[Block, Linear(0)] public class B; [Block, Residual<B>] public class C;", "[Block, {|NG1014:Sum<C, C>|}] class D; [Network(4), Residual<D>] partial class Net;", "Linear: the units must be at least 1, but is 0 (in block 'B' of 'Blocks')", "Residual<D>")]
    [InlineData("[Block, Residual<A>] public class A;", "[Network(4), {|NG1037:Residual<A>|}] partial class Net;", "Residual: block 'A' contains itself, A -> A")]
    [InlineData("[Block] public class A;", "[Network(4), {|NG1038:Residual<A>|}] partial class Net;", "hands its input on (in block 'A' of 'Blocks')")]
    [InlineData("public class A;", "[Network(4), {|NG1036:Residual<A>|}] partial class Net;", "Residual: 'A' is not a block: write a class with [Block] and layers")]
    [InlineData("[Block, Linear(int.MaxValue * 2)] public class A;", "[Network(4), {|NG1036:Residual<A>|}] partial class Net;", "Block: 'A' is not a block: an attribute of it cannot be read (in block 'A' of 'Blocks')", "", false)]
    public async Task BlocksFromMetadataAreLocatedAtTheirUse(string library, string source, string message, string use = "", bool hasImage = true)
    {
        var markup = Markup.Parse(source);
        CSharpCompilation blocks = Code.Compile(library).WithAssemblyName("Blocks");
        MetadataReference[] references = hasImage ? [Code.Image(blocks), blocks.ToMetadataReference()] : [blocks.ToMetadataReference()];
        foreach (MetadataReference reference in references)
        {
            CSharpCompilation compilation = Code.Compile(markup.Source).AddReferences(reference);
            Assert.Empty(Code.Problems(compilation));
            Diagnostic diagnostic = Assert.Single(await Code.Analyze(compilation), diagnostic => diagnostic.Id != "NG0001");
            int prelude = compilation.SyntaxTrees[0].Length - markup.Source.Length;
            (string rule, var span) = Assert.Single(markup.Marks);
            Assert.Equal((rule, span.Start + prelude), (diagnostic.Id, diagnostic.Location.SourceSpan.Start));
            Assert.Contains(message, Message(diagnostic), StringComparison.Ordinal);
            Assert.Equal(use, string.Concat(diagnostic.AdditionalLocations.Select(Code.Text)));
            Assert.All(Code.Generate(compilation).Run.GeneratedSources, source => Assert.True(Code.IsStub(source)));
        }
    }

    [Fact]
    public async Task ABlockFromMetadataIsTheSameAsOneFromSource()
    {
        const string Blocks = """
            [Block, Conv2d(8, 3, Padding = 1, Name = "first"), ReLU, Conv2d(4, 1, Bias = false, Init = Init.Normal, InitScale = 0.1)] public class Path;
            [Block, Residual<Path>, Sum<Path, Identity, Path>(Name = "sum"), Parallel<Path>(3, Merge = Merge.Concat), Dropout(0.25), Conv2d(4, 2, StrideHW = [1, 2])] public class Stage;
            """;
        const string Net = "[Network(4, 9, 8), Repeat<Stage>(2), Flatten, Linear(3), MSELoss] partial class Net;";
        ImmutableArray<GeneratedSourceResult> own = Code.Generate(Code.Compile(Net, Blocks)).Run.GeneratedSources;
        CSharpCompilation library = Code.Compile(Blocks).WithAssemblyName("Blocks");
        foreach (MetadataReference reference in new[] { Code.Image(library), library.ToMetadataReference() })
        {
            CSharpCompilation compilation = Code.Compile(Net).AddReferences(reference);
            Assert.Empty(await Mistakes(compilation));
            Assert.Equal(Assert.Single(own).SourceText.ToString(), Assert.Single(Code.Generate(compilation).Run.GeneratedSources).SourceText.ToString());
        }
    }

    /// <summary>A library's library that is not referenced: the compiler says nothing of it.</summary>
    [Fact]
    public async Task ABlockWhosePartsAreNotReferencedIsRefused()
    {
        MetadataReference inner = Code.Image(Code.Compile("[Block, Linear(4)] public class Inner;").WithAssemblyName("Inner"));
        MetadataReference outer = Code.Image(Code.Compile("[Block, Residual<Inner>] public class Outer;").WithAssemblyName("Outer").AddReferences(inner));
        CSharpCompilation compilation = Code.Compile("[Network(4), Residual<Outer>] partial class Net;").AddReferences(outer);
        Assert.Empty(Code.Problems(compilation));
        Diagnostic diagnostic = Assert.Single(await Code.Analyze(compilation));
        Assert.Equal(("NG1036", "Residual<Outer>"), (diagnostic.Id, Code.Text(diagnostic)));
        Assert.Contains("an attribute of it cannot be read (in block 'Outer' of 'Outer')", Message(diagnostic), StringComparison.Ordinal);
        Assert.All(Code.Generate(compilation).Run.GeneratedSources, source => Assert.True(Code.IsStub(source)));
    }

    [Theory]
    [InlineData(32, 0)]
    [InlineData(33, 1)]
    [InlineData(34, 1)]
    [InlineData(100, 1)]
    [InlineData(300, 1)]
    public async Task NestingIsBounded(int depth, int errors)
    {
        IEnumerable<string> blocks = Enumerable.Range(1, depth - 1).Select(i => $"[Block, Residual<B{i - 1}>] class B{i};");
        CSharpCompilation compilation = Code.Compile($"[Block, Linear(4)] class B0; {string.Join('\n', blocks)} [Network(4), Residual<B{depth - 1}>] partial class Net;");
        Diagnostic[] found = [.. (await Code.Analyze(compilation)).Where(diagnostic => diagnostic.Id != "NG0001")];
        Assert.Equal(errors, found.Length);
        Assert.All(found, diagnostic => Assert.Equal(("NG1019", "Residual<B32>", "Residual needs 33 levels of nested blocks, but a network can have at most 32"), (diagnostic.Id, Code.Text(diagnostic), Message(diagnostic))));
        Assert.Equal(1 - errors, Code.Generate(compilation).Run.GeneratedSources.Count(source => !Code.IsStub(source)));
    }

    /// <summary>Billions of layers from a few lines are refused where they become too many, before anything is unfolded.</summary>
    [Theory]
    [InlineData("[Block, Repeat<Identity>(1000)] class A; [Block, {|NG1019:Repeat<A>(1000)|}] class B; [Block, Repeat<B>(1000)] class C; [Network(4), Repeat<C>(1000)] partial class Net;", "Repeat needs 1,000,000 layers, every copy of a block counted, but a network can have at most 4,096")]
    [InlineData("[Network(4), {|NG1019:Parallel<Identity>(int.MaxValue)|}] partial class Net;", "Parallel needs 2,147,483,648 layers, every copy of a block counted")]
    [InlineData("[Block, Linear(4)] class A; [Network(4), Repeat<A>(4000), Linear(4), {|NG1019:Repeat<A>(4000)|}, Repeat<A>(4000)] partial class Net;", "Repeat needs 8,001 layers")]
    [InlineData("[Block, Linear(4)] class A; [Network(4), Repeat<A>(4096), {|NG1019:Linear(4)|}, ReLU] partial class Net;", "Linear needs 4,097 layers, every copy of a block counted, but a network can have at most 4,096")]
    public Task UnfoldingIsBounded(string source, string message) => Fires(source, message);

    [Fact]
    public async Task DoublingIsBounded()
    {
        IEnumerable<string> blocks = Enumerable.Range(1, 31).Select(i => $"[Block, Sum<B{i - 1}, B{i - 1}>] class B{i};");
        CSharpCompilation compilation = Code.Compile($"[Block, Linear(4)] class B0; {string.Join('\n', blocks)} [Network(4), Residual<B31>] partial class Net;");
        Diagnostic diagnostic = Assert.Single(await Code.Analyze(compilation));
        Assert.Equal(("NG1019", "Sum<B11, B11>"), (diagnostic.Id, Code.Text(diagnostic)));
        Assert.All(Code.Generate(compilation).Run.GeneratedSources, source => Assert.True(Code.IsStub(source)));
    }

    [Theory]
    [InlineData("[Network(4), Residual<>] partial class Net;")]
    [InlineData("[Network(4), Residual] partial class Net;")]
    [InlineData("[Network(4), Residual<Missing>] partial class Net;")]
    [InlineData("[Network(4), Residual<System.Collections.Generic.List<Missing>>] partial class Net;")]
    [InlineData("[Network(4), Residual<Missing[]>] partial class Net;")]
    [InlineData("[Network(4), Sum<Identity>] partial class Net;")]
    [InlineData("[Network(4), Concat<Identity, Identity, Identity, Identity, Identity, Identity, Identity, Identity, Identity>] partial class Net;")]
    [InlineData("[Network(4), Parallel<Identity>] partial class Net;")]
    [InlineData("[Network(4), Repeat<Identity>(\"2\")] partial class Net;")]
    [InlineData("[Block, Block, Linear(4)] class B; [Network(4), Residual<B>] partial class Net;")]
    [InlineData("[Block, Linear(] class B; [Network(4), Residual<B>] partial class Net;")]
    [InlineData("[Block, Linear(x)] class B; [Block, Residual<B>] class C; [Network(4), Residual<C>] partial class Net;")]
    [InlineData("[Block, Liner(3)] class B; [Network(4), Residual<B>] partial class Net;")]
    [InlineData("class Outer<T> { [Block, Residual<T>] class B; }")]
    [InlineData("[Block, Linear(4)] interface B;")]
    [InlineData("[Block, Linear(4)] enum B;")]
    public Task BrokenCompositionsAreLeftToTheCompiler(string source) => BrokenCodeIsLeftToTheCompiler(source);

    /// <summary>As the page of NG1036 says.</summary>
    [Theory]
    [InlineData("Sum<Identity>")]
    [InlineData("Concat<Identity, Identity, Identity, Identity, Identity, Identity, Identity, Identity, Identity>")]
    public void CSharpCountsTheBranches(string composition) =>
        Assert.Equal("CS0305", Assert.Single(Code.Compile($"[Network(4), {composition}] partial class Net;").GetDiagnostics(), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Id);
}

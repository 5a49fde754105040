using System.Linq;
using System.Threading.Tasks;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Tests.Generator;
using Xunit;

namespace NetGen.Tests.Analyses;

public partial class RuleTests
{
    private const string Mlp = "[Network(784)] [Linear(128, Name = \"fc1\"), ReLU, Linear(10, Name = \"fc2\")] [CrossEntropyLoss] partial class Net;";

    private const string Branches = "[Block, Conv2d(4, 1), ReLU, Conv2d(64, 1)] class Path;";

    [Theory]
    [InlineData("[{|NG3001:Budget(Parameters = 100_000)|}] " + Mlp, "Network 'Net' has 101,770 parameters, but its budget is 100,000; most is in Linear(128) 'fc1' (100,480), Linear(10) 'fc2' (1,290)")]
    [InlineData("[{|NG3001:Budget(Macs = 101_631)|}] " + Mlp, "Network 'Net' takes 101,632 multiply-accumulates a sample, but its budget is 101,631; most is in Linear(128) 'fc1' (100,352), Linear(10) 'fc2' (1,280)")]
    [InlineData("[{|NG3001:Budget(Parameters = 0)|}, Network(4), Linear(3), Linear(9), Linear(5), Linear(7), MSELoss] partial class Net;", "most is in Linear(5) '2' (50), Linear(7) '3' (42), Linear(9) '1' (36)")]
    [InlineData("[Network(4), Linear(3)] [{|NG3001:{|NG3001:Budget(Macs = 11, Parameters = 14)|}|}] partial class Net;", "has 15 parameters, but its budget is 14; most is in Linear(3) '0' (15)")]
    [InlineData("[{|NG3001:Budget(TrainingBytes = 1_000_000)|}] " + Mlp, "bytes to train on batches of 64, but its budget is 1,000,000; most is in Linear(128) 'fc1' (869,376), ReLU '1' (65,536), Linear(10) 'fc2' (15,440)")]
    [InlineData("[{|NG3001:Budget(TrainingBytes = 1_000_000, Batch = 1000)|}] " + Mlp, "bytes to train on batches of 1,000, but its budget is 1,000,000")]
    [InlineData("[{|NG3001:Budget(TrainingBytes = 10, Batch = int.MaxValue)|}] " + Mlp, "bytes to train on batches of 2,147,483,647, but its budget is 10")]
    [InlineData("[{|NG3001:Budget(InferenceBytes = 400_000)|}] " + Mlp, "bytes to predict batches of 64, but its budget is 400,000; most is in Linear(128) 'fc1' (434,688)")]
    [InlineData(
        "[{|NG3001:Budget(ReceptiveField = 12)|}, Network(1, 28, 28), Conv2d(8, 5, Name = \"conv\"), ReLU, MaxPool2d(2), Conv2d(8, 3), Flatten, Linear(10), CrossEntropyLoss] partial class Net;",
        "Network 'Net' sees 10x10 of its input at Conv2d(8, 3) '3', the last layer with places, but its budget is at least 12 along each dimension")]
    public Task NG3001_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Budget(Parameters = 101_770, Macs = 101_632, TrainingBytes = 10_000_000, InferenceBytes = 1_000_000)] " + Mlp)]
    [InlineData("[Budget] " + Mlp)]
    [InlineData("[Budget(Batch = 1_000_000)] " + Mlp)]
    [InlineData("[Budget(ReceptiveField = 10), Network(1, 28, 28), Conv2d(8, 5), ReLU, MaxPool2d(2), Conv2d(8, 3), Flatten, Linear(10), CrossEntropyLoss] partial class Net;")]
    public Task NG3001_IsSilent(string source) => RuleCheck.IsSilent(source);

    /// <summary>The figures of the message are those of the memory, to the byte.</summary>
    [Fact]
    public async Task A_budget_of_bytes_is_exact()
    {
        MemoryCost memory = CostNetworks.Of(Mlp).Memory;
        (long training, long inference) = (memory.TrainingBytes(64), memory.InferenceBytes(64));
        await RuleCheck.IsSilent($"[Budget(TrainingBytes = {training}, InferenceBytes = {inference})] " + Mlp, test: Rules.Budget);
        await RuleCheck.Fires($"[{{|NG3001:Budget(TrainingBytes = {training - 1}, InferenceBytes = {inference})|}}] " + Mlp, $"takes {training:N0} bytes to train");
        await RuleCheck.Fires($"[{{|NG3001:Budget(TrainingBytes = {training}, InferenceBytes = {inference - 1})|}}] " + Mlp, $"takes {inference:N0} bytes to predict");
    }

    [Fact]
    public async Task A_budget_is_for_a_batch_of_some_samples()
    {
        var told = await Code.Analyze(Code.Compile("[Budget(Parameters = 1, Batch = 0)] " + Mlp));
        Assert.Equal(["Budget: Batch takes at least 1, but got 0"], told.Where(diagnostic => diagnostic.Id is not Rules.Report).Select(RuleCheck.Message));
    }

    [Theory]
    [InlineData(
        "[Network(64, 8, 8), Conv2d(64, 3, Padding = 1), Conv2d(64, 3, Padding = 1), Flatten, {|NG3002:Linear(128)|}, Linear(10)] partial class Net;",
        "Linear(128) has 524,416 of the network's 599,562 parameters, 87 %")]
    [InlineData(
        "[Network(3, 64, 64), Conv2d(16, 3, Padding = 1), {|NG3002:Conv2d(64, 3, Padding = 1)|}, MaxPool2d(8), Flatten, Linear(10)] partial class Net;",
        "Conv2d(64, 3, Padding = 1) has 37,748,736 of the network's 39,559,168 multiply-accumulates, 95 %")]
    [InlineData("[Network(1000), {|NG3002:Linear(2000)|}, Linear(8), Linear(8)] partial class Net;", "Linear(2000) has 2,002,000 of the network's 2,018,080 parameters, 99 % and 2,000,000 of the network's 2,016,064 multiply-accumulates, 99 %")]
    public Task NG3002_Fires(string source, string message) => RuleCheck.Fires(source, message);

    /// <summary>Of two layers one has most, a small network has nothing to spare, and half is not more than half.</summary>
    [Theory]
    [InlineData(Mlp)]
    [InlineData("[Network(100), Linear(500), Linear(8), Linear(8)] partial class Net;")]
    [InlineData("[Network(1000), Linear(1000, Bias = false), Linear(500, Bias = false), Linear(1000, Bias = false)] partial class Net;")]
    [InlineData("[Network(300), LayerNorm, Linear(300), ReLU, Linear(300), ReLU, Linear(300), MSELoss] partial class Net;")]
    public Task NG3002_IsSilent(string source) => RuleCheck.IsSilent(source);

    /// <summary>Table 1 against table 2.</summary>
    [Theory]
    [InlineData(
        "[Block, Conv2d(128, 1), ReLU] class One; [Block, {|NG3003:Conv2d(192, 3, Padding = 1)|}, ReLU] class Three; [Block, {|NG3003:Conv2d(96, 5, Padding = 2)|}, ReLU] class Five; [Network(256, 32, 32), Concat<One, Three, Five>, MSELoss] partial class Net;",
        "Conv2d(192, 3, Padding = 1) reads 256 channels: 452,984,832 multiply-accumulates a sample and 442,560 parameters; behind a 1x1 convolution to 64 channels, [Conv2d(64, 1), ReLU, Conv2d(192, 3, Padding = 1)], it would be 130,023,424 and 127,232 together")]
    [InlineData(
        "[Network(256, 32, 32), {|NG3003:Conv2d(96, 5, Padding = 2)|}, ReLU] partial class Net;",
        "629,145,600 multiply-accumulates a sample and 614,496 parameters; behind a 1x1 convolution to 64 channels, [Conv2d(64, 1), ReLU, Conv2d(96, 5, Padding = 2)], it would be 174,063,616 and 170,144 together")]
    [InlineData("[Network(128, 64), {|NG3003:Conv1d(128, 5, Bias = false)|}] partial class Net;", "[Conv1d(32, 1), ReLU, Conv1d(128, 5, Bias = false)], it would be 1,490,944 and 24,608 together")]
    public Task NG3003_Fires(string source, string message) => RuleCheck.Fires(source, message);

    /// <summary>Few channels, one tap, a bottleneck that is there, groups, constants, a stride after which the 1x1 would be most, and a small part of the network.</summary>
    [Theory]
    [InlineData("[Network(127, 32, 32), Conv2d(128, 3)] partial class Net;")]
    [InlineData("[Network(256, 32, 32), Conv2d(512, 1)] partial class Net;")]
    [InlineData("[Network(512, 32, 32), Conv2d(128, 1), BatchNorm2d, ReLU, Conv2d(128, 3, Padding = 1)] partial class Net;")]
    [InlineData("[Network(256, 32, 32), Conv2d(256, 3, Groups = 2)] partial class Net;")]
    [InlineData("[Network(256, 32, 32), Conv2d(32, 3, Stride = 4)] partial class Net;")]
    [InlineData("[Network(64, 64, 64), Conv2d(128, 3, Padding = 1), MaxPool2d(16), Conv2d(128, 3), Flatten, Linear(10)] partial class Net;")]
    public Task NG3003_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData(Branches + "[{|NG3004:Network(64, 8, 8)|}, Parallel<Path>(8), MSELoss] partial class Net;", "Network 'Net' is compiled to fewer layers than are declared: 0.branches.0.0 to 0.branches.7.0 are one Conv2d; 0.branches.0.2 to 0.branches.7.2 are one Conv2d")]
    [InlineData(
        "[Block, MaxPool2d(2), Conv2d(16, 1)] class A; [Block, MaxPool2d(2), Conv2d(8, 3, Padding = 1)] class B; [{|NG3004:Network(4, 8, 8)|}, Concat<A, B>, MSELoss] partial class Net;",
        "0.branches.0.0, 0.branches.1.0 are one MaxPool2d")]
    [InlineData("[{|NG3004:Network(3, 8, 8)|}, Conv2d(16, 3), BatchNorm2d, ReLU, Conv2d(16, 3), BatchNorm2d, MSELoss] partial class Net;", "1, 4 are parts of the layers before in evaluation")]
    [InlineData(
        "[Block, Conv2d(8, 1), Conv2d(8, 3)] class A; [Block, Parallel<A>(2)] class B; [{|NG3004:Network(8, 16, 16)|}, Conv2d(8, 1), BatchNorm2d, Repeat<B>(3), MSELoss] partial class Net;", "; and 3 more")]
    public Task NG3004_Fires(string source, string message) => RuleCheck.Fires(source, message);

    /// <summary>What is swapped or fused is as many layers as before.</summary>
    [Theory]
    [InlineData("[Network(1, 28, 28), Conv2d(16, 5), ReLU, MaxPool2d(2), Flatten, Linear(32), Dropout, ReLU, Linear(10), CrossEntropyLoss] partial class Net;")]
    [InlineData("[Block, Linear(8), ReLU] class Body; [Network(8), Linear(8), Residual<Body>, Linear(4), BatchNorm1d, MSELoss] partial class Net;")]
    [InlineData("[Network(8, 5, 5), BatchNorm2d, Conv2d(8, 1), ReLU, BatchNorm2d, MSELoss] partial class Net;")]
    public Task NG3004_IsSilent(string source) => RuleCheck.IsSilent(source);

    /// <summary>The rule says that a normalisation is folded where the compiled network has folded it.</summary>
    [Theory]
    [InlineData("[Network(3, 8, 8), Conv2d(16, 3), BatchNorm2d, ReLU]", true)]
    [InlineData("[Network(3, 8, 40), Conv2d(4, 3, Stride = 2, Bias = false), BatchNorm2d]", true)]
    [InlineData("[Network(16, 8, 8), Conv2d(16, 3, Groups = 16), BatchNorm2d, ReLU]", true)]
    [InlineData("[Network(8), Linear(24), BatchNorm1d, ReLU]", true)]
    [InlineData("[Network(8), Linear(4), BatchNorm1d, ReLU]", false)]
    [InlineData("[Network(1, 4, 4), Conv2d(2, 1, FixedWeight = [1, -1]), BatchNorm2d]", false)]
    [InlineData("[Network(8), Linear(24), ReLU, BatchNorm1d]", false)]
    public void Folding_is_told_as_it_is_done(string attributes, bool isFolded)
    {
        AnalyzedNetwork network = CostNetworks.Of(attributes + " partial class Net;");
        Node norm = network.Graph.Nodes.Single(node => node.Op.Kind.StartsWith("BatchNorm", System.StringComparison.Ordinal));
        Assert.Equal(isFolded, network.Rewrites.Count > 0);
        Assert.Equal(isFolded, network.Executed.Steps.Any(step => step.Phase == ExecutedPhase.Inference && step.MultiplyAccumulates > 0 && step.Layers.Contains(norm.Key)));
    }

    [Theory]
    [InlineData(
        "[Network(3, 64, 64), Conv2d(32, 3, Padding = 1), ReLU, {|NG3005:Conv2d(32, 3, Padding = 1, Groups = 32)|}, ReLU, {|NG3005:Conv2d(32, 1)|}, MaxPool2d(8), Flatten, Linear(10), CrossEntropyLoss] partial class Net;",
        "Conv2d(32, 3, Padding = 1, Groups = 32) moves 234,884,736 bytes in a training step of 64 samples and computes 2.0 FLOPs a byte: below about 10 the memory sets its pace")]
    public Task NG3005_Fires(string source, string message) => RuleCheck.Fires(source, message);

    /// <summary>What computes enough, what is small, what has no products, and a small part of the network.</summary>
    [Theory]
    [InlineData("[Network(3, 64, 64), Conv2d(32, 3, Padding = 1), ReLU, Conv2d(32, 3, Padding = 1), ReLU, Conv2d(32, 3, Padding = 1), MaxPool2d(8), Flatten, Linear(10), CrossEntropyLoss] partial class Net;")]
    [InlineData("[Network(16, 8, 8), Conv2d(16, 3, Groups = 16), Flatten, Linear(10), CrossEntropyLoss] partial class Net;")]
    [InlineData("[Network(64, 128, 128), ReLU, MaxPool2d(2)] partial class Net;")]
    [InlineData("[Network(3, 64, 64), Conv2d(16, 3, Padding = 1), Conv2d(64, 3, Padding = 1), Conv2d(64, 3, Padding = 1), Conv2d(64, 3, Padding = 1), MaxPool2d(2), Conv2d(64, 3, Groups = 64), MSELoss] partial class Net;")]
    public Task NG3005_IsSilent(string source) => RuleCheck.IsSilent(source);
}

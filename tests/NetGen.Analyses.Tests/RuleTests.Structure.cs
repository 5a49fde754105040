using System.Threading.Tasks;
using NetGen.Tests.Generator;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>What stands beside what: NG2040 to NG2069.</summary>
public partial class RuleTests
{
    [Theory]
    [InlineData("[Network(784), Linear(30), {|NG2040:Linear(10)|}, CrossEntropyLoss] partial class Net;",
        "Linear(10) '1' reads Linear(30) '0' with nothing between that is not linear, so the two are one linear map, which would save 16,010 of 23,860 parameters and 15,980 of 23,820 multiply-accumulates a sample")]
    [InlineData("[Network(5), Linear(15, Name = \"a\"), {|NG2040:Linear(15)|}, Dropout(0.2), {|NG2040:Linear(2)|}, CrossEntropyLoss] partial class Net;", "reads Linear(15) '1' with nothing between that is not linear (Dropout(0.2))")]
    [InlineData("[Network(3, 20, 20), Conv2d(16, 3), BatchNorm2d, {|NG2040:Conv2d(32, 3)|}, ReLU] partial class Net;", "(BatchNorm2d), so the two are one linear map, which would save 2,656 of 5,088 parameters and 705,216 of 1,319,616 multiply-accumulates a sample: put an activation between")]
    [InlineData("[Network(3, 20, 20), Conv2d(16, 3), AvgPool2d(2), Flatten, {|NG2040:Linear(10)|}] partial class Net;", "(AvgPool2d(2), Flatten), so")]
    [InlineData("[Network(3, 20, 20), Conv2d(16, 3), LeakyReLU(1), {|NG2040:Conv2d(32, 1)|}] partial class Net;", "which would save")]
    [InlineData("[Block, Conv2d(16, 1)] class A; [Block, Conv2d(16, 3, Padding = 1)] class B; [Network(3, 8, 8), Concat<A, B>, {|NG2040:Conv2d(8, 1)|}, ReLU] partial class Net;", "(Concat<A, B>), so the two are one linear map: put")]
    [InlineData("[Block, Linear(8)] class Body; [Network(8), ReLU, Residual<Body>, {|NG2040:Linear(4)|}] partial class Net;", "Linear(4) '2' reads Linear(8) '1.body.0' with nothing between that is not linear (Residual<Body>), so the two are one linear map: put")]
    [InlineData("[Block, Linear(4)] class Part; [Network(8), ReLU, Concat<Identity, Part, Part>, {|NG2040:Linear(16)|}] partial class Net;", "Linear(16) '2' reads Linear(4) '1.branches.1.0' with nothing between that is not linear (Concat<Identity, Part, Part>), so")]
    [InlineData("[Network(8, 6, 6), Conv2d(8, 3, Groups = 2), {|NG2040:Conv2d(8, 1, Groups = 2)|}, ReLU] partial class Net;", "which would save 40 of 336 parameters and 512 of 5,120 multiply-accumulates a sample")]
    [InlineData("[Block, {|NG2040:Linear(4)|}] class Policy; [Block, {|NG2040:Linear(1)|}] class Value; [Network(8), Linear(32), Concat<Policy, Value>] partial class Net;", "'1.branches.0.0' reads Linear(32) '0'")]
    public Task NG2040_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(784), Linear(30), ReLU, Linear(10), CrossEntropyLoss] partial class Net;")]
    [InlineData("[Network(784), Linear(64), ReLU, Linear(2), Linear(64), ReLU, Linear(784), MSELoss] partial class Autoencoder;")]
    [InlineData("[Block, Linear(8), ReLU, Linear(8)] class Body; [Network(8), Linear(8), Residual<Body>, Residual<Body>, Linear(4)] partial class Net;")]
    [InlineData("[Network(8), Linear(16), LayerNorm, Linear(16), ELU, Linear(4)] partial class Net;")]
    [InlineData("[Network(3, 16, 16), Conv2d(8, 3), MaxPool2d(2), Conv2d(8, 3)] partial class Net;")]
    [InlineData("[Network(16, 16, 16), Conv2d(16, 3, Groups = 16), Conv2d(32, 1), ReLU] partial class Net;")]
    public Task NG2040_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(1000), Linear(10), {|NG2041:Linear(500)|}, ReLU] partial class Net;", "Linear(500) '1' reads Linear(10) '0' with nothing between that is not linear: together they are one linear map, one of rank 10 at most")]
    [InlineData("[Network(16, 16, 16), Conv2d(16, 3, Groups = 16), BatchNorm2d, {|NG2041:Conv2d(32, 1)|}, ReLU] partial class Net;", "(BatchNorm2d): together they are one linear map, one that treats groups of channels and places apart")]
    [InlineData("[Network(3, 16, 16), Conv2d(8, 3, 1), {|NG2041:Conv2d(8, 1, 3)|}, ReLU] partial class Net;", "one that treats rows and columns apart")]
    [InlineData("[Network(1, 16, 16), Conv2d(1, 3, FixedWeight = [0, 0, 0, 0, -1, 0, 0, 1, 0]), {|NG2041:Conv2d(8, 3)|}, ReLU] partial class Net;", "one with a fixed filter")]
    [InlineData("[Network(64, 8, 8), Conv2d(16, 3), {|NG2041:Conv2d(64, 1)|}, ReLU] partial class Net;", "one of rank 16 at most")]
    public Task NG2041_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(1000), Linear(10), ReLU, Linear(500), ReLU] partial class Net;")]
    [InlineData("[Network(16, 16, 16), Conv2d(16, 3, Groups = 16), ReLU, Conv2d(32, 1), ReLU] partial class Net;")]
    [InlineData("[Network(784), Linear(30), Linear(10), CrossEntropyLoss] partial class Net;")]
    public Task NG2041_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(1, 28, 28), Conv2d(32, 5, Padding = 2), MaxPool2d(2), {|NG2042:Conv2d(64, 5, Padding = 2)|}, MaxPool2d(2), Flatten, {|NG2042:Linear(512)|}, ReLU, Linear(10), CrossEntropyLoss] partial class Net;",
        "Conv2d(64, 5, Padding = 2) '2' reads Conv2d(32, 5, Padding = 2) '0' with nothing between that is not linear but maxima (MaxPool2d(2))")]
    [InlineData("[Network(2, 64), Conv1d(8, 3), GlobalMaxPool1d, Flatten, {|NG2042:Linear(4)|}] partial class Net;", "(GlobalMaxPool1d, Flatten)")]
    public Task NG2042_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(1, 28, 28), Conv2d(32, 5), ReLU, MaxPool2d(2), Conv2d(64, 5), MaxPool2d(2), ReLU, Flatten, Linear(10), CrossEntropyLoss] partial class Net;")]
    [InlineData("[Network(1, 28, 28), Conv2d(32, 5), Conv2d(64, 5), ReLU] partial class Net;")]
    public Task NG2042_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(16), {|NG2043:Softmax|}, Linear(4), CrossEntropyLoss] partial class Net;", "Softmax stands inside of the network: what Linear(4) '2' reads of it sums to 1")]
    [InlineData("[Block, Conv2d(4, 1), {|NG2043:Softmax|}] class B; [Network(3, 8, 8), Concat<B, Identity>, Flatten, Linear(4)] partial class Net;", "what Linear(4) '2' reads")]
    public Task NG2043_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), Linear(16), ReLU, Linear(4), Softmax] partial class Net; [Network(4, 8, 8), Conv2d(4, 3), Softmax, GlobalAvgPool2d, Flatten] partial class Places;")]
    public Task NG2043_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(30), {|NG2044:Linear(1)|}, ReLU, Linear(1), BCEWithLogitsLoss] partial class Net;", "All that the layers behind Linear(1) '0' know of a sample is its one value")]
    [InlineData("[Network(1), {|NG2044:Linear(1)|}, Sigmoid, Linear(1)] partial class Net;", "Linear(1) '0'")]
    [InlineData("[Network(3, 8, 8), Conv2d(1, 3), ReLU, {|NG2044:GlobalAvgPool2d|}, Flatten, Linear(4)] partial class Net;", "GlobalAvgPool2d '2'")]
    [InlineData("[Block, {|NG2044:Linear(1)|}, Tanh, Linear(8)] class B; [Network(8), Sequential<B>, Linear(2)] partial class Net;", "Linear(1) '0.0'")]
    public Task NG2044_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(1), Linear(64), Sigmoid, Linear(1), MSELoss] partial class Net; [Network(784), Linear(32), ReLU, Linear(2), ReLU, Linear(784)] partial class Autoencoder;")]
    [InlineData("[Block, Linear(1), Tanh, Linear(8)] class B; [Network(8), Residual<B>, Linear(2)] partial class Net;")]
    [InlineData("[Block, Linear(1), ReLU] class B; [Network(8), Concat<B, Identity>, Linear(2)] partial class Net;")]
    [InlineData("[Network(1, 29), Conv1d(1, 5), Sigmoid, Conv1d(1, 5)] partial class Chain;")]
    public Task NG2044_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(16), {|NG2045:Dropout(0.3)|}, Sigmoid, Linear(4)] partial class Net;", "Dropout(0.3) stands before Sigmoid: what is dropped becomes Sigmoid(0), and what is kept is scaled before Sigmoid")]
    [InlineData("[Network(8, 4), {|NG2045:Dropout|}, Flatten, ReLU, GELU, Linear(4)] partial class Net;", "Dropout(0.5) stands before GELU")]
    [InlineData("[Network(8), Linear(16), {|NG2045:Dropout(0.3f)|}, Softmax] partial class Net;", "Dropout(0.3) stands before Softmax: what is dropped still counts there, as a 0 does, and what is kept is scaled before Softmax instead of behind it: put it before the last layer with weights")]
    [InlineData("[Network(8), Linear(16), {|NG2045:Dropout|}, LogSumExp] partial class Net;", "before LogSumExp")]
    public Task NG2045_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), Linear(16), Dropout(0.3), ReLU, Linear(16), Dropout, LeakyReLU(0.2), Linear(4), Sigmoid, Dropout, Linear(2), Dropout(0), Tanh] partial class Net;")]
    [InlineData("[Block, Sigmoid] class B; [Network(8), Dropout, Concat<B, Identity>] partial class Net;")]
    public Task NG2045_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(1, 28, 28), Conv2d(8, 3), ReLU, {|NG2046:Dropout(0.35)|}, BatchNorm2d, Flatten, Linear(10)] partial class Net;", "Dropout(0.35) stands before BatchNorm2d, which normalises by statistics")]
    [InlineData("[Network(16), Linear(8), {|NG2046:Dropout|}, ReLU, LayerNorm, Linear(10)] partial class Net;", "before LayerNorm")]
    [InlineData("[Network(1, 28, 28), Conv2d(8, 3), ReLU, {|NG2046:Dropout|}, MaxPool2d(2), Flatten, BatchNorm1d] partial class Net;", "before BatchNorm1d")]
    public Task NG2046_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(16), Linear(8), BatchNorm1d, ReLU, Dropout, Linear(8), BatchNorm1d, ReLU, Linear(10)] partial class Net;")]
    [InlineData("[Block, BatchNorm2d, ReLU, Conv2d(4, 3, Padding = 1), Dropout] class Layer; [Block, Concat<Identity, Layer>] class Dense; [Network(3, 8, 8), Repeat<Dense>(3), BatchNorm2d] partial class DenseNet;")]
    public Task NG2046_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(1, 28, 28), Conv2d(8, 3), ReLU, {|NG2047:Dropout(0.35)|}, MaxPool2d(2), Flatten, Linear(10)] partial class Net;", "Dropout(0.35) stands before MaxPool2d: the largest of what is kept")]
    [InlineData("[Network(2, 28), Conv1d(8, 3), {|NG2047:Dropout|}, ReLU, GlobalMaxPool1d, Flatten, Linear(10)] partial class Net;", "before GlobalMaxPool1d")]
    public Task NG2047_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(1, 28, 28), Conv2d(8, 3), ReLU, MaxPool2d(2), Dropout, Conv2d(8, 3), ReLU, MaxPool2d(2), Flatten, Dropout, Linear(10)] partial class Net;")]
    [InlineData("[Network(1, 28, 28), Conv2d(8, 3), Dropout, MaxPool2d(1), AvgPool2d(2)] partial class Net;")]
    public Task NG2047_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(1, 28, 28), Conv2d(8, 3), ReLU, {|NG2048:Dropout|}, GlobalAvgPool2d, Flatten, Linear(10)] partial class Net;", "Dropout(0.5) stands before GlobalAvgPool2d: in the mean of a window little is left of the noise")]
    public Task NG2048_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(1, 28, 28), Conv2d(8, 3), ReLU, AvgPool2d(2), Dropout, Conv2d(8, 3), Dropout, AvgPool2d(1), ReLU] partial class Net;")]
    public Task NG2048_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(3, 8, 8), {|NG2049:Conv2d(16, 3)|}, BatchNorm2d, ReLU] partial class Net;", "Conv2d(16, 3) '0': BatchNorm2d behind it subtracts the mean of each channel, and so the bias: Bias = false saves 16 parameters")]
    [InlineData("[Network(3, 8, 8), {|NG2049:Conv2d(16, 3)|}, MaxPool2d(2), Flatten, BatchNorm1d] partial class Net;", "BatchNorm1d behind it")]
    [InlineData("[Network(3, 8, 8), {|NG2049:Conv2d(16, 3, Padding = 1)|}, LayerNorm(8, 8), ReLU] partial class Net;", "LayerNorm behind it")]
    [InlineData("[Network(8), {|NG2049:Linear(16)|}, BatchNorm1d, ReLU] partial class Net;", "16 parameters")]
    public Task NG2049_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(3, 8, 8), Conv2d(16, 3, Bias = false), BatchNorm2d, Conv2d(16, 3), ReLU, BatchNorm2d, Flatten, Linear(8), LayerNorm, Linear(4), RMSNorm] partial class Net;")]
    [InlineData("[Network(3, 8, 8), Conv2d(16, 3), LayerNorm, Conv2d(8, 3), AvgPool2d(3, Padding = 1), BatchNorm2d] partial class Net;")]
    [InlineData("[Block, BatchNorm1d, ReLU] class B; [Network(8), Linear(8), Residual<B>] partial class Net;")]
    public Task NG2049_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(4), Linear(1), {|NG2050:LayerNorm|}] partial class Net;", "LayerNorm of 1: one value less its mean is 0")]
    [InlineData("[Network(4, 8, 1), {|NG2050:LayerNorm(1)|}] partial class Net;", "LayerNorm(1) of 4x8x1: one value less its mean is 0")]
    [InlineData("[Network(4), Linear(2), {|NG2050:LayerNorm|}] partial class Net;", "of two values only which is larger is left")]
    [InlineData("[Network(4), Linear(1), {|NG2050:RMSNorm|}] partial class Net;", "of one value only the sign is left")]
    public Task NG2050_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(4), Linear(3), LayerNorm, Linear(2), RMSNorm, Linear(1), BatchNorm1d] partial class Net; [Network(4, 8, 1), LayerNorm(8, 1), BatchNorm2d] partial class Picture;")]
    public Task NG2050_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(3, 13, 12), {|NG2051:MaxPool2d(2)|}] partial class Net;", "MaxPool2d(2) '0' does not read 8 % of its picture of 13x12: 1 row behind its last windows")]
    [InlineData("[Network(3, 15, 15), {|NG2051:Conv2d(8, 4, Stride = 4)|}] partial class Net;", "does not read 36 % of its picture of 15x15: 3 rows and 3 columns behind its last windows")]
    [InlineData("[Network(3, 16, 16), {|NG2051:Conv2d(8, 1, Stride = 2)|}] partial class Net;", "does not read 75 % of its picture of 16x16: it takes one place of each 2x2")]
    [InlineData("[Network(3, 5), {|NG2051:MaxPool1d(2)|}] partial class Net;", "20 % of its picture of 5: 1 place behind its last windows")]
    public Task NG2051_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(3, 224, 224), Conv2d(8, 7, Stride = 2, Padding = 3), ReLU, MaxPool2d(3, Stride = 2, Padding = 1), Conv2d(8, 3, Stride = 2, Padding = 1)] partial class ResNet;")]
    [InlineData("[Network(3, 224, 224), Conv2d(8, 11, Stride = 4, Padding = 2), ReLU, MaxPool2d(3, Stride = 2)] partial class AlexNet;")]
    [InlineData("[Network(3, 13, 13), MaxPool2d(2, CeilMode = true)] partial class Net; [Network(3, 13), MaxPool1d(2, Padding = 1)] partial class Padded;")]
    [InlineData("[Block, Conv2d(4, 3, Stride = 2, Padding = 1), ReLU] class Body; [Block, Conv2d(4, 1, Stride = 2)] class Short; [Network(3, 16, 16), Sum<Short, Body>] partial class Downsampled;")]
    public Task NG2051_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(3, 16, 16), {|NG2052:MaxPool2d(2, Stride = 3)|}] partial class Net;", "does not read 61 % of its picture of 16x16: its windows of 2x2 are 3x3 apart: a smaller stride or a larger window")]
    [InlineData("[Network(3, 15), {|NG2052:Conv1d(8, 3, Dilation = 2, Stride = 2)|}] partial class Net;", "does not read 47 % of its picture of 15: its windows of 3 are 2 apart")]
    [InlineData("[Network(3, 15, 15), {|NG2052:MaxPool2d(8)|}] partial class Net;", "does not read 72 % of its picture of 15x15: 7 rows and 7 columns behind its last windows")]
    public Task NG2052_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(3, 13, 12), MaxPool2d(2), Conv2d(8, 5, Stride = 5)] partial class Net; [Network(3, 16, 16), Conv2d(8, 1, Stride = 4)] partial class Sampled;")]
    [InlineData("[Block, MaxPool2d(2, Stride = 3)] class Pool; [Block, Conv2d(4, 3, Stride = 3)] class Conv; [Network(3, 15, 15), Concat<Pool, Conv>] partial class Net;")]
    public Task NG2052_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(3, 8, 8), {|NG2053:Conv2d(8, 1, Padding = 1)|}, ReLU] partial class Net;", "Conv2d(8, 1, Padding = 1) '0': 36 of its 100 windows lie in the padding alone, so what they give is the bias: use less padding")]
    [InlineData("[Network(3, 8), {|NG2053:Conv1d(8, 3, Padding = 3, Bias = false)|}, ReLU] partial class Net;", "2 of its 12 windows lie in the padding alone, so what they give is 0")]
    public Task NG2053_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(3, 8, 8), Conv2d(8, 3, Padding = 2), Conv2d(8, 5, Padding = 2), Conv2d(8, 3, Padding = 2, Dilation = 2), MaxPool2d(3, Stride = 2, Padding = 1)] partial class Net;")]
    public Task NG2053_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(64, 1, 1), {|NG2054:Conv2d(64, 3, Padding = 1)|}, ReLU] partial class Net;", "Conv2d(64, 3, Padding = 1) '0': 8 of its 9 taps never meet the picture of 1x1, their weights are never trained")]
    [InlineData("[Network(32, 5, 5), {|NG2054:Conv2d(64, 12, Stride = 6, Padding = 4)|}, ReLU] partial class Net;", "119 of its 144 taps never meet the picture of 5x5")]
    [InlineData("[Network(32, 3, 3), {|NG2054:MaxPool2d(4, Stride = 2, Padding = 1)|}] partial class Net;", "7 of its 16 taps never meet the picture of 3x3, the window is larger than what it sees")]
    [InlineData("[Network(32, 4), {|NG2054:Conv1d(8, 3, Dilation = 4, Padding = 4)|}] partial class Net;", "2 of its 3 taps never meet the picture of 4")]
    public Task NG2054_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(3, 2, 2), Conv2d(8, 3, Padding = 1), ReLU, Conv2d(8, 2), ReLU, Conv2d(4, 1)] partial class Net; [Network(3, 7, 7), Conv2d(8, 7), MaxPool2d(1)] partial class Whole;")]
    public Task NG2054_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(3, 32, 32), Conv2d(8, 3), ReLU, Conv2d(8, 3), ReLU, {|NG2055:GlobalAvgPool2d|}, Flatten, Linear(10)] partial class Net;", "GlobalAvgPool2d: each place that it joins sees 5x5 of the input's 32x32")]
    [InlineData("[Network(2, 64), Conv1d(8, 9), ReLU, {|NG2055:AdaptiveMaxPool1d(1)|}, Flatten, Linear(10)] partial class Net;", "sees 9 of the input's 64")]
    public Task NG2055_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(3, 16, 16), Conv2d(8, 5, Stride = 2, Padding = 2), ReLU, Conv2d(8, 7, Padding = 3), ReLU, GlobalAvgPool2d, Flatten, Linear(10)] partial class Net;")]
    [InlineData("[Network(3, 4, 4), Conv2d(8, 4), GlobalAvgPool2d] partial class Net; [Network(512, 7, 7), BatchNorm2d, GlobalAvgPool2d, Flatten, Linear(10)] partial class Head;")]
    public Task NG2055_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(512, 1, 1), {|NG2056:AdaptiveAvgPool2d(7)|}, Flatten, Linear(10)] partial class Net;", "AdaptiveAvgPool2d(7) makes 512x7x7 of 512x1x1, so each value stands there 49 times")]
    public Task NG2056_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(512, 7, 7), AdaptiveAvgPool2d(7), AdaptiveMaxPool2d(3, 7), GlobalAvgPool2d] partial class Net;")]
    public Task NG2056_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(4), {|NG2057:Dropout(0)|}, Linear(2)] partial class Net;", "Dropout(0) changes nothing: it drops nothing")]
    [InlineData("[Network(8), Linear(4), {|NG2057:LeakyReLU(1)|}, Linear(2)] partial class Net;", "with a slope of 1 it hands its input on")]
    [InlineData("[Network(3, 8, 8), {|NG2057:AvgPool2d(1)|}, {|NG2057:AvgPool2d(2, CountIncludePad = false)|}, {|NG2057:Conv2d(4, 1, Dilation = 2)|}] partial class Net;", "Dilation is the distance of taps, and there is one")]
    [InlineData("[Network(3, 8, 8), {|NG2057:Conv2d(4, 3, Bias = false, BiasInit = Init.Constant)|}, Flatten, {|NG2057:Linear(4, Bias = false, BiasInit = Init.Normal)|}] partial class Net;", "BiasInit is of a bias, and there is none")]
    [InlineData("[Network(4, 1, 1), {|NG2057:GlobalAvgPool2d|}] partial class Net;", "its input has one place already")]
    [InlineData("[Network(1), {|NG2057:LogSumExp|}] partial class Net;", "of one value it hands that on")]
    [InlineData("[Network(3, 8, 8), {|NG2057:Conv2d(4, 1, 3, DilationHW = [2, 1])|}] partial class Net;", "and there is one along the dimension that it is of")]
    public Task NG2057_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(3, 8, 8), Conv2d(4, 1, 3, Dilation = 2, BiasInit = Init.Constant), LeakyReLU(0.5), AvgPool2d(3, Padding = 1, CountIncludePad = false), MaxPool2d(1, Stride = 2), GlobalMaxPool2d, Dropout] partial class Net;")]
    [InlineData("[Network(3, 6, 6), AdaptiveAvgPool2d(6), Flatten, Flatten, Linear(3, Bias = false)] partial class Net;")]
    public Task NG2057_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(4), {|NG2058:BatchNorm1d(Momentum = 0.99)|}, ReLU] partial class Net;", "BatchNorm1d: with Momentum = 0.99 it evaluates with little more than the statistics of the last batch: it is the share of the newest batch")]
    [InlineData("[Network(8, 4, 4), {|NG2058:BatchNorm2d(Momentum = 0)|}, ReLU] partial class Net;", "with Momentum = 0 the running statistics stay 0 and 1")]
    public Task NG2058_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), BatchNorm1d, BatchNorm1d(Momentum = 0.01), BatchNorm1d(Momentum = double.NaN), BatchNorm1d(Momentum = 0.5)] partial class Net;")]
    public Task NG2058_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(16), ReLU, {|NG2059:Dropout(0.95)|}, Linear(4)] partial class Net;", "Dropout(0.95) keeps 5 % of its input: p is the share that is dropped, as in PyTorch; to keep 95 % write Dropout(0.05)")]
    [InlineData("[Network(8), Linear(16), ReLU, {|NG2059:Dropout(0.999999)|}, Linear(4)] partial class Net;", "to keep 99.9999 % write Dropout(0.000001)")]
    [InlineData("[Network(8), Linear(16), ReLU, {|NG2059:Dropout(0.95f)|}, Linear(4)] partial class Net;", "Dropout(0.95) keeps 5 % of its input")]
    public Task NG2059_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), Linear(16), ReLU, Dropout(0.8), Linear(4), ReLU, Dropout, Linear(4), Dropout(0)] partial class Net;")]
    public Task NG2059_IsSilent(string source) => RuleCheck.IsSilent(source);
}

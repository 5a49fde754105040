using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using NetGen.Generator.Compiler.Advice;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Diagnostics;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>The rules about what stands beside what do not cry wolf: on networks that are known to work they say what a table here expects, most often nothing.</summary>
public class StructureRuleTests
{
    /// <summary>Networks of the gallery with something to tell, warnings first; the others have nothing.</summary>
    private static readonly Dictionary<string, string> s_gallery = new()
    {
        // R13 shows what dropout does before a sigmoid.
        ["DropoutBeforeSigmoid"] = "NG2045",

        // A pool of single pixels, which is there to stand between.
        ["PictureDropoutBeforeReLU"] = "NG2057",
        ["PictureDropoutBehindReLU"] = "NG2057",
        ["PictureDropoutBeforeLeakyReLU"] = "NG2057",
        ["PictureDropoutBehindLeakyReLU"] = "NG2057",
    };

    /// <summary>By name: the blocks and layers, and what is said of them.</summary>
    private static readonly (string Name, string Source, string Expected)[] s_known =
    [
        ("LeNet-5", "[Network(1, 32, 32), Conv2d(6, 5), Tanh, AvgPool2d(2), Conv2d(16, 5), Tanh, AvgPool2d(2), Conv2d(120, 5), Tanh, Flatten, Linear(84), Tanh, Linear(10), CrossEntropyLoss] partial class Net;", ""),
        ("Keras's MNIST network", "[Network(1, 28, 28), Conv2d(32, 3), ReLU, Conv2d(64, 3), ReLU, MaxPool2d(2), Dropout(0.25), Flatten, Linear(128), ReLU, Dropout, Linear(10), CrossEntropyLoss] partial class Net;", ""),
        ("Keras's CIFAR network", "[Block, ReLU, Conv2d(32, 3), ReLU, MaxPool2d(2), Dropout(0.25)] class Stage; [Network(3, 32, 32), Conv2d(32, 3, Padding = 1), Sequential<Stage>, Conv2d(64, 3, Padding = 1), Sequential<Stage>, Flatten, Linear(512), ReLU, Dropout, Linear(10), CrossEntropyLoss] partial class Net;", "NG2051"),
        ("PyTorch's CIFAR network", "[Network(3, 32, 32), Conv2d(6, 5), ReLU, MaxPool2d(2), Conv2d(16, 5), ReLU, MaxPool2d(2), Flatten, Linear(120), ReLU, Linear(84), ReLU, Linear(10), CrossEntropyLoss] partial class Net;", ""),
        ("AlexNet at 64x64", "[Network(3, 64, 64), Conv2d(64, 11, Stride = 4, Padding = 2), ReLU, MaxPool2d(3, Stride = 2), Conv2d(192, 5, Padding = 2), ReLU, MaxPool2d(3, Stride = 2), Conv2d(256, 3, Padding = 1), ReLU, MaxPool2d(3, Stride = 2), AdaptiveAvgPool2d(1), Flatten, Linear(10)] partial class Net;", ""),
        ("VGG-11 with batch normalisation", "[Network(3, 32, 32), Conv2d(64, 3, Padding = 1), BatchNorm2d, ReLU, MaxPool2d(2), Conv2d(128, 3, Padding = 1), BatchNorm2d, ReLU, MaxPool2d(2), Conv2d(256, 3, Padding = 1), BatchNorm2d, ReLU, MaxPool2d(2), Conv2d(512, 3, Padding = 1), BatchNorm2d, ReLU, MaxPool2d(2), Conv2d(512, 3, Padding = 1), BatchNorm2d, ReLU, MaxPool2d(2), Flatten, Linear(10)] partial class Net;", "NG2049 NG2049 NG2049 NG2049 NG2049"),
        ("VGG-16's classifier", "[Network(512, 7, 7), AdaptiveAvgPool2d(7), Flatten, Linear(4096), ReLU, Dropout, Linear(4096), ReLU, Dropout, Linear(1000)] partial class Net;", ""),
        ("ResNet-18", """
            [Block, Conv2d(64, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(64, 3, Padding = 1, Bias = false), BatchNorm2d] class Body1;
            [Block, Residual<Body1>, ReLU] class Basic1;
            [Block, Conv2d(128, 3, Stride = 2, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(128, 3, Padding = 1, Bias = false), BatchNorm2d] class Down2;
            [Block, Conv2d(128, 1, Stride = 2, Bias = false), BatchNorm2d] class Short2;
            [Block, Conv2d(128, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(128, 3, Padding = 1, Bias = false), BatchNorm2d] class Body2;
            [Network(3, 224, 224), Conv2d(64, 7, Stride = 2, Padding = 3, Bias = false), BatchNorm2d, ReLU, MaxPool2d(3, Stride = 2, Padding = 1)]
            [Repeat<Basic1>(2), Sum<Down2, Short2>, ReLU, Residual<Body2>, ReLU, GlobalAvgPool2d, Flatten, Linear(1000), CrossEntropyLoss] partial class Net;
            """, "NG2055"),
        ("ResNet with full pre-activation", """
            [Block, BatchNorm2d, ReLU, Conv2d(16, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(16, 3, Padding = 1, Bias = false)] class Body;
            [Block, Residual<Body>] class Layer;
            [Network(3, 32, 32), Conv2d(16, 3, Padding = 1, Bias = false), Repeat<Layer>(9), BatchNorm2d, ReLU, GlobalAvgPool2d, Flatten, Linear(10)] partial class Net;
            """, ""),
        ("Wide ResNet", """
            [Block, BatchNorm2d, ReLU, Conv2d(32, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Dropout(0.3), Conv2d(32, 3, Padding = 1, Bias = false)] class Body;
            [Block, Residual<Body>] class Layer;
            [Network(3, 32, 32), Conv2d(32, 3, Padding = 1), Repeat<Layer>(8), BatchNorm2d, ReLU, AvgPool2d(8), Flatten, Linear(10)] partial class Net;
            """, ""),
        ("MobileNet v1", """
            [Block, Conv2d(32, 3, Padding = 1, Groups = 32, Bias = false), BatchNorm2d, ReLU, Conv2d(64, 1, Bias = false), BatchNorm2d, ReLU] class Separable;
            [Network(3, 64, 64), Conv2d(32, 3, Stride = 2, Padding = 1, Bias = false), BatchNorm2d, ReLU, Sequential<Separable>, Conv2d(64, 3, Stride = 2, Padding = 1, Groups = 64, Bias = false), BatchNorm2d, ReLU, Conv2d(128, 1, Bias = false), BatchNorm2d, ReLU, AdaptiveAvgPool2d(1), Flatten, Linear(10)] partial class Net;
            """, "NG2055"),
        ("MobileNet v2", """
            [Block, Conv2d(96, 1, Bias = false), BatchNorm2d, ReLU, Conv2d(96, 3, Padding = 1, Groups = 96, Bias = false), BatchNorm2d, ReLU, Conv2d(16, 1, Bias = false), BatchNorm2d] class Inverted;
            [Block, Residual<Inverted>] class Layer;
            [Network(3, 32, 32), Conv2d(32, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Sequential<Inverted>, Repeat<Layer>(2), Conv2d(128, 1, Bias = false), BatchNorm2d, ReLU, AdaptiveAvgPool2d(4), Flatten, Linear(10)] partial class Net;
            """, ""),
        ("MobileNet v2 without residuals", """
            [Block, Conv2d(96, 1, Bias = false), BatchNorm2d, ReLU, Conv2d(96, 3, Padding = 1, Groups = 96, Bias = false), BatchNorm2d, ReLU, Conv2d(16, 1, Bias = false), BatchNorm2d] class Inverted;
            [Network(3, 32, 32), Conv2d(32, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Repeat<Inverted>(2), Conv2d(128, 1, Bias = false), BatchNorm2d, ReLU, AdaptiveAvgPool2d(4), Flatten, Linear(1000)] partial class Net;
            """, "NG2041 NG2041"),
        ("Xception's separable convolutions", """
            [Block, ReLU, Conv2d(32, 3, Padding = 1, Groups = 32, Bias = false), Conv2d(32, 1, Bias = false), BatchNorm2d] class Separable;
            [Block, Repeat<Separable>(3)] class Body;
            [Network(3, 16, 16), Conv2d(32, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Residual<Body>, Flatten, Linear(10)] partial class Net;
            """, "NG2041"),
        ("DenseNet", """
            [Block, BatchNorm2d, ReLU, Conv2d(48, 1, Bias = false), BatchNorm2d, ReLU, Conv2d(12, 3, Padding = 1, Bias = false), Dropout(0.2)] class Growth;
            [Block, Concat<Identity, Growth>] class Layer;
            [Block, BatchNorm2d, ReLU, Conv2d(60, 1, Bias = false), AvgPool2d(2)] class Transition;
            [Network(3, 32, 32), Conv2d(24, 3, Padding = 1, Bias = false), Repeat<Layer>(4), Sequential<Transition>, Repeat<Layer>(4), BatchNorm2d, ReLU, AvgPool2d(16), Flatten, Linear(10)] partial class Net;
            """, ""),
        ("SqueezeNet's fire module", """
            [Block, Conv2d(64, 1), ReLU] class Expand1; [Block, Conv2d(64, 3, Padding = 1), ReLU] class Expand3;
            [Network(3, 63, 63), Conv2d(64, 3, Stride = 2), ReLU, MaxPool2d(3, Stride = 2, CeilMode = true), Conv2d(16, 1), ReLU, Concat<Expand1, Expand3>, Dropout, Conv2d(10, 1), ReLU, GlobalAvgPool2d, Flatten, CrossEntropyLoss] partial class Net;
            """, "NG2055"),
        ("GoogLeNet's module", """
            [Block, Conv2d(64, 1), ReLU] class One; [Block, Conv2d(96, 1), ReLU, Conv2d(128, 3, Padding = 1), ReLU] class Three; [Block, Conv2d(16, 1), ReLU, Conv2d(32, 5, Padding = 2), ReLU] class Five; [Block, MaxPool2d(3, Stride = 1, Padding = 1), Conv2d(32, 1), ReLU] class Pool;
            [Network(192, 28, 28), Concat<One, Three, Five, Pool>, MaxPool2d(3, Stride = 2, Padding = 1), Concat<One, Three, Five, Pool>, AvgPool2d(7, Stride = 1), Dropout(0.4), Flatten, Linear(10)] partial class Net;
            """, ""),
        ("U-Net's encoder", """
            [Block, Conv2d(32, 3), ReLU, Conv2d(32, 3), ReLU] class Level;
            [Network(1, 92, 92), Sequential<Level>, MaxPool2d(2), Sequential<Level>, MaxPool2d(2), Sequential<Level>, MaxPool2d(2), Sequential<Level>, Flatten, Linear(4)] partial class Net;
            """, ""),
        ("network in network", "[Network(3, 32, 32), Conv2d(192, 5, Padding = 2), ReLU, Conv2d(160, 1), ReLU, Conv2d(96, 1), ReLU, MaxPool2d(3, Stride = 2, CeilMode = true), Dropout, Conv2d(192, 5, Padding = 2), ReLU, Conv2d(192, 1), ReLU, AvgPool2d(3, Stride = 2, CeilMode = true), Dropout, Conv2d(192, 3, Padding = 1), ReLU, Conv2d(10, 1), ReLU, AvgPool2d(8), Flatten, CrossEntropyLoss] partial class Net;", ""),
        ("all-convolutional network", "[Network(3, 32, 32), Dropout(0.2), Conv2d(96, 3, Padding = 1), ReLU, Conv2d(96, 3, Stride = 2, Padding = 1), ReLU, Dropout, Conv2d(192, 3, Stride = 2, Padding = 1), ReLU, Dropout, Conv2d(192, 3), ReLU, Conv2d(10, 1), ReLU, AvgPool2d(6), Flatten, CrossEntropyLoss] partial class Net;", ""),
        ("ConvMixer", """
            [Block, Conv2d(64, 5, SamePadding = true, Groups = 64), GELU, BatchNorm2d] class Depthwise;
            [Block, Residual<Depthwise>, Conv2d(64, 1), GELU, BatchNorm2d] class Layer;
            [Network(3, 32, 32), Conv2d(64, 4, Stride = 4), GELU, BatchNorm2d, Repeat<Layer>(4), GlobalAvgPool2d, Flatten, Linear(10)] partial class Net;
            """, ""),
        ("ConvNeXt", """
            [Block, Conv2d(32, 7, Padding = 3, Groups = 32), LayerNorm, Conv2d(128, 1), GELU, Conv2d(32, 1)] class Body;
            [Block, Residual<Body>] class Layer;
            [Network(3, 64, 64), Conv2d(32, 4, Stride = 4), LayerNorm, Repeat<Layer>(3), LayerNorm, Conv2d(32, 2, Stride = 2), Repeat<Layer>(3), GlobalAvgPool2d, Flatten, LayerNorm, Linear(10)] partial class Net;
            """, ""),
        ("autoencoder", "[Network(784), Linear(128), ReLU, Linear(64), ReLU, Linear(2), Linear(64), ReLU, Linear(128), ReLU, Linear(784), Sigmoid, MSELoss] partial class Net;", "NG2041"),
        ("convolutional autoencoder's encoder", "[Network(1, 28, 28), Conv2d(16, 3, Stride = 2, Padding = 1), ReLU, Conv2d(32, 3, Stride = 2, Padding = 1), ReLU, Conv2d(64, 7), Flatten] partial class Net;", ""),
        ("table", "[Network(13), Linear(64), ReLU, Linear(64), ReLU, Linear(1), MSELoss] partial class Net;", ""),
        ("table with normalisations", "[Network(40), BatchNorm1d, Linear(128, Bias = false), BatchNorm1d, ReLU, Dropout(0.1), Linear(64, Bias = false), BatchNorm1d, ReLU, Dropout(0.1), Linear(2), CrossEntropyLoss] partial class Net;", ""),
        ("self-normalising table", "[Network(20), Linear(64), ELU, Linear(64), ELU, Linear(1), BCEWithLogitsLoss] partial class Net;", ""),
        ("residual table", "[Block, BatchNorm1d, Linear(128), ReLU, Dropout(0.1), Linear(64), Dropout(0.1)] class Body; [Block, Residual<Body>] class Layer; [Network(20), Linear(64), Repeat<Layer>(4), BatchNorm1d, ReLU, Linear(1), MSELoss] partial class Net;", ""),
        ("actor-critic", "[Block, Linear(64), Tanh, Linear(6)] class Actor; [Block, Linear(64), Tanh, Linear(1)] class Critic; [Network(8), Linear(64), Tanh, Concat<Actor, Critic>] partial class Net;", ""),
        ("two heads on one trunk", "[Block, Linear(4)] class Policy; [Block, Linear(1), Tanh] class Value; [Network(8), Linear(64), ReLU, Linear(64), ReLU, Concat<Policy, Value>] partial class Net;", ""),
        ("deep Q-network", "[Network(4, 84, 84), Conv2d(32, 8, Stride = 4), ReLU, Conv2d(64, 4, Stride = 2), ReLU, Conv2d(64, 3), ReLU, Flatten, Linear(512), ReLU, Linear(6), HuberLoss] partial class Net;", ""),
        ("text convolutions", "[Network(50, 100), Conv1d(128, 5), ReLU, MaxPool1d(5), Conv1d(128, 5), ReLU, GlobalMaxPool1d, Flatten, Linear(20), CrossEntropyLoss] partial class Net;", "NG2051 NG2055"),
        ("temporal convolutions", """
            [Block, Conv1d(16, 3, Padding = 1), ReLU, Dropout(0.2), Conv1d(16, 3, Padding = 1), ReLU, Dropout(0.2)] class Near; [Block, Conv1d(16, 3, Padding = 4, Dilation = 4), ReLU, Dropout(0.2), Conv1d(16, 3, Padding = 4, Dilation = 4), ReLU, Dropout(0.2)] class Far;
            [Network(1, 64), Conv1d(16, 1), Residual<Near>, ReLU, Residual<Far>, ReLU, Flatten, Linear(1), MSELoss] partial class Net;
            """, ""),
        ("M5 for sounds", "[Network(1, 4000), Conv1d(32, 80, Stride = 16, Bias = false), BatchNorm1d, ReLU, MaxPool1d(4), Conv1d(32, 3, Bias = false), BatchNorm1d, ReLU, MaxPool1d(4), Conv1d(64, 3, Bias = false), BatchNorm1d, ReLU, GlobalAvgPool1d, Flatten, Linear(35)] partial class Net;", "NG2051 NG2051 NG2055"),
        ("logistic regression", "[Network(784), Linear(10), CrossEntropyLoss] partial class Net;", ""),
        ("super-resolution", "[Network(1, 33, 33), Conv2d(64, 9, Padding = 4), ReLU, Conv2d(32, 1), ReLU, Conv2d(1, 5, Padding = 2), MSELoss] partial class Net;", ""),
    ];

    /// <summary>Mistakes of the published kinds that are easily made with these layers, and the warnings that they get.</summary>
    private static readonly (string Name, string Source, string Expected)[] s_mistakes =
    [
        ("ResNet's stem on a small picture", "[Block, Conv2d(64, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(64, 3, Padding = 1, Bias = false), BatchNorm2d] class Body; [Network(3, 16, 16), Conv2d(64, 7, Stride = 2, Padding = 3), ReLU, MaxPool2d(3, Stride = 2, Padding = 1), Conv2d(64, 3, Stride = 2, Padding = 1), ReLU, Conv2d(64, 3, Stride = 2, Padding = 1), ReLU, Residual<Body>, ReLU, Flatten, Linear(10)] partial class Net;", "NG2054 NG2054 NG2054"),
        ("VGG-16's classifier behind a picture of 32x32", "[Network(512, 1, 1), AdaptiveAvgPool2d(7), Flatten, Linear(4096), ReLU, Linear(10)] partial class Net;", "NG2056"),
        ("residuals without activations", "[Block, Linear(16)] class Body; [Block, Residual<Body>] class Layer; [Network(16), Repeat<Layer>(3), Linear(2)] partial class Net;", "NG2040 NG2040"),
        ("no activations at all", "[Network(1, 8, 8), Conv2d(8, 3), Conv2d(16, 3), Flatten, Linear(32), Linear(10)] partial class Net;", "NG2040 NG2040 NG2040"),
        ("dropout before each normalisation", "[Network(1, 28, 28), Conv2d(8, 5, Bias = false), ReLU, MaxPool2d(2), Dropout(0.35), BatchNorm2d, Conv2d(16, 5, Bias = false), ReLU, MaxPool2d(2), Dropout(0.3), BatchNorm2d, Flatten, Linear(32, Bias = false), ReLU, Dropout(0.25), BatchNorm1d, Linear(10)] partial class Net;", "NG2046 NG2046 NG2046"),
        ("padding of a filter that became smaller", "[Network(3, 16, 16), Conv2d(8, 1, Padding = 2), ReLU, Flatten, Linear(4)] partial class Net;", "NG2053"),
    ];

    public static TheoryData<string> Gallery => [.. SourceNetworks.References];

    public static TheoryData<string> Known => [.. s_known.Select(network => network.Name)];

    public static TheoryData<string> Mistakes => [.. s_mistakes.Select(network => network.Name)];

    [Theory]
    [MemberData(nameof(Gallery))]
    public void The_gallery_has_little_to_tell(string name) => Assert.Equal(s_gallery.GetValueOrDefault(name, ""), Told(SourceNetworks.Reference(name), DiagnosticSeverity.Info));

    [Theory]
    [MemberData(nameof(Known))]
    public void Known_networks_have_no_warning(string name)
    {
        (_, string source, string expected) = s_known.Single(network => network.Name == name);
        AnalyzedNetwork network = SourceNetworks.Of(source);
        Assert.Equal(expected, Told(network, DiagnosticSeverity.Info));
        Assert.Equal("", Told(network, DiagnosticSeverity.Warning));
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Known_mistakes_have_one(string name)
    {
        (_, string source, string expected) = s_mistakes.Single(network => network.Name == name);
        Assert.Equal(expected, Told(SourceNetworks.Of(source), DiagnosticSeverity.Warning));
    }

    /// <summary>The rules of this family that have something to tell, once a place.</summary>
    private static string Told(AnalyzedNetwork network, DiagnosticSeverity least) => string.Join(" ", AdviceRule.Of(network)
        .Where(found => StructureDescriptors.All.Any(rule => rule.Id == found.Rule) && Descriptors.Get(found.Rule).DefaultSeverity >= least)
        .Select(found => found.Rule).Order(StringComparer.Ordinal));
}

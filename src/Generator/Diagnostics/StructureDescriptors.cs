using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using NetGen.Generator.Compiler;

namespace NetGen.Generator.Diagnostics;

/// <summary>The texts of the rules about what stands beside what: NG2040 to NG2069. They can be configured.</summary>
internal static class StructureDescriptors
{
    private static readonly DiagnosticDescriptor s_composedMaps = new(
        Rules.ComposedMaps, "Between linear layers stands an activation",
        "{0} reads {1} with nothing between that is not linear{2}, so the two are one linear map{3}: put an activation between, or leave one of them out",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.ComposedMaps + ".md");

    private static readonly DiagnosticDescriptor s_factoredMap = new(
        Rules.FactoredMap, "A linear map in two factors",
        "{0} reads {1} with nothing between that is not linear{2}: together they are one linear map, {3}; if that is not meant, put an activation between",
        Descriptors.Category, DiagnosticSeverity.Info, true, helpLinkUri: Descriptors.Pages + Rules.FactoredMap + ".md");

    private static readonly DiagnosticDescriptor s_onlyMaxPools = new(
        Rules.OnlyMaxPools, "Between linear layers stands more than a max-pool",
        "{0} reads {1} with nothing between that is not linear but maxima{2}: put an activation such as ReLU there",
        Descriptors.Category, DiagnosticSeverity.Info, true, helpLinkUri: Descriptors.Pages + Rules.OnlyMaxPools + ".md");

    private static readonly DiagnosticDescriptor s_hiddenSoftmax = new(
        Rules.HiddenSoftmax, "Softmax is for outputs",
        "Softmax stands inside of the network: what {0} reads of it sums to 1, and its gradient is small: use an activation of each value, such as ReLU",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.HiddenSoftmax + ".md");

    private static readonly DiagnosticDescriptor s_bottleneckOfOne = new(
        Rules.BottleneckOfOne, "More than one number goes through",
        "All that the layers behind {0} know of a sample is its one value: give it more units",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.BottleneckOfOne + ".md");

    private static readonly DiagnosticDescriptor s_dropoutBeforeActivation = new(
        Rules.DropoutBeforeActivation, "Dropout stands behind activations",
        "{0} stands before {1}: what is dropped {2}, and what is kept is scaled before {1} instead of behind it: put it {3}",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.DropoutBeforeActivation + ".md");

    private static readonly DiagnosticDescriptor s_dropoutBeforeNormalization = new(
        Rules.DropoutBeforeNormalization, "Dropout stands behind normalisations",
        "{0} stands before {1}, which normalises by statistics of values that are dropped in training and are not in evaluation: put it behind {1}",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.DropoutBeforeNormalization + ".md");

    private static readonly DiagnosticDescriptor s_dropoutBeforeMaxPool = new(
        Rules.DropoutBeforeMaxPool, "Dropout stands behind max-pools",
        "{0} stands before {1}: the largest of what is kept is scaled up, and a window is dropped only where all of it is: put it behind {1}",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.DropoutBeforeMaxPool + ".md");

    private static readonly DiagnosticDescriptor s_dropoutBeforeAveragePool = new(
        Rules.DropoutBeforeAveragePool, "Dropout stands behind average pools",
        "{0} stands before {1}: in the mean of a window little is left of the noise: put it behind {1}",
        Descriptors.Category, DiagnosticSeverity.Info, true, helpLinkUri: Descriptors.Pages + Rules.DropoutBeforeAveragePool + ".md");

    private static readonly DiagnosticDescriptor s_biasBeforeNormalization = new(
        Rules.BiasBeforeNormalization, "A bias before a normalisation does nothing",
        "{0}: {1} behind it subtracts the mean of each channel, and so the bias: Bias = false saves {2} parameters",
        Descriptors.Category, DiagnosticSeverity.Info, true, helpLinkUri: Descriptors.Pages + Rules.BiasBeforeNormalization + ".md");

    private static readonly DiagnosticDescriptor s_normalizationOfOne = new(
        Rules.NormalizationOfOne, "A normalisation has several values",
        "{0} of {1}: {2}",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.NormalizationOfOne + ".md");

    private static readonly DiagnosticDescriptor s_unreadPlaces = new(
        Rules.UnreadPlaces, "Some places of a picture are not read",
        "{0} does not read {1} % of its picture of {2}: {3}",
        Descriptors.Category, DiagnosticSeverity.Info, true, helpLinkUri: Descriptors.Pages + Rules.UnreadPlaces + ".md");

    private static readonly DiagnosticDescriptor s_skippedPlaces = new(
        Rules.SkippedPlaces, "Windows read their picture",
        "{0} does not read {1} % of its picture of {2}: {3}: a smaller stride or a larger window reads them",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.SkippedPlaces + ".md");

    private static readonly DiagnosticDescriptor s_windowsInPadding = new(
        Rules.WindowsInPadding, "Windows are not in the padding alone",
        "{0}: {1} of its {2} windows lie in the padding alone, so what they give {3}: use less padding",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.WindowsInPadding + ".md");

    private static readonly DiagnosticDescriptor s_idleTaps = new(
        Rules.IdleTaps, "Windows are not larger than what they see",
        "{0}: {1} of its {2} taps never meet the picture of {3}, {4}: use a smaller window, or make the picture less small before it",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.IdleTaps + ".md");

    private static readonly DiagnosticDescriptor s_localField = new(
        Rules.LocalField, "Before a global pool places see all of the input",
        "{0}: each place that it joins sees {1} of the input's {2}, so nothing in the network sees how the parts lie to each other",
        Descriptors.Category, DiagnosticSeverity.Info, true, helpLinkUri: Descriptors.Pages + Rules.LocalField + ".md");

    private static readonly DiagnosticDescriptor s_repeatingPool = new(
        Rules.RepeatingPool, "An adaptive pool does not enlarge its picture",
        "{0} makes {2} of {1}, so each value stands there {3} times: use a grid that is not larger",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.RepeatingPool + ".md");

    private static readonly DiagnosticDescriptor s_noEffect = new(
        Rules.NoEffect, "Layers and options have an effect",
        "{0} changes nothing: {1}",
        Descriptors.Category, DiagnosticSeverity.Info, true, helpLinkUri: Descriptors.Pages + Rules.NoEffect + ".md");

    private static readonly DiagnosticDescriptor s_batchNormMomentum = new(
        Rules.BatchNormMomentum, "Momentum is the share of the newest batch",
        "{0}: with Momentum = {1} {2}: it is the share of the newest batch, as in PyTorch, so what Keras calls momentum = 0.99 is 0.01",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.BatchNormMomentum + ".md");

    private static readonly DiagnosticDescriptor s_dropoutOfMost = new(
        Rules.DropoutOfMost, "Dropout's p is the share that is dropped",
        "Dropout({0}) keeps {1} % of its input: p is the share that is dropped, as in PyTorch; to keep {2} % write Dropout({3})",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.DropoutOfMost + ".md");

    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        s_composedMaps, s_factoredMap, s_onlyMaxPools, s_hiddenSoftmax, s_bottleneckOfOne,
        s_dropoutBeforeActivation, s_dropoutBeforeNormalization, s_dropoutBeforeMaxPool, s_dropoutBeforeAveragePool, s_biasBeforeNormalization,
        s_normalizationOfOne, s_unreadPlaces, s_skippedPlaces, s_windowsInPadding, s_idleTaps,
        s_localField, s_repeatingPool, s_noEffect, s_batchNormMomentum, s_dropoutOfMost,
    ];
}

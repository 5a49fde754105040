using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using NetGen.Generator.Compiler;
using static NetGen.Generator.Diagnostics.Descriptors;

namespace NetGen.Generator.Diagnostics;

/// <summary>The texts of the rules about outputs, losses and targets: NG2010 to NG2039. They can be configured.</summary>
internal static class LossDescriptors
{
    private static readonly DiagnosticDescriptor s_softmaxOverOne = new(
        Rules.SoftmaxOverOne, "A softmax has several values",
        "A softmax over one value is 1 whatever the value is, and has no gradient: {0}",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Pages + Rules.SoftmaxOverOne + ".md");

    private static readonly DiagnosticDescriptor s_crossEntropyOfOne = new(
        Rules.CrossEntropyOfOne, "Cross-entropy has several classes",
        "CrossEntropyLoss over one output is 0 whatever the output is, and has no gradient: give each class an output, or of two classes the one output BCEWithLogitsLoss",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Pages + Rules.CrossEntropyOfOne + ".md");

    private static readonly DiagnosticDescriptor s_probabilitiesAsLogits = new(
        Rules.ProbabilitiesAsLogits, "A loss that takes logits gets no probabilities",
        "{0}: {1} takes logits and forms {2} itself, so they are squashed twice{3}: leave {0} out",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Pages + Rules.ProbabilitiesAsLogits + ".md");

    private static readonly DiagnosticDescriptor s_activationOnLogits = new(
        Rules.ActivationOnLogits, "Logits pass no activation",
        "{0}: {1} takes logits, which are any real numbers{2}: {3}",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Pages + Rules.ActivationOnLogits + ".md");

    private static readonly DiagnosticDescriptor s_dropoutOnOutput = new(
        Rules.DropoutOnOutput, "Nothing is dropped from the output",
        "{0}: nothing behind it evens out what is dropped, so that {1} is of outputs that are 0 or too large by chance: put it before the last layer with weights",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Pages + Rules.DropoutOnOutput + ".md");

    private static readonly DiagnosticDescriptor s_normalizedLogits = new(
        Rules.NormalizedLogits, "Logits are not normalised",
        "{0}: {1} takes logits, {2}: put it before the last layer with weights",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Pages + Rules.NormalizedLogits + ".md");

    private static readonly DiagnosticDescriptor s_boundedRegression = new(
        Rules.BoundedRegression, "A regression reaches its targets",
        "{0}: the outputs are {1}, which {2} does not ask for: {3} [TargetRange(min, max)] or [Labels(n)]",
        Category, DiagnosticSeverity.Info, true, helpLinkUri: Pages + Rules.BoundedRegression + ".md");

    private static readonly DiagnosticDescriptor s_unreachableTarget = new(
        Rules.UnreachableTarget, "The stated targets can be reached",
        "{0}: the outputs are {1}, but the targets {2}: {3}",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Pages + Rules.UnreachableTarget + ".md");

    private static readonly DiagnosticDescriptor s_lossForOtherTarget = new(
        Rules.LossForOtherTarget, "The loss is one for the stated targets",
        "{0}, but the targets are {1}: take {2}",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Pages + Rules.LossForOtherTarget + ".md");

    private static readonly DiagnosticDescriptor s_squaredErrorOfSoftmax = new(
        Rules.SquaredErrorOfSoftmax, "Probabilities of classes have a cross-entropy",
        "{0} of a softmax learns slowly where it is wrong and sure, because the softmax is flat there: if it is for classes, take CrossEntropyLoss without the Softmax, else say what the targets are with [TargetRange(min, max)]",
        Category, DiagnosticSeverity.Info, true, helpLinkUri: Pages + Rules.SquaredErrorOfSoftmax + ".md");

    private static readonly DiagnosticDescriptor s_outputWidth = new(
        Rules.OutputWidth, "Each stated class has its output",
        "The target is stated as {0}, but the output is {1}: the last layer takes {2}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.OutputWidth + ".md");

    private static readonly DiagnosticDescriptor s_binaryLossForClasses = new(
        Rules.BinaryLossForClasses, "Classes that exclude each other have one loss",
        "BCEWithLogitsLoss learns {0} answers of yes or no, but the classes exclude each other: CrossEntropyLoss learns which of them it is",
        Category, DiagnosticSeverity.Info, true, helpLinkUri: Pages + Rules.BinaryLossForClasses + ".md");

    private static readonly DiagnosticDescriptor s_regressionForClasses = new(
        Rules.RegressionForClasses, "Classes have a loss for classes",
        "{0} takes the {1} for numbers: {2} learns their probabilities, and faster where the network is wrong",
        Category, DiagnosticSeverity.Info, true, helpLinkUri: Pages + Rules.RegressionForClasses + ".md");

    private static readonly DiagnosticDescriptor s_stackedActivations = new(
        Rules.StackedActivations, "Between two activations are weights",
        "{0} stands behind {1}, and {2}: leave {3} out",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Pages + Rules.StackedActivations + ".md");

    private static readonly DiagnosticDescriptor s_noLoss = new(
        Rules.NoLoss, "What is trained has a loss",
        "Network '{0}' has no loss, so it has no {1} with targets: write one behind its layers, [CrossEntropyLoss] for classes, [BCEWithLogitsLoss] for labels, [MSELoss] for real numbers",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.NoLoss + ".md");

    private static readonly DiagnosticDescriptor s_boundedLogits = new(
        Rules.BoundedLogits, "Logits are any real numbers",
        "{0} takes logits, which are any real numbers, but the outputs are {1} whatever the weights are{2}",
        Category, DiagnosticSeverity.Info, true, helpLinkUri: Pages + Rules.BoundedLogits + ".md");

    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        s_softmaxOverOne, s_crossEntropyOfOne, s_probabilitiesAsLogits, s_activationOnLogits, s_dropoutOnOutput, s_normalizedLogits, s_boundedRegression, s_unreachableTarget,
        s_lossForOtherTarget, s_squaredErrorOfSoftmax, s_outputWidth, s_binaryLossForClasses, s_regressionForClasses, s_stackedActivations, s_noLoss, s_boundedLogits,
    ];
}

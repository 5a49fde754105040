using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using NetGen.Generator.Compiler;

namespace NetGen.Generator.Diagnostics;

/// <summary>The texts of the rules about signals and gradients: NG2070 to NG2099. They can be configured.</summary>
internal static class SignalDescriptors
{
    private static readonly DiagnosticDescriptor s_gradientVanishes = new(
        Rules.GradientVanishes, "The gradient reaches the first layer",
        "Network '{0}': at initialisation the gradient shrinks to {1} of its length on its way from {2} to {3}, so that layer hardly learns: {4}",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.GradientVanishes + ".md");

    private static readonly DiagnosticDescriptor s_gradientExplodes = new(
        Rules.GradientExplodes, "The gradient does not explode",
        "Network '{0}': at initialisation the gradient grows to {1} on its way from {2} to {3}, so no learning rate suits both: {4}",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.GradientExplodes + ".md");

    private static readonly DiagnosticDescriptor s_signalExplodes = new(
        Rules.SignalExplodes, "Values do not explode",
        "Network '{0}': at initialisation the values behind {1} are {2}: {3}",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.SignalExplodes + ".md");

    private static readonly DiagnosticDescriptor s_signalDiesOut = new(
        Rules.SignalDiesOut, "The output depends on the input",
        "Network '{0}': at initialisation two inputs look alike to {1}, what they differ by being {2} of what it was: {3}",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.SignalDiesOut + ".md");

    private static readonly DiagnosticDescriptor s_saturation = new(
        Rules.Saturation, "Activations do not saturate",
        "{0}: at initialisation {1} of its inputs, which have the standard deviation {2}, are where it is flat: {3}",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.Saturation + ".md");

    private static readonly DiagnosticDescriptor s_dyingReLU = new(
        Rules.DyingReLU, "ReLUs are not born dead",
        "{0}: at initialisation {1}: {2}",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.DyingReLU + ".md");

    private static readonly DiagnosticDescriptor s_unsuitedInitializer = new(
        Rules.UnsuitedInitializer, "The initialiser suits the activation",
        "{0}: {1} before {2} multiplies the variance of the gradient by {3} in this layer; {4} suits it, which does so by {5}",
        Descriptors.Category, DiagnosticSeverity.Info, true, helpLinkUri: Descriptors.Pages + Rules.UnsuitedInitializer + ".md");

    private static readonly DiagnosticDescriptor s_identicalNeurons = new(
        Rules.IdenticalNeurons, "Units start differently",
        "{0}: its {1} start {2}: initialise it at random, as Init.Default does",
        Descriptors.Category, DiagnosticSeverity.Warning, true, helpLinkUri: Descriptors.Pages + Rules.IdenticalNeurons + ".md");

    private static readonly DiagnosticDescriptor s_gradientChanges = new(
        Rules.GradientChanges, "The gradient keeps its length",
        "Network '{0}': at initialisation the gradient {1} to {2} on its way from {3} to {4}: {5}",
        Descriptors.Category, DiagnosticSeverity.Info, true, helpLinkUri: Descriptors.Pages + Rules.GradientChanges + ".md");

    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        s_gradientVanishes, s_gradientExplodes, s_signalExplodes, s_signalDiesOut, s_saturation, s_dyingReLU, s_unsuitedInitializer, s_identicalNeurons, s_gradientChanges,
    ];
}

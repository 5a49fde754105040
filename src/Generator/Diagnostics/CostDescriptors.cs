using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using NetGen.Generator.Compiler;

namespace NetGen.Generator.Diagnostics;

/// <summary>The texts of the rules about budgets and cost: NG3xxx. They can be configured.</summary>
internal static class CostDescriptors
{
    private static readonly DiagnosticDescriptor s_budget = new(
        Rules.Budget, "A network keeps its budget",
        "Network '{0}' {1}, but its budget is {2}{3}",
        Descriptors.Category, DiagnosticSeverity.Error, true, helpLinkUri: Descriptors.Pages + Rules.Budget + ".md");

    private static readonly DiagnosticDescriptor s_mostOfNetwork = new(
        Rules.MostOfNetwork, "A layer has most of a network's parameters or multiply-accumulates",
        "{0} has {1}",
        Descriptors.Category, DiagnosticSeverity.Info, true, helpLinkUri: Descriptors.Pages + Rules.MostOfNetwork + ".md");

    private static readonly DiagnosticDescriptor s_wideConvolution = new(
        Rules.WideConvolution, "A 1x1 convolution would make a wide one cheaper",
        "{0} reads {1} channels: {2} multiply-accumulates a sample and {3} parameters; behind a 1x1 convolution to {4} channels, [{5}, ReLU, {0}], it would be {6} and {7} together",
        Descriptors.Category, DiagnosticSeverity.Info, true, helpLinkUri: Descriptors.Pages + Rules.WideConvolution + ".md");

    private static readonly DiagnosticDescriptor s_rewritten = new(
        Rules.Rewritten, "What the compiler merges or folds",
        "Network '{0}' is compiled to fewer layers than are declared: {1}",
        Descriptors.Category, DiagnosticSeverity.Info, true, helpLinkUri: Descriptors.Pages + Rules.Rewritten + ".md");

    private static readonly DiagnosticDescriptor s_memoryBound = new(
        Rules.MemoryBound, "A layer waits for memory",
        "{0} moves {1} bytes in a training step of {2} samples and computes {3} FLOPs a byte: below about {4} the memory sets its pace",
        Descriptors.Category, DiagnosticSeverity.Info, true, helpLinkUri: Descriptors.Pages + Rules.MemoryBound + ".md");

    public static IReadOnlyList<DiagnosticDescriptor> All { get; } = [s_budget, s_mostOfNetwork, s_wideConvolution, s_rewritten, s_memoryBound];
}

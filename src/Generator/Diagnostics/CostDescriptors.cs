using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace NetGen.Generator.Diagnostics;

/// <summary>The texts of the rules about budgets and cost: NG3xxx. They can be configured.</summary>
internal static class CostDescriptors
{
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } = [];
}

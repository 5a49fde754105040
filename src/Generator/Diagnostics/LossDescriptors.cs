using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace NetGen.Generator.Diagnostics;

/// <summary>The texts of the rules about outputs, losses and targets: NG2010 to NG2039. They can be configured.</summary>
internal static class LossDescriptors
{
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } = [];
}

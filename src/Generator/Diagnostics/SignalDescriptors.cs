using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace NetGen.Generator.Diagnostics;

/// <summary>The texts of the rules about signals and gradients: NG2070 to NG2099. They can be configured.</summary>
internal static class SignalDescriptors
{
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } = [];
}

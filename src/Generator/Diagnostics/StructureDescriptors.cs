using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace NetGen.Generator.Diagnostics;

/// <summary>The texts of the rules about what stands beside what: NG2040 to NG2069. They can be configured.</summary>
internal static class StructureDescriptors
{
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } = [];
}

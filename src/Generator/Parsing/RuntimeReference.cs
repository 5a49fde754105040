using System.Linq;
using Microsoft.CodeAnalysis;

namespace NetGen.Generator.Parsing;

/// <summary>How a project references the runtime, whose names generated code reads from <c>global::</c> on.</summary>
internal static class RuntimeReference
{
    private const string Runtime = "NetGen";

    /// <summary>The aliases that hide the runtime from generated code, separated by commas; null where it is seen.</summary>
    public static string? Aliases(Compilation compilation)
    {
        // Hardly a project has aliases at all, so this asks for no symbol.
        MetadataReference? hidden = compilation.References.FirstOrDefault(reference => IsHidden(reference) && IsRuntime(compilation, reference));
        return hidden is null || compilation.References.Any(reference => !IsHidden(reference) && IsRuntime(compilation, reference)) ? null : string.Join(",", hidden.Properties.Aliases);
    }

    private static bool IsHidden(MetadataReference reference) =>
        reference.Properties.Aliases is { IsDefaultOrEmpty: false } aliases && !aliases.Contains(MetadataReferenceProperties.GlobalAlias);

    private static bool IsRuntime(Compilation compilation, MetadataReference reference) => compilation.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol { Name: Runtime };
}

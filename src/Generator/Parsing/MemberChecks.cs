using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using NetGen.Generator.Compiler;

namespace NetGen.Generator.Parsing;

/// <summary>What of the user's stands, or may stand, where a generated member will.</summary>
internal static class MemberChecks
{
    /// <summary>What Roslyn calls an indexer.</summary>
    private const string IndexerName = "this[]";

    /// <summary>Namespaces that generated code starts at, from the global one.</summary>
    private static readonly string[] s_roots = ["System", "NetGen"];

    /// <summary>Finds what clashes whatever the network.</summary>
    public static void Check(INamedTypeSymbol type, ErrorSink errors)
    {
        errors.Attribute = -1;
        foreach (ISymbol member in type.GetMembers())
        {
            if (!ClassChecks.IsGenerated(member) && NetworkMembers(member).Any())
                errors.Report(Rules.MemberClash, type.Name, $"its member '{member.Name}'", "implementation of the same interface member");
        }

        foreach (string root in s_roots)
        {
            if (IsHidden(type, root))
                errors.Report(Rules.MemberClash, type.Name, $"the type '{root}' in the global namespace", $"code, which needs the namespace '{root}'");
        }
    }

    /// <summary>Whether a type of the user's has the name of a namespace that generated code starts at.</summary>
    public static bool HidesRoot(INamedTypeSymbol type) => s_roots.Any(root => IsHidden(type, root));

    private static bool IsHidden(INamedTypeSymbol type, string root) => type.ContainingAssembly.GlobalNamespace.GetTypeMembers(root).Any();

    /// <summary>The class's own members and those it inherits that have the name of a generated member, or the name of one's accessor.</summary>
    public static EquatableArray<UserMember> Members(INamedTypeSymbol type, IReadOnlyList<GeneratedMember> generated)
    {
        var members = new List<UserMember>();
        foreach (GeneratedMember member in generated)
        {
            // An indexer has the name that it has in metadata: Item, or that of [IndexerName].
            Add(type.GetMembers(member.Name).Concat(type.GetMembers(IndexerName).Where(indexer => indexer.MetadataName == member.Name)), null);
            foreach (string accessor in member.Accessors)
                Add(type.GetMembers(accessor).Where(own => own is not IMethodSymbol { AssociatedSymbol: not null }), null);
        }

        if (ClassChecks.BaseNetwork(type) is not null)
            return members.ToEquatableArray();
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            foreach (GeneratedMember member in generated)
                Add(ancestor.GetMembers(member.Name).Where(inherited => ClassChecks.IsAccessible(inherited, type)), ancestor.Name);
        }

        return members.ToEquatableArray();

        void Add(IEnumerable<ISymbol> found, string? ancestor) =>
            members.AddRange(found.Where(member => !ClassChecks.IsGenerated(member)).Select(member => new UserMember(member.Name == IndexerName ? member.MetadataName : member.Name, ParameterTypes(member), ancestor)));
    }

    private static string? ParameterTypes(ISymbol member) => member is IMethodSymbol { MethodKind: MethodKind.Ordinary } method
        ? string.Concat(Enumerable.Repeat("<>", method.Arity))
            + string.Join(", ", method.Parameters.Select(parameter => (parameter.RefKind == RefKind.None ? "" : "ref ") + parameter.Type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString()))
        : null;

    /// <summary>The members of a network's interfaces that a member implements explicitly.</summary>
    public static IEnumerable<ISymbol> NetworkMembers(ISymbol member)
    {
        IEnumerable<ISymbol> implemented = member switch
        {
            IMethodSymbol { AssociatedSymbol: null } method => method.ExplicitInterfaceImplementations,
            IPropertySymbol property => property.ExplicitInterfaceImplementations,
            _ => [],
        };
        return implemented.Where(target => target.ContainingType is { Name: "INetwork" or "ITrainableNetwork" or "IParameterized", ContainingNamespace: { Name: "NetGen", ContainingNamespace.IsGlobalNamespace: true } });
    }
}

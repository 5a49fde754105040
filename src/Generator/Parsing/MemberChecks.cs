using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using NetGen.Generator.Compiler;

namespace NetGen.Generator.Parsing;

/// <summary>Checks that nothing of the user's stands where a generated member will.</summary>
internal static class MemberChecks
{
    /// <summary>Namespaces that generated code starts at, from the global one.</summary>
    private static readonly string[] s_roots = ["System", "NetGen"];

    public static void Check(INamedTypeSymbol type, Graph graph, List<int> sources, ErrorSink errors)
    {
        errors.Attribute = -1;
        foreach (GeneratedMember member in GeneratedMembers.Of(graph.Loss))
        {
            if (type.Name == member.Name)
                errors.Report(Rules.MemberClash, type.Name, "the class's own name", $"member '{member.Name}'");
            else if (Find(type, member) is { } clash)
                errors.Report(Rules.MemberClash, type.Name, clash, $"member '{member.Name}'");
        }

        foreach (ISymbol member in type.GetMembers())
        {
            if (!ClassChecks.IsGenerated(member) && ImplementsNetwork(member))
                errors.Report(Rules.MemberClash, type.Name, $"its member '{member.Name}'", "implementation of the same interface member");
        }

        foreach (string root in s_roots)
        {
            if (type.ContainingAssembly.GlobalNamespace.GetTypeMembers(root).Any())
                errors.Report(Rules.MemberClash, type.Name, $"the type '{root}' in the global namespace", $"code, which needs the namespace '{root}'");
        }

        foreach (Node node in graph.Nodes)
        {
            errors.Attribute = sources[node.Path[0] + 1];
            if (node.Path.Count == 1 && node.Op.Name is not null && node.Parameters.Count > 0 && Find(type, new GeneratedMember(node.Stem)) is { } clash)
                errors.Report(Rules.MemberClash, type.Name, clash, $"property of layer \"{node.Op.Name}\"");
        }
    }

    /// <summary>What of the user's has the name of a generated member, in words; null where nothing has.</summary>
    private static string? Find(INamedTypeSymbol type, GeneratedMember generated)
    {
        if (type.GetMembers(generated.Name).Any(member => Clashes(member, generated)))
            return $"its member '{generated.Name}'";
        string accessor = "get_" + generated.Name;
        if (generated.ParameterTypes is null && type.GetMembers(accessor).Any(member => member is not IMethodSymbol { AssociatedSymbol: not null } && !ClassChecks.IsGenerated(member)))
            return $"its member '{accessor}'";
        if (ClassChecks.BaseNetwork(type) is not null)
            return null;
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (ancestor.GetMembers(generated.Name).Any(member => ClassChecks.IsAccessible(member, type) && Clashes(member, generated)))
                return $"the member '{generated.Name}' inherited from '{ancestor.Name}'";
        }

        return null;
    }

    /// <summary>Overloads of a generated method may stand beside it, other members may not.</summary>
    private static bool Clashes(ISymbol member, GeneratedMember generated)
    {
        if (ClassChecks.IsGenerated(member))
            return false;
        return generated.ParameterTypes is null || member is not IMethodSymbol { MethodKind: MethodKind.Ordinary, Arity: 0 } method
            ? member is not IMethodSymbol { Arity: > 0 } || generated.ParameterTypes is null
            : method.Parameters.All(parameter => parameter.RefKind == RefKind.None)
                && generated.ParameterTypes == string.Join(", ", method.Parameters.Select(parameter => parameter.Type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString()));
    }

    private static bool ImplementsNetwork(ISymbol member)
    {
        IEnumerable<ISymbol> implemented = member switch
        {
            IMethodSymbol { AssociatedSymbol: null } method => method.ExplicitInterfaceImplementations,
            IPropertySymbol property => property.ExplicitInterfaceImplementations,
            _ => [],
        };
        return implemented.Any(target => target.ContainingType is { Name: "INetwork" or "ITrainableNetwork", ContainingNamespace: { Name: "NetGen", ContainingNamespace.IsGlobalNamespace: true } });
    }
}

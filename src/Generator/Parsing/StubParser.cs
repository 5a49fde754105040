using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Generator.Compiler;

namespace NetGen.Generator.Parsing;

/// <summary>What is known of a network's other half whatever is wrong with the declaration.</summary>
internal static class StubParser
{
    private static readonly string[] s_targets = ["int", "float"];

    /// <summary>The input size, if it is one.</summary>
    public static int? InputSize(ImmutableArray<DeclarationAttribute> attributes)
    {
        if (attributes.FirstOrDefault(attribute => attribute.Role == AttributeRole.Network) is not { } network || !network.TryGetSizes(out int[] sizes) || sizes.Length == 0)
            return null;
        long product = 1;
        foreach (int size in sizes)
        {
            if (size <= 0 || product * size > Limits.MaxActivations)
                return null;
            product *= size;
        }

        return (int)product;
    }

    /// <summary>What the losses take. An attribute that is not understood may be a loss of either kind.</summary>
    public static EquatableArray<string> Targets(ImmutableArray<DeclarationAttribute> attributes, bool hasUnknown)
    {
        DeclarationAttribute[] losses = [.. attributes.Where(attribute => attribute.Role == AttributeRole.Loss)];
        IEnumerable<string> targets = losses.Select(loss => loss.IsOurs ? OpParser.Target(loss) : null).OfType<string>().Distinct();
        return (targets.Any() || (losses.Length == 0 && !hasUnknown) ? targets : s_targets).ToEquatableArray();
    }

    /// <summary>The properties of named layers, as far as they can be written.</summary>
    public static EquatableArray<string> Properties(INamedTypeSymbol type, ImmutableArray<DeclarationAttribute> attributes)
    {
        IEnumerable<string> names = attributes
            .Where(attribute => attribute.Role == AttributeRole.Layer && !OpParser.IsComposition(attribute))
            .Select(attribute => attribute.Named("Name", ""))
            .Concat(UnknownAttribute.Meant(type).Select(meant => meant.Name))
            .Where(name => name.Length > 0);
        return Stub.PropertiesOf(names, type.Name, GeneratedMembers.All(s_targets)).Where(SyntaxFacts.IsValidIdentifier).ToEquatableArray();
    }

    /// <summary>The stub; null where C# takes no other half of the class.</summary>
    public static Stub? Of(INamedTypeSymbol type, int? inputSize, EquatableArray<string> targets, EquatableArray<string> properties, EquatableArray<UserMember> obstacles, EquatableArray<CapturedName> captured)
    {
        INamedTypeSymbol[] types = [.. ClassChecks.ContainingTypes(type), type];
        if (type.IsComImport || MemberChecks.HidesRoot(type) || types.Any(part => part.IsFileLocal || !ClassChecks.IsPartial(part)))
            return null;
        string space = DeclarationParser.Namespace(type);
        IEnumerable<string> names = types.Select(part => part.Name).Concat(types.SelectMany(part => part.TypeParameters).Select(parameter => parameter.Name));
        if ((space.Length > 0 ? names.Concat(space.Split('.')) : names).Any(name => !SyntaxFacts.IsValidIdentifier(name)))
            return null;
        return new Stub(space, ClassChecks.ContainingTypes(type).Select(Part).ToEquatableArray(), Part(type), targets, properties, obstacles, captured, Form(type)) { InputSize = inputSize };
    }

    private static ContainingType Part(INamedTypeSymbol type) => new(
        DeclarationParser.Keyword(type),
        type.Name,
        type.TypeParameters.Select(parameter => new TypeParameter(parameter.Name, parameter.Variance switch { VarianceKind.In => "in ", VarianceKind.Out => "out ", _ => "" })).ToEquatableArray());

    private static StubForm Form(INamedTypeSymbol type)
    {
        // Static members of interfaces came with C# 11.
        bool hasInterfaces = !type.IsStatic && !type.IsRefLikeType && type.DeclaringSyntaxReferences[0].SyntaxTree.Options is CSharpParseOptions { LanguageVersion: >= LanguageVersion.CSharp11 };
        IEnumerable<string> implemented = type.GetMembers().Where(member => !ClassChecks.IsGenerated(member)).SelectMany(MemberChecks.NetworkMembers).Select(member => member.Name);
        return new StubForm(hasInterfaces, type.IsStatic, type.IsStatic ? null : Constructor(type), SetsRequiredMembers(type), implemented.Distinct().ToEquatableArray());
    }

    /// <summary>Constructors of the user's that call this one would have to say the same, and whoever has some creates the class by them.</summary>
    private static bool SetsRequiredMembers(INamedTypeSymbol type) =>
        ClassChecks.RequiredMembers(type).Any() && type.InstanceConstructors.All(constructor => constructor.IsImplicitlyDeclared || ClassChecks.IsGenerated(constructor));

    /// <summary>What the generated constructor calls first; null where the user has one in its place, or it can call nothing.</summary>
    private static string? Constructor(INamedTypeSymbol type)
    {
        if (ClassChecks.SeedConstructors(type).Any())
            return null;
        IMethodSymbol? primary = type.InstanceConstructors.FirstOrDefault(constructor => constructor.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() is TypeDeclarationSyntax { ParameterList: not null }));
        if (primary is not null)
            return Call("this", primary);
        if (type is not { TypeKind: TypeKind.Class, BaseType: { TypeKind: TypeKind.Class } ancestor } || ClassChecks.HasUsableConstructor(ancestor, type))
            return "";
        return ancestor.InstanceConstructors.Where(constructor => ClassChecks.IsAccessible(constructor, type)).Select(constructor => Call("base", constructor)).FirstOrDefault(call => call is not null);
    }

    private static string? Call(string target, IMethodSymbol constructor) =>
        constructor.Parameters.Any(parameter => parameter.RefKind != RefKind.None || parameter.Type is { TypeKind: TypeKind.Pointer or TypeKind.FunctionPointer or TypeKind.Error })
            ? null
            : $" : {target}({string.Join(", ", constructor.Parameters.Select(parameter => $"default({parameter.Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)})!"))})";
}

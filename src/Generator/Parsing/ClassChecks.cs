using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Generator.Compiler;

namespace NetGen.Generator.Parsing;

/// <summary>Checks of the class itself: whether another half can be generated for it, and whether that half can create it.</summary>
internal static class ClassChecks
{
    public static void Check(INamedTypeSymbol type, ErrorSink errors)
    {
        errors.Attribute = -1;
        CheckKind(type, errors);
        foreach (INamedTypeSymbol outer in ContainingTypes(type))
        {
            if (!IsPartial(outer))
                errors.Report(Rules.ContainingTypeNotPartial, type.Name, outer.Name);
        }

        if (type.Arity > 0)
            errors.Report(Rules.Generic, type.Name, "it is generic");
        else if (ContainingTypes(type).FirstOrDefault(outer => outer.Arity > 0) is { } generic)
            errors.Report(Rules.Generic, type.Name, $"the type around it, '{generic.Name}', is generic");
        if (ContainingTypes(type).Append(type).FirstOrDefault(part => part.IsFileLocal) is { } local)
            errors.Report(Rules.FileLocal, type.Name, SymbolEqualityComparer.Default.Equals(local, type) ? "it is file-local" : $"the type around it, '{local.Name}', is file-local");
        if (type.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.Options is CSharpParseOptions { LanguageVersion: < LanguageVersion.CSharp12 } options)
            errors.Report(Rules.LanguageVersion, type.Name, options.LanguageVersion.ToDisplayString());
        if (type is { TypeKind: TypeKind.Class, IsRecord: false, IsStatic: false })
            CheckCreation(type, errors);
    }

    /// <summary>The types around the class, from the outermost inwards.</summary>
    public static IEnumerable<INamedTypeSymbol> ContainingTypes(INamedTypeSymbol type)
    {
        var types = new Stack<INamedTypeSymbol>();
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
            types.Push(outer);
        return types;
    }

    private static void CheckKind(INamedTypeSymbol type, ErrorSink errors)
    {
        string? kind = type switch
        {
            { TypeKind: TypeKind.Struct, IsRecord: true } => "a record struct",
            { TypeKind: TypeKind.Struct } => "a struct",
            { IsRecord: true } => "a record",
            { IsComImport: true } => "a COM import",
            _ when HasExplicitLayout(type) => "a class with a layout of its own",
            _ => null,
        };
        if (kind is not null)
            errors.Report(Rules.NotAClass, type.Name, kind);
        if (!IsPartial(type))
            errors.Report(Rules.NotPartial, type.Name);
        if (type.IsStatic)
            errors.Report(Rules.StaticOrAbstract, type.Name, "static");
        else if (type is { IsAbstract: true, TypeKind: TypeKind.Class })
            errors.Report(Rules.StaticOrAbstract, type.Name, "abstract");
    }

    private static void CheckCreation(INamedTypeSymbol type, ErrorSink errors)
    {
        CheckConstructors(type, errors);
        if (type.BaseType is not { TypeKind: TypeKind.Class } ancestor)
            return;
        if (BaseNetwork(type) is { } network)
            errors.Report(Rules.BaseClass, type.Name, network.Name, "is a network itself");
        else if (!HasUsableConstructor(ancestor, type))
            errors.Report(Rules.BaseClass, type.Name, ancestor.Name, "has no constructor without parameters that the generated constructor could call");

        foreach (ISymbol member in RequiredMembers(type))
            errors.Report(Rules.RequiredMember, type.Name, member.Name);
    }

    /// <summary>Members, inherited ones too, that whoever creates the class has to set.</summary>
    public static IEnumerable<ISymbol> RequiredMembers(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? declaring = type; declaring is not null; declaring = declaring.BaseType)
        {
            foreach (ISymbol member in declaring.GetMembers())
            {
                if (member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true })
                    yield return member;
            }
        }
    }

    /// <summary>The user's constructors that stand in the generated one's place.</summary>
    public static IEnumerable<IMethodSymbol> SeedConstructors(INamedTypeSymbol type) => type.InstanceConstructors.Where(constructor =>
        !IsGenerated(constructor) && constructor.Parameters.Length == 1
        && constructor.Parameters[0] is { RefKind: RefKind.None, Type.SpecialType: SpecialType.System_UInt64 });

    /// <summary>The nearest base class that is a network; its generated members are not there yet when the generator runs.</summary>
    public static INamedTypeSymbol? BaseNetwork(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (DeclarationParser.HasNetGenAttributes(ancestor) && !BlockParser.IsBlock(ancestor))
                return ancestor;
        }

        return null;
    }

    private static void CheckConstructors(INamedTypeSymbol type, ErrorSink errors)
    {
        IMethodSymbol[] seeds = [.. SeedConstructors(type)];
        foreach (TypeDeclarationSyntax part in UserParts(type))
        {
            if (part is ClassDeclarationSyntax { ParameterList: not null })
                errors.Report(Rules.ConstructorClash, type.Name, "a primary constructor");
            foreach (ConstructorDeclarationSyntax constructor in part.Members.OfType<ConstructorDeclarationSyntax>())
            {
                bool defines = constructor.Body is not null || constructor.ExpressionBody is not null || constructor.Modifiers.Any(SyntaxKind.ExternKeyword);
                bool isTold = seeds.Any(seed => seed.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() == constructor));
                if (defines && !isTold && !constructor.Modifiers.Any(SyntaxKind.StaticKeyword) && !constructor.Initializer.IsKind(SyntaxKind.ThisConstructorInitializer))
                    errors.Report(Rules.ConstructorClash, type.Name, "a constructor that does not call this(...)");
            }
        }

        if (seeds.Length > 0)
            errors.Report(Rules.ConstructorClash, type.Name, "a constructor with the single parameter ulong, which is generated");
    }

    /// <summary>Whether a constructor of the class can call one of the base class without arguments.</summary>
    public static bool HasUsableConstructor(INamedTypeSymbol ancestor, INamedTypeSymbol type)
    {
        List<IMethodSymbol> callable = ancestor.InstanceConstructors
            .Where(constructor => IsAccessible(constructor, type) && constructor.Parameters.All(parameter => parameter.IsOptional || parameter.IsParams))
            .ToList();
        return callable.Any(constructor => constructor.Parameters.IsEmpty) || callable.Count == 1;
    }

    /// <summary>Whether code in the class may name a member of one of its base classes.</summary>
    public static bool IsAccessible(ISymbol member, INamedTypeSymbol type) => member.DeclaredAccessibility switch
    {
        Accessibility.Private => ContainingTypes(type).Any(outer => SymbolEqualityComparer.Default.Equals(outer.OriginalDefinition, member.ContainingType.OriginalDefinition)),
        Accessibility.Internal or Accessibility.ProtectedAndInternal =>
            SymbolEqualityComparer.Default.Equals(member.ContainingAssembly, type.ContainingAssembly) || member.ContainingAssembly.GivesAccessTo(type.ContainingAssembly),
        _ => true,
    };

    /// <summary>Whether we generated the symbol: the analyzer sees the generated half, the generator does not.</summary>
    public static bool IsGenerated(ISymbol symbol) =>
        symbol.DeclaringSyntaxReferences.Length > 0 && symbol.DeclaringSyntaxReferences.All(reference => IsGenerated(reference.SyntaxTree));

    public static bool IsGenerated(SyntaxTree tree) => tree.FilePath.EndsWith(GeneratedMembers.FileSuffix, System.StringComparison.Ordinal);

    /// <summary>The name of the file that we generated of the class; null where there is none.</summary>
    public static string? GeneratedFile(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Select(reference => reference.SyntaxTree).FirstOrDefault(IsGenerated)?.FilePath;

    /// <summary>The declarations of the class that we did not generate.</summary>
    public static IEnumerable<TypeDeclarationSyntax> UserParts(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences
            .Where(reference => !IsGenerated(reference.SyntaxTree))
            .Select(reference => reference.GetSyntax())
            .OfType<TypeDeclarationSyntax>();

    /// <summary>Whether another half of the class can be written.</summary>
    public static bool IsPartial(INamedTypeSymbol type) => UserParts(type).All(part => part.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static bool HasExplicitLayout(INamedTypeSymbol type) => type.GetAttributes().Any(attribute =>
        attribute.AttributeClass is { Name: "StructLayoutAttribute", ContainingNamespace: { Name: "InteropServices", ContainingNamespace: { Name: "Runtime", ContainingNamespace.Name: "System" } } }
        && attribute.ConstructorArguments.Any(argument => argument.Value is (int)LayoutKind.Explicit));
}

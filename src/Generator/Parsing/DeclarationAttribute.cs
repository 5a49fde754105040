using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace NetGen.Generator.Parsing;

internal enum AttributeRole { Network, Block, Layer, Loss }

/// <summary>One of NetGen's attributes on a class: its role and its arguments.</summary>
internal sealed class DeclarationAttribute
{
    private const string Suffix = "Attribute";

    private readonly AttributeData _data;

    private DeclarationAttribute(AttributeData data, AttributeRole role)
    {
        _data = data;
        Role = role;
    }

    public AttributeRole Role { get; }

    /// <summary>The name without its ending: <c>Linear</c>.</summary>
    public string Kind => KindOf(_data);

    /// <summary>Whether the attribute is NetGen's own and not a class that somebody derived from its bases.</summary>
    public bool IsOurs => IsNetGen(_data.AttributeClass!);

    /// <summary>The types between its angle brackets: the blocks of a composition.</summary>
    public ImmutableArray<ITypeSymbol> TypeArguments => _data.AttributeClass!.TypeArguments;

    /// <summary>Where the attribute stands; null where it comes from metadata.</summary>
    public SyntaxReference? Syntax => _data.ApplicationSyntaxReference;

    /// <inheritdoc cref="Syntax"/>
    public Location? Location => Syntax?.GetSyntax().GetLocation();

    /// <summary>Whether the compiler itself has an error for the attribute, or will have one when it is typed to its end.</summary>
    public bool IsMalformed =>
        _data.AttributeConstructor is null
        || TypeArguments.Any(IsError)
        || _data.ConstructorArguments.Any(IsError)
        || _data.NamedArguments.Any(argument => IsError(argument.Value));

    /// <summary>The attributes of the declaration in source order.</summary>
    public static ImmutableArray<DeclarationAttribute> Of(INamedTypeSymbol type)
    {
        var attributes = ImmutableArray.CreateBuilder<DeclarationAttribute>();
        var trees = new List<SyntaxTree?>();
        foreach (AttributeData data in type.GetAttributes())
        {
            if (RoleOf(data) is not { } role)
                continue;
            attributes.Add(new DeclarationAttribute(data, role));
            if (!trees.Contains(data.ApplicationSyntaxReference?.SyntaxTree))
                trees.Add(data.ApplicationSyntaxReference?.SyntaxTree);
        }

        return attributes
            .OrderBy(attribute => trees.IndexOf(attribute.Syntax?.SyntaxTree))
            .ThenBy(attribute => attribute.Syntax?.Span.Start ?? 0)
            .ToImmutableArray();
    }

    /// <inheritdoc cref="Kind"/>
    public static string KindOf(AttributeData data)
    {
        string name = data.AttributeClass!.Name;
        return name.Length > Suffix.Length && name.EndsWith(Suffix, System.StringComparison.Ordinal) ? name.Substring(0, name.Length - Suffix.Length) : name;
    }

    public static AttributeRole? RoleOf(AttributeData data) => data.AttributeClass is { } type ? RoleOf(type) : null;

    /// <summary>The role of an attribute's class.</summary>
    public static AttributeRole? RoleOf(INamedTypeSymbol type)
    {
        if (IsNetGen(type) && type is { Arity: 0, Name: "NetworkAttribute" })
            return AttributeRole.Network;
        if (IsNetGen(type) && type is { Arity: 0, Name: "BlockAttribute" })
            return AttributeRole.Block;
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (!IsNetGen(ancestor) || ancestor.Arity > 0)
                continue;
            if (ancestor.Name == "LayerAttribute")
                return AttributeRole.Layer;
            if (ancestor.Name == "LossAttribute")
                return AttributeRole.Loss;
        }

        return null;
    }

    /// <summary>The argument at a position, where it is there and of the type.</summary>
    public bool TryGet<T>(int position, out T value)
    {
        value = default!;
        return position < _data.ConstructorArguments.Length && TryRead(_data.ConstructorArguments[position], out value);
    }

    /// <summary>The sizes that are all of its arguments, one by one or as a <c>params int[]</c>; none where the user passes null.</summary>
    public bool TryGetSizes(out int[] sizes)
    {
        ImmutableArray<TypedConstant> arguments = _data.ConstructorArguments;
        if (arguments.Length == 1 && arguments[0].Kind == TypedConstantKind.Array)
            arguments = arguments[0].IsNull ? ImmutableArray<TypedConstant>.Empty : arguments[0].Values;
        sizes = new int[arguments.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            if (!TryRead(arguments[i], out sizes[i]))
                return false;
        }

        return true;
    }

    /// <summary>Whether the named argument is written.</summary>
    public bool IsGiven(string name) => _data.NamedArguments.Any(argument => argument.Key == name);

    /// <summary>The elements of a named array; null where it is not given, is null or holds something else.</summary>
    public T[]? NamedArray<T>(string name)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in _data.NamedArguments)
        {
            if (argument.Key != name || argument.Value is not { Kind: TypedConstantKind.Array, IsNull: false } array)
                continue;
            var values = new T[array.Values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                if (!TryRead(array.Values[i], out values[i]))
                    return null;
            }

            return values;
        }

        return null;
    }

    /// <summary>The value of a named argument, or the fallback where it is not given.</summary>
    public T Named<T>(string name, T fallback)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in _data.NamedArguments)
        {
            if (argument.Key == name && TryRead(argument.Value, out T value))
                return value;
        }

        return fallback;
    }

    private static bool TryRead<T>(TypedConstant constant, out T value)
    {
        value = default!;
        if (constant.Kind is not (TypedConstantKind.Primitive or TypedConstantKind.Enum) || constant.Value is not T read)
            return false;
        value = read;
        return true;
    }

    private static bool IsError(TypedConstant constant) =>
        constant.Kind == TypedConstantKind.Error
        || (constant.Kind == TypedConstantKind.Array && !constant.IsNull && constant.Values.Any(IsError));

    /// <summary>A type that is not there, or that only a constructed type of the class would know.</summary>
    private static bool IsError(ITypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Error or TypeKind.TypeParameter } => true,
        IArrayTypeSymbol array => IsError(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Any(IsError) || (named.ContainingType is { } outer && IsError(outer)),
        _ => false,
    };

    /// <summary>Whether the type stands in NetGen's namespace.</summary>
    public static bool IsNetGen(INamedTypeSymbol type) =>
        type is { ContainingType: null, ContainingNamespace: { Name: "NetGen", ContainingNamespace.IsGlobalNamespace: true } };
}

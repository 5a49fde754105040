using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Parsing;

/// <summary>A block as a value; the declaration is null where the block, or one in it, has a mistake. The errors are the block's own.</summary>
internal sealed record ParsedBlock(BlockDeclaration? Declaration, EquatableArray<DeclarationError> Errors, int Depth = 0, long Size = 0);

/// <summary>How deep the compositions of a class are nested, and how many layers it has with every copy of a block counted.</summary>
internal sealed class Extent
{
    public int Depth { get; set; }

    public long Size { get; set; }
}

/// <summary>
/// Classes with <c>[Block]</c> to values. Each block is parsed once, and copied into those that use it. A mistake of a block is reported where its own class
/// is analysed; that of a block from elsewhere, which nobody analyses here, at the composition that uses it.
/// </summary>
/// <param name="root">The network or block whose mistakes are asked for.</param>
/// <param name="ct">Stops a parse whose result nobody waits for.</param>
internal sealed class BlockParser(INamedTypeSymbol root, CancellationToken ct)
{
    /// <summary>The most compositions within each other: passes over a declaration recurse.</summary>
    private const int MaxDepth = 32;

    private readonly Dictionary<INamedTypeSymbol, ParsedBlock> _parsed = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _unread = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _open = new(SymbolEqualityComparer.Default);

    /// <summary>Whether an attribute of the block, or of one in it, cannot be read; of a block that was parsed.</summary>
    public bool IsUnread(INamedTypeSymbol block) => _unread.Contains(block);

    public static bool IsBlock(INamedTypeSymbol type) => type.GetAttributes().Any(attribute => DeclarationAttribute.RoleOf(attribute) == AttributeRole.Block);

    /// <summary>The block between a composition's angle brackets; null where it is something else. Attributes cannot speak of type parameters, so all constructed types of a block are alike.</summary>
    public static INamedTypeSymbol? BlockOf(ITypeSymbol argument) =>
        argument is INamedTypeSymbol { OriginalDefinition: var block } && IsBlock(block) ? block : null;

    /// <summary>The blocks of a composition; none of another attribute.</summary>
    public static IEnumerable<INamedTypeSymbol> BlocksOf(DeclarationAttribute attribute) =>
        OpParser.IsComposition(attribute) ? attribute.TypeArguments.Select(BlockOf).OfType<INamedTypeSymbol>() : [];

    /// <summary>Whether the type is a part of the assembly that is analysed.</summary>
    private bool IsHome(ITypeSymbol type) => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, root.ContainingAssembly);

    private static bool IsSame(INamedTypeSymbol a, INamedTypeSymbol b) => SymbolEqualityComparer.Default.Equals(a, b);

    /// <summary>Parses and checks a block.</summary>
    public ParsedBlock Parse(INamedTypeSymbol type)
    {
        if (_parsed.TryGetValue(type, out ParsedBlock? known))
            return known;

        // Twice as deep as allowed: some block on the way here is too deep itself, and is told so.
        if (_open.Count > 2 * MaxDepth)
            return Broken(Rules.TooLarge, type.Name, Depth(_open.Count), Text(MaxDepth));
        if (!_open.Add(type))
            return new ParsedBlock(null, default);
        ct.ThrowIfCancellationRequested();
        ParsedBlock block = ParseNew(type);
        _open.Remove(type);
        _parsed.Add(type, block);
        return block;
    }

    /// <summary>The layer of an attribute; null where there is a mistake, which is reported here or is that of a block.</summary>
    public LayerOp? Layer(INamedTypeSymbol owner, DeclarationAttribute attribute, Extent extent, ErrorSink errors)
    {
        LayerOp? op;
        if (OpParser.IsComposition(attribute))
        {
            op = Composite(owner, attribute, extent, errors);
        }
        else
        {
            extent.Size++;
            op = attribute.IsOurs ? OpParser.Layer(attribute) : null;
            if (op is null)
                errors.Report(Rules.UnknownLayer, attribute.Kind, "layers");
        }

        OpParser.CheckArguments(attribute, errors);
        return op;
    }

    private ParsedBlock ParseNew(INamedTypeSymbol type)
    {
        ImmutableArray<DeclarationAttribute> attributes = DeclarationAttribute.Of(type);
        bool isUnread = DeclarationParser.Malformed(attributes) >= 0 || type.GetAttributes().Any(IsUnreadable);
        if (isUnread)
            _unread.Add(type);
        if (isUnread)
            return IsHome(type) ? new ParsedBlock(null, default) : Broken(Rules.NotABlock, "Block", type.Name, "an attribute of it cannot be read");

        var errors = new ErrorSink();
        DeclarationParser.CheckPlaces(type, attributes, errors);
        var layers = new List<(LayerOp Op, int Attribute)>();
        var extent = new Extent();
        bool isComplete = true;
        for (int i = 0; i < attributes.Length; i++)
        {
            if (attributes[i].Role != AttributeRole.Layer)
                continue;
            errors.Attribute = i;
            if (Layer(type, attributes[i], extent, errors) is { } op)
            {
                layers.Add((op, i));
                op.CheckOptions(errors);
            }
            else
            {
                isComplete = false;
            }
        }

        if (attributes.SelectMany(BlocksOf).Any(IsUnread))
            _unread.Add(type);
        NameChecks.CheckBlock(layers, errors);
        bool isIdentity = type.Name == "Identity" && DeclarationAttribute.IsNetGen(type);
        if (!isIdentity && attributes.All(attribute => attribute.Role != AttributeRole.Layer))
            errors.ReportAt(-1, Rules.EmptyBlock, type.Name);
        return errors.Errors.Count > 0 || !isComplete
            ? new ParsedBlock(null, errors.Errors.ToEquatableArray())
            : new ParsedBlock(new BlockDeclaration(type.Name, layers.Select(layer => layer.Op).ToEquatableArray(), isIdentity || IsHome(type) ? null : type.ContainingAssembly.Name), default, extent.Depth, extent.Size);
    }

    private CompositeOp? Composite(INamedTypeSymbol owner, DeclarationAttribute attribute, Extent extent, ErrorSink errors)
    {
        var blocks = new List<ParsedBlock>();
        var seen = new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default);
        bool isReported = !IsHome(owner) || IsSame(owner, root);
        foreach (ITypeSymbol argument in attribute.TypeArguments)
        {
            bool isNew = seen.Add(argument);
            if (BlockOf(argument) is { } type)
            {
                ParsedBlock block = Parse(type);
                blocks.Add(block);
                if (block.Declaration is not null || !isNew || !isReported)
                    continue;
                if (Cycle(owner, type) is { } cycle)
                    errors.Report(Rules.BlockCycle, attribute.Kind, owner.Name, cycle, IsSame(owner, type) ? "take the composition out; Repeat<T>(n) repeats a block" : "take one of the blocks out of the other");
                else if (!IsHome(type))
                    ReportForeign(type, block, errors);
            }
            else if (isNew)
            {
                errors.Report(Rules.NotABlock, attribute.Kind, argument.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat), Advice(argument));
            }
        }

        if (blocks.Count < attribute.TypeArguments.Length || blocks.Any(block => block.Declaration is null))
            return null;
        CompositeOp op = OpParser.Composite(attribute, blocks.Select(block => block.Declaration!));
        int depth = 1 + blocks.Max(block => block.Depth);
        if (depth > MaxDepth)
            errors.Report(Rules.TooLarge, op.Kind, Depth(depth), Text(MaxDepth));
        long size = (Math.Max(1L, op.Copies) * blocks.Sum(block => Math.Max(1, block.Size))) + (op.IsChain ? 0 : 1);
        // What is larger is not even unfolded.
        if (extent.Size <= Limits.MaxLayers && extent.Size + size > Limits.MaxLayers)
            errors.Report(Rules.TooLarge, op.Kind, Limits.Layers(extent.Size + size), Limits.Grouped(Limits.MaxLayers));
        extent.Size += size;
        extent.Depth = Math.Max(extent.Depth, depth);
        return op;
    }

    /// <summary>Nobody analyses a block from elsewhere, so one of its mistakes is reported at its use.</summary>
    private static void ReportForeign(INamedTypeSymbol type, ParsedBlock block, ErrorSink errors)
    {
        if (block.Errors.Count == 0)
            return;
        DeclarationError error = block.Errors[0];
        errors.Add(error with { Attribute = errors.Attribute, Where = error.Where.Length > 0 ? error.Where : $" ({Naming.In(type.Name, type.ContainingAssembly.Name)})" });
    }

    private string Advice(ITypeSymbol argument) => argument switch
    {
        INamedTypeSymbol type when DeclarationAttribute.Of(type).Any(attribute => attribute.Role == AttributeRole.Network) =>
            "it is a network, with an input shape and perhaps a loss of its own; move its layers to a class with [Block]",
        { TypeKind: TypeKind.Class } when IsHome(argument) => "write [Block] and its layers on it",
        _ => "write a class with [Block] and layers",
    };

    /// <summary>The shortest way from a class back to itself that starts with a block of it, spelled out; null where there is none.</summary>
    private static string? Cycle(INamedTypeSymbol owner, INamedTypeSymbol first)
    {
        var previous = new Dictionary<INamedTypeSymbol, INamedTypeSymbol>(SymbolEqualityComparer.Default) { [first] = owner };
        var queue = new Queue<INamedTypeSymbol>([first]);
        while (queue.Count > 0)
        {
            INamedTypeSymbol type = queue.Dequeue();
            if (IsSame(type, owner))
                return Way(type);
            foreach (INamedTypeSymbol next in DeclarationAttribute.Of(type).SelectMany(BlocksOf))
            {
                if (previous.ContainsKey(next))
                    continue;
                previous.Add(next, type);
                queue.Enqueue(next);
            }
        }

        return null;

        string Way(INamedTypeSymbol last)
        {
            var types = new List<INamedTypeSymbol> { last };
            do
                types.Insert(0, previous[types[0]]);
            while (!IsSame(types[0], owner));
            return string.Join(" -> ", types.Select(type => types.Any(other => other.Name == type.Name && !IsSame(other, type)) ? type.ToDisplayString() : type.Name));
        }
    }

    /// <summary>An attribute that is not there: in source the compiler says so, from metadata it matters only where it may be a layer.</summary>
    private static bool IsUnreadable(AttributeData attribute) =>
        attribute.AttributeClass is null or { TypeKind: TypeKind.Error, ContainingNamespace: { Name: "NetGen", ContainingNamespace.IsGlobalNamespace: true } }
        || (attribute is { AttributeClass.TypeKind: TypeKind.Error, ApplicationSyntaxReference: not null });

    private static ParsedBlock Broken(string rule, params string[] arguments) =>
        new(null, EquatableArray.Of(new DeclarationError(rule, -1, EquatableArray.Of(arguments))));

    private static string Depth(int depth) => Text(depth) + " levels of nested blocks";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Parsing;

/// <summary>What a class declares; the declaration is null where a mistake keeps it from being compiled.</summary>
internal sealed record ParseResult(NetworkDeclaration? Declaration, EquatableArray<DeclarationError> Errors)
{
    public static readonly ParseResult Nothing = new(null, EquatableArray<DeclarationError>.Empty);
}

/// <summary>Symbols to declarations; generator and analyzer share it.</summary>
internal static class DeclarationParser
{
    public static bool HasNetGenAttributes(INamedTypeSymbol type)
    {
        foreach (AttributeData attribute in type.GetAttributes())
        {
            if (DeclarationAttribute.RoleOf(attribute) is not null)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Parses and checks a class. Code that the compiler itself rejects, such as a half-typed attribute, gives neither a declaration nor errors.
    /// </summary>
    public static ParseResult Parse(INamedTypeSymbol type, CancellationToken ct)
    {
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct))
            return ParseResult.Nothing;
        ImmutableArray<DeclarationAttribute> attributes = DeclarationAttribute.Of(type);
        if (attributes.IsEmpty || IsMalformed(attributes) || type.GetAttributes().Any(attribute => attribute.AttributeClass is null or { TypeKind: TypeKind.Error }))
            return ParseResult.Nothing;

        ct.ThrowIfCancellationRequested();
        var blocks = new BlockParser(type, ct);
        if (IndexOf(attributes, AttributeRole.Block) >= 0 && IndexOf(attributes, AttributeRole.Network) < 0)
            return new ParseResult(null, blocks.Parse(type).Errors);
        var errors = new ErrorSink();
        if (IndexOf(attributes, AttributeRole.Network) >= 0)
            ClassChecks.Check(type, errors);
        CheckPlaces(type, attributes, errors);

        ct.ThrowIfCancellationRequested();
        Graph? graph = BuildGraph(type, attributes, blocks, errors);
        if (graph is not null)
            MemberChecks.Check(type, graph, SourcesOf(attributes), errors);
        return errors.Errors.Count == 0 ? new ParseResult(graph?.Declaration, default) : new ParseResult(null, errors.Errors.ToEquatableArray());
    }

    /// <summary>Whether the compiler itself has an error for one of the attributes.</summary>
    public static bool IsMalformed(ImmutableArray<DeclarationAttribute> attributes) =>
        attributes.Any(attribute => attribute.IsMalformed)
        || attributes.Count(attribute => attribute.Role == AttributeRole.Network) > 1
        || attributes.Count(attribute => attribute.Role == AttributeRole.Block) > 1;

    /// <summary>Checks how the attributes stand to each other.</summary>
    public static void CheckPlaces(INamedTypeSymbol type, ImmutableArray<DeclarationAttribute> attributes, ErrorSink errors)
    {
        int network = IndexOf(attributes, AttributeRole.Network);
        int block = IndexOf(attributes, AttributeRole.Block);
        if (network >= 0 && block >= 0)
            errors.ReportAt(block, Rules.NetworkAndBlock, type.Name);
        int head = network >= 0 ? network : block;
        if (head < 0)
        {
            errors.ReportAt(0, Rules.NoNetwork, attributes[0].Kind, type.Name);
        }
        else
        {
            SyntaxNode? declaration = attributes[head].Syntax?.GetSyntax().Parent?.Parent;
            for (int i = 0; i < attributes.Length; i++)
            {
                if (attributes[i].Role == AttributeRole.Block)
                    continue;
                if (attributes[i].Syntax?.GetSyntax().Parent?.Parent != declaration)
                    errors.ReportAt(i, Rules.LayersSpread, attributes[i].Kind, type.Name, attributes[head].Kind);
                else if (i < head)
                    errors.ReportAt(i, Rules.LayerBeforeNetwork, attributes[i].Kind, attributes[head].Kind);
            }
        }

        if (network < 0 && block >= 0)
        {
            for (int i = 0; i < attributes.Length; i++)
            {
                if (attributes[i].Role == AttributeRole.Loss)
                    errors.ReportAt(i, Rules.LossInBlock, attributes[i].Kind, type.Name);
            }

            return;
        }

        int loss = IndexOf(attributes, AttributeRole.Loss);
        for (int i = loss + 1; loss >= 0 && i < attributes.Length; i++)
        {
            if (attributes[i].Role == AttributeRole.Loss)
                errors.ReportAt(i, Rules.SeveralLosses, attributes[i].Kind, attributes[loss].Kind);
        }

        DeclarationAttribute? after = attributes.LastOrDefault(attribute => attribute.Role == AttributeRole.Layer);
        if (loss >= 0 && after is not null && attributes.IndexOf(after) > loss)
            errors.ReportAt(loss, Rules.LossNotLast, attributes[loss].Kind, after.Kind);
    }

    /// <summary>Maps the attributes to ops and the ops to a graph; null after an error.</summary>
    private static Graph? BuildGraph(INamedTypeSymbol type, ImmutableArray<DeclarationAttribute> attributes, BlockParser blocks, ErrorSink errors)
    {
        int before = errors.Errors.Count;
        bool isComplete = true;
        var extent = new Extent();
        var layers = new List<(LayerOp Op, int Attribute)>();
        var losses = new List<LossOp>();
        for (int i = 0; i < attributes.Length; i++)
        {
            DeclarationAttribute attribute = attributes[i];
            errors.Attribute = i;
            if (attribute.Role == AttributeRole.Layer)
            {
                if (blocks.Layer(type, attribute, extent, errors) is { } layer)
                    layers.Add((layer, i));
                else
                    isComplete = false;
            }
            else if (attribute.Role == AttributeRole.Loss)
            {
                if (attribute.IsOurs && OpParser.Loss(attribute) is { } loss)
                    losses.Add(loss);
                else
                    errors.Report(Rules.UnknownLayer, attribute.Kind, "losses");
            }
        }

        int network = IndexOf(attributes, AttributeRole.Network);
        if (errors.Errors.Count > before || !isComplete || network < 0)
        {
            // There will be no graph, which checks the options otherwise.
            foreach ((LayerOp op, int attribute) in layers)
            {
                errors.Attribute = attribute;
                op.CheckOptions(errors);
            }

            return null;
        }

        // Where the places are wrong the layers are still checked, but a loss may not belong to their output.
        if (!attributes[network].TryGetSizes(out int[] sizes))
            return null;
        LossOp? last = losses.Count == 1 && attributes[attributes.Length - 1].Role == AttributeRole.Loss ? losses[0] : null;
        var declaration = new NetworkDeclaration(
            type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString(s_plainNames) : string.Empty,
            ClassChecks.ContainingTypes(type).Select(outer => new ContainingType(Keyword(outer), outer.Name)).ToEquatableArray(),
            type.Name,
            new Shape(sizes.ToEquatableArray()),
            layers.Select(layer => layer.Op).ToEquatableArray(),
            last);

        List<int> sources = SourcesOf(attributes);
        NameChecks.Check(declaration, sources, errors);
        var shapes = new ErrorSink();
        Graph? graph = GraphBuilder.Build(declaration, shapes);
        foreach (DeclarationError error in shapes.Errors)
            errors.Add(error with { Attribute = error.Attribute < 0 ? -1 : sources[error.Attribute], Where = Where(declaration, error) });
        return graph;
    }

    /// <summary>What the message of a mistake in a block says of its place: the layer by its key, the network, and the block where its source is elsewhere.</summary>
    private static string Where(NetworkDeclaration declaration, DeclarationError error)
    {
        if (error.Within.Count == 0)
            return "";
        int layer = error.Attribute - 1;
        LayerOp op = declaration.Layers[layer];
        string key = Naming.Key(op, layer);
        string block = "";
        for (int i = 0; i + 1 < error.Within.Count; i += 2)
        {
            var composition = (CompositeOp)op;
            BlockDeclaration branch = composition.Branches.ElementAt(error.Within[i]);
            layer = error.Within[i + 1];
            op = branch.Layers[layer];
            key += $".{composition.BranchKey(error.Within[i])}.{Naming.Key(op, layer)}";
            block = branch.Assembly is null ? "" : ", " + BlockParser.Describe(branch.Name, branch.Assembly);
        }

        return $" (at {key} of network '{declaration.Name}'{block})";
    }

    private static readonly SymbolDisplayFormat s_plainNames =
        SymbolDisplayFormat.FullyQualifiedFormat
            .WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted)
            .WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.None);

    /// <summary>The graph builder's numbering, [Network], then the layers, then the loss, to the order in the source.</summary>
    private static List<int> SourcesOf(ImmutableArray<DeclarationAttribute> attributes)
    {
        var sources = new List<int>();
        foreach (AttributeRole role in new[] { AttributeRole.Network, AttributeRole.Layer, AttributeRole.Loss })
        {
            for (int i = 0; i < attributes.Length; i++)
            {
                if (attributes[i].Role == role)
                    sources.Add(i);
            }
        }

        return sources;
    }

    private static int IndexOf(ImmutableArray<DeclarationAttribute> attributes, AttributeRole role)
    {
        for (int i = 0; i < attributes.Length; i++)
        {
            if (attributes[i].Role == role)
                return i;
        }

        return -1;
    }

    private static string Keyword(INamedTypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Interface } => "interface",
        { TypeKind: TypeKind.Struct, IsRecord: true } => "record struct",
        { TypeKind: TypeKind.Struct } => "struct",
        { IsRecord: true } => "record",
        _ => "class",
    };
}

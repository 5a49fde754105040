using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Parsing;

/// <summary>Symbols to declarations, and no further: what a declaration means needs no symbol. Generator and analyzer share it.</summary>
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
    /// Parses a class, and checks what only symbols tell. Code that the compiler itself rejects, such as a half-typed attribute, gives neither a declaration nor errors, but the stub of one.
    /// </summary>
    public static ParseResult Parse(INamedTypeSymbol type, CancellationToken ct)
    {
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct))
            return ParseResult.Nothing;
        ImmutableArray<DeclarationAttribute> attributes = DeclarationAttribute.Of(type);
        bool hasUnknown = type.GetAttributes().Any(UnknownAttribute.Is);
        if (attributes.IsEmpty)
            return hasUnknown ? ParseResult.Nothing : ParseResult.Nothing with { Errors = UnreadStatements(type).ToEquatableArray() };
        ct.ThrowIfCancellationRequested();
        ParseResult half = Head(attributes) is not null ? Half(type, attributes, hasUnknown, ct) : ParseResult.Nothing;
        if (hasUnknown)
            half = half with { Unread = -1 };
        if (Malformed(attributes) is var malformed and >= 0)
            return half with { Unread = malformed };
        if (StatementParser.Unread(type) is var statement and >= 0)
            return half with { Unread = attributes.Length + statement };

        // Without what it is meant to be the network would be another one, whose uses would be errors too.
        if (Head(attributes) is not null && UnknownAttribute.Meant(type).Any(meant => meant.Role == AttributeRole.Layer || IndexOf(attributes, AttributeRole.Loss) < 0))
            return half;

        var blocks = new BlockParser(type, ct);
        if (IndexOf(attributes, AttributeRole.Block) >= 0 && IndexOf(attributes, AttributeRole.Network) < 0)
            return half with { Errors = blocks.Parse(type).Errors.Concat(UnreadStatements(type)).ToEquatableArray() };
        var errors = new ErrorSink();
        if (IndexOf(attributes, AttributeRole.Network) >= 0)
            ClassChecks.Check(type, errors);
        CheckPlaces(type, attributes, errors);

        ct.ThrowIfCancellationRequested();
        NetworkDeclaration? declaration = Declaration(type, attributes, blocks, errors);
        if (declaration is null)
            return Incomplete();
        EquatableArray<int> places = PlacesOf(attributes);
        NameChecks.Check(declaration, places, errors);
        MemberChecks.Check(type, errors);
        return half with { Declaration = declaration, Places = places, Errors = errors.Errors.ToEquatableArray(), Statements = StatementParser.Statements(type) };

        ParseResult Incomplete()
        {
            DeclarationAttribute? unread = attributes.FirstOrDefault(attribute => BlockParser.BlocksOf(attribute).Any(blocks.IsUnread));
            if (errors.Errors.Count == 0 && unread is not null)
                return half with { Unread = attributes.IndexOf(unread) };
            return half with { Errors = hasUnknown ? default : errors.Errors.ToEquatableArray() };
        }
    }

    /// <summary>What the user states of a class that is no network, where nothing reads it.</summary>
    private static IEnumerable<DeclarationError> UnreadStatements(INamedTypeSymbol type) => StatementParser.Attributes(type).Select((attribute, i) =>
        new DeclarationError(Rules.NoNetwork, -1, EquatableArray.Of(DeclarationAttribute.KindOf(attribute), type.Name, "has no [Network]: it is read of networks alone, so write it on one")) { Statement = i });

    /// <summary>
    /// <c>[Network]</c>. Where it is forgotten, or a block with a loss is meant as a network, the first layer or loss: uses of the class take it for a network. Null of a block, and where nothing is declared.
    /// </summary>
    public static DeclarationAttribute? Head(ImmutableArray<DeclarationAttribute> attributes) =>
        IndexOf(attributes, AttributeRole.Network) is var network and >= 0 ? attributes[network]
        : IndexOf(attributes, AttributeRole.Block) < 0 || IndexOf(attributes, AttributeRole.Loss) >= 0 ? attributes.FirstOrDefault(attribute => attribute.Role is AttributeRole.Layer or AttributeRole.Loss)
        : null;

    /// <summary>What is known of the generated half, however wrong the declaration is.</summary>
    private static ParseResult Half(INamedTypeSymbol type, ImmutableArray<DeclarationAttribute> attributes, bool hasUnknown, CancellationToken ct)
    {
        EquatableArray<string> targets = StubParser.Targets(attributes, hasUnknown);
        EquatableArray<string> properties = StubParser.Properties(type, attributes);
        GeneratedMember[] generated = [.. GeneratedMembers.All(targets), .. properties.Select(name => new GeneratedMember(name))];
        EquatableArray<UserMember> members = MemberChecks.Members(type, generated);
        EquatableArray<CapturedName> captured = AttributeNames.Captured(type, generated, ct);

        // A name that the stub captured would be a second error, unless it means the same.
        bool IsConstant(CapturedName name) => name.Value is not null && GeneratedMembers.Constants.Any(constant => constant.Name == name.Name);
        IEnumerable<UserMember> obstacles = members.Concat(captured.Where(name => !IsConstant(name)).Select(name => new UserMember(name.Name, null, null)));
        return ParseResult.Nothing with { Members = members, Stub = StubParser.Of(type, StubParser.InputSize(attributes), targets, properties, obstacles.ToEquatableArray(), captured), Captured = captured };
    }

    /// <summary>The first of the attributes for which the compiler itself has an error; −1 where there is none.</summary>
    public static int Malformed(ImmutableArray<DeclarationAttribute> attributes)
    {
        for (int i = 0; i < attributes.Length; i++)
        {
            AttributeRole role = attributes[i].Role;
            if (attributes[i].IsMalformed || (role is AttributeRole.Network or AttributeRole.Block && IndexOf(attributes, role) < i))
                return i;
        }

        return -1;
    }

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
            errors.ReportAt(
                0, Rules.NoNetwork, attributes[0].Kind, type.Name,
                "has no [Network] and no [Block]: write [Network(784)], or whatever shape one sample has, before the layers, or [Block] where they are a part of other networks");
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

        // What stands on another declaration is told so already.
        DeclarationAttribute? after = attributes.LastOrDefault(attribute => attribute.Role == AttributeRole.Layer && loss >= 0 && SameDeclaration(attribute, attributes[loss]));
        if (loss >= 0 && after is not null && attributes.IndexOf(after) > loss)
            errors.ReportAt(loss, Rules.LossNotLast, attributes[loss].Kind, after.Kind);
    }

    private static bool SameDeclaration(DeclarationAttribute a, DeclarationAttribute b) =>
        a.Syntax?.GetSyntax().Parent?.Parent == b.Syntax?.GetSyntax().Parent?.Parent;

    /// <summary>Maps the attributes to ops; null after an error.</summary>
    private static NetworkDeclaration? Declaration(INamedTypeSymbol type, ImmutableArray<DeclarationAttribute> attributes, BlockParser blocks, ErrorSink errors)
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
            // There will be no graph, whose builder checks the options otherwise.
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
        return new NetworkDeclaration(
            Namespace(type),
            ClassChecks.ContainingTypes(type).Select(outer => new ContainingType(Keyword(outer), outer.Name)).ToEquatableArray(),
            type.Name,
            new Shape(sizes.ToEquatableArray()),
            layers.Select(layer => layer.Op).ToEquatableArray(),
            last);
    }

    /// <summary>The names of a type's namespace with dots between; empty for the global one.</summary>
    public static string Namespace(INamedTypeSymbol type) => type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString(s_plainNames) : "";

    private static readonly SymbolDisplayFormat s_plainNames =
        SymbolDisplayFormat.FullyQualifiedFormat
            .WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted)
            .WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.None);

    /// <summary>The graph builder's numbering, [Network], then the layers, then the loss, to the order in the source.</summary>
    private static EquatableArray<int> PlacesOf(ImmutableArray<DeclarationAttribute> attributes)
    {
        var places = new List<int>();
        foreach (AttributeRole role in new[] { AttributeRole.Network, AttributeRole.Layer, AttributeRole.Loss })
        {
            for (int i = 0; i < attributes.Length; i++)
            {
                if (attributes[i].Role == role)
                    places.Add(i);
            }
        }

        return places.ToEquatableArray();
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

    /// <summary>The words before the name in a declaration of the type.</summary>
    public static string Keyword(INamedTypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Interface } => "interface",
        { TypeKind: TypeKind.Struct, IsRecord: true } => "record struct",
        { TypeKind: TypeKind.Struct } => "struct",
        { IsRecord: true } => "record",
        _ => "class",
    };
}

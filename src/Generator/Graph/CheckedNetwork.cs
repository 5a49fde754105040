using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>A declaration with all its mistakes known; the graph is null where there is one.</summary>
internal sealed record CheckedNetwork(Graph? Graph, EquatableArray<DeclarationError> Errors)
{
    /// <summary>Infers the shapes and adds the mistakes that they show to the parser's. The result depends on the argument alone.</summary>
    public static CheckedNetwork Of(ParseResult parsed)
    {
        if (parsed.Declaration is not { } declaration)
            return new CheckedNetwork(null, parsed.Errors);
        var found = new ErrorSink();
        Graph? graph = Unfolding.Build(declaration, found);
        if (graph is not null)
            CheckMembers(graph, parsed, found);
        EquatableArray<DeclarationError> errors = parsed.Errors.Concat(found.Errors.Select(error => InSource(error, parsed))).ToEquatableArray();
        if (errors.Count == 0)
            return new CheckedNetwork(graph, default);

        // An attribute that is not known may be a layer with its name mistyped, which C# reports.
        return new CheckedNetwork(null, parsed.Unread is null ? errors : default);
    }

    /// <summary>From the numbers that the graph's builder gives the attributes to their places in the source.</summary>
    /// <param name="error">What was found.</param>
    /// <param name="parsed">A class with a declaration.</param>
    public static DeclarationError InSource(DeclarationError error, ParseResult parsed) =>
        error with
        {
            Attribute = error.Attribute < 0 ? -1 : parsed.Places[error.Attribute],
            Arguments = error.Rule == Rules.WindowTooLarge ? Hinted(parsed.Declaration!.InputShape, error.Arguments) : error.Arguments,
            Where = Where(parsed.Declaration!, error),
        };

    /// <summary>Pictures and sequences become too small where the network's channels are written last.</summary>
    private static EquatableArray<string> Hinted(Shape input, EquatableArray<string> arguments)
    {
        if (!Check.HasChannelsLast(input))
            return arguments;
        string last = arguments[arguments.Count - 1];
        string what = last != input.ToString() ? $"that the network's {input}" : input.Rank == 2 ? "that sequence" : "that picture";
        return arguments.Take(arguments.Count - 1).Append($"{last}; channels come first, so {what} is {Check.ChannelsFirst(input)}").ToEquatableArray();
    }

    /// <summary>Nothing of the user's may stand where a generated member will, nor be meant by its name in the class's attributes.</summary>
    private static void CheckMembers(Graph graph, ParseResult parsed, ErrorSink errors)
    {
        string name = graph.Declaration.Name;
        errors.Attribute = -1;
        GeneratedMember[] generated = [.. GeneratedMembers.Of(graph.Declaration)];
        foreach (GeneratedMember member in generated)
        {
            if (name == member.Name)
                errors.Report(Rules.MemberClash, name, "the class's own name", $"member '{member.Name}'");
            else if (Clash(member, parsed.Members) is { } clash)
                errors.Report(Rules.MemberClash, name, clash, $"member '{member.Name}'");
            else
                CheckNames(member, $"member '{member.Name}'");
        }

        var properties = new Dictionary<string, Node>();
        foreach (Node node in graph.Nodes.Where(node => node.Path.Count == 1 && node.Op.Name is not null && node.Parameters.Count > 0 && !IsRefused(node)))
        {
            var property = new GeneratedMember(Naming.Property(node.Op.Name!));
            errors.Attribute = node.Path[0] + 1;
            string? taker = property.Name == name ? "the class itself"
                : generated.Any(member => member.Name == property.Name) ? "a generated member"
                : properties.TryGetValue(property.Name, out Node other) && other.Op.Name != node.Op.Name ? Naming.Describe((LayerOp)other.Op, other.Path[0])
                : null;
            properties[property.Name] = node;
            if (taker is not null)
                errors.Report(Rules.NameCollision, node.Op.Kind, node.Op.Name!, property.Name, taker);
            else if (Clash(property, parsed.Members) is { } clash)
                errors.Report(Rules.MemberClash, name, clash, $"property of layer \"{node.Op.Name}\"");
            else
                CheckNames(property, $"property of layer \"{node.Op.Name}\"");
        }

        // Of a name that cannot be one that is told, and nothing else.
        bool IsRefused(Node node) => parsed.Errors.Any(error => error.Rule == Rules.InvalidName && error.Attribute == parsed.Places[node.Path[0] + 1]);

        void CheckNames(GeneratedMember member, string description)
        {
            // A constant of the same value may as well be ours.
            long? value = member.Name switch
            {
                GeneratedMembers.InputSize => graph.Input.ElementCount,
                GeneratedMembers.OutputSize => graph.Output.ElementCount,
                GeneratedMembers.ParameterCount => graph.ParameterCount,
                _ => null,
            };
            foreach (CapturedName captured in parsed.Captured.Where(captured => captured.Name == member.Name && (value is null || captured.Value != value)))
                errors.Add(new DeclarationError(Rules.CapturedName, -1, EquatableArray.Of(name, captured.Name, description, captured.Meaning)) { Name = captured.Place });
        }
    }

    /// <summary>What of the user's stands in the way of a generated member, in words; null where nothing does.</summary>
    private static string? Clash(GeneratedMember generated, EquatableArray<UserMember> members) => generated.Obstacle(members) switch
    {
        null => null,
        { InheritedFrom: { } ancestor } clash => $"the member '{clash.Name}' inherited from '{ancestor}'",
        var clash => $"its member '{clash.Name}'",
    };

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
            key = composition.BranchKey(key, error.Within[i]) + Naming.Key(op, layer);
            block = branch.Assembly is null ? "" : ", " + Naming.In(branch.Name, branch.Assembly);
        }

        return $" (at {key} of network '{declaration.Name}'{block})";
    }
}

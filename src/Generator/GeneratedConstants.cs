using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Generator.Compiler;
using NetGen.Generator.Parsing;

namespace NetGen.Generator;

/// <summary>
/// The constants of generated halves, which other networks' attributes may name: <c>[Network(Encoder.OutputSize)]</c>. They are not there yet when the generator runs. So what
/// cannot be read is read again in a compilation that has the constants of the networks that can, until nothing more comes of it. C# itself works out what depends on them.
/// </summary>
internal sealed class GeneratedConstants
{
    private static readonly ConditionalWeakTable<Compilation, GeneratedConstants> s_known = new();

    private readonly HashSet<TypeDeclarationSyntax> _waiting = [];

    private GeneratedConstants(Compilation compilation, CancellationToken ct)
    {
        var open = NetworkSyntax.Declarations(compilation, ct).ToList();
        var mistaken = new List<string>();
        Compilation = Extend(compilation, open, [], (_, parsed) =>
        {
            if (parsed.Errors.Count == 0 && CheckedNetwork.Of(parsed).Graph is { } graph)
                return Constants(graph);
            if (parsed.Stub is { } stub)
                mistaken.Add(StandIns(stub));
            return null;
        }, ct);

        // What needs a constant of a network with a mistake waits for that to be mended.
        Extend(Compilation, open, mistaken, (declaration, parsed) =>
        {
            _waiting.Add(declaration);
            return parsed.Stub is { } stub ? StandIns(stub) : null;
        }, ct);
    }

    /// <summary>The compilation with the constants of all networks that can be compiled.</summary>
    public Compilation Compilation { get; }

    /// <summary>Whether a network cannot be read because of a mistake in another one's declaration.</summary>
    public bool IsWaiting(TypeDeclarationSyntax network) => _waiting.Contains(network);

    /// <summary>Looks for the networks of a compilation once.</summary>
    public static GeneratedConstants Of(Compilation compilation, CancellationToken ct) =>
        s_known.TryGetValue(compilation, out GeneratedConstants? known) ? known : s_known.GetValue(compilation, missing => new GeneratedConstants(missing, ct));

    /// <summary>Adds constants, and those of the networks that can be read with them, which leave the list, for as long as there are new ones.</summary>
    private static Compilation Extend(Compilation compilation, List<TypeDeclarationSyntax> open, List<string> constants, Func<TypeDeclarationSyntax, ParseResult, string?> constantsOf, CancellationToken ct)
    {
        while (true)
        {
            // A file each, as the generator writes them.
            if (constants.Count > 0)
            {
                var options = (CSharpParseOptions)compilation.SyntaxTrees.First().Options;
                compilation = compilation.AddSyntaxTrees(constants.Select(text => CSharpSyntaxTree.ParseText(text, options, GeneratedMembers.FileSuffix, cancellationToken: ct)));
            }

            constants = [];
            foreach (TypeDeclarationSyntax declaration in open.ToArray())
            {
                ParseResult parsed = NetworkSyntax.Parse(declaration, compilation.GetSemanticModel(declaration.SyntaxTree), ct);
                if (parsed.IsUnread)
                    continue;
                open.Remove(declaration);
                if (constantsOf(declaration, parsed) is { } more)
                    constants.Add(more);
            }

            if (constants.Count == 0 || open.Count == 0)
                return compilation;
        }
    }

    private static string Constants(Graph graph)
    {
        NetworkDeclaration declaration = graph.Declaration;
        return Class(
            declaration.Namespace, [.. declaration.ContainingTypes, new ContainingType("class", declaration.Name)],
            [
                (GeneratedMembers.InputSize, "int", graph.Input.ElementCount), (GeneratedMembers.OutputSize, "int", graph.Output.ElementCount), (GeneratedMembers.ParameterCount, "int", graph.ParameterCount),
                (GeneratedMembers.MultiplyAccumulates, "long", graph.MultiplyAccumulates), (GeneratedMembers.FloatingPointOperations, "long", graph.FloatingPointOperations),
                (GeneratedMembers.ActivationEvaluations, "long", graph.ActivationEvaluations),
            ]);
    }

    /// <summary>As a stub has them.</summary>
    private static string StandIns(Stub stub) =>
        Class(stub.Namespace, [.. stub.ContainingTypes, stub.Class], stub.Constants);

    private static string Class(string space, IReadOnlyList<ContainingType> types, IEnumerable<(string Name, string Type, long Value)> constants)
    {
        string text = string.Concat(constants.Select(constant => $"public const {constant.Type} {constant.Name} = {constant.Value.ToString(CultureInfo.InvariantCulture)};"));
        foreach (ContainingType type in types.Reverse())
        {
            string parameters = string.Join(", ", type.TypeParameters.Select(parameter => $"{parameter.Variance}@{parameter.Name}"));
            text = $"partial {type.Keyword} @{type.Name}{(parameters.Length > 0 ? $"<{parameters}>" : "")} {{ {text} }}";
        }

        return space.Length > 0 ? $"namespace @{space.Replace(".", ".@")} {{ {text} }}\n" : text + "\n";
    }
}

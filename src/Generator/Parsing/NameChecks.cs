using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis.CSharp;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Parsing;

/// <summary>Checks of the layers' names: each gives the start of method names and the keys of a checkpoint, and but for compositions a property.</summary>
internal static class NameChecks
{
    private const int MaxLength = 128;
    private const string KeyOnly = "the name becomes a part of the keys of parameters";

    public static void Check(NetworkDeclaration declaration, EquatableArray<int> places, ErrorSink errors)
    {
        var taken = new Dictionary<string, int>();
        for (int i = 0; i < declaration.Layers.Count; i++)
        {
            LayerOp op = declaration.Layers[i];
            errors.Attribute = places[i + 1];
            if (op.Name is not null && Complaint(op.Name) is { } complaint)
            {
                errors.Report(Rules.InvalidName, op.Kind, op.Name, complaint, op is CompositeOp ? KeyOnly : "a layer's name becomes a property and the key of its parameters");
                continue;
            }

            string stem = Naming.Stem(op, i);
            if (taken.TryGetValue(stem, out int other))
            {
                // One of the two has a name that the user can change; where both have, it is the second.
                int named = op.Name is null ? other : i;
                errors.ReportAt(places[named + 1], Rules.NameCollision, declaration.Layers[named].Kind, declaration.Layers[named].Name!, stem, Describe(declaration.Layers[named == i ? other : i], named == i ? other : i));
                continue;
            }

            taken.Add(stem, i);
            if (op.Name is null || op is CompositeOp)
                continue;
            if (stem == declaration.Name)
                errors.Report(Rules.NameCollision, op.Kind, op.Name, stem, "the class itself");
            else if (GeneratedMembers.Of(declaration).Any(member => member.Name == stem))
                errors.Report(Rules.NameCollision, op.Kind, op.Name, stem, "a generated member");
        }
    }

    /// <summary>The same within a block, where names are keys only and the user's names alone can be equal.</summary>
    public static void CheckBlock(IReadOnlyList<(LayerOp Op, int Attribute)> layers, ErrorSink errors)
    {
        var taken = new Dictionary<string, int>();
        for (int i = 0; i < layers.Count; i++)
        {
            (LayerOp op, errors.Attribute) = layers[i];
            if (op.Name is null)
                continue;
            if (Complaint(op.Name) is { } complaint)
                errors.Report(Rules.InvalidName, op.Kind, op.Name, complaint, KeyOnly);
            else if (taken.TryGetValue(op.Name, out int other))
                errors.Report(Rules.NameCollision, op.Kind, op.Name, op.Name, Describe(layers[other].Op, other));
            else
                taken.Add(op.Name, i);
        }
    }

    private static string? Complaint(string name)
    {
        if (name.Length == 0)
            return "is empty";
        if (!SyntaxFacts.IsValidIdentifier(name))
            return "is not a C# identifier: letters, digits and _ only, no digit first";
        if (name.Any(c => CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Format))
            return "holds an invisible character";
        return name.Length > MaxLength ? $"is longer than {MaxLength} characters" : null;
    }

    private static string Describe(LayerOp op, int index) =>
        string.Format(CultureInfo.InvariantCulture, op.Name is null ? "layer {0}, {1}" : "layer {0}, {1} \"{2}\"", index, op.Kind, op.Name);
}

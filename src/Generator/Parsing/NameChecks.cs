using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis.CSharp;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Parsing;

/// <summary>Checks of the layers' names: each gives the keys of a checkpoint, and where the layer has parameters a property.</summary>
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

            // The keys of checkpoints; whether a property is another's too is known with the layers' parameters.
            if (op.Name is null)
                continue;
            if (taken.TryGetValue(op.Name, out int other))
                errors.Report(Rules.NameCollision, op.Kind, op.Name, op is CompositeOp ? op.Name : Naming.Property(op.Name), Naming.Describe(declaration.Layers[other], other));
            else
                taken.Add(op.Name, i);
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
                errors.Report(Rules.NameCollision, op.Kind, op.Name, op.Name, Naming.Describe(layers[other].Op, other));
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
}

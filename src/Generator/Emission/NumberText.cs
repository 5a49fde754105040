using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Kernels;

namespace NetGen.Generator.Emission;

/// <summary>A nest's numbers, conditions and places as C# text.</summary>
internal static class NumberText
{
    public static string Of(Number number) => number switch
    {
        Constant n => Text.Int(n.Value),
        Variable n => n.Name,
        Binary n => $"{Operand(n.A, isLeftOf: n.Kind)} {n.Kind} {Operand(n.B)}",
        Extreme n => $"int.{(n.IsMost ? "Max" : "Min")}({Of(n.A)}, {Of(n.B)})",
        Choice n => $"{Of(n.Condition)} ? {Of(n.Then)} : {Of(n.Otherwise)}",
        Conversion { Type: NumberType.Float, Value: Constant n } => Text.Float(n.Value),
        Conversion n => $"({Type(n.Type)}){Operand(n.Value)}",
        WholePanels n => $"({Operand(n.Value)} + 15) & ~(nuint)15",
        Entry { Row: { } row } n => n.Index.Is(0) ? row.Name : $"Unsafe.Add(ref {row.Name}, {Of(n.Index)})",
        Entry n => $"{n.Table.Name}[{Of(n.Index)}]",
        TableLength n => n.Table.Name + ".Length",
        _ => throw new InvalidOperationException($"No text for {number.GetType().Name}."),
    };

    public static string Of(Condition condition) => condition switch
    {
        Flag c => c.Name,
        All c => c.IsAlways ? "true" : string.Join(" && ", c.Conditions.Select(Of)),
        Comparison c => $"{Of(c.A)} {Sign(c.Kind)} {Of(c.B)}",
        _ => throw new InvalidOperationException($"No text for {condition.GetType().Name}."),
    };

    public static string Type(NumberType type) => type switch
    {
        NumberType.Index => "nuint",
        NumberType.Int => "int",
        NumberType.Long => "long",
        NumberType.Float => "float",
        _ => "double",
    };

    /// <summary>An element: where memory starts and how far from there.</summary>
    public static string Of(Place place)
    {
        IReadOnlyList<(Number Index, long Stride)> terms = place.Terms;
        if (terms.Count == 0)
            return place.Constant == 0 ? place.Memory.Name : $"Unsafe.Add(ref {place.Memory.Name}, {Text.Int(place.Constant)})";
        bool isOne = terms.Count == 1 && place.Constant == 0;
        IEnumerable<string> parts = terms.Select(t => t.Stride == 1 ? Operand(t.Index) : isOne ? $"{Operand(t.Index)} * {Text.Int(t.Stride)}" : $"({Operand(t.Index)} * {Text.Int(t.Stride)})");
        return $"Unsafe.Add(ref {place.Memory.Name}, {string.Join(" + ", parts)}{(place.Constant == 0 ? "" : " + " + Text.Int(place.Constant))})";
    }

    /// <summary>A number inside an expression: in parentheses where it is one itself, unless it goes on with the same operator.</summary>
    private static string Operand(Number number, char isLeftOf = ' ') =>
        number is Choice or WholePanels || (number is Binary binary && binary.Kind != isLeftOf) ? $"({Of(number)})" : Of(number);

    private static string Sign(ComparisonKind kind) => kind switch
    {
        ComparisonKind.Less => "<",
        ComparisonKind.LessOrEqual => "<=",
        ComparisonKind.GreaterOrEqual => ">=",
        _ => "==",
    };
}

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using NetGen.Generator.Compiler;
using NetGen.Reports;

namespace NetGen.Generator.Parsing;

/// <summary>Reads what a user states about a network: the attributes that derive from <c>StatementAttribute</c>.</summary>
internal static class StatementParser
{
    private const string Distribution = "InputDistributionAttribute";

    /// <summary>The attributes that can be read, in an order of their own; <see cref="Statements"/> has the same.</summary>
    public static ImmutableArray<AttributeData> Attributes(INamedTypeSymbol type) => Read(type).Select(pair => pair.Attribute).ToImmutableArray();

    /// <summary>What the attributes state.</summary>
    public static EquatableArray<NetworkStatement> Statements(INamedTypeSymbol type) => Read(type).Select(pair => pair.Statement).ToEquatableArray();

    /// <summary>All of them, whether they can be read or not.</summary>
    public static ImmutableArray<AttributeData> All(INamedTypeSymbol type) => type.GetAttributes().Where(IsStatement).ToImmutableArray();

    /// <summary>The first of <see cref="All"/> with an argument that is not there yet and on which depends what is generated; −1 where there is none. What else is stated only the analyzer reads, in the end.</summary>
    public static int Unread(INamedTypeSymbol type) =>
        All(type).ToList().FindIndex(attribute => attribute.AttributeClass!.Name == Distribution && attribute.NamedArguments.Any(argument => argument.Value.Kind == TypedConstantKind.Error));

    private static IEnumerable<(AttributeData Attribute, NetworkStatement Statement)> Read(INamedTypeSymbol type)
    {
        foreach (AttributeData attribute in All(type))
        {
            if (attribute.AttributeConstructor is not null && Statement(attribute.AttributeClass!.Name, attribute) is { } statement)
                yield return (attribute, statement);
        }
    }

    private static bool IsStatement(AttributeData attribute) =>
        attribute.AttributeClass is { BaseType: { Name: "StatementAttribute" } ancestor } kind && DeclarationAttribute.IsNetGen(ancestor) && DeclarationAttribute.IsNetGen(kind);

    /// <summary>Null where an argument is not there yet, which C# reports.</summary>
    private static NetworkStatement? Statement(string name, AttributeData attribute) => name switch
    {
        "ClassesAttribute" => attribute.ConstructorArguments is [{ Value: int count }] ? new ClassesStatement(count) : null,
        "LabelsAttribute" => attribute.ConstructorArguments is [{ Value: int count }] ? new LabelsStatement(count) : null,
        "TargetRangeAttribute" => attribute.ConstructorArguments is [{ Value: double min }, { Value: double max }] ? new TargetRangeStatement(min, max) : null,
        Distribution => new InputDistribution(Named(attribute, "Mean") as double? ?? 0, Named(attribute, "Variance") as double? ?? 1),
        "BudgetAttribute" => Budget(attribute),
        _ => null,
    };

    private static BudgetStatement Budget(AttributeData attribute) => new(
        Named(attribute, "Parameters") as long?, Named(attribute, "Macs") as long?, Named(attribute, "TrainingBytes") as long?, Named(attribute, "InferenceBytes") as long?,
        Named(attribute, "ReceptiveField") as long?, Named(attribute, "Batch") as int? ?? ReportOptions.DefaultBatch);

    private static object? Named(AttributeData attribute, string name) => attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value.Value;
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace NetGen.Generator.Compiler;

/// <summary>A generated member; <paramref name="ParameterTypes"/> is null for anything but a method, where overloads may stand beside it.</summary>
internal sealed record GeneratedMember(string Name, string? ParameterTypes = null)
{
    /// <summary>Whether it is a property that can be set.</summary>
    public bool IsSettable { get; init; }

    /// <summary>The names that the accessors of a property take, and that of a method may not have.</summary>
    public IEnumerable<string> Accessors => ParameterTypes is not null ? [] : IsSettable ? ["get_" + Name, "set_" + Name] : ["get_" + Name];

    /// <summary>What of the user's stands in its way; null where nothing does. Overloads of a generated method may stand beside it.</summary>
    public UserMember? Obstacle(EquatableArray<UserMember> members) => members.FirstOrDefault(member => member.Name == Name
        ? ParameterTypes is null || member.ParameterTypes is null || member.ParameterTypes == ParameterTypes
        : Accessors.Contains(member.Name));
}

/// <summary>The members that the generated half of every network declares. What is not listed here is a named layer's property.</summary>
internal static class GeneratedMembers
{
    public const string InputSize = "InputSize";
    public const string OutputSize = "OutputSize";
    public const string ParameterCount = "ParameterCount";
    public const string PackedParameterCount = "PackedParameterCount";
    public const string MultiplyAccumulates = "MultiplyAccumulates";
    public const string FloatingPointOperations = "FloatingPointOperations";
    public const string ActivationEvaluations = "ActivationEvaluations";
    public const string Layers = "Layers";
    public const string InferenceBatch = "InferenceBatch";
    public const string InferenceFixedBytes = "InferenceFixedBytes";
    public const string InferenceBytesPerSample = "InferenceBytesPerSample";
    public const string TrainingFixedBytes = "TrainingFixedBytes";
    public const string TrainingBytesPerSample = "TrainingBytesPerSample";
    public const string Report = "Report";
    public const string Summary = "Summary";
    public const string Parameters = "Parameters";
    public const string Buffers = "Buffers";
    public const string Gradients = "Gradients";
    public const string FlatParameters = "FlatParameters";
    public const string FlatGradients = "FlatGradients";
    public const string RandomState = "RandomState";
    public const string Parallelism = "Parallelism";
    public const string Predict = "Predict";
    public const string VectorJacobianProduct = "VectorJacobianProduct";
    public const string TrainStep = "TrainStep";
    public const string ComputeGradients = "ComputeGradients";
    public const string EvaluateLoss = "EvaluateLoss";
    public const string StateField = "_state";

    /// <summary>How the name of every generated file ends; the analyzer, which sees generated code, tells the user's members from ours by it.</summary>
    public const string FileSuffix = ".NetGen.g.cs";

    /// <summary>How the name of a stub's file ends that stands in the place of a network with an attribute that could not be read; its index among the class's attributes goes before it, where the user's statements follow the layers.</summary>
    private const string UnreadSuffix = "-Unread" + FileSuffix;

    /// <summary>How the name of a stub's file ends whose network's mistake is told elsewhere: in the declaration of another one whose constant it needs, or by the compiler.</summary>
    public const string ToldSuffix = "-Told" + FileSuffix;

    /// <summary>The constants, with their types.</summary>
    public static readonly (string Name, string Type)[] Constants =
    [
        (InputSize, "int"), (OutputSize, "int"), (ParameterCount, "int"), (PackedParameterCount, "int"), (InferenceBatch, "int"),
        (MultiplyAccumulates, "long"), (FloatingPointOperations, "long"), (ActivationEvaluations, "long"),
        (InferenceFixedBytes, "long"), (InferenceBytesPerSample, "long"), (TrainingFixedBytes, "long"), (TrainingBytesPerSample, "long"),
    ];

    private const string Input = "System.ReadOnlySpan<float>";

    private static readonly GeneratedMember[] s_always =
    [
        new(InputSize), new(OutputSize), new(ParameterCount), new(PackedParameterCount),
        new(MultiplyAccumulates), new(FloatingPointOperations), new(ActivationEvaluations), new(Layers), new(Report), new(Summary),
        new(InferenceBatch), new(InferenceFixedBytes), new(InferenceBytesPerSample), new(TrainingFixedBytes), new(TrainingBytesPerSample),
        new(Parameters), new(Gradients), new(FlatParameters), new(FlatGradients),
        new(RandomState) { IsSettable = true }, new(Parallelism) { IsSettable = true },
        new(Predict, $"{Input}, System.Span<float>"),
        new(VectorJacobianProduct, $"{Input}, {Input}, System.Span<float>"),
        new(TrainStep, $"{Input}, NetGen.CustomLoss, NetGen.IOptimizer"),
        new(ComputeGradients, $"{Input}, NetGen.CustomLoss, System.Span<float>"),
        new(StateField),
    ];

    /// <summary>How the file ends of a network with an attribute that could not be read. Where it may be none of the network's, the network's own mistakes are what counts.</summary>
    public static string UnreadFile(int attribute) => attribute < 0 ? FileSuffix : "." + attribute.ToString(CultureInfo.InvariantCulture) + UnreadSuffix;

    /// <summary>The attribute that could not be read when the generator wrote the file; null where all could be.</summary>
    public static int? UnreadAttribute(string file) =>
        file.EndsWith(UnreadSuffix, StringComparison.Ordinal) && int.TryParse(file.Substring(0, file.Length - UnreadSuffix.Length).Split('.').Last(), NumberStyles.None, CultureInfo.InvariantCulture, out int attribute) ? attribute : null;

    /// <summary>The members of a network.</summary>
    public static IEnumerable<GeneratedMember> Of(NetworkDeclaration declaration) =>
        All(declaration.Loss is { } loss ? [loss.Target] : []).Where(member => declaration.HasState || member.Name != Buffers);

    /// <summary>The members of a network of which no more is known than what its losses take.</summary>
    public static IEnumerable<GeneratedMember> All(IEnumerable<string> targets) =>
        s_always.Append(new GeneratedMember(Buffers)).Concat(targets.SelectMany(target => new[]
        {
            new GeneratedMember(TrainStep, $"{Input}, System.ReadOnlySpan<{target}>, NetGen.IOptimizer"),
            new GeneratedMember(ComputeGradients, $"{Input}, System.ReadOnlySpan<{target}>, System.Span<float>"),
            new GeneratedMember(EvaluateLoss, $"{Input}, System.ReadOnlySpan<{target}>, System.Span<float>"),
        }));
}

using System.Collections.Generic;
using System.Globalization;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Parsing;

/// <summary>Attributes to ops.</summary>
internal static class OpParser
{
    /// <summary>The ending of options that take height and width.</summary>
    private const string Both = "HW";

    private const string FixedWeight = "FixedWeight";

    private const string Merge = "Merge";

    private static readonly string[] s_extents = ["Stride", "Padding", "Dilation"];

    private static readonly string[] s_initializers = ["Init", "InitScale", "BiasInit", "BiasInitScale"];

    /// <summary>The layer; null where the attribute is not understood.</summary>
    public static LayerOp? Layer(DeclarationAttribute attribute)
    {
        if (!attribute.TypeArguments.IsEmpty)
            return null;
        string? name = attribute.Named<string?>("Name", null);
        return attribute.Kind switch
        {
            "Linear" => attribute.TryGet(0, out int units)
                ? new LinearOp(name, units, attribute.Named("Bias", true), Initializer(attribute, "Init"), Initializer(attribute, "BiasInit"))
                : null,
            "Flatten" => new FlattenOp(name),
            "ReLU" => new ActivationOp(name, ActivationKind.ReLU),
            "LeakyReLU" => Activation(attribute, name, ActivationKind.LeakyReLU),
            "Sigmoid" => new ActivationOp(name, ActivationKind.Sigmoid),
            "Tanh" => new ActivationOp(name, ActivationKind.Tanh),
            "Exp" => new ActivationOp(name, ActivationKind.Exp),
            "GELU" => new ActivationOp(name, attribute.Named("Approximate", 0) == 1 ? ActivationKind.GELUTanh : ActivationKind.GELU),
            "SiLU" => new ActivationOp(name, ActivationKind.SiLU),
            "Softplus" => Activation(attribute, name, ActivationKind.Softplus),
            "ELU" => Activation(attribute, name, ActivationKind.ELU),
            "Conv1d" => Convolution(attribute, name, 1),
            "Conv2d" => Convolution(attribute, name, 2),
            "MaxPool1d" => Pool(attribute, name, 1, PoolKind.Max),
            "MaxPool2d" => Pool(attribute, name, 2, PoolKind.Max),
            "AvgPool1d" => Pool(attribute, name, 1, PoolKind.Average),
            "AvgPool2d" => Pool(attribute, name, 2, PoolKind.Average),
            "AdaptiveMaxPool1d" => AdaptivePool(attribute, name, 1, PoolKind.Max),
            "AdaptiveMaxPool2d" => AdaptivePool(attribute, name, 2, PoolKind.Max),
            "AdaptiveAvgPool1d" => AdaptivePool(attribute, name, 1, PoolKind.Average),
            "AdaptiveAvgPool2d" => AdaptivePool(attribute, name, 2, PoolKind.Average),
            "GlobalMaxPool1d" => new AdaptivePoolOp(name, 1, PoolKind.Max, Size2.Of(1), IsGlobal: true),
            "GlobalMaxPool2d" => new AdaptivePoolOp(name, 2, PoolKind.Max, Size2.Of(1), IsGlobal: true),
            "GlobalAvgPool1d" => new AdaptivePoolOp(name, 1, PoolKind.Average, Size2.Of(1), IsGlobal: true),
            "GlobalAvgPool2d" => new AdaptivePoolOp(name, 2, PoolKind.Average, Size2.Of(1), IsGlobal: true),
            "LogSumExp" => attribute.TryGet(0, out double beta) ? new LogSumExpOp(name, beta) : null,
            "Softmax" => new SoftmaxOp(name),
            "LayerNorm" => LayerNorm(attribute, name),
            "RMSNorm" => attribute.TryGetSizes(out int[] sizes)
                ? new RMSNormOp(name, sizes.ToEquatableArray(), attribute.Named("Eps", RMSNormOp.DefaultEps), attribute.Named("ElementwiseAffine", true))
                : null,
            "BatchNorm1d" => BatchNorm(attribute, name, 1),
            "BatchNorm2d" => BatchNorm(attribute, name, 2),
            "Dropout" => attribute.TryGet(0, out double p) ? new DropoutOp(name, p) : null,
            _ => null,
        };
    }

    /// <summary>Whether the attribute puts blocks together.</summary>
    public static bool IsComposition(DeclarationAttribute attribute) => attribute.IsOurs && (attribute.Kind, attribute.TypeArguments.Length) switch
    {
        ("Residual" or "Parallel" or "Repeat" or "Sequential", 1) => true,
        ("Sum" or "Concat", > 1) => true,
        _ => false,
    };

    /// <summary>A composition of blocks.</summary>
    public static CompositeOp Composite(DeclarationAttribute attribute, IEnumerable<BlockDeclaration> blocks)
    {
        Composition composition = attribute.Kind switch
        {
            "Residual" => Composition.Residual,
            "Sum" => Composition.Sum,
            "Concat" => Composition.Concat,
            "Repeat" => Composition.Repeat,
            "Sequential" => Composition.Sequential,
            _ => attribute.Named(Merge, 0) == 1 ? Composition.ParallelConcat : Composition.ParallelSum,
        };
        return new CompositeOp(attribute.Named<string?>("Name", null), composition, blocks.ToEquatableArray(), attribute.TryGet(0, out int copies) ? copies : 1);
    }

    /// <summary>The loss; null where the attribute is not understood.</summary>
    public static LossOp? Loss(DeclarationAttribute attribute) => attribute.Kind switch
    {
        "CrossEntropyLoss" => new CrossEntropyLossOp(),
        "MSELoss" => new ElementwiseLossOp(ElementwiseLossKind.MSE),
        "HalfSquaredErrorLoss" => new ElementwiseLossOp(ElementwiseLossKind.HalfSquaredError),
        "BCEWithLogitsLoss" => new ElementwiseLossOp(ElementwiseLossKind.BCEWithLogits),
        "HuberLoss" => attribute.TryGet(0, out double delta) ? new ElementwiseLossOp(ElementwiseLossKind.Huber, delta) : null,
        "L1Loss" => new ElementwiseLossOp(ElementwiseLossKind.L1),
        _ => null,
    };

    /// <summary>What the loss takes, whatever its arguments are; null where the attribute is not understood.</summary>
    public static string? Target(DeclarationAttribute attribute) => (Loss(attribute) ?? (attribute.Kind == "HuberLoss" ? new ElementwiseLossOp(ElementwiseLossKind.Huber) : null))?.Target;

    /// <summary>Checks what the ops can no longer see: what is written beside what, and C#'s own types.</summary>
    public static void CheckArguments(DeclarationAttribute attribute, ErrorSink errors)
    {
        int approximation = attribute.Kind == "GELU" ? attribute.Named("Approximate", 0) : 0;
        if (approximation is not (0 or 1))
            errors.Report(Rules.OptionOutOfRange, attribute.Kind, "Approximate", "a member of GELUApproximation", Text(approximation));
        int merge = attribute.Kind == "Parallel" ? attribute.Named(Merge, 0) : 0;
        if (merge is not (0 or 1))
            errors.Report(Rules.OptionOutOfRange, attribute.Kind, Merge, "a member of Merge", Text(merge));

        foreach (string option in s_extents)
        {
            if (!attribute.IsGiven(option + Both))
                continue;
            int[]? values = attribute.NamedArray<int>(option + Both);
            if (values is not { Length: 2 })
                errors.Report(Rules.HeightAndWidth, attribute.Kind, option + Both, values is null ? "null" : Text(values.Length));
            if (attribute.IsGiven(option))
                errors.Report(Rules.OptionConflict, attribute.Kind, option, option + Both, "one stands in the other's place");
        }

        if (!attribute.IsGiven(FixedWeight))
            return;
        if (attribute.NamedArray<double>(FixedWeight) is not { Length: > 0 })
            errors.Report(Rules.OptionOutOfRange, attribute.Kind, FixedWeight, "the numbers of the filter", "none");
        if (attribute.Named("Bias", false))
            errors.Report(Rules.OptionConflict, attribute.Kind, FixedWeight, "Bias", "a fixed filter has no bias");
        foreach (string option in s_initializers)
        {
            if (attribute.IsGiven(option))
                errors.Report(Rules.OptionConflict, attribute.Kind, FixedWeight, option, "a fixed filter is not initialised");
        }
    }

    private static ConvOp? Convolution(DeclarationAttribute attribute, string? name, int dimensions)
    {
        if (!attribute.TryGet(0, out int channels) || !TryGetSize(attribute, 1, dimensions, out Size2 kernel))
            return null;
        var weight = (attribute.NamedArray<double>(FixedWeight) ?? []).ToEquatableArray();
        return new ConvOp(name, dimensions, channels, kernel)
        {
            Stride = Extent(attribute, "Stride", dimensions, Size2.Of(1)),
            Padding = Extent(attribute, "Padding", dimensions, default),
            IsSame = attribute.Named("SamePadding", false),
            Dilation = Extent(attribute, "Dilation", dimensions, Size2.Of(1)),
            Groups = attribute.Named("Groups", 1),
            Bias = weight.Count == 0 && attribute.Named("Bias", true),
            WeightInit = Initializer(attribute, "Init"),
            BiasInit = Initializer(attribute, "BiasInit"),
            FixedWeight = weight,
        };
    }

    private static LayerNormOp? LayerNorm(DeclarationAttribute attribute, string? name)
    {
        bool isAffine = attribute.Named("ElementwiseAffine", true);
        return attribute.TryGetSizes(out int[] sizes)
            ? new LayerNormOp(name, sizes.ToEquatableArray(), attribute.Named("Eps", LayerNormOp.DefaultEps), isAffine, isAffine && attribute.Named("Bias", true))
            : null;
    }

    private static BatchNormOp BatchNorm(DeclarationAttribute attribute, string? name, int dimensions) => new(
        name, dimensions, attribute.Named("Eps", BatchNormOp.DefaultEps), attribute.Named("Momentum", BatchNormOp.DefaultMomentum), attribute.Named("Affine", true));

    private static PoolOp? Pool(DeclarationAttribute attribute, string? name, int dimensions, PoolKind function) =>
        TryGetSize(attribute, 0, dimensions, out Size2 kernel)
            ? new PoolOp(
                name, dimensions, function, kernel, Extent(attribute, "Stride", dimensions, kernel), Extent(attribute, "Padding", dimensions, default),
                attribute.Named("CeilMode", false), attribute.Named("CountIncludePad", true))
            : null;

    private static AdaptivePoolOp? AdaptivePool(DeclarationAttribute attribute, string? name, int dimensions, PoolKind function) =>
        TryGetSize(attribute, 0, dimensions, out Size2 grid) ? new AdaptivePoolOp(name, dimensions, function, grid) : null;

    /// <summary>One number for both dimensions, or height and width, as constructor arguments.</summary>
    private static bool TryGetSize(DeclarationAttribute attribute, int position, int dimensions, out Size2 size)
    {
        size = default;
        if (!attribute.TryGet(position, out int first))
            return false;
        size = dimensions == 1 ? new Size2(1, first) : new Size2(first, attribute.TryGet(position + 1, out int second) ? second : first);
        return true;
    }

    /// <summary>An option of one number for both dimensions, or of height and width.</summary>
    private static Size2 Extent(DeclarationAttribute attribute, string option, int dimensions, Size2 fallback)
    {
        if (attribute.NamedArray<int>(option + Both) is { Length: 2 } both)
            return new Size2(both[0], both[1]);
        int width = attribute.Named(option, fallback.Width);
        return attribute.IsGiven(option) && dimensions == 2 ? Size2.Of(width) : new Size2(fallback.Height, width);
    }

    private static ActivationOp? Activation(DeclarationAttribute attribute, string? name, ActivationKind function) =>
        attribute.TryGet(0, out double parameter) ? new ActivationOp(name, function, parameter) : null;

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static Initializer Initializer(DeclarationAttribute attribute, string option) =>
        new((InitKind)attribute.Named(option, 0), attribute.Named(option + "Scale", double.NaN));
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Declarations built in code, and printed as a user would write them.</summary>
internal static class Declarations
{
    public const string Namespace = "Sample";

    public static readonly Initializer DefaultInit = new(InitKind.Default, double.NaN);

    public static NetworkDeclaration Network(string name, int[] input, LossOp? loss, params LayerOp[] layers) =>
        new(Namespace, default, name, new Shape(input.ToEquatableArray()), layers.ToEquatableArray(), loss);

    public static LinearOp Linear(int units, bool bias = true, string? name = null) => new(name, units, bias, DefaultInit, DefaultInit);

    /// <summary>A convolution of pictures.</summary>
    public static ConvOp Conv2d(int channels, int kernel, int stride = 1, int padding = 0, int groups = 1, bool bias = true) =>
        new(null, 2, channels, Size2.Of(kernel)) { Stride = Size2.Of(stride), Padding = Size2.Of(padding), Groups = groups, Bias = bias };

    /// <summary>A convolution of sequences.</summary>
    public static ConvOp Conv1d(int channels, int kernel, int stride = 1, int padding = 0, int groups = 1, bool bias = true) =>
        new(null, 1, channels, new Size2(1, kernel)) { Stride = new Size2(1, stride), Padding = new Size2(0, padding), Groups = groups, Bias = bias };

    public static PoolOp Pool2d(PoolKind function, int kernel, int? stride = null, int padding = 0, bool ceil = false, bool countsPadding = true) =>
        new(null, 2, function, Size2.Of(kernel), Size2.Of(stride ?? kernel), Size2.Of(padding), ceil, countsPadding);

    public static PoolOp Pool1d(PoolKind function, int kernel, int? stride = null, int padding = 0, bool ceil = false, bool countsPadding = true) =>
        new(null, 1, function, new Size2(1, kernel), new Size2(1, stride ?? kernel), new Size2(0, padding), ceil, countsPadding);

    /// <summary>A layer normalisation over the last dimensions; none: over all.</summary>
    public static LayerNormOp LayerNorm(params int[] shape) => new(null, shape.ToEquatableArray(), LayerNormOp.DefaultEps, HasWeight: true, HasBias: true);

    /// <summary>The same by root mean squares.</summary>
    public static RMSNormOp RMSNorm(params int[] shape) => new(null, shape.ToEquatableArray(), RMSNormOp.DefaultEps, HasWeight: true);

    public static BatchNormOp BatchNorm1d() => new(null, 1, BatchNormOp.DefaultEps, BatchNormOp.DefaultMomentum, Affine: true);

    public static BatchNormOp BatchNorm2d() => BatchNorm1d() with { Dimensions = 2 };

    public static ActivationOp Activation(ActivationKind function, double parameter = 0) => new(null, function, parameter);

    /// <summary>A block; one without layers is the identity.</summary>
    public static BlockDeclaration Block(string name, params LayerOp[] layers) => new(name, layers.ToEquatableArray());

    public static readonly BlockDeclaration Identity = Block("Identity");

    public static CompositeOp Residual(BlockDeclaration body) => new(null, Composition.Residual, EquatableArray.Of(body));

    public static CompositeOp Sum(params BlockDeclaration[] branches) => new(null, Composition.Sum, branches.ToEquatableArray());

    public static CompositeOp Concat(params BlockDeclaration[] branches) => new(null, Composition.Concat, branches.ToEquatableArray());

    public static CompositeOp ParallelSum(BlockDeclaration branch, int count) => new(null, Composition.ParallelSum, EquatableArray.Of(branch), count);

    public static CompositeOp ParallelConcat(BlockDeclaration branch, int count) => new(null, Composition.ParallelConcat, EquatableArray.Of(branch), count);

    public static CompositeOp Repeat(BlockDeclaration block, int count) => new(null, Composition.Repeat, EquatableArray.Of(block), count);

    public static CompositeOp Sequential(BlockDeclaration block) => new(null, Composition.Sequential, EquatableArray.Of(block));

    public static ElementwiseLossOp Loss(ElementwiseLossKind function, double delta = 1) => new(function, delta);

    public static Graph Build(NetworkDeclaration declaration)
    {
        var errors = new ErrorSink();
        Graph? graph = Unfolding.Build(declaration, errors);
        Assert.True(graph is not null, string.Join("; ", errors.Errors.Select(e => $"{e.Rule} at {e.Attribute}: {string.Join(", ", e.Arguments)}")));
        return graph;
    }

    /// <summary>The C# file that declares the networks, and the blocks they are made of.</summary>
    public static string Print(IEnumerable<NetworkDeclaration> declarations)
    {
        var text = new StringBuilder("using NetGen;\n\nnamespace ").Append(Namespace).Append(";\n");
        var blocks = new Blocks();
        foreach (NetworkDeclaration declaration in declarations)
        {
            string layers = Print(declaration.Layers, blocks);
            text.Append("\n/// <summary>A network of a test.</summary>\n[Network(").Append(string.Join(", ", declaration.InputShape.Sizes)).Append(")]\n").Append(layers);
            if (declaration.Loss is { } loss)
                text.Append('[').Append(Print(loss)).Append("]\n");
            text.Append("public sealed partial class ").Append(declaration.Name).Append(";\n");
        }

        return text.Append(blocks.Text).ToString();
    }

    private static string Print(IEnumerable<LayerOp> layers, Blocks blocks) => string.Concat(layers.Select(layer => $"[{Print(layer, blocks)}]\n"));

    /// <summary>The classes of blocks: one for equal ones, and no name twice.</summary>
    private sealed class Blocks
    {
        private readonly Dictionary<BlockDeclaration, string> _names = [];
        private readonly StringBuilder _text = new();

        public string Text => _text.ToString();

        public string Name(BlockDeclaration block)
        {
            if (block.Layers.Count == 0)
                return "Identity";
            if (_names.TryGetValue(block, out string? name))
                return name;
            string layers = Print(block.Layers, this);
            name = block.Name;
            for (int i = 2; _names.ContainsValue(name); i++)
                name = block.Name + i.ToString(CultureInfo.InvariantCulture);
            _names.Add(block, name);
            _text.Append("\n[Block]\n").Append(layers).Append("internal sealed class ").Append(name).Append(";\n");
            return name;
        }
    }

    private static string Print(LayerOp layer, Blocks blocks)
    {
        string attribute = layer switch
        {
            CompositeOp op => Print(op, blocks),
            LinearOp linear => linear.Bias ? $"Linear({linear.Units})" : $"Linear({linear.Units}, Bias = false)",
            ActivationOp { Function: ActivationKind.GELUTanh } => "GELU(Approximate = GELUApproximation.Tanh)",
            ActivationOp { Function: ActivationKind.LeakyReLU or ActivationKind.Softplus or ActivationKind.ELU } op => $"{op.Kind}({Number(op.Parameter)})",
            LayerNormOp norm => norm.Display,
            RMSNormOp norm => norm.Display,
            BatchNormOp norm => norm.Display.Replace("NaN", "double.NaN", StringComparison.Ordinal),
            DropoutOp dropout => $"Dropout({Number(dropout.P)})",
            ConvOp conv => $"{conv.Kind}({conv.Channels}, {Size(conv.Kernel, conv.Dimensions)}{Options(conv)})",
            PoolOp pool => $"{pool.Kind}({Size(pool.Kernel, pool.Dimensions)}{Options(pool)})",
            AdaptivePoolOp pool => pool.Display,
            LogSumExpOp smooth => $"LogSumExp({Number(smooth.Beta)})",
            _ => layer.Kind,
        };
        if (layer.Name is not { } name)
            return attribute;
        return attribute.EndsWith(')') ? $"{attribute[..^1]}, Name = \"{name}\")" : $"{attribute}(Name = \"{name}\")";
    }

    private static string Print(CompositeOp op, Blocks blocks)
    {
        string types = string.Join(", ", op.Blocks.Select(blocks.Name));
        return op.Composition switch
        {
            Composition.Repeat or Composition.ParallelSum => $"{op.Kind}<{types}>({op.Copies})",
            Composition.ParallelConcat => $"{op.Kind}<{types}>({op.Copies}, Merge = Merge.Concat)",
            _ => $"{op.Kind}<{types}>",
        };
    }

    private static string Options(ConvOp conv) =>
        (conv.Stride == Size2.Of(1) ? "" : Option("Stride", conv.Stride, conv.Dimensions))
        + (conv.Padding == default ? "" : Option("Padding", conv.Padding, conv.Dimensions))
        + (conv.Dilation == Size2.Of(1) ? "" : Option("Dilation", conv.Dilation, conv.Dimensions))
        + (conv.IsSame ? ", SamePadding = true" : "")
        + (conv.Groups == 1 ? "" : $", Groups = {conv.Groups}")
        + (conv.Bias || conv.IsFixed ? "" : ", Bias = false")
        + (conv.IsFixed ? $", FixedWeight = [{string.Join(", ", conv.FixedWeight.Select(Number))}]" : "");

    private static string Options(PoolOp pool) =>
        (pool.Stride == pool.Kernel ? "" : Option("Stride", pool.Stride, pool.Dimensions))
        + (pool.Padding == default ? "" : Option("Padding", pool.Padding, pool.Dimensions))
        + (pool.CeilMode ? ", CeilMode = true" : "")
        + (pool.CountIncludePad ? "" : ", CountIncludePad = false");

    private static string Option(string name, Size2 value, int dimensions) =>
        dimensions == 1 || value.Height == value.Width ? $", {name} = {value.Width}" : $", {name}HW = [{value.Height}, {value.Width}]";

    private static string Size(Size2 value, int dimensions) => dimensions == 1 || value.Height == value.Width ? $"{value.Width}" : $"{value.Height}, {value.Width}";

    private static string Print(LossOp loss) =>
        loss is ElementwiseLossOp { Function: ElementwiseLossKind.Huber } huber ? $"HuberLoss({Number(huber.Delta)})" : loss.Kind;

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

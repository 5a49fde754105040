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

    private static readonly Initializer DefaultInit = new(InitKind.Default, double.NaN);

    public static NetworkDeclaration Network(string name, int[] input, LossOp? loss, params LayerOp[] layers) =>
        new(Namespace, default, name, new Shape(input.ToEquatableArray()), layers.ToEquatableArray(), loss);

    public static LinearOp Linear(int units, bool bias = true, string? name = null) => new(name, units, bias, DefaultInit, DefaultInit);

    public static ActivationOp Activation(ActivationKind function, double parameter = 0) => new(null, function, parameter);

    public static ElementwiseLossOp Loss(ElementwiseLossKind function, double delta = 1) => new(function, delta);

    public static Graph Build(NetworkDeclaration declaration)
    {
        var errors = new ErrorSink();
        Graph? graph = GraphBuilder.Build(declaration, errors);
        Assert.True(graph is not null, string.Join("; ", errors.Errors.Select(e => $"{e.Rule} at {e.Attribute}: {string.Join(", ", e.Arguments)}")));
        return graph;
    }

    /// <summary>The C# file that declares the networks.</summary>
    public static string Print(IEnumerable<NetworkDeclaration> declarations)
    {
        var text = new StringBuilder("using NetGen;\n\nnamespace ").Append(Namespace).Append(";\n");
        foreach (NetworkDeclaration declaration in declarations)
        {
            text.Append("\n/// <summary>A network of a test.</summary>\n[Network(").Append(string.Join(", ", declaration.InputShape.Sizes)).Append(")]\n");
            foreach (LayerOp layer in declaration.Layers)
                text.Append('[').Append(Print(layer)).Append("]\n");
            if (declaration.Loss is { } loss)
                text.Append('[').Append(Print(loss)).Append("]\n");
            text.Append("public sealed partial class ").Append(declaration.Name).Append(";\n");
        }

        return text.ToString();
    }

    private static string Print(LayerOp layer)
    {
        string attribute = layer switch
        {
            LinearOp linear => linear.Bias ? $"Linear({linear.Units})" : $"Linear({linear.Units}, Bias = false)",
            ActivationOp { Function: ActivationKind.GELUTanh } => "GELU(Approximate = GELUApproximation.Tanh)",
            ActivationOp { Function: ActivationKind.LeakyReLU or ActivationKind.Softplus or ActivationKind.ELU } op => $"{op.Kind}({Number(op.Parameter)})",
            DropoutOp dropout => $"Dropout({Number(dropout.P)})",
            _ => layer.Kind,
        };
        if (layer.Name is not { } name)
            return attribute;
        return attribute.EndsWith(')') ? $"{attribute[..^1]}, Name = \"{name}\")" : $"{attribute}(Name = \"{name}\")";
    }

    private static string Print(LossOp loss) =>
        loss is ElementwiseLossOp { Function: ElementwiseLossKind.Huber } huber ? $"HuberLoss({Number(huber.Delta)})" : loss.Kind;

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

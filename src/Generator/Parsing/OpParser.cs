using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Parsing;

/// <summary>Attributes to ops.</summary>
internal static class OpParser
{
    /// <summary>The layer; null where the attribute is not understood.</summary>
    public static LayerOp? Layer(DeclarationAttribute attribute)
    {
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
            "GELU" => new ActivationOp(name, attribute.Named("Approximate", 0) == 1 ? ActivationKind.GELUTanh : ActivationKind.GELU),
            "SiLU" => new ActivationOp(name, ActivationKind.SiLU),
            "Softplus" => Activation(attribute, name, ActivationKind.Softplus),
            "ELU" => Activation(attribute, name, ActivationKind.ELU),
            "Softmax" => new SoftmaxOp(name),
            "Dropout" => attribute.TryGet(0, out double p) ? new DropoutOp(name, p) : null,
            _ => null,
        };
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

    /// <summary>Checks what the ops, whose options are already C#'s own types, can no longer see.</summary>
    public static void CheckEnums(DeclarationAttribute attribute, ErrorSink errors)
    {
        int approximation = attribute.Kind == "GELU" ? attribute.Named("Approximate", 0) : 0;
        if (approximation is not (0 or 1))
            errors.Report(Rules.OptionOutOfRange, attribute.Kind, "Approximate", "a member of GELUApproximation", approximation.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static ActivationOp? Activation(DeclarationAttribute attribute, string? name, ActivationKind function) =>
        attribute.TryGet(0, out double parameter) ? new ActivationOp(name, function, parameter) : null;

    private static Initializer Initializer(DeclarationAttribute attribute, string option) =>
        new((InitKind)attribute.Named(option, 0), attribute.Named(option + "Scale", double.NaN));
}

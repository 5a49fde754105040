using System.Globalization;
using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>Softmax and negative log likelihood, mean over the batch.</summary>
internal sealed record CrossEntropyLossOp : LossOp
{
    public override string Kind => "CrossEntropyLoss";

    public override bool TakesClassNumbers => true;

    public override void CheckShape(Shape output, ErrorSink errors)
    {
        if (output.IsFlat)
            return;
        if (output.ElementCount == output.Sizes[0])
        {
            Check.ReportNotFlat(errors, Kind, Kind, output);
            return;
        }

        // PyTorch takes channels for classes and places for choices of their own, so Flatten makes another loss of it.
        string pool = output.Rank switch { 2 => ", [GlobalAvgPool1d, Flatten]", 3 => ", [GlobalAvgPool2d, Flatten]", _ => "" };
        (string all, string classes) = (output.ElementCount.ToString(CultureInfo.InvariantCulture), output.Sizes[0].ToString(CultureInfo.InvariantCulture));
        var places = new Shape(output.Sizes.Skip(1).ToEquatableArray());
        errors.Report(
            Rules.NotFlat, Kind, output.ToString(),
            $"behind Flatten it is one choice among {all} classes a sample; for one among {classes}, make one place of the {places} before it{pool}; a choice among {classes} at each place, as in PyTorch, is not supported");
    }
}

internal enum ElementwiseLossKind { MSE, HalfSquaredError, BCEWithLogits, Huber, L1 }

/// <summary>A loss that is a sum over elements; <paramref name="Delta"/> is Huber's.</summary>
internal sealed record ElementwiseLossOp(ElementwiseLossKind Function, double Delta = 1) : LossOp
{
    public override string Kind => Function + "Loss";

    /// <summary>Whether the sum is divided by the number of samples alone instead of all elements.</summary>
    public bool MeanOverBatchOnly => Function == ElementwiseLossKind.HalfSquaredError;

    public override void CheckOptions(ErrorSink errors)
    {
        if (Function == ElementwiseLossKind.Huber)
            Check.PositiveFinite(errors, Kind, "delta", Delta);
    }
}

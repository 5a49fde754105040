namespace NetGen.Generator.Compiler.Ops;

/// <summary>Softmax and negative log likelihood, mean over the batch.</summary>
internal sealed record CrossEntropyLossOp : LossOp
{
    public override string Kind => "CrossEntropyLoss";

    public override bool TakesClassNumbers => true;

    public override void CheckShape(Shape output, ErrorSink errors)
    {
        if (!output.IsFlat)
            errors.Report(Rules.NotFlat, Kind, output.ToString(), Kind);
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

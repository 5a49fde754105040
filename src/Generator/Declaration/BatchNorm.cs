using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>(x − mean)/√(variance + ε) · weight + bias for each channel, of the batch in training, running in evaluation: PyTorch's BatchNorm.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Dimensions">1: from channels, or channels and places. 2: from channels of pictures.</param>
/// <param name="Eps">ε.</param>
/// <param name="Momentum">The share of a new batch in the running statistics; not a number: they are the averages of all batches.</param>
/// <param name="Affine">Whether there are weight and bias.</param>
internal sealed record BatchNormOp(string? Name, int Dimensions, double Eps, double Momentum, bool Affine) : LayerOp(Name)
{
    public const double DefaultEps = 1e-5;
    public const double DefaultMomentum = 0.1;

    public override string Kind => Dimensions == 1 ? "BatchNorm1d" : "BatchNorm2d";

    public override bool HasState => true;

    public bool IsCumulative => double.IsNaN(Momentum);

    public override string Display
    {
        get
        {
            var options = new List<string>();
            if (Eps != DefaultEps)
                options.Add("Eps = " + Check.Text(Eps));
            if (!Momentum.Equals(DefaultMomentum))
                options.Add("Momentum = " + Check.Text(Momentum));
            if (!Affine)
                options.Add("Affine = false");
            return options.Count == 0 ? Kind : $"{Kind}({string.Join(", ", options)})";
        }
    }

    public override void CheckOptions(ErrorSink errors)
    {
        Check.FiniteNotNegative(errors, Kind, "Eps", Eps);
        if (!IsCumulative && !(Momentum >= 0 && Momentum <= 1))
            errors.Report(Rules.OptionOutOfRange, Kind, "Momentum", "from 0 to 1, or NaN for the average of all batches", Check.Text(Momentum));
    }
}

/// <summary>A statistic of the batch in training, the running one in evaluation; then whether it is training, 1 or 0.</summary>
internal sealed record SelectStatisticOp() : Op((string?)null)
{
    public override string Kind => "SelectStatistic";
}

/// <summary>The running mean, the running variance and the number of batches behind a training step, from those before and the batch's mean and variance, apart or in what a kernel kept.</summary>
/// <param name="Norm">The batch normalisation.</param>
/// <param name="Pixels">Values of a channel in a sample.</param>
internal sealed record RunningStatisticsOp(BatchNormOp Norm, int Pixels) : Op((string?)null)
{
    public override string Kind => "RunningStatistics";
}

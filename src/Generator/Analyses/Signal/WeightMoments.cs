using System;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>Mean and variance of a parameter's elements as the runtime draws them: <c>NetGen.Init</c> documents the distributions.</summary>
internal readonly record struct WeightMoments(double Mean, double Variance)
{
    public double Square => Variance + (Mean * Mean);

    public static WeightMoments Of(ParameterSpec spec)
    {
        Initializer initializer = spec.Initializer;
        double fanIn = spec.FanIn;
        double fans = fanIn + spec.FanOut;
        double Scale(double standard) => double.IsNaN(initializer.Scale) ? standard : initializer.Scale;
        double Squared(double standard) => Scale(standard) * Scale(standard);
        return initializer.Kind switch
        {
            InitKind.Default => new(0, 1 / (3 * fanIn)),
            InitKind.KaimingUniform or InitKind.KaimingNormal => new(0, Squared(Math.Sqrt(2)) / fanIn),
            InitKind.XavierUniform or InitKind.XavierNormal => new(0, 2 * Squared(1) / fans),
            InitKind.Normal => new(0, Squared(1)),
            InitKind.Uniform => new(0, Squared(1) / 3),
            _ => new(Scale(0), 0),
        };
    }
}

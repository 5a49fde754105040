using System;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>The standard normal distribution.</summary>
internal static class Normal
{
    /// <summary>Beyond this many deviations nothing is summed: one element of 10¹⁸ lies there.</summary>
    public const double Reach = 9;

    public static double Density(double x) => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);

    /// <summary>The share below x, to 10⁻⁷ of itself (erfc by a Chebyshev fit: Press et al., Numerical Recipes, 6.2).</summary>
    public static double Below(double x)
    {
        double z = Math.Abs(x) / Math.Sqrt(2);
        double t = 1 / (1 + (0.5 * z));
        double fit = -1.26551223 + (t * (1.00002368 + (t * (0.37409196 + (t * (0.09678418 + (t * (-0.18628806
            + (t * (0.27886807 + (t * (-1.13520398 + (t * (1.48851587 + (t * (-0.82215223 + (t * 0.17087277)))))))))))))))));
        double tail = 0.5 * t * Math.Exp((-z * z) + fit);
        return x < 0 ? tail : 1 - tail;
    }

    /// <summary>Where a share lies below: the inverse of <see cref="Below"/>, by bisection.</summary>
    public static double Quantile(double share)
    {
        (double low, double high) = (-Reach, Reach);
        for (int i = 0; i < 40; i++)
        {
            double middle = 0.5 * (low + high);
            if (Below(middle) < share)
                low = middle;
            else
                high = middle;
        }

        return 0.5 * (low + high);
    }
}

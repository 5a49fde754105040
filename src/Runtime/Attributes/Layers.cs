namespace NetGen;

/// <summary>
/// A fully connected layer, y = x Wᵀ + b (<c>torch.nn.Linear</c>). Input: flat, <c>[in]</c>; output: <c>[units]</c>;
/// weight <c>[units, in]</c>, bias <c>[units]</c>. The input size is inferred.
/// </summary>
/// <param name="units">The number of output features; positive.</param>
public sealed class LinearAttribute(int units) : LayerAttribute
{
    /// <summary>The number of output features.</summary>
    public int Units { get; } = units;

    /// <summary>Whether the layer has a bias; true by default.</summary>
    public bool Bias { get; set; } = true;

    /// <summary>How the weight is initialised.</summary>
    public Init Init { get; set; }

    /// <summary>The parameter of <see cref="Init"/>; its meaning stands at each member of <see cref="NetGen.Init"/>. Not a number: that member's default.</summary>
    public double InitScale { get; set; } = double.NaN;

    /// <summary>How the bias is initialised.</summary>
    public Init BiasInit { get; set; }

    /// <summary>The parameter of <see cref="BiasInit"/>. Not a number: that member's default.</summary>
    public double BiasInitScale { get; set; } = double.NaN;
}

/// <summary>Joins all dimensions of a sample into one, in row-major order (<c>torch.nn.Flatten</c>): <c>[c, h, w]</c> to <c>[c·h·w]</c>.</summary>
public sealed class FlattenAttribute : LayerAttribute;

/// <summary>max(x, 0), elementwise, any shape; the gradient at 0 is 0 (<c>torch.nn.ReLU</c>).</summary>
public sealed class ReLUAttribute : LayerAttribute;

/// <summary>x for x &gt; 0, else slope·x, elementwise (<c>torch.nn.LeakyReLU</c>).</summary>
/// <param name="slope">The slope for negative inputs; finite.</param>
public sealed class LeakyReLUAttribute(double slope = 0.01) : LayerAttribute
{
    /// <summary>The slope for negative inputs.</summary>
    public double Slope { get; } = slope;
}

/// <summary>1/(1+e⁻ˣ), elementwise (<c>torch.nn.Sigmoid</c>).</summary>
public sealed class SigmoidAttribute : LayerAttribute;

/// <summary>The hyperbolic tangent, elementwise (<c>torch.nn.Tanh</c>).</summary>
public sealed class TanhAttribute : LayerAttribute;

/// <summary>The exponential function eˣ, elementwise (<c>torch.exp</c>).</summary>
public sealed class ExpAttribute : LayerAttribute;

/// <summary>The two forms of <see cref="GELUAttribute"/>.</summary>
public enum GELUApproximation
{
    /// <summary>The exact form, x·Φ(x) with the normal distribution function Φ.</summary>
    None = 0,

    /// <summary>x/2·(1+tanh(sqrt(2/π)·(x+0.044715·x³))).</summary>
    Tanh,
}

/// <summary>The Gaussian error linear unit, elementwise (<c>torch.nn.GELU</c>; Hendrycks and Gimpel 2016).</summary>
public sealed class GELUAttribute : LayerAttribute
{
    /// <summary>The exact form (the default) or the one with tanh.</summary>
    public GELUApproximation Approximate { get; set; }
}

/// <summary>x·sigmoid(x), elementwise (<c>torch.nn.SiLU</c>).</summary>
public sealed class SiLUAttribute : LayerAttribute;

/// <summary>log(1+e^(βx))/β, elementwise (<c>torch.nn.Softplus</c>).</summary>
/// <param name="beta">β; positive and finite.</param>
public sealed class SoftplusAttribute(double beta = 1) : LayerAttribute
{
    /// <summary>The sharpness β.</summary>
    public double Beta { get; } = beta;
}

/// <summary>x for x &gt; 0, else α·(eˣ−1), elementwise (<c>torch.nn.ELU</c>; Clevert et al. 2015).</summary>
/// <param name="alpha">α; finite.</param>
public sealed class ELUAttribute(double alpha = 1) : LayerAttribute
{
    /// <summary>The value that large negative inputs tend to, negated.</summary>
    public double Alpha { get; } = alpha;
}

/// <summary>
/// eˣ/Σeˣ over the features of a flat input, or over the channels of each pixel of a picture <c>[c, h, w]</c> or step of a sequence <c>[c, l]</c>: over the first
/// dimension of any shape (<c>torch.nn.Softmax(dim=1)</c>). With <see cref="CrossEntropyLossAttribute"/>, which takes logits, leave it out.
/// </summary>
public sealed class SoftmaxAttribute : LayerAttribute;

/// <summary>
/// log(Σe^(βx))/β over the features of a flat input: a smooth maximum, which tends to the maximum as β grows
/// (<c>torch.logsumexp(beta * x, dim=1) / beta</c>). Input: <c>[n]</c>; output: <c>[1]</c>. Its gradient is softmax(βx). Finite for any finite input.
/// </summary>
/// <param name="beta">β; positive and finite.</param>
public sealed class LogSumExpAttribute(double beta = 1) : LayerAttribute
{
    /// <summary>The sharpness β.</summary>
    public double Beta { get; } = beta;
}

/// <summary>
/// In training sets each element to zero with probability p and scales the others by 1/(1−p); in evaluation it does nothing
/// (<c>torch.nn.Dropout</c>). The mask is a function of seed, step, layer, sample and element.
/// </summary>
/// <param name="p">The probability of a zero; at least 0, less than 1.</param>
public sealed class DropoutAttribute(double p = 0.5) : LayerAttribute
{
    /// <summary>The probability of a zero.</summary>
    public double P { get; } = p;
}

namespace NetGen.Generator.Compiler;

/// <summary>
/// What is computed for one sample. A division or a root counts as a multiplication, a subtraction as an addition. What pools, activations and softmax do inside is not
/// counted as such: an evaluation of a function is one, whatever it takes.
/// </summary>
/// <param name="MultiplyAccumulates">MACs: multiplications whose products are summed, of linear layers and convolutions and of their gradients.</param>
/// <param name="Multiplications">All of them, these included.</param>
/// <param name="Additions">Those of sums of products, one a product, because a sum starts from the bias or from zero, and all others.</param>
/// <param name="ActivationEvaluations">Evaluations of an activation function or of its derivative.</param>
internal readonly record struct Arithmetic(long MultiplyAccumulates, long Multiplications, long Additions, long ActivationEvaluations)
{
    /// <summary>FLOPs: multiplications and additions.</summary>
    public long FloatingPointOperations => Multiplications + Additions;

    /// <summary>So many products, each of which is added to a sum.</summary>
    public static Arithmetic OfProducts(long count) => new(count, count, count, 0);

    /// <summary>Multiplications and additions that are no sums of products.</summary>
    public static Arithmetic Of(long multiplications, long additions) => new(0, multiplications, additions, 0);

    public static Arithmetic OfEvaluations(long count) => new(0, 0, 0, count);

    public static Arithmetic operator +(Arithmetic a, Arithmetic b) =>
        new(a.MultiplyAccumulates + b.MultiplyAccumulates, a.Multiplications + b.Multiplications, a.Additions + b.Additions, a.ActivationEvaluations + b.ActivationEvaluations);

    public static Arithmetic operator *(Arithmetic a, long times) =>
        new(a.MultiplyAccumulates * times, a.Multiplications * times, a.Additions * times, a.ActivationEvaluations * times);
}

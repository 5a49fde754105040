// 0 forward: y[n, 3] = Sigmoid(x[n, 2] Wᵀ + b).
// 6 multiply-accumulates a sample; unrolled whole, the weights in registers.
[@MethodImplAttribute(MethodImplOptions.AggressiveOptimization)]
public static void Linear0Forward(ref float x, ref float y, ref float weight, ref float bias, nuint rows)
{
    Vector128<float> w0 = Vector128.LoadUnsafe(ref weight);
    Vector128<float> w1 = Vector128.LoadUnsafe(ref weight, 4);
    Vector128<float> start = Vector128.LoadUnsafe(ref bias);
    for (nuint n = 0; n < rows; n++)
    {
        ref float row = ref Unsafe.Add(ref x, n * 2);
        Vector128<float> sum = start;
        sum = Vector128.FusedMultiplyAdd(Vector128.Create(row), w0, sum);
        sum = Vector128.FusedMultiplyAdd(Vector128.Create(Unsafe.Add(ref row, 1)), w1, sum);
        sum = VectorMath.Sigmoid(sum);
        sum.StoreUnsafe(ref Unsafe.Add(ref y, n * 4));
    }
}

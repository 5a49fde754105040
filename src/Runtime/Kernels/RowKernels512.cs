using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

// The 256- and 128-bit versions are made from this file at build time (Runtime.csproj).

/// <summary>A loss as a function of an output and a target, and its derivative with respect to the output.</summary>
internal interface IElementwiseLossVector512<TSelf>
    where TSelf : struct, IElementwiseLossVector512<TSelf>
{
    static abstract Vector512<float> Value(Vector512<float> y, Vector512<float> t, float parameter);

    static abstract Vector512<float> Gradient(Vector512<float> y, Vector512<float> t, float parameter);
}

internal readonly partial struct SquaredError : IElementwiseLossVector512<SquaredError>
{
    public static Vector512<float> Value(Vector512<float> y, Vector512<float> t, float parameter) => (y - t) * (y - t);

    public static Vector512<float> Gradient(Vector512<float> y, Vector512<float> t, float parameter) => (y - t) + (y - t);
}

internal readonly partial struct HalfSquaredErrorFunction : IElementwiseLossVector512<HalfSquaredErrorFunction>
{
    public static Vector512<float> Value(Vector512<float> y, Vector512<float> t, float parameter) => Vector512.Create(0.5f) * (y - t) * (y - t);

    public static Vector512<float> Gradient(Vector512<float> y, Vector512<float> t, float parameter) => y - t;
}

internal readonly partial struct BinaryCrossEntropy : IElementwiseLossVector512<BinaryCrossEntropy>
{
    // max(y, 0) - y t without the difference of two infinities, which a product with 0 would be too.
    public static Vector512<float> Value(Vector512<float> y, Vector512<float> t, float parameter)
    {
        Vector512<float> factor = Vector512.ConditionalSelect(Vector512.GreaterThan(y, Vector512<float>.Zero), Vector512<float>.One - t, t);
        Vector512<float> line = Vector512.AndNot(Vector512.Abs(y) * factor, Vector512.Equals(factor, Vector512<float>.Zero));
        return line + VectorMath.Log1pExpNegAbs(y);
    }

    public static Vector512<float> Gradient(Vector512<float> y, Vector512<float> t, float parameter) => VectorMath.Sigmoid(y) - t;
}

internal readonly partial struct AbsoluteError : IElementwiseLossVector512<AbsoluteError>
{
    public static Vector512<float> Value(Vector512<float> y, Vector512<float> t, float parameter) => Vector512.Abs(y - t);

    // The sign of d; 0 at 0, and NaN where d is.
    public static Vector512<float> Gradient(Vector512<float> y, Vector512<float> t, float parameter)
    {
        Vector512<float> d = y - t;
        Vector512<float> sign = Vector512<float>.One | (d & Vector512.Create(-0f));
        Vector512<float> isOrdered = Vector512.GreaterThan(Vector512.Abs(d), Vector512<float>.Zero);
        return Vector512.ConditionalSelect(isOrdered, sign, d);
    }
}

internal readonly partial struct HuberError : IElementwiseLossVector512<HuberError>
{
    public static Vector512<float> Value(Vector512<float> y, Vector512<float> t, float parameter)
    {
        Vector512<float> d = y - t;
        Vector512<float> delta = Vector512.Create(parameter);
        Vector512<float> magnitude = Vector512.Abs(d);
        Vector512<float> line = delta * (magnitude - (Vector512.Create(0.5f) * delta));
        return Vector512.ConditionalSelect(Vector512.GreaterThan(magnitude, delta), line, Vector512.Create(0.5f) * d * d);
    }

    public static Vector512<float> Gradient(Vector512<float> y, Vector512<float> t, float parameter)
    {
        Vector512<float> d = y - t;
        Vector512<float> delta = Vector512.Create(parameter);
        Vector512<float> clamped = delta | (d & Vector512.Create(-0f));
        return Vector512.ConditionalSelect(Vector512.GreaterThan(Vector512.Abs(d), delta), clamped, d);
    }
}

internal static class RowKernelsVector512
{
    private const int Lanes = RowKernels.Lanes;

    private static int Width => Vector512<float>.Count;

    // Lanes of single precision sum so many elements before they go to the total.
    private const nuint LossChunk = 4096;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Elementwise<TLoss>(ref float y, ref float target, ref float dy, int width, int stride, float scale, float parameter, nuint rows)
        where TLoss : struct, IElementwiseLossVector512<TLoss>
    {
        Span<float> memory = stackalloc float[4 * Lanes];
        Span<float> sums = memory[..Lanes];
        Span<float> tailY = memory.Slice(Lanes, Lanes);
        Span<float> tailTarget = memory.Slice(2 * Lanes, Lanes);
        Span<float> values = memory.Slice(3 * Lanes, Lanes);
        double total = 0;

        // Rows without padding up to a panel are one array, whole panels of it first; each value goes to the total by itself.
        bool isFlat = width == stride && width < Lanes;
        nuint samples = isFlat ? 1 : rows;
        nuint length = isFlat ? rows * (nuint)width : (nuint)width;
        nuint whole = length & ~(nuint)(Lanes - 1);
        int rest = (int)(length - whole);
        for (nuint n = 0; n < samples; n++)
        {
            ref float rowY = ref Unsafe.Add(ref y, n * (nuint)stride);
            ref float rowDy = ref Unsafe.Add(ref dy, n * (nuint)stride);
            ref float rowTarget = ref Unsafe.Add(ref target, n * (nuint)width);
            sums.Clear();
            for (nuint i = 0; i < whole; i += Lanes)
            {
                Block<TLoss>(ref Unsafe.Add(ref rowY, i), ref Unsafe.Add(ref rowTarget, i), ref Unsafe.Add(ref rowDy, i), values, scale, parameter);
                if (isFlat)
                    total = AddEach(total, values);
                else
                    Add(sums, values);
                if (!isFlat && ((i + Lanes) & (LossChunk - 1)) == 0)
                {
                    total += RowKernels.Sum(sums);
                    sums.Clear();
                }
            }

            if (rest > 0)
            {
                tailY.Clear();
                tailTarget.Clear();
                MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref rowY, whole), rest).CopyTo(tailY);
                MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref rowTarget, whole), rest).CopyTo(tailTarget);
                Block<TLoss>(ref MemoryMarshal.GetReference(tailY), ref MemoryMarshal.GetReference(tailTarget), ref MemoryMarshal.GetReference(tailY), values, scale, parameter);
                values[rest..].Clear();
                tailY[rest..].Clear();
                tailY[..(isFlat ? rest : stride - (int)whole)].CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref rowDy, whole), Lanes));
                if (isFlat)
                    total = AddEach(total, values[..rest]);
                else
                    Add(sums, values);
            }

            if (!isFlat)
                total += RowKernels.Sum(sums);
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block<TLoss>(ref float y, ref float target, ref float dy, Span<float> values, float scale, float parameter)
        where TLoss : struct, IElementwiseLossVector512<TLoss>
    {
        for (int j = 0; j < Lanes; j += Width)
        {
            Vector512<float> a = Vector512.LoadUnsafe(ref y, (nuint)j);
            Vector512<float> t = Vector512.LoadUnsafe(ref target, (nuint)j);
            TLoss.Value(a, t, parameter).CopyTo(values[j..]);
            (TLoss.Gradient(a, t, parameter) * Vector512.Create(scale)).StoreUnsafe(ref dy, (nuint)j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Span<float> sums, ReadOnlySpan<float> values)
    {
        for (int j = 0; j < Lanes; j += Width)
            (Vector512.Create(sums.Slice(j, Width)) + Vector512.Create(values.Slice(j, Width))).CopyTo(sums[j..]);
    }

    private static double AddEach(double total, ReadOnlySpan<float> values)
    {
        foreach (float value in values)
            total += value;
        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(ref float x, ref float y, int width, int stride, nuint rows)
    {
        for (nuint n = 0; n < rows; n++)
        {
            ref float rowY = ref Unsafe.Add(ref y, n * (nuint)stride);
            Exponentials(ref Unsafe.Add(ref x, n * (nuint)stride), ref rowY, width, stride, out _, out float sum);
            Scale(ref rowY, stride, 1 / sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double CrossEntropy(ref float y, ref int target, ref float dy, int classes, int stride, float scale, nuint rows)
    {
        double total = 0;
        for (nuint n = 0; n < rows; n++)
        {
            ref float rowY = ref Unsafe.Add(ref y, n * (nuint)stride);
            ref float rowDy = ref Unsafe.Add(ref dy, n * (nuint)stride);
            Exponentials(ref rowY, ref rowDy, classes, stride, out float max, out float sum);
            int label = Unsafe.Add(ref target, n);
            total += VectorMath.ScalarLog(sum) + ((double)max - Unsafe.Add(ref rowY, label));
            Scale(ref rowDy, stride, scale / sum);
            Unsafe.Add(ref rowDy, label) -= scale;
        }

        return total;
    }

    /// <summary>e = exp(x − max) with zero padding, the maximum and the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exponentials(ref float x, ref float e, int width, int stride, out float max, out float sum)
    {
        if (stride < Lanes)
        {
            NarrowExponentials(ref x, ref e, width, stride, out max, out sum);
            return;
        }

        Span<float> lanes = stackalloc float[Lanes];
        lanes.Fill(float.NegativeInfinity);
        for (int i = 0; i < stride; i += Width)
        {
            Span<float> lane = lanes.Slice(i & (Lanes - 1), Width);
            Vector512.Max(Vector512.Create((ReadOnlySpan<float>)lane), InRow(i, width, Vector512.LoadUnsafe(ref x, (nuint)i), Vector512.Create(float.NegativeInfinity))).CopyTo(lane);
        }

        max = RowKernels.Max(lanes);
        lanes.Clear();
        for (int i = 0; i < stride; i += Width)
        {
            Vector512<float> value = VectorMath.Exp(Vector512.LoadUnsafe(ref x, (nuint)i) - Vector512.Create(max));
            value = InRow(i, width, value, Vector512<float>.Zero);
            value.StoreUnsafe(ref e, (nuint)i);
            Span<float> lane = lanes.Slice(i & (Lanes - 1), Width);
            (Vector512.Create((ReadOnlySpan<float>)lane) + value).CopyTo(lane);
        }

        sum = RowKernels.Sum(lanes);
    }

    /// <summary>The same over the 16 lanes of a copy, for rows shorter than a panel.</summary>
    private static void NarrowExponentials(ref float x, ref float e, int width, int stride, out float max, out float sum)
    {
        Span<float> copy = stackalloc float[Lanes];
        copy.Clear();
        MemoryMarshal.CreateReadOnlySpan(ref x, width).CopyTo(copy);
        ref float first = ref MemoryMarshal.GetReference(copy);
        Exponentials(ref first, ref first, width, Lanes, out max, out sum);
        copy[..stride].CopyTo(MemoryMarshal.CreateSpan(ref e, stride));
    }

    /// <summary>The lanes that lie within the row; the others get <paramref name="outside"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> InRow(int i, int width, Vector512<float> value, Vector512<float> outside) =>
        i + Width <= width ? value
        : Vector512.ConditionalSelect(Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(width - i)).AsSingle(), value, outside);

    private static void Scale(ref float row, int stride, float factor)
    {
        int i = 0;
        for (; i + Width <= stride; i += Width)
            (Vector512.LoadUnsafe(ref row, (nuint)i) * Vector512.Create(factor)).StoreUnsafe(ref row, (nuint)i);
        for (; i < stride; i++)
            Unsafe.Add(ref row, i) *= factor;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SoftmaxGradient(ref float dy, ref float y, ref float dx, int width, int stride, nuint rows)
    {
        Span<float> lanes = stackalloc float[Lanes];
        for (nuint n = 0; n < rows; n++)
        {
            ref float rowDy = ref Unsafe.Add(ref dy, n * (nuint)stride);
            ref float rowY = ref Unsafe.Add(ref y, n * (nuint)stride);
            ref float rowDx = ref Unsafe.Add(ref dx, n * (nuint)stride);
            lanes.Clear();
            int i = 0;
            for (; i + Width <= stride; i += Width)
            {
                Span<float> lane = lanes.Slice(i & (Lanes - 1), Width);
                Vector512<float> product = InRow(i, width, Vector512.LoadUnsafe(ref rowDy, (nuint)i), Vector512<float>.Zero);
                Vector512.FusedMultiplyAdd(product, Vector512.LoadUnsafe(ref rowY, (nuint)i), Vector512.Create((ReadOnlySpan<float>)lane)).CopyTo(lane);
            }

            for (; i < width; i++)
                lanes[i] = MathF.FusedMultiplyAdd(Unsafe.Add(ref rowDy, i), Unsafe.Add(ref rowY, i), lanes[i]);
            float sum = RowKernels.Sum(lanes);
            for (i = 0; i + Width <= stride; i += Width)
            {
                Vector512<float> value = Vector512.LoadUnsafe(ref rowY, (nuint)i) * (Vector512.LoadUnsafe(ref rowDy, (nuint)i) - Vector512.Create(sum));
                InRow(i, width, value, Vector512<float>.Zero).StoreUnsafe(ref rowDx, (nuint)i);
            }

            for (; i < stride; i++)
                Unsafe.Add(ref rowDx, i) = i < width ? Unsafe.Add(ref rowY, i) * (Unsafe.Add(ref rowDy, i) - sum) : 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LogSumExp(ref float x, ref float y, float beta, int width, int stride, int toStride, nuint rows)
    {
        Span<float> memory = stackalloc float[2 * Lanes];
        for (nuint n = 0; n < rows; n++)
        {
            ref float row = ref Unsafe.Add(ref x, n * (nuint)stride);
            Span<float> target = MemoryMarshal.CreateSpan(ref Unsafe.Add(ref y, n * (nuint)toStride), toStride);
            float max = MaxOfRow(ref row, width, memory);

            // The difference of infinity and itself is none.
            float result = max;
            if (float.IsFinite(max))
                result = (float)(max + (VectorMath.ScalarLog(SumOfExponentials(ref row, ref Unsafe.NullRef<float>(), beta, max, width, memory)) / beta));
            target.Clear();
            target[0] = result;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LogSumExpGradient(ref float dy, ref float x, ref float dx, float beta, int width, int stride, int dyStride, nuint rows)
    {
        Span<float> memory = stackalloc float[2 * Lanes];
        for (nuint n = 0; n < rows; n++)
        {
            ref float row = ref Unsafe.Add(ref x, n * (nuint)stride);
            Span<float> target = MemoryMarshal.CreateSpan(ref Unsafe.Add(ref dx, n * (nuint)stride), stride);
            float sum = SumOfExponentials(ref row, ref target[0], beta, MaxOfRow(ref row, width, memory), width, memory);
            Scale(ref target[0], width, Unsafe.Add(ref dy, n * (nuint)dyStride) / sum);
            target[width..].Clear();
        }
    }

    /// <summary>The largest of a row, NaN if there is one. Memory holds 16 lanes and the row's tail.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float MaxOfRow(ref float x, int width, Span<float> memory)
    {
        Span<float> lanes = memory[..Lanes];
        lanes.Fill(float.NegativeInfinity);
        for (int i = 0; i < width; i += Lanes)
        {
            ref float block = ref Block(ref x, i, width, memory[Lanes..], float.NegativeInfinity);
            for (int j = 0; j < Lanes; j += Width)
            {
                Span<float> lane = lanes.Slice(j, Width);
                Vector512.Max(Vector512.Create((ReadOnlySpan<float>)lane), Vector512.LoadUnsafe(ref block, (nuint)j)).CopyTo(lane);
            }
        }

        return RowKernels.Max(lanes);
    }

    /// <summary>Σ e^(β(x − max)), and its terms where e is not null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SumOfExponentials(ref float x, ref float e, float beta, float max, int width, Span<float> memory)
    {
        Span<float> lanes = memory[..Lanes];
        Span<float> tail = memory[Lanes..];
        lanes.Clear();
        for (int i = 0; i < width; i += Lanes)
        {
            ref float block = ref Block(ref x, i, width, tail, float.NegativeInfinity);
            bool isWhole = i + Lanes <= width;
            ref float target = ref isWhole ? ref Unsafe.Add(ref e, i) : ref MemoryMarshal.GetReference(tail);
            for (int j = 0; j < Lanes; j += Width)
            {
                Vector512<float> value = VectorMath.Exp((Vector512.LoadUnsafe(ref block, (nuint)j) - Vector512.Create(max)) * Vector512.Create(beta));
                Span<float> lane = lanes.Slice(j, Width);
                (Vector512.Create((ReadOnlySpan<float>)lane) + value).CopyTo(lane);
                if (!Unsafe.IsNullRef(ref e))
                    value.StoreUnsafe(ref target, (nuint)j);
            }

            if (!isWhole && !Unsafe.IsNullRef(ref e))
                tail[..(width - i)].CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref e, i), width - i));
        }

        return RowKernels.Sum(lanes);
    }

    /// <summary>16 elements of a row; behind its end a copy that goes on with <paramref name="outside"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref float Block(ref float x, int i, int width, Span<float> tail, float outside)
    {
        if (i + Lanes <= width)
            return ref Unsafe.Add(ref x, i);
        tail.Fill(outside);
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref x, i), width - i).CopyTo(tail);
        return ref MemoryMarshal.GetReference(tail);
    }
}

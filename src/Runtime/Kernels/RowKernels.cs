using System;
using System.ComponentModel;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

/// <summary>
/// Kernels that work a row, that is a sample, at a time: copies, softmax and losses. Rows of the workspace stand <c>stride</c> floats apart;
/// what lies behind their <c>width</c> is padding. Every sum over a row goes through 16 lanes, element i to lane i mod 16, and one tree
/// (<see cref="VectorMath.Sum16(Vector512{float})"/>), so that the bits do not depend on the vector's width.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RowKernels
{
    internal const int Lanes = 16;

    /// <summary>The sum of rows that touch each other, from the first to the last.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="width">Floats of a row.</param>
    /// <param name="rows">The number of rows, at least 1.</param>
    /// <param name="to">The sum.</param>
    public static void Sum(ref float from, int width, int rows, ref float to)
    {
        Span<float> sum = MemoryMarshal.CreateSpan(ref to, width);
        MemoryMarshal.CreateReadOnlySpan(ref from, width).CopyTo(sum);
        for (int row = 1; row < rows; row++)
            TensorPrimitives.Add(sum, MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref from, row * width), width), sum);
    }

    /// <summary>Copies rows from one stride to another; padding of the target becomes zero.</summary>
    /// <param name="from">The first row, <c>[rows, width]</c> at a distance of <paramref name="fromStride"/>.</param>
    /// <param name="fromStride">Floats from a row to the next.</param>
    /// <param name="to">The first row of the target.</param>
    /// <param name="toStride">Floats from a row to the next; not less than the width.</param>
    /// <param name="width">Floats of a row.</param>
    /// <param name="rows">The number of rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(ref float from, int fromStride, ref float to, int toStride, int width, nuint rows)
    {
        if (fromStride == toStride && toStride == width)
        {
            // Row by row would be slow for scalars; in one go the length may pass that of a span.
            for (nuint done = 0, total = rows * (nuint)width; done < total;)
            {
                int length = (int)nuint.Min(total - done, 1 << 24);
                MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref from, done), length).CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref to, done), length));
                done += (nuint)length;
            }

            return;
        }

        // The widths of tiles, as moves of one or two registers.
        if (toStride == width)
        {
            switch (width)
            {
                case 32: Copy<Vector1024>(ref from, fromStride, ref to, width, rows); return;
                case 16: Copy<Vector512<float>>(ref from, fromStride, ref to, width, rows); return;
                case 8: Copy<Vector256<float>>(ref from, fromStride, ref to, width, rows); return;
            }
        }

        for (nuint n = 0; n < rows; n++)
        {
            Span<float> target = MemoryMarshal.CreateSpan(ref Unsafe.Add(ref to, n * (nuint)toStride), Math.Max(width, toStride));
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref from, n * (nuint)fromStride), width).CopyTo(target);

            // Only rows of the workspace have padding; a caller's rows touch each other.
            if (toStride > width)
                target[width..].Clear();
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Vector1024
    {
        private readonly Vector512<float> _low;
        private readonly Vector512<float> _high;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy<T>(ref float from, int fromStride, ref float to, int toStride, nuint rows)
        where T : unmanaged
    {
        for (nuint n = 0; n < rows; n++)
        {
            Unsafe.WriteUnaligned(
                ref Unsafe.As<float, byte>(ref Unsafe.Add(ref to, n * (nuint)toStride)),
                Unsafe.ReadUnaligned<T>(ref Unsafe.As<float, byte>(ref Unsafe.Add(ref from, n * (nuint)fromStride))));
        }
    }

    /// <summary>Transposes rows: <c>to[j, i] = from[i, j]</c>.</summary>
    /// <param name="from">The first row, <c>[rows, width]</c> at a distance of <paramref name="fromStride"/>.</param>
    /// <param name="fromStride">Floats from a row to the next.</param>
    /// <param name="to">The first row of the target, <c>[width, rows]</c>.</param>
    /// <param name="toStride">Floats from a row of the target to the next; not less than the number of rows.</param>
    /// <param name="width">Floats of a row.</param>
    /// <param name="rows">The number of rows.</param>
    public static void Transpose(ref float from, int fromStride, ref float to, int toStride, int width, nuint rows) =>
        BlockTranspose.Matrix(ref from, (nuint)fromStride, width, (int)rows, width, ref to, (nuint)toStride, (int)rows);

    /// <summary>Sets the first elements of a row.</summary>
    /// <param name="row">The first element.</param>
    /// <param name="length">The number of elements.</param>
    /// <param name="value">The value.</param>
    public static void Fill(ref float row, int length, float value) => MemoryMarshal.CreateSpan(ref row, length).Fill(value);

    /// <summary>y = eˣ⁻ᵐ/Σeˣ⁻ᵐ with m = max x over each row. Padding of y becomes zero.</summary>
    /// <param name="x">The input, <c>[rows, width]</c>.</param>
    /// <param name="y">The output.</param>
    /// <param name="width">Features.</param>
    /// <param name="stride">Floats from a row to the next, of both.</param>
    /// <param name="rows">The number of samples.</param>
    public static void Softmax(ref float x, ref float y, int width, int stride, nuint rows)
    {
        if (Vector512.IsHardwareAccelerated)
            RowKernelsVector512.Softmax(ref x, ref y, width, stride, rows);
        else if (Vector256.IsHardwareAccelerated)
            RowKernelsVector256.Softmax(ref x, ref y, width, stride, rows);
        else
            RowKernelsVector128.Softmax(ref x, ref y, width, stride, rows);
    }

    /// <summary>dx = y (dy − Σ dy y) over each row. Padding of dx becomes zero.</summary>
    /// <param name="dy">The output's gradient, <c>[rows, width]</c>.</param>
    /// <param name="y">The output.</param>
    /// <param name="dx">The input's gradient.</param>
    /// <param name="width">Features.</param>
    /// <param name="stride">Floats from a row to the next, of all three.</param>
    /// <param name="rows">The number of samples.</param>
    public static void SoftmaxGradient(ref float dy, ref float y, ref float dx, int width, int stride, nuint rows)
    {
        if (Vector512.IsHardwareAccelerated)
            RowKernelsVector512.SoftmaxGradient(ref dy, ref y, ref dx, width, stride, rows);
        else if (Vector256.IsHardwareAccelerated)
            RowKernelsVector256.SoftmaxGradient(ref dy, ref y, ref dx, width, stride, rows);
        else
            RowKernelsVector128.SoftmaxGradient(ref dy, ref y, ref dx, width, stride, rows);
    }

    /// <summary>y = m + log(Σ e^(β(x−m)))/β with m = max x over each row: finite for any finite x. Infinity gives infinity, NaN gives NaN.</summary>
    /// <param name="x">The input, <c>[rows, width]</c>.</param>
    /// <param name="y">The output, one float a row; what follows it up to the next row becomes zero.</param>
    /// <param name="beta">β, positive.</param>
    /// <param name="width">Features.</param>
    /// <param name="stride">Floats from a row of x to the next.</param>
    /// <param name="toStride">Floats from a row of y to the next.</param>
    /// <param name="rows">The number of samples.</param>
    public static void LogSumExp(ref float x, ref float y, float beta, int width, int stride, int toStride, nuint rows)
    {
        if (Vector512.IsHardwareAccelerated)
            RowKernelsVector512.LogSumExp(ref x, ref y, beta, width, stride, toStride, rows);
        else if (Vector256.IsHardwareAccelerated)
            RowKernelsVector256.LogSumExp(ref x, ref y, beta, width, stride, toStride, rows);
        else
            RowKernelsVector128.LogSumExp(ref x, ref y, beta, width, stride, toStride, rows);
    }

    /// <summary>
    /// dx = dy softmax(βx) over each row. Padding of dx becomes zero. The softmax is made anew: the output is rounded, and β can be large
    /// enough to make its last bit count.
    /// </summary>
    /// <param name="dy">The output's gradient, one float a row.</param>
    /// <param name="x">The input, <c>[rows, width]</c>.</param>
    /// <param name="dx">The input's gradient.</param>
    /// <param name="beta">β, positive.</param>
    /// <param name="width">Features.</param>
    /// <param name="stride">Floats from a row to the next, of x and dx.</param>
    /// <param name="dyStride">Floats from a row of dy to the next.</param>
    /// <param name="rows">The number of samples.</param>
    public static void LogSumExpGradient(ref float dy, ref float x, ref float dx, float beta, int width, int stride, int dyStride, nuint rows)
    {
        if (Vector512.IsHardwareAccelerated)
            RowKernelsVector512.LogSumExpGradient(ref dy, ref x, ref dx, beta, width, stride, dyStride, rows);
        else if (Vector256.IsHardwareAccelerated)
            RowKernelsVector256.LogSumExpGradient(ref dy, ref x, ref dx, beta, width, stride, dyStride, rows);
        else
            RowKernelsVector128.LogSumExpGradient(ref dy, ref x, ref dx, beta, width, stride, dyStride, rows);
    }

    /// <summary>Cross-entropy from logits: the sum over samples of log Σ eˣ − x[target], in double, and its gradient (softmax − one-hot)·scale.</summary>
    /// <param name="y">The logits, <c>[rows, classes]</c>.</param>
    /// <param name="target">A class number a sample, checked before.</param>
    /// <param name="dy">The gradient; its padding becomes zero.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="stride">Floats from a row to the next.</param>
    /// <param name="scale">What the gradient is multiplied by.</param>
    /// <param name="rows">The number of samples.</param>
    public static double CrossEntropy(ref float y, ref int target, ref float dy, int classes, int stride, float scale, nuint rows) =>
        Vector512.IsHardwareAccelerated ? RowKernelsVector512.CrossEntropy(ref y, ref target, ref dy, classes, stride, scale, rows)
        : Vector256.IsHardwareAccelerated ? RowKernelsVector256.CrossEntropy(ref y, ref target, ref dy, classes, stride, scale, rows)
        : RowKernelsVector128.CrossEntropy(ref y, ref target, ref dy, classes, stride, scale, rows);

    /// <summary>Σ(y−t)² and its gradient 2(y−t)·scale.</summary>
    /// <inheritdoc cref="Huber" path="/param"/>
    public static double MSE(ref float y, ref float target, ref float dy, int width, int stride, float scale, nuint rows) =>
        Elementwise<SquaredError>(ref y, ref target, ref dy, width, stride, scale, 1, rows);

    /// <summary>½Σ(y−t)² and its gradient (y−t)·scale.</summary>
    /// <inheritdoc cref="Huber" path="/param"/>
    public static double HalfSquaredError(ref float y, ref float target, ref float dy, int width, int stride, float scale, nuint rows) =>
        Elementwise<HalfSquaredErrorFunction>(ref y, ref target, ref dy, width, stride, scale, 1, rows);

    /// <summary>Σ max(y, 0) − y t + log(1+e^−|y|) and its gradient (sigmoid(y) − t)·scale.</summary>
    /// <inheritdoc cref="Huber" path="/param"/>
    public static double BCEWithLogits(ref float y, ref float target, ref float dy, int width, int stride, float scale, nuint rows) =>
        Elementwise<BinaryCrossEntropy>(ref y, ref target, ref dy, width, stride, scale, 1, rows);

    /// <summary>Σ|y−t| and its gradient sign(y−t)·scale.</summary>
    /// <inheritdoc cref="Huber" path="/param"/>
    public static double L1(ref float y, ref float target, ref float dy, int width, int stride, float scale, nuint rows) =>
        Elementwise<AbsoluteError>(ref y, ref target, ref dy, width, stride, scale, 1, rows);

    /// <summary>Σ of ½d² where |d| ≤ δ, else δ(|d|−δ/2), with d = y−t, and its gradient clamp(d, −δ, δ)·scale.</summary>
    /// <param name="y">The output, <c>[rows, width]</c>.</param>
    /// <param name="target">The caller's targets, <c>[rows, width]</c> without padding.</param>
    /// <param name="dy">The gradient; its padding becomes zero.</param>
    /// <param name="width">Outputs of a sample.</param>
    /// <param name="stride">Floats from a row to the next, of y and dy.</param>
    /// <param name="scale">What the gradient is multiplied by.</param>
    /// <param name="delta">δ.</param>
    /// <param name="rows">The number of samples.</param>
    public static double Huber(ref float y, ref float target, ref float dy, int width, int stride, float scale, float delta, nuint rows) =>
        Elementwise<HuberError>(ref y, ref target, ref dy, width, stride, scale, delta, rows);

    private static double Elementwise<TLoss>(ref float y, ref float target, ref float dy, int width, int stride, float scale, float parameter, nuint rows)
        where TLoss : struct, IElementwiseLossVector512<TLoss>, IElementwiseLossVector256<TLoss>, IElementwiseLossVector128<TLoss> =>
        Vector512.IsHardwareAccelerated ? RowKernelsVector512.Elementwise<TLoss>(ref y, ref target, ref dy, width, stride, scale, parameter, rows)
        : Vector256.IsHardwareAccelerated ? RowKernelsVector256.Elementwise<TLoss>(ref y, ref target, ref dy, width, stride, scale, parameter, rows)
        : RowKernelsVector128.Elementwise<TLoss>(ref y, ref target, ref dy, width, stride, scale, parameter, rows);

    /// <summary>The sum of 16 lanes in memory by the one tree.</summary>
    internal static float Sum(ReadOnlySpan<float> lanes) => VectorMath.Sum16(
        Vector128.Create(lanes[..4]), Vector128.Create(lanes[4..8]), Vector128.Create(lanes[8..12]), Vector128.Create(lanes[12..16]));

    /// <summary>The largest of 16 lanes in memory.</summary>
    internal static float Max(ReadOnlySpan<float> lanes) => VectorMath.Max16(
        Vector128.Create(lanes[..4]), Vector128.Create(lanes[4..8]), Vector128.Create(lanes[8..12]), Vector128.Create(lanes[12..16]));
}

internal readonly partial struct SquaredError;

internal readonly partial struct HalfSquaredErrorFunction;

internal readonly partial struct BinaryCrossEntropy;

internal readonly partial struct AbsoluteError;

internal readonly partial struct HuberError;

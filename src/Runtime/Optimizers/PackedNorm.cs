using System;
using System.Runtime.CompilerServices;
using NetGen.Runtime;

namespace NetGen;

/// <summary>
/// The norm of packed floats. Chunks are summed each by itself, in sixteen lanes, and their sums are added in order, so the bits depend neither on the width of vectors nor on the number of threads.
/// </summary>
internal static class PackedNorm
{
    /// <summary>Floats of a chunk.</summary>
    public const int Chunk = 16 * 1024;

    /// <summary>Chunks whose sums are kept at once.</summary>
    private const int Chunks = 256;

    private const int Lanes = 16;

    /// <summary>The norm of a parameter's elements.</summary>
    public static double Of(Span<float> packed, ParameterLayout layout) => Math.Sqrt(Squares(packed, layout));

    /// <summary>The sum of the squares of a parameter's elements.</summary>
    public static double Squares(Span<float> packed, ParameterLayout layout)
    {
        if (layout.PackedLength > 0)
            return Squares(packed.Slice(layout.Offset, layout.PackedLength), network: null);

        // Other parameters lie between its elements.
        double sum = 0;
        for (int row = 0; row < layout.Rows; row++)
        {
            for (int column = 0; column < layout.Inner; column++)
            {
                double value = packed[layout.PackedIndex(row, column)];
                sum += value * value;
            }
        }

        return sum;
    }

    /// <summary>The sum of the squares of whole vectors, with the threads of a network.</summary>
    public static unsafe double Squares(Span<float> packed, NetworkRunner? network)
    {
        double* sums = stackalloc double[Chunks];
        double sum = 0;
        fixed (float* start = packed)
        {
            for (int first = 0, length; first < packed.Length; first += length)
            {
                length = Math.Min(packed.Length - first, Chunks * Chunk);
                PackedPass<ChunkSquares>.Run(new ChunkSquares(start + first, sums), length, network);
                foreach (double ofChunk in new ReadOnlySpan<double>(sums, (length + Chunk - 1) / Chunk))
                    sum += ofChunk;
            }
        }

        return sum;
    }

    /// <summary>The sums of the chunks' squares.</summary>
    private readonly unsafe struct ChunkSquares(float* packed, double* sums) : IPackedRule
    {
        /// <inheritdoc/>
        public static int Multiple => Chunk;

        /// <inheritdoc/>
        public void Run(nuint first, nuint length)
        {
            Span<double> lanes = stackalloc double[Lanes];
            for (nuint end = first + length; first < end; first += Chunk)
            {
                lanes.Clear();
                UpdateKernels.AddSquares(ref Unsafe.AsRef<float>(packed + first), lanes, (int)nuint.Min(Chunk, end - first));
                sums[first / Chunk] = Sum(lanes);
            }
        }

        /// <summary>The lanes' sum; they are used up.</summary>
        private static double Sum(Span<double> lanes)
        {
            for (int width = Lanes / 2; width > 0; width /= 2)
            {
                for (int i = 0; i < width; i++)
                    lanes[i] += lanes[i + width];
            }

            return lanes[0];
        }
    }
}

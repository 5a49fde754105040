using System;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

/// <summary>
/// Philox4x32-10, a counter-based random number generator (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
/// A number is a function of the seed, which is the key (low word first), and of a counter of four words, never of a thread or of a call before.
/// </summary>
/// <remarks>
/// The counters in use, word 0 first:
/// element e of a parameter: e/4 (two words, low first), the parameter's number, 0x80000000; the element's number is output word e mod 4.
/// Element e of a dropout mask: 16·(e/64) + e mod 16, the sample, the step's low word, the layer + 65536·(the step's bits 32 to 46);
/// the element's number is output word (e/16) mod 4.
/// Orders of data and random transforms have words 3 of their own, above 0x80000000 (<see cref="Data.RandomSequence"/>, <see cref="Data.SampleRandom"/>).
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class Philox
{
    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const uint ParameterDomain = 0x80000000;
    private const float UniformStep = 1f / (1 << 24);

    /// <summary>One block: the counter becomes four random words.</summary>
    /// <param name="counter">The counter, word 0 in the first lane.</param>
    /// <param name="seed">The key, its low word first.</param>
    public static Vector128<uint> Block(Vector128<uint> counter, ulong seed)
    {
        (uint x0, uint x1, uint x2, uint x3) = (counter[0], counter[1], counter[2], counter[3]);
        uint k0 = (uint)seed;
        uint k1 = (uint)(seed >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * x0;
            ulong product1 = (ulong)Multiplier1 * x2;
            (x0, x1, x2, x3) = ((uint)(product1 >> 32) ^ x1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ x3 ^ k1, (uint)product0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return Vector128.Create(x0, x1, x2, x3);
    }

    /// <summary>A uniform number in [0, 1), a multiple of 2⁻²⁴.</summary>
    /// <param name="seed">The key.</param>
    /// <param name="stream">Which sequence; the parameter's number.</param>
    /// <param name="index">The place in the sequence; at least 0.</param>
    public static float Uniform(ulong seed, int stream, long index) => (float)UniformBlock(seed, stream, index / 4)[(int)(index % 4)];

    /// <summary>A number of the standard normal distribution (Box and Muller 1958): two words make the elements 2k (cosine) and 2k+1 (sine).</summary>
    /// <param name="seed">The key.</param>
    /// <param name="stream">Which sequence; the parameter's number.</param>
    /// <param name="index">The place in the sequence; at least 0.</param>
    public static double Normal(ulong seed, int stream, long index) => NormalBlock(seed, stream, index / 4)[(int)(index % 4)];

    /// <summary>The uniform numbers at 4·block and the three places after it.</summary>
    internal static Vector256<double> UniformBlock(ulong seed, int stream, long block)
    {
        Vector128<uint> words = ParameterBlock(seed, stream, block) >>> 8;
        return Vector256.Create((double)words[0], words[1], words[2], words[3]) * UniformStep;
    }

    /// <summary>The normal numbers at 4·block and the three places after it.</summary>
    internal static Vector256<double> NormalBlock(ulong seed, int stream, long block)
    {
        Vector128<uint> words = ParameterBlock(seed, stream, block);
        double radius0 = Radius(words[0]);
        double radius1 = Radius(words[2]);
        return Vector256.Create(radius0 * CosineOfTurn(words[1]), radius0 * SineOfTurn(words[1]), radius1 * CosineOfTurn(words[3]), radius1 * SineOfTurn(words[3]));
    }

    private static double Radius(uint word) => Math.Sqrt(-2 * VectorMath.ScalarLog((word + 1.0) * (1.0 / (1L << 32))));

    private static Vector128<uint> ParameterBlock(ulong seed, int stream, long block) =>
        Block(Vector128.Create((uint)block, (uint)(block >> 32), (uint)stream, ParameterDomain), seed);

    /// <summary>cos(2π·turn/2³²), exact to about 1e-16.</summary>
    internal static double CosineOfTurn(uint turn) => SineOfTurn(unchecked(turn + 0x40000000));

    /// <summary>sin(2π·turn/2³²), exact to about 1e-16.</summary>
    internal static double SineOfTurn(uint turn)
    {
        uint quadrant = unchecked(turn + 0x20000000) >> 30;
        return VectorMath.SineOfQuadrant(unchecked((int)(turn - (quadrant << 30))) * (2 * Math.PI / (1L << 32)), quadrant);
    }

    /// <summary>Writes a dropout mask of one sample: <paramref name="scale"/> where the element's uniform number is at least <paramref name="p"/>, else 0.</summary>
    /// <param name="mask">The first element.</param>
    /// <param name="length">The number of elements; a multiple of 4 writes no other.</param>
    /// <param name="seed">The network's seed.</param>
    /// <param name="step">The training step.</param>
    /// <param name="layer">The layer's index, less than 65,536.</param>
    /// <param name="sample">The sample's index in its batch.</param>
    /// <param name="p">The probability of a zero.</param>
    /// <param name="scale">What is kept is multiplied by this, 1/(1−p).</param>
    public static void DropoutMask(ref float mask, int length, ulong seed, long step, int layer, long sample, float p, float scale)
    {
        uint c1 = (uint)sample;
        uint c2 = (uint)step;
        uint c3 = ((uint)layer & 0xFFFF) | ((uint)((ulong)step >> 32) & 0x7FFF) << 16;
        uint k0 = (uint)seed;
        uint k1 = (uint)(seed >> 32);
        int element = 0;
        for (; element <= length - 64; element += 64)
            Mask(ref Unsafe.Add(ref mask, element), (uint)element / 4, c1, c2, c3, k0, k1, p, scale);
        if (element == length)
            return;
        Span<float> rest = stackalloc float[64];
        Mask(ref MemoryMarshal.GetReference(rest), (uint)element / 4, c1, c2, c3, k0, k1, p, scale);
        rest[..(length - element)].CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref mask, element), length - element));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mask(ref float mask, uint firstBlock, uint c1, uint c2, uint c3, uint key0, uint key1, float p, float scale)
    {
        if (Vector512.IsHardwareAccelerated)
            MaskVector512(ref mask, firstBlock, c1, c2, c3, key0, key1, p, scale);
        else if (Vector256.IsHardwareAccelerated)
            MaskVector256(ref mask, firstBlock, c1, c2, c3, key0, key1, p, scale);
        else
            MaskVector128(ref mask, firstBlock, c1, c2, c3, key0, key1, p, scale);
    }
}

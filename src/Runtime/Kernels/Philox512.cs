using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NetGen.Runtime;

// The 256- and 128-bit versions are made from this file at build time (Runtime.csproj).
public static partial class Philox
{
    // 64 elements of a dropout mask: 16 blocks side by side, word j of block l is element 16 j + l.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MaskVector512(ref float mask, uint firstBlock, uint c1, uint c2, uint c3, uint key0, uint key1, float p, float scale)
    {
        for (int lane = 0; lane < 16; lane += Vector512<uint>.Count)
        {
            Vector512<uint> x0 = Vector512.Create(firstBlock + (uint)lane) + Vector512<uint>.Indices;
            Vector512<uint> x1 = Vector512.Create(c1);
            Vector512<uint> x2 = Vector512.Create(c2);
            Vector512<uint> x3 = Vector512.Create(c3);
            uint k0 = key0;
            uint k1 = key1;
            for (int round = 0; round < Rounds; round++)
            {
                Multiply(x0, Multiplier0, out Vector512<uint> high0, out Vector512<uint> low0);
                Multiply(x2, Multiplier1, out Vector512<uint> high1, out Vector512<uint> low1);
                x0 = high1 ^ x1 ^ Vector512.Create(k0);
                x1 = low1;
                x2 = high0 ^ x3 ^ Vector512.Create(k1);
                x3 = low0;
                k0 += Weyl0;
                k1 += Weyl1;
            }

            Keep(x0, p, scale).StoreUnsafe(ref mask, (nuint)lane);
            Keep(x1, p, scale).StoreUnsafe(ref mask, (nuint)(lane + 16));
            Keep(x2, p, scale).StoreUnsafe(ref mask, (nuint)(lane + 32));
            Keep(x3, p, scale).StoreUnsafe(ref mask, (nuint)(lane + 48));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Keep(Vector512<uint> word, float p, float scale)
    {
        Vector512<float> u = Vector512.ConvertToSingle((word >>> 8).AsInt32()) * Vector512.Create(UniformStep);
        return Vector512.GreaterThanOrEqual(u, Vector512.Create(p)) & Vector512.Create(scale);
    }

    // 32 x 32 to 64 bits, lane by lane, through the even and the odd lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(Vector512<uint> x, uint multiplier, out Vector512<uint> high, out Vector512<uint> low)
    {
        Vector512<ulong> even = MultiplyEven(x, multiplier);
        Vector512<ulong> odd = MultiplyEven((x.AsUInt64() >>> 32).AsUInt32(), multiplier);
        Vector512<ulong> upper = Vector512.Create(0xFFFFFFFF_00000000);
        high = ((even >>> 32) | (odd & upper)).AsUInt32();
        low = Vector512.ConditionalSelect(upper, odd << 32, even).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> MultiplyEven(Vector512<uint> x, uint multiplier) => Avx512F.IsSupported
        ? Avx512F.Multiply(x, Vector512.Create(multiplier))
        : (x.AsUInt64() & Vector512.Create(0xFFFFFFFFul)) * Vector512.Create((ulong)multiplier);
}

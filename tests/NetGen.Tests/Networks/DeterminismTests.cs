using System;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>One training in processes with different instruction sets, in each with one thread and with several: the same bits.</summary>
public class DeterminismTests
{
    private static readonly (string Name, string Value) s_without512 = ("DOTNET_EnableAVX512", "0");

    [Fact]
    [Trait("Lane", "Slow")]
    public void Neither_vector_width_nor_threads_change_a_bit()
    {
        string[] plain = ChildProcess.Probe([]);
        string[] without512 = ChildProcess.Probe([s_without512]);
        string[] without256 = ChildProcess.Probe([("DOTNET_EnableAVX2", "0")]);

        Assert.Equal(Flags(Vector512.IsHardwareAccelerated, Vector256.IsHardwareAccelerated, Fma.IsSupported, Avx2.IsSupported), plain[0]);
        Assert.Equal(Flags(false, Vector256.IsHardwareAccelerated, Fma.IsSupported, Avx2.IsSupported), without512[0]);
        Assert.Equal(Flags(false, false, false, false), without256[0]);
        Assert.True(plain.Length > 95);
        Assert.Equal(["2 threads: the same", "3 threads: the same", "7 threads: the same", "16 threads: the same"], plain[^4..]);
        Assert.Equal(plain[1..], without512[1..]);
        Assert.Equal(plain[1..], without256[1..]);
    }

    /// <summary>
    /// All networks of the reference, with the masks of dropout; each width has numbers of threads of its own, which spares minutes. Narrow vectors have fused multiply-adds here: without them
    /// AlexNet takes minutes too.
    /// </summary>
    [Fact]
    [Trait("Lane", "Slow")]
    public void Neither_vector_width_nor_threads_change_a_bit_of_the_reference()
    {
        string[] plain = ChildProcess.Probe([], "references", "1", "2", "7");
        string[] without512 = ChildProcess.Probe([s_without512], "references", "3");
        string[] without256 = ChildProcess.Probe([("DOTNET_PreferredVectorBitWidth", "128")], "references", "16");

        Assert.Equal(Flags(Vector512.IsHardwareAccelerated, Vector256.IsHardwareAccelerated, Fma.IsSupported, Avx2.IsSupported), plain[0]);
        Assert.Equal(Flags(false, Vector256.IsHardwareAccelerated, Fma.IsSupported, Avx2.IsSupported), without512[0]);
        Assert.Equal(Flags(false, false, Fma.IsSupported, Avx2.IsSupported), without256[0]);
        Assert.Contains(plain, line => line.StartsWith("AlexNet, parameters", StringComparison.Ordinal));
        Assert.Equal(["2 threads: the same", "7 threads: the same"], plain[^2..]);
        Assert.Equal(plain[1..^2], without512[1..]);
        Assert.Equal(plain[1..^2], without256[1..]);
    }

    private static string Flags(bool vector512, bool vector256, bool fma, bool avx2) => $"Vector512={vector512} Vector256={vector256} Fma={fma} Avx2={avx2}";
}

using System;
using System.IO;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>One training in processes with different instruction sets, in each with one thread and with several: the same bits.</summary>
public class DeterminismTests
{
    [Fact]
    [Trait("Lane", "Slow")]
    public void Neither_vector_width_nor_threads_change_a_bit()
    {
        string[] plain = Run();
        string[] without512 = Run("DOTNET_EnableAVX512");
        string[] without256 = Run("DOTNET_EnableAVX2");

        Assert.Equal(Flags(Vector512.IsHardwareAccelerated, Vector256.IsHardwareAccelerated, Fma.IsSupported, Avx2.IsSupported), plain[0]);
        Assert.Equal(Flags(false, Vector256.IsHardwareAccelerated, Fma.IsSupported, Avx2.IsSupported), without512[0]);
        Assert.Equal(Flags(false, false, false, false), without256[0]);
        Assert.True(plain.Length > 95);
        Assert.Equal(["2 threads: the same", "3 threads: the same", "7 threads: the same", "16 threads: the same"], plain[^4..]);
        Assert.Equal(plain[1..], without512[1..]);
        Assert.Equal(plain[1..], without256[1..]);
    }

    private static string Flags(bool vector512, bool vector256, bool fma, bool avx2) => $"Vector512={vector512} Vector256={vector256} Fma={fma} Avx2={avx2}";

    private static string[] Run(string? disabled = null) =>
        ChildProcess.Run(AppContext.BaseDirectory, disabled is null ? [] : [(disabled, "0")], Path.Combine(AppContext.BaseDirectory, "NetGen.Probe.dll"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

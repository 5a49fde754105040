using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Runtime;

/// <summary>The pieces in which a network is given the samples of a prediction, and by whom.</summary>
public class PredictionPiecesTests
{
    private static readonly ConcurrentQueue<(int Thread, int Rows)> s_pieces = new();
    private static Action? s_during;

    /// <summary>Of steps that cannot be shared as many threads are taken as have a piece worth it.</summary>
    [Theory]
    [InlineData(1, 2, "1")]
    [InlineData(31, 2, "31")]
    [InlineData(32, 2, "16 16")]
    [InlineData(33, 2, "16 17")]
    [InlineData(33, 7, "16 17")]
    [InlineData(60, 3, "20 20 20")]
    [InlineData(60, 1, "60")]
    public void Each_thread_has_a_piece(int batch, int threads, string pieces)
    {
        Predict(batch, threads);
        Assert.Equal(pieces, string.Join(" ", s_pieces.Select(piece => piece.Rows).Order()));
    }

    /// <summary>Of large batches each has up to four parts, but none is less than a pass.</summary>
    [Theory]
    [InlineData(256, 2, 4)]
    [InlineData(512, 2, 8)]
    [InlineData(512, 3, 6)]
    [InlineData(5120, 2, 8)]
    [InlineData(4096, 16, 64)]
    public void Large_batches_have_several_parts_for_each_thread(int batch, int threads, int parts)
    {
        Predict(batch, threads);
        int passes = (batch / parts + 63) / 64;
        Assert.Equal(parts * passes, s_pieces.Count);
        Assert.InRange(s_pieces.Min(piece => piece.Rows), 1, 64);
    }

    /// <summary>A thread that is slow, as one is whose core others use, takes fewer of them.</summary>
    [Fact]
    public void A_slow_thread_does_less()
    {
        // Whoever comes first is the slow one, until all others' pieces are done.
        int slow = 0;
        Predict(512, 2, () =>
        {
            if (Interlocked.CompareExchange(ref slow, Environment.CurrentManagedThreadId, 0) == 0)
                Assert.True(SpinWait.SpinUntil(() => s_pieces.Count == 7, TimeSpan.FromMinutes(2)), "The other thread did not take the pieces.");
        });
        Assert.Equal(8, s_pieces.Count);
        Assert.Equal(1, s_pieces.Count(piece => piece.Thread == slow));
    }

    private static void Predict(int batch, int threads, Action? during = null)
    {
        s_pieces.Clear();
        s_during = during;
        var runner = NetworkRunner.Create<Noted>(1);
        (runner.Parallelism, runner.IsEager) = (threads, threads > 1);
        float[] input = TestNetwork.Values(batch, 1);
        var output = new float[batch];
        runner.Predict<Noted>(input, output);
        Assert.Equal(input, output);
    }

    /// <summary>Hands its input on, and notes how many samples there were.</summary>
    private readonly struct Noted : INetworkKernels
    {
        public static int Contract => NetworkRunner.Contract;

        public static int InputSize => 1;

        public static int OutputSize => 1;

        public static int PackedParameterCount => 16;

        public static int InferenceBatch => 64;

        public static WorkspaceSize InferenceWorkspace => new(0, 1, 1);

        public static WorkspaceSize TrainingWorkspace => default;

        public static ParameterLayout[] Layouts => [];

        public static string Figures => "";

        public static void Infer(ref float input, ref float parameters, ref float workspace, ref float output, nuint rows)
        {
            for (nuint n = 0; n < rows; n++)
                Unsafe.Add(ref output, n) = Unsafe.Add(ref input, n);
            s_during?.Invoke();
            s_pieces.Enqueue((Environment.CurrentManagedThreadId, (int)rows));
        }

        public static void Forward(ref float input, ref float parameters, ref float workspace, ulong seed, long step, long firstSample, bool isTraining, nuint rows) => throw new NotSupportedException();

        public static void Seed(ref float outputGradient, ref float workspace, nuint rows) => throw new NotSupportedException();
    }
}

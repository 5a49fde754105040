using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Runtime.CompilerServices;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Runtime;

/// <summary>The pieces in which a network is given the samples of a prediction, and by whom.</summary>
public class PredictionPiecesTests
{
    private static readonly ConcurrentQueue<(int Thread, int Rows)> s_pieces = new();

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

    private static void Predict(int batch, int threads)
    {
        s_pieces.Clear();
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
            s_pieces.Enqueue((Environment.CurrentManagedThreadId, (int)rows));
        }

        public static void Forward(ref float input, ref float parameters, ref float workspace, ulong seed, long step, long firstSample, bool isTraining, nuint rows) => throw new NotSupportedException();

        public static void Seed(ref float outputGradient, ref float workspace, nuint rows) => throw new NotSupportedException();
    }
}

using System;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using NetGen.Runtime;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Runtime;

public class NetworkStateTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(100_003)]
    public void Buffers_start_on_a_cache_line_and_are_zero(int length)
    {
        for (int i = 0; i < 10; i++)
        {
            var buffer = new AlignedBuffer(length);
            Assert.Equal(length, buffer.Length);
            Assert.Equal(length, buffer.Span.Length);
            Assert.True(Address(ref buffer.Reference) % 64 == 0);
            Assert.True(Unsafe.AreSame(ref buffer.Reference, ref MemoryMarshal.GetReference(buffer.Span)));
            Assert.True(buffer.Span.IndexOfAnyExcept(0f) < 0);
        }
    }

    [Fact]
    public void Buffers_refuse_lengths_that_no_array_has()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedBuffer(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedBuffer(int.MaxValue));
    }

    [Fact]
    public void Parameters_and_gradients_start_on_a_cache_line()
    {
        NetworkState state = TestNetwork.Create().State;
        Assert.True(Address(ref state.ParameterReference) % 64 == 0);
        Assert.True(Address(ref state.GradientReference) % 64 == 0);
        Assert.Equal(state.FlatParameters.Length, state.FlatGradients.Length);
        Assert.False(Unsafe.AreSame(ref state.ParameterReference, ref state.GradientReference));
    }

    [Fact]
    public void The_training_workspace_only_grows()
    {
        NetworkState state = TestNetwork.Create().State;
        nint first = Address(ref state.TrainingWorkspace(1000));
        Assert.True(first % 64 == 0);
        bool stays = true;
        Allocations.None(() => stays &= Address(ref state.TrainingWorkspace(10)) == first && Address(ref state.TrainingWorkspace(1000)) == first);
        Assert.True(stays);
        Assert.NotEqual(first, Address(ref state.TrainingWorkspace(1001)));
        Assert.Contains("smaller batch", Assert.Throws<ArgumentException>(() => state.TrainingWorkspace(1L << 40)).Message);
    }

    [Fact]
    public void Warm_rentals_allocate_nothing()
    {
        NetworkState state = TestNetwork.Create().State;
        AlignedBuffer first = state.RentWorkspace(100);
        AlignedBuffer second = state.RentWorkspace(100);
        Assert.NotSame(first, second);
        state.ReturnWorkspace(first);
        state.ReturnWorkspace(second);
        Allocations.None(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                AlignedBuffer a = state.RentWorkspace(100);
                AlignedBuffer b = state.RentWorkspace(50);
                state.ReturnWorkspace(a);
                state.ReturnWorkspace(b);
            }
        });
    }

    [Fact]
    public void Buffers_that_are_too_small_are_replaced()
    {
        NetworkState state = TestNetwork.Create().State;
        state.ReturnWorkspace(state.RentWorkspace(10));
        AlignedBuffer large = state.RentWorkspace(1000);
        Assert.Equal(1000, large.Length);
        state.ReturnWorkspace(large);
        Assert.Same(large, state.RentWorkspace(10));
    }

    [Fact]
    public void The_pool_keeps_no_more_than_its_slots()
    {
        NetworkState state = TestNetwork.Create().State;
        AlignedBuffer[] buffers = [.. Enumerable.Range(0, 300).Select(_ => state.RentWorkspace(16))];
        Assert.Equal(300, buffers.Distinct().Count());
        foreach (AlignedBuffer buffer in buffers)
            state.ReturnWorkspace(buffer);
        Assert.Equal(WorkerThreads.Most, Enumerable.Range(0, 300).Select(_ => state.RentWorkspace(16)).Count(buffers.Contains));
    }

    [Fact]
    public void No_two_threads_hold_one_buffer()
    {
        NetworkState state = TestNetwork.Create().State;
        int clashes = 0;
        Thread[] threads = [.. Enumerable.Range(1, 16).Select(number => new Thread(() =>
        {
            for (int i = 0; i < 5000; i++)
            {
                AlignedBuffer buffer = state.RentWorkspace(32);
                buffer.Span.Fill(number);
                if (i % 64 == 0)
                    Thread.Yield();
                if (buffer.Span.IndexOfAnyExcept(number) >= 0)
                    Interlocked.Increment(ref clashes);
                state.ReturnWorkspace(buffer);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.Equal(0, clashes);
    }

    [Fact]
    public void Checks_say_what_was_expected_and_what_came()
    {
        Assert.Equal(3, Check.Batch(12, 4, "input"));
        Assert.Equal(0, Check.Batch(0, 4, "input"));
        ArgumentException error = Assert.Throws<ArgumentException>(() => Check.Batch(13, 4, "input"));
        Assert.Equal("input", error.ParamName);
        Assert.Contains("multiple of 4 floats, but got 13", error.Message);
        Assert.Contains("Expected 12 elements, but got 13", Assert.Throws<ArgumentException>(() => Check.Length(13, 12, "output")).Message);
        Assert.Throws<ArgumentException>(() => Check.NotEmptyBatch(0, "input"));
        Check.Labels([0, 9], 10, "target");
        Assert.Contains("from 0 to 9, but the one at index 1 is 10", Assert.Throws<ArgumentException>(() => Check.Labels([0, 10], 10, "target")).Message);
        Assert.Contains("index 0 is -1", Assert.Throws<ArgumentException>(() => Check.Labels([-1], 10, "target")).Message);
        var array = new float[8];
        Check.NoOverlap(array.AsSpan(0, 4), array.AsSpan(4), "output");
        Assert.Throws<ArgumentException>(() => Check.NoOverlap(array.AsSpan(0, 5), array.AsSpan(4), "output"));
        Assert.Equal([0, 16, 16, 32], new[] { 0, 1, 16, 17 }.Select(new WorkspaceSize(0, 1, 16).Floats));
    }

    [Theory]
    [InlineData(16, 16, 0, 1)]
    [InlineData(40, 21, 16, 2)]
    [InlineData(128, 10, 32, 3)]
    [InlineData(17, 33, 0, 2)]
    public void Panels_of_outputs_become_panels_of_inputs(int inputs, int outputs, int column, int panels)
    {
        int padded = (outputs + 15) / 16 * 16;
        float[] weight = TestNetwork.Values(padded * inputs, 3);
        var destination = new float[(panels * outputs * 16) + 16];
        WeightPanels.Transpose(ref weight[0], inputs, outputs, (nuint)column, panels, ref destination[0]);
        for (int p = 0; p < panels; p++)
        {
            for (int o = 0; o < outputs; o++)
            {
                for (int lane = 0; lane < 16; lane++)
                {
                    int i = column + (16 * p) + lane;
                    Assert.Equal(i < inputs ? weight[(o / 16 * 16 * inputs) + (i * 16) + (o % 16)] : 0, destination[(((p * outputs) + o) * 16) + lane]);
                }
            }
        }

        Assert.All(destination[^16..], value => Assert.Equal(0f, value));
    }

    private static nint Address(ref float reference) => Marshal.UnsafeAddrOfPinnedArrayElement(Array.Empty<float>(), 0) + Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(Array.Empty<float>()), ref reference);
}

using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using Xunit;
using static NetGen.Tests.Networks.Declarations;
using Buffer = NetGen.Generator.Compiler.Buffer;

namespace NetGen.Tests.Networks;

/// <summary>How much memory the plan takes, against what no plan can do without.</summary>
public class MemoryPlanTests
{
    /// <summary>A buffer from the step that writes it first to the last that reads it.</summary>
    private sealed record Life(int First, int Last, long Size);

    [Fact]
    public void Plans_of_small_programs_are_near_the_optimum()
    {
        var random = new RandomStream(1);
        string[] misses = [.. Enumerable.Range(0, 300).Select(_ => Draw(random).ToArray()).Select(steps => Miss(steps, string.Join("; ", steps.Select(Display)))).OfType<string>()];
        Assert.True(misses.Length == 0, $"{misses.Length} of 300: {string.Join('\n', misses)}");

        static string Display(Step step) => $"{string.Join(" + ", step.Reads.Select(Text))} -> {Text(step.Writes.Single())}";

        static string Text(Buffer buffer) => buffer.Kind == BufferKind.Workspace ? $"{buffer.Name}[{buffer.Stride}]" : buffer.Name;
    }

    [Fact]
    public void Plans_of_small_graphs_are_near_the_optimum()
    {
        int compared = 0;
        var misses = new List<string>();
        for (int number = 0; number < 120; number++)
        {
            var network = new RandomNetwork(number, small: true, composed: true);
            StepProgram program = CompiledNetwork.Compile(network.Graph).Program;
            foreach (Step[] steps in new Step[][] { [.. program.Inference], [.. program.Training] })
            {
                if (Lives(steps).Count > 12)
                    continue;
                compared++;
                if (Miss(steps, network.ToString()) is { } miss)
                    misses.Add(miss);
            }
        }

        Assert.True(misses.Count == 0, $"{misses.Count} of {compared}: {string.Join('\n', misses)}");
        Assert.True(compared >= 60, $"{compared} of the routines are small enough.");
    }

    public static TheoryData<string> References =>
    [
        "hw5-sigmoid-mlp", "two-layer-scalar", "residual-mlp", "residual-mlp-64x10", "conv1d-chain", "lenet5", "alexnet-mnist", "alexnet", "inception-1", "inception-2", "bottleneck",
        "stm", "stm-32",
    ];

    [Theory]
    [MemberData(nameof(References))]
    public void Plans_of_the_reference_hold_little_more_than_what_lives_at_once(string name)
    {
        CompiledNetwork network = CompiledNetwork.Compile(Build(ReferenceDeclarations.Of(name)));
        AssertNearLive([.. network.Program.Inference], network.Inference, "inference");
        AssertNearLive([.. network.Program.Training], network.Training, "training");

        static void AssertNearLive(Step[] steps, MemoryPlan plan, string routine)
        {
            // Each part by itself: what a step uses while it runs does not grow with the batch.
            long live = MostAlive(Lives(steps));
            Assert.True(plan.PerSample <= 1.05 * live, $"{routine}: {plan.PerSample} floats a sample, {live} live at once");
            Assert.Equal(Packing.PadToPanel(steps.Max(step => step.Scratch)), plan.Fixed);
        }
    }

    [Fact]
    public void The_search_finds_what_an_order_by_size_does_not()
    {
        // The largest first leaves a gap that the last does not fit.
        Life[] lives = [new(0, 1, 3), new(1, 3, 2), new(3, 4, 3), new(0, 0, 2), new(4, 5, 2)];
        Assert.Equal(5, MostAlive(lives));
        Assert.Equal(5, Optimum(lives));

        // No plan takes as little as lives at once.
        Life[] chain = [new(0, 1, 1), new(0, 3, 1), new(2, 6, 1), new(1, 2, 1), new(4, 5, 2), new(3, 4, 1), new(5, 6, 1)];
        Assert.True(Optimum(chain) >= MostAlive(chain));
    }

    private static string? Miss(Step[] steps, string what)
    {
        int planned = MemoryPlan.Create(steps).PerSample;
        long optimum = Optimum(Lives(steps));
        Assert.True(planned >= optimum, $"{planned} is less than {optimum}, the least possible: {what}");
        return planned <= 1.2 * optimum ? null : $"{planned} floats, {optimum} are enough: {what}";
    }

    /// <summary>Sums of buffers that were written before; each is read later or not at all.</summary>
    private static IEnumerable<Step> Draw(RandomStream random)
    {
        var input = new Buffer(0, "input", new Picture(16, 1, 1), BufferOrder.Flat, BufferKind.Input);
        var values = new List<Buffer>();
        int count = random.Between(3, 11);
        for (int i = 1; i <= count; i++)
        {
            Buffer y = new(i, "b" + i, new Picture(16 * random.Pick(1, 1, 2, 3, 5, 8, random.Between(1, 12)), 1, 1), BufferOrder.Flat, BufferKind.Workspace);
            Buffer[] xs = values.Count == 0 ? [input] : [.. Enumerable.Range(0, random.Between(1, 3)).Select(_ => values[random.Chance(0.5) ? ^1 : random.Between(0, values.Count - 1)]).Distinct()];
            values.Add(y);
            yield return new SumStep("Step" + i, xs.ToEquatableArray(), y);
        }
    }

    private static List<Life> Lives(Step[] steps)
    {
        var lives = new Dictionary<Buffer, Life>();
        for (int time = 0; time < steps.Length; time++)
        {
            foreach (Buffer buffer in steps[time].Reads.Concat(steps[time].Writes).Where(buffer => buffer.Kind == BufferKind.Workspace).Select(buffer => buffer.Root))
                lives[buffer] = lives.TryGetValue(buffer, out Life? life) ? life with { Last = time } : new Life(time, time, buffer.Stride);
        }

        return [.. lives.Values];
    }

    private static long MostAlive(IReadOnlyList<Life> lives) =>
        lives.Max(at => lives.Where(life => life.First <= at.First && at.First <= life.Last).Sum(life => life.Size));

    /// <summary>
    /// The least memory of any plan: of all orders, each buffer at the lowest place that is free for its whole life. An optimal plan in which no buffer can move
    /// down is among them, in the order of its offsets, so that orders whose offsets fall need not be looked at.
    /// </summary>
    private static long Optimum(IReadOnlyList<Life> lives)
    {
        long least = MostAlive(lives);
        long best = long.MaxValue;
        var offsets = new long[lives.Count];
        var placed = new List<int>();
        Place(0);
        return best;

        void Place(long top)
        {
            if (top >= best)
                return;
            if (placed.Count == lives.Count)
                best = top;
            for (int i = 0; i < lives.Count && best > least; i++)
            {
                if (placed.Contains(i))
                    continue;
                offsets[i] = LowestPlace(i);
                if (placed.Count > 0 && (offsets[i], i).CompareTo((offsets[placed[^1]], placed[^1])) < 0)
                    continue;
                placed.Add(i);
                Place(Math.Max(top, offsets[i] + lives[i].Size));
                placed.RemoveAt(placed.Count - 1);
            }
        }

        long LowestPlace(int i)
        {
            long offset = 0;
            foreach (int other in placed.Where(other => lives[other].First <= lives[i].Last && lives[i].First <= lives[other].Last).OrderBy(other => offsets[other]))
            {
                if (offsets[other] >= offset + lives[i].Size)
                    break;
                offset = Math.Max(offset, offsets[other] + lives[other].Size);
            }

            return offset;
        }
    }
}

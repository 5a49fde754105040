using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using NetGen.Data;
using NetGen.Tests.Infrastructure;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

public class TransformTests
{
    private static readonly float[] s_rows = [1, 10, 5, 2, 10, 1, 6, 10, 3];

    private static float[] Apply(ITransform transform, params float[] input)
    {
        var output = new float[transform.OutputSize(input.Length)];
        transform.Apply(input, output);
        return output;
    }

    private static float[] Augment(ITransform transform, float[] input, SampleRandom random)
    {
        var output = new float[transform.OutputSize(input.Length)];
        transform.Augment(input, output, random);
        return output;
    }

    private static ITransform Again(ITransform transform)
    {
        var state = new TrainingState();
        Transforms.Save(state.Section("t"), transform);
        return Transforms.Restore(state.Section("t"));
    }

    /// <summary>scikit-learn's StandardScaler gives these: the constant column is divided by 1.</summary>
    [Fact]
    public void Standardize_is_scikit_learns()
    {
        var transform = new Standardize();
        transform.Fit(s_rows, 3);
        Assert.Equal([3, 10, 3], transform.Offsets);
        Assert.Equal([Math.Sqrt(14 / 3.0), 1, Math.Sqrt(8 / 3.0)], transform.Scales);
        Assert.Equal([(float)(-2 / Math.Sqrt(14 / 3.0)), 0, (float)(2 / Math.Sqrt(8 / 3.0))], Apply(transform, 1, 10, 5));
        var back = new float[3];
        transform.Invert(Apply(transform, 1, 10, 5), back);
        Assert.Equal([1, 10, 5], back.Select(value => MathF.Round(value, 5)));

        // What rounding leaves of a constant is no deviation.
        for (int count = 1; count < 1000; count += 7)
        {
            var constant = new Standardize();
            constant.Fit(Enumerable.Repeat(1e8f / 3, count).ToArray(), 1);
            Assert.Equal(1, constant.Scales[0]);
        }
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void No_scale_is_learnt_from_what_is_not_finite(float value, string text)
    {
        float[] rows = [1, 10, 5, 2, value, 1, 6, 10, 3];
        foreach (Scaling transform in new Scaling[] { new Standardize(), new MinMax(), new Standardize(channels: 1) })
        {
            transform.Fit(s_rows, 3);
            double[] before = [.. transform.Offsets];
            Assert.StartsWith($"Expected finite numbers to learn a scale from, but feature 1 of sample 1 is {text}.", Assert.Throws<ArgumentException>(() => transform.Fit(rows, 3)).Message);
            Assert.Equal(before, transform.Offsets);
        }

        // What is not scaled may be anything.
        var others = new Standardize(columns: [0, 2]);
        others.Fit(rows, 3);
        Assert.Equal([3, 3], others.Offsets);
    }

    [Fact]
    public void Channels_and_columns_are_scaled_apart()
    {
        var channels = new Standardize(channels: 2);
        channels.Fit([1, 2, 3, 10, 20, 30, 3, 2, 1, 10, 20, 30], 6);
        Assert.Equal([2, 20], channels.Offsets);
        Assert.Equal([Math.Sqrt(2 / 3.0), Math.Sqrt(200 / 3.0)], channels.Scales);
        Assert.Equal(0, Apply(channels, 1, 2, 3, 10, 20, 30)[4]);
        var columns = new MinMax(columns: [2, 0]);
        columns.Fit(s_rows, 3);
        Assert.Equal([0.2f, 7, 0.5f], Apply(columns, 2, 7, 3));
        var bounds = new MinMax(-1, 1);
        bounds.Fit(s_rows, 3);
        Assert.Equal([-1, -1, 1], Apply(bounds, 1, 10, 5));
        Assert.Equal([1, -1, -1], Apply(bounds, 6, 10, 1));
    }

    [Fact]
    public void OneHot_is_scikit_learns()
    {
        var transform = new OneHot([1], UnknownCategory.Zeros);
        transform.Fit([0, 7, 1, 0, -2, 1, 0, 7, 1, 0, 4, 1], 3);
        Assert.Equal([-2, 4, 7], transform.Categories[0]);
        Assert.Equal([9, 0, 0, 1, 8], Apply(transform, 9, 7, 8));
        Assert.Equal([9, 1, 0, 0, 8], Apply(transform, 9, -2, 8));
        Assert.Equal([9, 0, 0, 0, 8], Apply(transform, 9, 5, 8));
        var given = new OneHot(new Dictionary<int, int> { [2] = 2, [0] = 3 });
        given.Fit([1, 1, 1], 3);
        Assert.Equal([0, 0, 1, 5, 1, 0], Apply(given, 2, 5, 0));
        Assert.StartsWith("Expected one of 2 categories, from 0 to 1, but feature 2 is 2.", Assert.Throws<ArgumentException>(() => Apply(given, 2, 5, 2)).Message);
        Assert.Equal([0, 0, 1, 5, 1, 0], Apply(Again(given), 2, 5, 0));
        Assert.Equal([9, 0, 0, 0, 8], Apply(Again(transform), 9, 5, 8));
        Assert.Throws<ArgumentException>(() => transform.Fit([0, float.NaN, 0], 3));
    }

    [Fact]
    public void Compositions_fit_one_after_another_and_are_restored_to_the_bit()
    {
        var transform = new Compose(new Compose(new OneHot([1])), new Standardize(), new MinMax(0, 3));
        transform.Fit([1.5f, 0, 2.25f, 1, 7, 1], 2);
        Assert.Equal(3, transform.OutputSize(2));
        Assert.Equal(3, transform.Parts.Count);
        float[] expected = Apply(transform, 1.7f, 1);
        Assert.Equal([3f, 0], expected[2..].Append(expected[1]).Select(value => MathF.Round(value, 5)));
        Assert.Equal(expected, Apply(Again(transform), 1.7f, 1));
        var same = new Compose(new OneHot([1]), new Standardize(), new MinMax(0, 3));
        var state = new TrainingState();
        transform.Save(state);
        same.Load(state)();
        Assert.Equal(expected, Apply(same, 1.7f, 1));
        Assert.Equal([4f, 2], Apply(new Compose(), 4, 2));
        Assert.Throws<InvalidDataException>(() => new Compose(new OneHot([1])).Load(state));
        Assert.Throws<InvalidDataException>(() => new Compose(new OneHot([0]), new Standardize(), new MinMax(0, 3)).Load(state));
        Assert.Throws<InvalidDataException>(() => new Compose(new OneHot([1]), new MinMax(), new Standardize()).Load(state));
        Assert.Throws<InvalidDataException>(() => new Compose(new OneHot([1]), new Standardize(2), new MinMax(0, 3)).Load(state));

        float[] input = [1.7f, 1], output = new float[3];
        Allocations.None(() => transform.Apply(input, output));
    }

    [Fact]
    public void What_is_not_fitted_or_does_not_fit_is_told()
    {
        Assert.StartsWith("Expected a Standardize that is fitted", Assert.Throws<InvalidOperationException>(() => Apply(new Standardize(), 1)).Message);
        Assert.StartsWith("Expected a OneHot that is fitted", Assert.Throws<InvalidOperationException>(() => Apply(new OneHot([0]), 1)).Message);
        var fitted = new Standardize();
        fitted.Fit(s_rows, 3);
        Assert.StartsWith("Expected samples of 3 floats, as those of the fit, but got 2.", Assert.Throws<ArgumentException>(() => Apply(fitted, 1, 2)).Message);
        Assert.Throws<ArgumentException>(() => fitted.Apply([1, 2, 3], new float[2]));
        Assert.Throws<ArgumentException>(() => new Standardize(2).Fit(s_rows, 3));
        Assert.Throws<ArgumentException>(() => new Standardize().Fit([], 3));
        Assert.Throws<ArgumentException>(() => new Standardize(columns: [3]).Fit(s_rows, 3));
        Assert.Throws<ArgumentException>(() => new Standardize(columns: [1, 1]));
        Assert.Throws<ArgumentException>(() => new MinMax(1, 1));
        Assert.Throws<ArgumentException>(() => new RandomCrop(1, 4, 4, 7, 4, padding: 1));
        Assert.Throws<ArgumentException>(() => Apply(new RandomHorizontalFlip(1, 2, 2), 1, 2, 3));
    }

    [Fact]
    public void Damaged_states_are_refused()
    {
        var transform = new Compose(new OneHot([1]), new Standardize(), new MinMax(0, 3), new RandomHorizontalFlip(1, 1, 3), new RandomCrop(1, 1, 3, 1, 2));
        transform.Fit([1.5f, 0, 2.25f, 1, 7, 1], 2);
        var whole = new TrainingState();
        Transforms.Save(whole, transform);
        foreach (string name in whole.Values.Keys)
        {
            foreach (string damage in new[] { "", "x", "-3", "1e99", "NaN" })
            {
                var state = new TrainingState();
                foreach ((string other, string value) in whole.Values)
                    state.Set(other, other == name ? damage : value);
                try
                {
                    Transforms.Restore(state);
                }
                catch (InvalidDataException)
                {
                    // Anything else would be a crash.
                }
            }

            var without = new TrainingState();
            foreach ((string other, string value) in whole.Values.Where(pair => pair.Key != name))
                without.Set(other, value);
            Assert.Throws<InvalidDataException>(() => Transforms.Restore(without));
        }

        Assert.Contains("kind \"Mine\"", Assert.Throws<InvalidDataException>(() => Restored("Mine", null)).Message);
        Assert.IsType<Standardize>(Restored("Mine", kind => kind == "Mine" ? new Standardize() : null));

        static ITransform Restored(string kind, Func<string, ITransform?>? custom)
        {
            var state = new TrainingState();
            new Standardize().Save(state);
            state.Set("kind", kind);
            return Transforms.Restore(state, custom);
        }
    }

    [Fact]
    public void Crops_are_parts_of_the_padded_picture()
    {
        const int Channels = 2, Height = 3, Width = 4, CropHeight = 4, CropWidth = 3, Padding = 2;
        float[] picture = [.. Enumerable.Range(1, Channels * Height * Width).Select(i => (float)i)];
        var crop = new RandomCrop(Channels, Height, Width, CropHeight, CropWidth, Padding, fill: -1);
        var places = new HashSet<(int, int)>();
        for (int sample = 0; sample < 400; sample++)
        {
            var random = new SampleRandom(3, 1, sample);
            (int top, int left) = (random.Below(0, 4), random.Below(1, 6));
            places.Add((top, left));
            Assert.Equal(Expected(top, left), Augment(crop, picture, random));
        }

        Assert.Equal(24, places.Count);
        Assert.Equal(Expected(1, 2), Apply(crop, picture));
        Assert.Equal(Apply(crop, picture), Apply(Again(crop), picture));
        Assert.Equal(picture, Apply(new RandomCrop(Channels, Height, Width, Height, Width, 1), picture));

        float[] Expected(int top, int left) =>
        [
            .. from channel in Enumerable.Range(0, Channels)
               from row in Enumerable.Range(top - Padding, CropHeight)
               from column in Enumerable.Range(left - Padding, CropWidth)
               select row is >= 0 and < Height && column is >= 0 and < Width ? picture[(((channel * Height) + row) * Width) + column] : -1,
        ];
    }

    [Fact]
    public void Flips_are_drawn_by_sample_and_epoch()
    {
        var flip = new RandomHorizontalFlip(1, 2, 2, 0.25);
        bool[] flipped = [.. Enumerable.Range(0, 4000).Select(sample => Augment(flip, [1, 2, 3, 4], new SampleRandom(7, 0, sample)) is [2, 1, 4, 3])];
        Assert.InRange(flipped.Count(one => one), 880, 1120);
        Assert.Equal([1, 2, 3, 4], Apply(flip, 1, 2, 3, 4));
        Assert.Equal([2, 1, 4, 3], Augment(new RandomHorizontalFlip(1, 2, 2, 1), [1, 2, 3, 4], default));
        Assert.NotEqual(flipped, Enumerable.Range(0, 4000).Select(sample => Augment(flip, [1, 2, 3, 4], new SampleRandom(7, 1, sample)) is [2, 1, 4, 3]));
        Assert.NotEqual(flipped, Enumerable.Range(0, 4000).Select(sample => Augment(flip, [1, 2, 3, 4], new SampleRandom(7, 0, sample, 1)) is [2, 1, 4, 3]));
    }

    [Fact]
    public void Each_stage_draws_its_own_numbers()
    {
        var twice = new Compose(new RandomHorizontalFlip(1, 2, 2), new RandomHorizontalFlip(1, 2, 2));
        Assert.InRange(Enumerable.Range(0, 1000).Count(sample => Augment(twice, [1, 2, 3, 4], new SampleRandom(7, 0, sample)) is [2, 1, 4, 3]), 400, 600);
        Assert.Equal(
            Enumerable.Range(0, 100).Select(sample => Augment(new RandomHorizontalFlip(1, 2, 2), [1, 2, 3, 4], new SampleRandom(7, 0, sample))),
            Enumerable.Range(0, 100).Select(sample => Augment(new Compose(new RandomHorizontalFlip(1, 2, 2), new RandomHorizontalFlip(1, 2, 2, 0)), [1, 2, 3, 4], new SampleRandom(7, 0, sample))));
    }

    /// <summary>What a sample becomes depends neither on the batch size nor on the kind of loader.</summary>
    [Fact]
    public void Loaders_augment_a_sample_alike()
    {
        var data = new Dataset<int>(Enumerable.Range(0, 40 * 6).Select(i => (float)i).ToArray(), Enumerable.Range(0, 40).ToArray(), 6);
        var transform = new Compose(new RandomCrop(1, 2, 3, 2, 3, 1), new RandomHorizontalFlip(1, 2, 3));
        SortedDictionary<int, string> Samples(DataLoader<int> loader)
        {
            var samples = new SortedDictionary<int, string>();
            loader.Begin(2);
            while (loader.MoveNext())
            {
                for (int i = 0; i < loader.Current.Count; i++)
                    samples.Add(loader.Current.Targets[i], string.Join(' ', loader.Current.Inputs.Slice(i * 6, 6).ToArray()));
            }

            return samples;
        }

        using var shuffled = new ArrayLoader<int>(data, 7, shuffle: true, seed: 4, transform: transform);
        using var inOrder = new ArrayLoader<int>(data, 40, seed: 4, transform: transform, augment: true);
        using var evaluated = new ArrayLoader<int>(data, 9, seed: 4, transform: transform);
        using var prefetched = new PrefetchLoader<int>(
            Enumerable.Range(0, 40).Select(i => new Sample<int>(data.Input(i).ToArray(), i)), 6, 3, new PrefetchOptions { Transform = transform, Augment = true, Seed = 4 });
        SortedDictionary<int, string> expected = Samples(inOrder);
        Assert.Equal(expected, Samples(shuffled));
        Assert.Equal(expected, Samples(prefetched));
        Assert.NotEqual(expected, Samples(evaluated));
        Assert.Equal(string.Join(' ', data.Input(3).ToArray()), Samples(evaluated)[3]);
        Allocations.None(() =>
        {
            shuffled.Begin(1);
            while (shuffled.MoveNext())
            {
            }
        });
    }

    [Fact]
    public void Datasets_are_transformed_as_a_whole()
    {
        var data = new Dataset<float>(s_rows, new float[] { 100, 200, 600 }, 3);
        Standardize inputs = new Standardize().Fit(data), targets = new Standardize().FitTargets(data);
        Dataset<float> transformed = data.Transform(inputs).TransformTargets(targets);
        Assert.Equal(0, transformed.Inputs.ToArray().Sum(), 1e-5);
        Assert.Equal(3, transformed.Targets.ToArray().Sum(value => value * value), 1e-5);
        Assert.Equal(Apply(inputs, 2, 10, 1), transformed.Input(1).ToArray());
        Dataset<float> wide = data.Transform(new OneHot([2]).Fit(data));
        Assert.Equal(5, wide.InputSize);
    }
}

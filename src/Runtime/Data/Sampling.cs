using System;
using System.Linq;

namespace NetGen.Data;

/// <summary>Parts of a dataset, labels that are replaced, and what classes weigh.</summary>
public static class Sampling
{
    /// <summary>Splits a dataset at random; in each part, samples are in the order of the dataset.</summary>
    /// <typeparam name="TTarget">The targets.</typeparam>
    /// <param name="data">The dataset.</param>
    /// <param name="test">The test set's share; above 0 and less than 1.</param>
    /// <param name="seed">The same seed gives the same parts.</param>
    /// <exception cref="ArgumentException">A share is out of range.</exception>
    public static (Dataset<TTarget> Train, Dataset<TTarget> Test) Split<TTarget>(this Dataset<TTarget> data, double test, ulong seed = 0)
        where TTarget : unmanaged => Two(Split(data, [1 - test, test], seed));

    /// <summary>Splits a dataset at random; in each part, samples are in the order of the dataset.</summary>
    /// <typeparam name="TTarget">The targets.</typeparam>
    /// <param name="data">The dataset.</param>
    /// <param name="validation">The validation set's share; above 0.</param>
    /// <param name="test">The test set's share; above 0, and both together less than 1.</param>
    /// <param name="seed">The same seed gives the same parts.</param>
    /// <exception cref="ArgumentException">A share is out of range.</exception>
    public static (Dataset<TTarget> Train, Dataset<TTarget> Validation, Dataset<TTarget> Test) Split<TTarget>(this Dataset<TTarget> data, double validation, double test, ulong seed = 0)
        where TTarget : unmanaged => Three(Split(data, [1 - validation - test, validation, test], seed));

    /// <summary>Splits a dataset at random; in each part, samples are in the order of the dataset.</summary>
    /// <typeparam name="TTarget">The targets.</typeparam>
    /// <param name="data">The dataset.</param>
    /// <param name="shares">The parts' shares, each above 0, which sum to 1.</param>
    /// <param name="seed">The same seed gives the same parts.</param>
    /// <returns>A part for each share; their sizes are the shares' to within one sample.</returns>
    /// <exception cref="ArgumentException">A share is out of range.</exception>
    public static Dataset<TTarget>[] Split<TTarget>(this Dataset<TTarget> data, ReadOnlySpan<double> shares, ulong seed = 0)
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        return Parts(data, Shuffled(data.Count, seed), shares);
    }

    /// <summary>Splits a dataset at random, each class by the same shares; in each part, samples are in the order of the dataset.</summary>
    /// <param name="data">The dataset.</param>
    /// <param name="test">The test set's share; above 0 and less than 1.</param>
    /// <param name="seed">The same seed gives the same parts.</param>
    /// <exception cref="ArgumentException">A share is out of range.</exception>
    public static (Dataset<int> Train, Dataset<int> Test) StratifiedSplit(this Dataset<int> data, double test, ulong seed = 0) => Two(StratifiedSplit(data, [1 - test, test], seed));

    /// <summary>Splits a dataset at random, each class by the same shares; in each part, samples are in the order of the dataset.</summary>
    /// <param name="data">The dataset.</param>
    /// <param name="validation">The validation set's share; above 0.</param>
    /// <param name="test">The test set's share; above 0, and both together less than 1.</param>
    /// <param name="seed">The same seed gives the same parts.</param>
    /// <exception cref="ArgumentException">A share is out of range.</exception>
    public static (Dataset<int> Train, Dataset<int> Validation, Dataset<int> Test) StratifiedSplit(this Dataset<int> data, double validation, double test, ulong seed = 0) =>
        Three(StratifiedSplit(data, [1 - validation - test, validation, test], seed));

    /// <summary>Splits a dataset at random, each class by the same shares; in each part, samples are in the order of the dataset.</summary>
    /// <param name="data">The dataset.</param>
    /// <param name="shares">The parts' shares, each above 0, which sum to 1.</param>
    /// <param name="seed">The same seed gives the same parts.</param>
    /// <returns>A part for each share; their sizes are the shares' to within one sample, those of a class in them to within two.</returns>
    /// <exception cref="ArgumentException">A share is out of range.</exception>
    public static Dataset<int>[] StratifiedSplit(this Dataset<int> data, ReadOnlySpan<double> shares, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(data);
        int[] classes = data.Targets.ToArray();
        return Parts(data, [.. Shuffled(data.Count, seed).OrderBy(sample => classes[sample])], shares);
    }

    /// <summary>
    /// Replaces labels by random ones, all classes equally likely, the right one too (Zhang, Bengio, Hardt, Recht and Vinyals 2017). With the same seed, what is replaced at a share is replaced by the same
    /// at any larger one.
    /// </summary>
    /// <param name="data">The dataset.</param>
    /// <param name="share">The share of samples whose labels are replaced, from 0 to 1; rounded to whole samples.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="seed">The same seed gives the same labels.</param>
    /// <exception cref="ArgumentException">The share or a label is out of range.</exception>
    public static Dataset<int> WithLabelNoise(this Dataset<int> data, double share, int classes, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (share is not (>= 0 and <= 1))
            throw Dataset.Invalid($"Expected a share from 0 to 1, but got {share}.", nameof(share));
        CheckLabels(data.Targets, classes);
        int[] labels = data.Targets.ToArray();
        int[] order = Identity(labels.Length);
        var random = new RandomSequence(seed, RandomUse.LabelNoise, 0);
        random.Shuffle(order);
        foreach (int sample in order.AsSpan(0, (int)Math.Round(share * labels.Length)))
            labels[sample] = random.Below(classes);
        return data.WithTargets(labels);
    }

    /// <summary>
    /// What the classes weigh in a loss so that each has the same part in it (scikit-learn's <c>class_weight="balanced"</c>): samples/(classes that occur · samples of the class).
    /// </summary>
    /// <param name="labels">Class numbers.</param>
    /// <param name="classes">The number of classes.</param>
    /// <returns><c>[classes]</c>; 0 for a class that does not occur.</returns>
    /// <exception cref="ArgumentException">A label is out of range.</exception>
    public static double[] BalancedClassWeights(ReadOnlySpan<int> labels, int classes)
    {
        CheckLabels(labels, classes);
        var counts = new long[classes];
        foreach (int label in labels)
            counts[label]++;
        int present = counts.Count(count => count > 0);
        double samples = labels.Length;
        return [.. counts.Select(count => count == 0 ? 0 : samples / (present * (double)count))];
    }

    private static void CheckLabels(ReadOnlySpan<int> labels, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        Runtime.Check.Labels(labels, classes, nameof(labels));
    }

    private static int[] Identity(int count)
    {
        var order = new int[count];
        for (int i = 0; i < count; i++)
            order[i] = i;
        return order;
    }

    private static int[] Shuffled(int count, ulong seed)
    {
        int[] order = Identity(count);
        new RandomSequence(seed, RandomUse.Split, 0).Shuffle(order);
        return order;
    }

    private static (T A, T B) Two<T>(T[] parts) => (parts[0], parts[1]);

    private static (T A, T B, T C) Three<T>(T[] parts) => (parts[0], parts[1], parts[2]);

    /// <summary>Deals samples out, each to the part that lacks most: any of them that follow each other, such as those of a class, go by the shares.</summary>
    private static Dataset<TTarget>[] Parts<TTarget>(Dataset<TTarget> data, int[] order, ReadOnlySpan<double> shares)
        where TTarget : unmanaged
    {
        double sum = 0;
        foreach (double share in shares)
        {
            if (share is not (> 0 and < 1))
                throw Dataset.Invalid($"Expected shares above 0 and less than 1, but got {share}.", nameof(shares));
            sum += share;
        }

        if (Math.Abs(sum - 1) > 1e-9)
            throw Dataset.Invalid($"Expected shares that sum to 1, but their sum is {sum}.", nameof(shares));
        var dealt = new int[shares.Length];
        var part = new int[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            int most = 0;
            double lack = double.NegativeInfinity;
            for (int j = 0; j < dealt.Length; j++)
            {
                if ((shares[j] * (i + 1)) - dealt[j] is var missing && missing > lack)
                    (most, lack) = (j, missing);
            }

            part[order[i]] = most;
            dealt[most]++;
        }

        return [.. Enumerable.Range(0, dealt.Length).Select(j => data.Subset([.. Identity(order.Length).Where(sample => part[sample] == j)]))];
    }
}

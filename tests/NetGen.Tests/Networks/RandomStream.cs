using System;

namespace NetGen.Tests.Networks;

/// <summary>A small seeded source of choices; splitmix64.</summary>
internal sealed class RandomStream(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, 1), 24 bits: exact in single precision.</summary>
    public double Uniform() => (Next() >> 40) / 16777216.0;

    public float Uniform(double low, double high) => (float)(low + ((high - low) * Uniform()));

    public int Between(int low, int high) => low + (int)(Next() % (ulong)(high - low + 1));

    public bool Chance(double probability) => Uniform() < probability;

    public T Pick<T>(params T[] choices) => choices[Between(0, choices.Length - 1)];

    public float[] Floats(int count, double low, double high)
    {
        var values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = Uniform(low, high);
        return values;
    }
}

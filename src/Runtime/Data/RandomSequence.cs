using System;
using System.Runtime.Intrinsics;
using NetGen.Runtime;

namespace NetGen.Data;

/// <summary>What random numbers are for: word 3 of Philox's counter, apart from those of parameters and dropout masks.</summary>
internal enum RandomUse : uint
{
    /// <summary>The order of an epoch.</summary>
    Shuffle = 0x80000001,

    /// <summary>Which part of a split a sample goes to.</summary>
    Split = 0x80000002,

    /// <summary>Labels that are replaced.</summary>
    LabelNoise = 0x80000003,
}

/// <summary>
/// Philox's words one after another. The counter of word i: i/4, the number of the sequence (two words, low first), the use; the word is output i mod 4.
/// </summary>
internal struct RandomSequence(ulong seed, RandomUse use, long sequence)
{
    private Vector128<uint> _block;
    private uint _next;

    /// <summary>The next 32 bits.</summary>
    public uint Next()
    {
        if (_next % 4 == 0)
            _block = Philox.Block(Vector128.Create(_next / 4, (uint)sequence, (uint)(sequence >> 32), (uint)use), seed);
        return _block[(int)(_next++ % 4)];
    }

    /// <summary>A number of at least 0 and less than a bound, all equally likely (Lemire, "Fast random integer generation in an interval", 2019).</summary>
    public int Below(int bound)
    {
        ulong product = (ulong)Next() * (uint)bound;
        if ((uint)product < (uint)bound)
        {
            uint threshold = unchecked((uint)-bound) % (uint)bound;
            while ((uint)product < threshold)
                product = (ulong)Next() * (uint)bound;
        }

        return (int)(product >> 32);
    }

    /// <summary>Puts elements into a random order, all equally likely (Durstenfeld's form of Fisher and Yates's shuffle).</summary>
    public void Shuffle(Span<int> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int other = Below(i + 1);
            (values[i], values[other]) = (values[other], values[i]);
        }
    }
}

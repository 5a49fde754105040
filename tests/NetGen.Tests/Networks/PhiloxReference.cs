namespace NetGen.Tests.Networks;

/// <summary>Philox4x32-10 (Salmon et al. 2011), written down a second time, and the dropout masks drawn from it.</summary>
internal static class PhiloxReference
{
    public static uint[] Block(ulong key, uint c0, uint c1, uint c2, uint c3)
    {
        uint k0 = (uint)key;
        uint k1 = (uint)(key >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = (ulong)c0 * 0xD2511F53;
            ulong p1 = (ulong)c2 * 0xCD9E8D57;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        return [c0, c1, c2, c3];
    }

    /// <summary>
    /// Element e is word (e / 16) mod 4 of the block with counter (16·(e / 64) + e mod 16, sample, step, layer),
    /// its upper 24 bits taken as a number in [0, 1). The step is less than 2³².
    /// </summary>
    public static double[] DropoutMask(ulong seed, uint step, int layer, int sample, int length, double p)
    {
        var mask = new double[length];
        for (int e = 0; e < length; e++)
        {
            uint word = Block(seed, (uint)((16 * (e / 64)) + (e % 16)), (uint)sample, step, (uint)layer)[e / 16 % 4];
            mask[e] = (word >> 8) / 16777216.0 >= (float)p ? 1 / (1 - p) : 0;
        }

        return mask;
    }
}

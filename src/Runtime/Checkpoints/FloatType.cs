namespace NetGen;

/// <summary>How a checkpoint holds a network's floats.</summary>
public enum FloatType
{
    /// <summary>32 bits, as the network itself does.</summary>
    Float32,

    /// <summary>IEEE 754's 16 bits, rounded to the nearest, ties to even: 11 bits of precision, up to 65504.</summary>
    Float16,

    /// <summary>The upper half of 32 bits, rounded to the nearest, ties to even: 8 bits of precision, the range of 32 bits.</summary>
    BFloat16,
}

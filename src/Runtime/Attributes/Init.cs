namespace NetGen;

/// <summary>
/// How a parameter is initialised. <c>fan_in</c> and <c>fan_out</c> are the weight's, as in <c>torch.nn.init</c>:
/// for a linear layer its input and output features, for a convolution in/groups and channels, each times the size of the kernel.
/// The parameter beside it (<c>InitScale</c>, <c>BiasInitScale</c>) is named in each member.
/// </summary>
public enum Init
{
    /// <summary>
    /// PyTorch's default for the layer. For a linear layer and a convolution weight and bias are uniform in ±1/sqrt(fan_in)
    /// (<c>reset_parameters</c> of <c>torch.nn.Linear</c> and <c>torch.nn.Conv2d</c>). Takes no scale.
    /// </summary>
    Default = 0,

    /// <summary>Uniform in ±gain·sqrt(3/fan_in); the scale is the gain, sqrt(2) if not given (He et al. 2015, for ReLU).</summary>
    KaimingUniform,

    /// <summary>Normal of mean 0 and standard deviation gain/sqrt(fan_in); the scale is the gain, sqrt(2) if not given (He et al. 2015).</summary>
    KaimingNormal,

    /// <summary>Uniform in ±gain·sqrt(6/(fan_in+fan_out)); the scale is the gain, 1 if not given (Glorot and Bengio 2010).</summary>
    XavierUniform,

    /// <summary>Normal of mean 0 and standard deviation gain·sqrt(2/(fan_in+fan_out)); the scale is the gain, 1 if not given (Glorot and Bengio 2010).</summary>
    XavierNormal,

    /// <summary>Normal of mean 0; the scale is the standard deviation, 1 if not given.</summary>
    Normal,

    /// <summary>Uniform in ±scale; 1 if not given.</summary>
    Uniform,

    /// <summary>Constant; the scale is the value, 0 if not given.</summary>
    Constant,
}

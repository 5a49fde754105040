using System;
using System.Collections.Generic;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NetGen.Runtime;

namespace NetGen;

/// <summary>What tells networks apart whose parameters may have the same names and shapes.</summary>
internal static class NetworkStructure
{
    private const int HashBytes = 8;

    /// <summary>The first 8 bytes of SHA-256 over lines: layers with key, declaration and shape, then parameters and buffers with name and shape.</summary>
    public static string Hash(INetwork network)
    {
        (int inputSize, IReadOnlyList<LayerInfo> layers) = NetworkRunner.Of(network)?.Structure() ?? (0, []);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"input {inputSize}\n");
        foreach (LayerInfo layer in layers)
            text.Append(CultureInfo.InvariantCulture, $"layer {layer.Key}: {layer.Layer} {ParameterView.ShapeText(layer.OutputShape.AsSpan())}\n");
        foreach (ParameterView parameter in network.Parameters)
            text.Append(CultureInfo.InvariantCulture, $"parameter {parameter}\n");
        foreach (ParameterView buffer in network.Buffers)
            text.Append(CultureInfo.InvariantCulture, $"buffer {buffer}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, HashBytes));
    }
}

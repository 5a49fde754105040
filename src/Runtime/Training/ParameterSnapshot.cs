using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Runtime;

namespace NetGen.Training;

/// <summary>A copy of a network's parameters and buffers.</summary>
internal sealed class ParameterSnapshot
{
    private readonly INetwork _network;
    private readonly AlignedBuffer _memory;

    public ParameterSnapshot(INetwork network)
    {
        _network = network;
        ParameterLayout[] parameters = [.. network.Parameters.Select(parameter => parameter.Layout)];
        ParameterLayout[] buffers = [.. network.Buffers.Select(buffer => buffer.Layout)];
        _memory = new AlignedBuffer(buffers.Select(buffer => buffer.Offset + buffer.PackedLength).Append(network.FlatParameters.Length).Max());
        Parameters = new ParameterCollection(_memory, parameters);
        Buffers = new ParameterCollection(_memory, buffers, areBuffers: true);
    }

    public ParameterCollection Parameters { get; }

    public ParameterCollection Buffers { get; }

    /// <summary>Copies the network's.</summary>
    public void Take()
    {
        _network.FlatParameters.CopyTo(_memory.Span);
        Copy(_network.Buffers, Buffers);
    }

    /// <summary>Gives the network the copy.</summary>
    public void Restore()
    {
        Span<float> parameters = _network.FlatParameters;
        _memory.Span[..parameters.Length].CopyTo(parameters);
        Copy(Buffers, _network.Buffers);
    }

    private static void Copy(IReadOnlyList<ParameterView> from, IReadOnlyList<ParameterView> to)
    {
        for (int i = 0; i < from.Count; i++)
        {
            if (from[i].IsInt64)
                to[i].Int64 = from[i].Int64;
            else
                to[i].CopyFrom(from[i].ToArray());
        }
    }
}

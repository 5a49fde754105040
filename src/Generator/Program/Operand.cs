using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler;

/// <summary>What a step does with an operand.</summary>
internal enum OperandRole
{
    /// <summary>A buffer that it reads.</summary>
    Read,

    /// <summary>A buffer that it writes.</summary>
    Write,

    /// <summary>A buffer that it writes as well, for the gradient.</summary>
    Keep,

    /// <summary>A parameter.</summary>
    Parameter,

    /// <summary>The gradient of a parameter, which it writes.</summary>
    ParameterGradient,

    /// <summary>State, which it writes.</summary>
    State,

    /// <summary>What the caller wants the output to be: class numbers or values.</summary>
    Target,

    /// <summary>A number of the training step.</summary>
    Scalar,
}

/// <summary>An argument of a step's method.</summary>
/// <param name="Name">Its name in the method.</param>
/// <param name="Role">What the step does with it.</param>
/// <param name="Buffer">The buffer, where it is one.</param>
/// <param name="Need">What the step asks of that.</param>
/// <param name="Offset">Where a parameter, or state, starts in the packed parameters, or its gradient in the packed gradients.</param>
/// <param name="Type">The type of a target or a scalar.</param>
internal sealed record Operand(string Name, OperandRole Role, Buffer? Buffer = null, BufferNeed? Need = null, int Offset = 0, string Type = "float")
{
    public bool IsRead => Role == OperandRole.Read;

    public bool IsWritten => Role is OperandRole.Write or OperandRole.Keep;

    public static Operand Read(string name, Buffer buffer, BufferNeed need) => new(name, OperandRole.Read, buffer, need);

    public static Operand Write(string name, Buffer buffer, BufferNeed need) => new(name, OperandRole.Write, buffer, need);

    public static Operand Keep(string name, Buffer buffer, BufferNeed need) => new(name, OperandRole.Keep, buffer, need);

    public static Operand Parameter(string name, int offset) => new(name, OperandRole.Parameter, Offset: offset);

    public static Operand ParameterGradient(string name, int offset) => new(name, OperandRole.ParameterGradient, Offset: offset);

    public static Operand State(string name, int offset) => new(name, OperandRole.State, Offset: offset);

    public static Operand Target(string type) => new("target", OperandRole.Target, Type: type);

    public static Operand Scalar(string type, string name) => new(name, OperandRole.Scalar, Type: type);
}

/// <summary>The operands of a step in the order of its method's parameters.</summary>
internal sealed class OperandList : IReadOnlyList<Operand>, IEquatable<OperandList>
{
    private readonly Operand[] _operands;

    public OperandList(IEnumerable<Operand> operands)
    {
        _operands = operands.ToArray();
        Reads = [.. _operands.Where(operand => operand.IsRead).Select(operand => operand.Buffer!)];
        Writes = [.. _operands.Where(operand => operand.Role == OperandRole.Write).Concat(_operands.Where(operand => operand.Role == OperandRole.Keep)).Select(operand => operand.Buffer!)];
    }

    /// <summary>The buffers that are read.</summary>
    public IReadOnlyList<Buffer> Reads { get; }

    /// <summary>The buffers that are written: the results, then what is kept.</summary>
    public IReadOnlyList<Buffer> Writes { get; }

    public int Count => _operands.Length;

    public Operand this[int index] => _operands[index];

    /// <summary>The operand of a name; null where there is none.</summary>
    public Operand? Find(string name) => Array.Find(_operands, operand => operand.Name == name);

    /// <summary>The same operands, one with another buffer.</summary>
    public OperandList Set(string name, Buffer buffer) => new(_operands.Select(operand => operand.Name == name ? operand with { Buffer = buffer } : operand));

    /// <summary>The same operands and one more, before the first for which <paramref name="isBehind"/> holds.</summary>
    public OperandList Insert(Operand operand, Predicate<Operand> isBehind)
    {
        int place = Array.FindIndex(_operands, isBehind);
        return new(_operands.Take(place).Append(operand).Concat(_operands.Skip(place)));
    }

    /// <summary>What they are when <paramref name="from"/> becomes <paramref name="to"/>.</summary>
    public OperandList Replace(Buffer from, Buffer to) =>
        new(_operands.Select(operand => operand.Buffer?.Replace(from, to) is { } buffer && buffer != operand.Buffer ? operand with { Buffer = buffer } : operand));

    public bool Equals(OperandList? other) => other is not null && _operands.SequenceEqual(other._operands);

    public override bool Equals(object? obj) => Equals(obj as OperandList);

    public override int GetHashCode() => _operands.Aggregate(_operands.Length, (hash, operand) => unchecked((hash * 31) + operand.GetHashCode()));

    public IEnumerator<Operand> GetEnumerator() => ((IEnumerable<Operand>)_operands).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

using System;
using System.Collections.Generic;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>
/// A value as the expression that computes it, kept as a hash: equal hashes are the same operations on the same elements in the same order. Only what
/// never changes a bit is simplified: a factor of one, and terms with a zero that the layout guarantees.
/// </summary>
internal static class Term
{
    public const ulong Zero = 0;
    public const ulong One = 1;

    /// <summary>Stands for a memory's name.</summary>
    public static ulong Memory(string name)
    {
        ulong hash = 14695981039346656037;
        foreach (char letter in name)
            hash = unchecked((hash ^ letter) * 1099511628211);
        return hash;
    }

    /// <summary>What a place of memory holds at first.</summary>
    public static ulong Element(ulong memory, long place) => Mix(memory, unchecked((ulong)place));

    public static ulong Constant(double value) => value == 0 ? Zero : value == 1 ? One : Mix(11, unchecked((ulong)BitConverter.DoubleToInt64Bits(value)));

    public static ulong Times(ulong a, ulong b) => a == Zero || b == Zero ? Zero : a == One ? b : b == One ? a : Mix(2, Mix(Math.Min(a, b), Math.Max(a, b)));

    public static ulong Add(ulong a, ulong b) => a == Zero ? b : b == Zero ? a : Mix(3, Mix(Math.Min(a, b), Math.Max(a, b)));

    public static ulong Subtract(ulong a, ulong b) => b == Zero ? a : Mix(8, Mix(a, b));

    public static ulong MultiplyAdd(ulong a, ulong b, ulong c) =>
        a == Zero || b == Zero ? c : c == Zero ? Times(a, b) : a == One ? Add(b, c) : b == One ? Add(a, c) : Mix(4, Mix(c, Times(a, b)));

    public static ulong Activated(ActivationOp activation, ulong x, bool isDerivative) =>
        x == Zero && !isDerivative && ActivationCost.KeepsZero(activation) ? Zero : Mix(isDerivative ? 6UL : 5UL, Mix(x, (ulong)activation.Function + 1));

    public static ulong LaneSum(IEnumerable<ulong> lanes)
    {
        ulong sum = 7;
        foreach (ulong lane in lanes)
            sum = Mix(sum, lane);
        return sum;
    }

    /// <summary>An elementwise expression of values.</summary>
    public static ulong Evaluated(Expression expression, Func<int, ulong> operand, long rows) => expression switch
    {
        Compiler.Constant e => Constant((float)e.Value),
        BatchSize => Constant(rows),
        Placeholder e => operand(e.Index),
        SquareRoot e => Mix(12, Evaluated(e.Of, operand, rows)),
        Compiler.Binary e => Computed(e.Sign, Evaluated(e.Left, operand, rows), Evaluated(e.Right, operand, rows)),
        _ => throw new ArgumentOutOfRangeException(nameof(expression)),
    };

    public static ulong Over(ulong a, ulong b) => b == One ? a : Mix(13, Mix(a, b));

    /// <summary>A function of the runtime at work on values.</summary>
    public static ulong Call(string function, IEnumerable<ulong> given)
    {
        ulong call = Memory(function);
        foreach (ulong value in given)
            call = Mix(call, value);
        return call;
    }

    /// <summary>One of the numbers that a call computes.</summary>
    public static ulong Result(ulong call, long number) => Mix(9, Mix(call, unchecked((ulong)number)));

    private static ulong Computed(char sign, ulong a, ulong b) => sign switch
    {
        '+' => Add(a, b),
        '-' => Subtract(a, b),
        '*' => Times(a, b),
        _ => Over(a, b),
    };

    private static ulong Mix(ulong a, ulong b)
    {
        unchecked
        {
            ulong hash = (a * 0x9E3779B97F4A7C15) ^ (b + 0x7F4A7C159E3779B9 + (a << 6) + (a >> 2));
            hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
            hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
            return (hash ^ (hash >> 31)) | 2;
        }
    }
}

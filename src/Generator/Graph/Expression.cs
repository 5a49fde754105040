using System;
using System.Globalization;

namespace NetGen.Generator.Compiler;

/// <summary>An elementwise expression over the operands of a <see cref="Ops.MapOp"/>, with its derivatives.</summary>
internal abstract record Expression
{
    public static Expression Zero { get; } = new Constant(0);

    public static Expression One { get; } = new Constant(1);

    /// <summary>The derivative with respect to an operand.</summary>
    public abstract Expression Derivative(int operand);

    /// <summary>The expression with others in the place of its operands.</summary>
    public abstract Expression Replace(Func<int, Expression> operand);

    /// <summary>What one evaluation computes.</summary>
    public virtual Arithmetic Cost => default;

    /// <summary>As text; what a number and an operand look like is the caller's.</summary>
    public abstract string Text(ExpressionStyle style);

    /// <summary>As people read it: <c>((a - b) / sqrt((c + 1E-05)))</c>.</summary>
    public sealed override string ToString() => Text(ExpressionStyle.Plain);

    public static Expression SquareRoot(Expression of) => new SquareRoot(of);

    public static implicit operator Expression(double value) => new Constant(value);

    public static Expression operator +(Expression a, Expression b) => (a, b) switch
    {
        (Constant x, Constant y) => x.Value + y.Value,
        (Constant { Value: 0 }, _) => b,
        (_, Constant { Value: 0 }) => a,
        _ => new Binary('+', a, b),
    };

    public static Expression operator -(Expression a, Expression b) => (a, b) switch
    {
        (Constant x, Constant y) => x.Value - y.Value,
        (_, Constant { Value: 0 }) => a,
        (Constant { Value: 0 }, _) => -1 * b,
        _ => new Binary('-', a, b),
    };

    public static Expression operator *(Expression a, Expression b) => (a, b) switch
    {
        (Constant x, Constant y) => x.Value * y.Value,
        (Constant { Value: 0 }, _) or (_, Constant { Value: 0 }) => Zero,
        (Constant { Value: 1 }, _) => b,
        (_, Constant { Value: 1 }) => a,
        _ => new Binary('*', a, b),
    };

    public static Expression operator /(Expression a, Expression b) => (a, b) switch
    {
        (Constant { Value: 0 }, _) => Zero,
        (_, Constant { Value: 1 }) => a,
        _ => new Binary('/', a, b),
    };
}

/// <summary>How expressions are written.</summary>
/// <param name="Operand">An operand.</param>
/// <param name="Number">A number.</param>
/// <param name="Samples">The number of samples.</param>
/// <param name="SquareRoot">The name of the square root.</param>
internal sealed record ExpressionStyle(Func<int, string> Operand, Func<double, string> Number, string Samples, string SquareRoot)
{
    public static ExpressionStyle Plain { get; } = new(operand => ((char)('a' + operand)).ToString(), number => number.ToString("R", CultureInfo.InvariantCulture), "N", "sqrt");
}

internal sealed record Constant(double Value) : Expression
{
    public override Expression Derivative(int operand) => Zero;

    public override Expression Replace(Func<int, Expression> operand) => this;

    public override string Text(ExpressionStyle style) => style.Number(Value);
}

/// <summary>The number of samples of the batch.</summary>
internal sealed record BatchSize : Expression
{
    public override Expression Derivative(int operand) => Zero;

    public override Expression Replace(Func<int, Expression> operand) => this;

    public override string Text(ExpressionStyle style) => style.Samples;
}

/// <summary>An operand, by its place among the node's inputs.</summary>
internal sealed record Placeholder(int Index) : Expression
{
    public override Expression Derivative(int operand) => operand == Index ? One : Zero;

    public override Expression Replace(Func<int, Expression> operand) => operand(Index);

    public override string Text(ExpressionStyle style) => style.Operand(Index);
}

internal sealed record Binary(char Sign, Expression Left, Expression Right) : Expression
{
    public override Expression Derivative(int operand)
    {
        Expression left = Left.Derivative(operand);
        Expression right = Right.Derivative(operand);
        return Sign switch
        {
            '+' => left + right,
            '-' => left - right,
            '*' => (left * Right) + (Left * right),
            _ => (left / Right) - (this * (right / Right)),
        };
    }

    public override Arithmetic Cost => Left.Cost + Right.Cost + (Sign is '+' or '-' ? Arithmetic.Of(0, 1) : Arithmetic.Of(1, 0));

    public override Expression Replace(Func<int, Expression> operand) => this with { Left = Left.Replace(operand), Right = Right.Replace(operand) };

    public override string Text(ExpressionStyle style) => $"({Left.Text(style)} {Sign} {Right.Text(style)})";
}

internal sealed record SquareRoot(Expression Of) : Expression
{
    public override Expression Derivative(int operand) => Of.Derivative(operand) / (2 * this);

    public override Arithmetic Cost => Of.Cost + Arithmetic.Of(1, 0);

    public override Expression Replace(Func<int, Expression> operand) => new SquareRoot(Of.Replace(operand));

    public override string Text(ExpressionStyle style) => $"{style.SquareRoot}({Of.Text(style)})";
}

using System.Globalization;

namespace NetGen.Generator.Compiler;

/// <summary>What the targets of a network are.</summary>
internal abstract record TargetStatement : NetworkStatement
{
    /// <summary>As the user writes it: <c>Classes(10)</c>.</summary>
    public abstract string Display { get; }

    /// <summary>What must be of its arguments, and what they are; null where they are right.</summary>
    public abstract (string Option, string Wanted, string Got)? Mistake { get; }
}

/// <summary>One of several classes.</summary>
internal sealed record ClassesStatement(int Count) : TargetStatement
{
    public override string Display => $"Classes({Count.ToString(CultureInfo.InvariantCulture)})";

    public override (string, string, string)? Mistake => Count < 2 ? ("count", "at least 2 classes", Count.ToString(CultureInfo.InvariantCulture)) : null;
}

/// <summary>Several numbers, each 0 or 1.</summary>
internal sealed record LabelsStatement(int Count) : TargetStatement
{
    public override string Display => $"Labels({Count.ToString(CultureInfo.InvariantCulture)})";

    public override (string, string, string)? Mistake => Count < 1 ? ("count", "at least 1 label", Count.ToString(CultureInfo.InvariantCulture)) : null;
}

/// <summary>Real numbers in a range.</summary>
internal sealed record TargetRangeStatement(double Min, double Max) : TargetStatement
{
    public override string Display => "TargetRange";

    public override (string, string, string)? Mistake =>
        Min < Max ? null : ("max", "a number above min, " + Min.ToString("R", CultureInfo.InvariantCulture), Max.ToString("R", CultureInfo.InvariantCulture));
}

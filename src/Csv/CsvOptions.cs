using System.Collections.Generic;
using NetGen.Data;

namespace NetGen.Csv;

/// <summary>What is done where a feature is missing; a missing target is always an error.</summary>
public enum MissingValues
{
    /// <summary>An exception that names line and column.</summary>
    Error,

    /// <summary>A number becomes the mean of its column; a missing category is a category of its own.</summary>
    Mean,

    /// <summary>A number becomes <see cref="CsvOptions.MissingConstant"/>; a missing category is a category of its own.</summary>
    Constant,
}

/// <summary>What the columns of a CSV file are.</summary>
public sealed record CsvOptions
{
    /// <summary>The column of values or class names; needed unless there is a <see cref="Schema"/>.</summary>
    public string? Target { get; init; }

    /// <summary>The columns of numbers; null: all that are not said to be something else.</summary>
    public IReadOnlyList<string>? Numeric { get; init; }

    /// <summary>The columns of categories.</summary>
    public IReadOnlyList<string> Categorical { get; init; } = [];

    /// <summary>Columns that are left out.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>
    /// The columns as another file, that of the training, has them: names, categories, what missing values become, classes. What these options say of columns does not count then.
    /// </summary>
    public CsvSchema? Schema { get; init; }

    /// <summary>Whether the first line has the names of the columns; otherwise they are called 0, 1, 2 and so on.</summary>
    public bool HasHeader { get; init; } = true;

    /// <summary>What is between two columns; null: found out from the first line, of semicolon, tab, bar and comma.</summary>
    public char? Separator { get; init; }

    /// <summary>What is done where a feature is missing.</summary>
    public MissingValues Missing { get; init; }

    /// <summary>What a missing number becomes with <see cref="MissingValues.Constant"/>.</summary>
    public float MissingConstant { get; init; }

    /// <summary>The texts of a missing value, without white space around them; upper and lower case differ.</summary>
    public IReadOnlyList<string> MissingTexts { get; init; } = ["", "NA", "N/A", "NaN", "nan", "null", "?"];

    /// <summary>What is done with a category that the training file does not have.</summary>
    public UnknownCategory Unknown { get; init; }
}

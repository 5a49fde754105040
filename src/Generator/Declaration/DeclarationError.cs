using System.Collections.Generic;

namespace NetGen.Generator.Compiler;

/// <summary>
/// A mistake in a declaration: the rule, the index of the attribute it is about among the class's NetGen attributes in source order
/// (−1: the class itself), and the arguments of the rule's message. Within a composition the place in its blocks follows: a branch, a layer of its block,
/// and so on; and what the message says of that place behind the rule's text.
/// </summary>
internal sealed record DeclarationError(string Rule, int Attribute, EquatableArray<string> Arguments, EquatableArray<int> Within = default, string Where = "")
{
    /// <summary>Which of the names in the arguments of the class's attributes it is about; null where it is about no name.</summary>
    public int? Name { get; init; }

    /// <summary>Which of the user's statements it is about; null where it is about none.</summary>
    public int? Statement { get; init; }
}

/// <summary>Collects the mistakes of one attribute after the other.</summary>
internal sealed class ErrorSink
{
    private readonly List<DeclarationError> _errors = [];
    private int _attribute = -1;

    /// <summary>The attribute that is being looked at.</summary>
    public int Attribute
    {
        get => _attribute;
        set => (_attribute, Within) = (value, default);
    }

    /// <summary>The place in the blocks of a composition; set after <see cref="Attribute"/>.</summary>
    public EquatableArray<int> Within { get; set; }

    public IReadOnlyList<DeclarationError> Errors => _errors;

    public void Add(DeclarationError error) => _errors.Add(error);

    public void Report(string rule, params string[] arguments) => Add(new DeclarationError(rule, Attribute, EquatableArray.Of(arguments), Within));

    public void ReportAt(int attribute, string rule, params string[] arguments) =>
        Add(new DeclarationError(rule, attribute, EquatableArray.Of(arguments)));
}

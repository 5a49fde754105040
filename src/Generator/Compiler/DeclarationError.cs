using System.Collections.Generic;

namespace NetGen.Generator.Compiler;

/// <summary>
/// A mistake in a declaration: the rule, the index of the attribute it is about among the class's NetGen attributes in source order
/// (−1: the class itself), and the arguments of the rule's message.
/// </summary>
internal sealed record DeclarationError(string Rule, int Attribute, EquatableArray<string> Arguments);

/// <summary>Collects the mistakes of one attribute after the other.</summary>
internal sealed class ErrorSink
{
    private readonly List<DeclarationError> _errors = [];

    /// <summary>The attribute that is being looked at.</summary>
    public int Attribute { get; set; } = -1;

    public IReadOnlyList<DeclarationError> Errors => _errors;

    public void Report(string rule, params string[] arguments) => ReportAt(Attribute, rule, arguments);

    public void ReportAt(int attribute, string rule, params string[] arguments) =>
        _errors.Add(new DeclarationError(rule, attribute, EquatableArray.Of(arguments)));
}

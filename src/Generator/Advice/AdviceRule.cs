using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Analyses;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>Looks at a network that compiles for what is hardly meant, does not work, or costs more than it need. One class a rule, or a family of them; that it exists is enough to be found.</summary>
internal abstract class AdviceRule
{
    private static readonly Lazy<AdviceRule[]> s_all = new(() => [.. typeof(AdviceRule).Assembly.GetTypes()
        .Where(type => !type.IsAbstract && typeof(AdviceRule).IsAssignableFrom(type))
        .OrderBy(type => type.Name, StringComparer.Ordinal)
        .Select(type => (AdviceRule)Activator.CreateInstance(type))]);

    /// <summary>Whether it holds a network to what is stated of it.</summary>
    protected virtual bool IsOfStatements => false;

    /// <summary>What all rules find, or those that hold a network to what is stated of it.</summary>
    public static IReadOnlyList<DeclarationError> Of(AnalyzedNetwork network, bool ofStatements = false)
    {
        var sink = new AdviceSink(network.Graph);
        foreach (AdviceRule rule in s_all.Value.Where(rule => rule.IsOfStatements || !ofStatements))
            rule.Check(network, sink);
        return sink.Found;
    }

    /// <summary>Reports what it finds.</summary>
    protected abstract void Check(AnalyzedNetwork network, AdviceSink sink);
}

using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>Every op that a declaration puts into a graph is known to the analyses that have a class for each.</summary>
public class AnalysesTests
{
    [Fact]
    public void Every_layer_has_a_rule_of_signals()
    {
        Type[] types = typeof(LayerOp).Assembly.GetTypes();
        IEnumerable<Type> known = types.Where(type => !type.IsAbstract && typeof(SignalRule).IsAssignableFrom(type)).Select(type => ((SignalRule)Activator.CreateInstance(type)!).OpType);
        IEnumerable<Type> ops = types.Where(type => !type.IsAbstract && type != typeof(CompositeOp) && (typeof(LayerOp).IsAssignableFrom(type) || typeof(JoinOp).IsAssignableFrom(type)));
        Assert.Empty(ops.Except(known).Select(type => type.Name));
    }
}

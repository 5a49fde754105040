using System;
using System.Linq;
using NetGen.Generator.Compiler.Kernels;

namespace NetGen.Tests.Networks;

/// <summary>Puts other statements in the places of some of a nest.</summary>
internal static class NestRewriter
{
    /// <summary>The nest with another body.</summary>
    public static Nest With(Nest nest, Statement body) => new()
    {
        Step = nest.Step,
        Description = nest.Description,
        Areas = nest.Areas,
        Body = body,
        Constants = nest.Constants,
        Scratch = nest.Scratch,
        IsSplit = nest.IsSplit,
    };

    /// <summary>Each statement that a change takes is what it makes of it; a statement in which nothing changes is itself.</summary>
    public static Statement Rewrite(Statement statement, Func<Statement, Statement?> change)
    {
        if (change(statement) is { } changed)
            return changed;
        Statement[] parts = [.. statement.Parts.Select(part => Rewrite(part, change))];
        if (parts.SequenceEqual(statement.Parts))
            return statement;
        return statement switch
        {
            Sequence => new Sequence(parts),
            Scope => new Scope(parts[0]),
            TileRun => parts[0],
            Loop s => new Loop(s.Range, parts[0]),
            Variants s => new Variants([.. s.Bodies.Select((body, i) => (body.Lanes, parts[i]))]),
            Branch s => new Branch(s.Condition, parts[0], parts[1]),
            _ => throw new InvalidOperationException(statement.GetType().Name),
        };
    }
}

using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>What a schedule builds a step's nest with: the memory by name, and the constants as they come up.</summary>
internal sealed class NestBuilder
{
    private readonly Step _step;
    private readonly List<Area> _areas = [];
    private readonly List<NestConstant> _constants = [];

    /// <param name="step">The step.</param>
    /// <param name="parameters">Floats of its parameters, by name.</param>
    public NestBuilder(Step step, params (string Name, long Length)[] parameters)
    {
        _step = step;
        _areas.AddRange(step.Operands.Where(operand => operand.Buffer is not null).Select(operand => new Area(operand.Name, operand.Buffer)));
        _areas.AddRange(parameters.Select(parameter => new Area(parameter.Name, length: parameter.Length)));
        if (step.Scratch > 0)
            _areas.Add(new Area("scratch", length: step.Scratch));
    }

    public Area this[string name] => _areas.Find(area => area.Name == name) ?? throw new InvalidOperationException($"{_step.Method} has no {name}.");

    public bool Has(string name) => _areas.Exists(area => area.Name == name);

    /// <summary>Adds what the caller gives beside buffers and parameters.</summary>
    public Area Add(Area area)
    {
        _areas.Add(area);
        return area;
    }

    /// <summary>A constant that is printed once, behind the method.</summary>
    public T Constant<T>(T constant)
        where T : NestConstant
    {
        if (_constants.Find(other => other.Name == constant.Name) is T known)
            return known;
        _constants.Add(constant);
        return constant;
    }

    public Nest Build(Statement body, params string[] description) => new()
    {
        Step = _step,
        Description = description,
        Areas = _areas,
        Body = body,
        Constants = _constants,
        Scratch = _step.Scratch,
    };

    // ---- Blocks ----

    public static Statement Block(params Statement[] statements) => Block((IEnumerable<Statement>)statements);

    /// <summary>Statements in their order, those of a sequence among them one by one.</summary>
    public static Statement Block(IEnumerable<Statement> statements)
    {
        List<Statement> all = [.. statements.SelectMany(statement => statement is Sequence sequence ? sequence.Statements : [statement])];
        return all.Count == 1 ? all[0] : new Sequence(all);
    }

    /// <summary>A range from a number known now to another; nothing but the body where it has one step.</summary>
    public static Statement Over(string name, long from, long to, long step, RangeRole role, Func<Number, Statement> body, long grain = 0)
    {
        if (from + step >= to)
            return from < to ? body(from) : Statement.Nothing;
        var counter = new Variable(name);
        return new Loop(new LoopRange(counter, from, to, step, role) { Grain = grain }, body(counter));
    }

    /// <summary>A range up to a number.</summary>
    public static Statement Over(string name, Number to, long step, RangeRole role, Func<Number, Statement> body, long grain = 0) => Over(name, Number.Zero, to, step, role, body, grain);

    public static Statement Over(string name, Number from, Number to, long step, RangeRole role, Func<Number, Statement> body, long grain = 0)
    {
        var counter = new Variable(name);
        return new Loop(new LoopRange(counter, from, to, step, role) { Grain = grain }, body(counter));
    }

    /// <summary>All samples, one after the other; several workers can share them.</summary>
    public static Statement OverSamples(Func<Number, Statement> body) => Over("n", Variable.Rows, 1, RangeRole.Samples, body, grain: 1);

    /// <summary>Runs of equal parts, a range each.</summary>
    public static Statement OverSegments(string name, IEnumerable<(int Width, int Count)> segments, RangeRole role, Func<Number, int, Statement> body, long grain = 0)
    {
        var parts = new List<Statement>();
        int place = 0;
        foreach ((int width, int count) in segments)
        {
            parts.Add(Over(name, place, place + (width * count), width, role, at => body(at, width), grain));
            place += width * count;
        }

        return Block(parts);
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Kernels;
using static NetGen.Generator.Emission.Address;
using Buffer = NetGen.Generator.Compiler.Buffer;

namespace NetGen.Generator.Emission;

/// <summary>Prints a method a nest, with the tiles that they call behind them.</summary>
internal sealed class KernelEmitter
{
    private readonly CodeWriter _code;
    private readonly ProductTiles _tiles;
    private readonly NestPrinter _printer;
    private readonly IReadOnlyList<Nest> _nests;

    /// <summary>The steps of a method, by the names they would have alone.</summary>
    private readonly ILookup<string, string> _sharers;

    public KernelEmitter(CodeWriter writer, CompiledNetwork network)
    {
        _code = writer;
        _nests = network.Nests;
        _tiles = new ProductTiles(writer);
        _printer = new NestPrinter(writer, _tiles);
        _sharers = network.Program.Inference.Concat(network.Program.Training).Select(step => (step.Method, Own: step.Own ?? step.Method)).Distinct().ToLookup(step => step.Method, step => step.Own);
    }

    public void Emit()
    {
        foreach (Nest nest in _nests)
            Emit(nest);
        _tiles.Print();
    }

    /// <summary>The parameters of a step's method, and the arguments in a call.</summary>
    /// <param name="step">The step.</param>
    /// <param name="buffer">The name of a buffer where the call stands.</param>
    /// <param name="isSplit">Whether workers share its tiles.</param>
    public static IEnumerable<(string Declaration, string Argument)> Parameters(Step step, Func<Buffer, string> buffer, bool isSplit)
    {
        foreach (Operand operand in step.Operands.Where(operand => operand.Role is not (OperandRole.Target or OperandRole.Scalar)))
        {
            yield return ($"ref float {operand.Name}", "ref " + operand.Role switch
            {
                OperandRole.Parameter or OperandRole.State => Element("parameters", Offset(operand.Offset)),
                OperandRole.ParameterGradient => Element("gradients", Offset(operand.Offset)),
                _ => buffer(operand.Buffer!),
            });
        }

        if (step.Scratch > 0)
            yield return ("ref float scratch", "ref scratch");
        foreach (Operand operand in step.Operands.Where(operand => operand.Role is OperandRole.Target or OperandRole.Scalar))
        {
            string reference = operand.Role == OperandRole.Target ? "ref " : "";
            yield return ($"{reference}{operand.Type} {operand.Name}", reference + operand.Name);
        }

        yield return ("nuint rows", "rows");
        if (step is LossStep)
            yield return ("nuint batch", "batch");
        if (isSplit)
        {
            yield return ("nuint part", "part");
            yield return ("nuint parts", "parts");
        }
    }

    private void Emit(Nest nest)
    {
        _code.Line();
        foreach (string line in nest.Description)
            _code.Line("// " + line);
        int sharers = _sharers[nest.Method].Count();
        if (sharers > 1)
            _code.Line($"// {Text.Int(sharers)} steps of equal shape share it; the calls name them.");
        string parameters = string.Join(", ", Parameters(nest.Step, _ => "", nest.IsSplit).Select(parameter => parameter.Declaration));
        _code.Line("[@MethodImplAttribute(MethodImplOptions.AggressiveOptimization)]");
        using (_code.Block($"public static {(nest.Step is LossStep ? "double" : "void")} {nest.Method}({parameters})"))
            _printer.Body(nest);
        _printer.Constants(nest);
    }
}

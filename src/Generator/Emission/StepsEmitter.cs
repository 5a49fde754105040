using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Reports;
using Buffer = NetGen.Generator.Compiler.Buffer;

namespace NetGen.Generator.Emission;

/// <summary>Prints the steps of a network, the runtime's <c>INetworkKernels</c>: what they were compiled for, their order, then each.</summary>
internal static class StepsEmitter
{
    /// <summary>The version of <c>INetworkKernels</c>, and of what steps call in the runtime.</summary>
    private const int Contract = 5;

    /// <summary>The name of the struct. It is local to its file, so others may be called the same.</summary>
    public static string Name(Graph graph) => Naming.Short(graph.Declaration.Name) + "Steps";

    /// <summary>The type of the loss's targets; null without a loss.</summary>
    public static string? Target(Graph graph) => graph.Loss?.Target;

    public static void Emit(CodeWriter code, CompiledNetwork network, NetworkFigures figures)
    {
        StepProgram program = network.Program;
        string contract = Target(program.Graph) is { } target ? $"ITrainableKernels<{target}>" : "INetworkKernels";
        code.Line("// Features of a sample are a row of 1, 4 or a multiple of 16 floats. Pictures lie pixel after pixel, channels padded to 16, or plane after plane,");
        code.Line("// rows padded to 16; both with a border of zeros where a convolution reads beyond them. Reductions run in one fixed order at every vector width.");
        code.Line(Marks.NotCovered);
        using CodeWriter.Closing type = code.Block($"file readonly struct {Name(program.Graph)} : {contract}");
        Sizes(code, network);
        Layouts(code, "Layouts", program.Parameters);
        if (program.State.Count > 0)
            Layouts(code, "StateLayouts", program.State);
        Figures(code, figures);
        Routines(code, network);
        new KernelEmitter(code, network).Emit();
    }

    private static void Sizes(CodeWriter code, CompiledNetwork network)
    {
        void Constant(string kind, string name, string value) => code.Line($"public static {kind} {name} => {value};");
        static string Size(MemoryPlan plan) => $"new({Text.Int(plan.Fixed)}, {Text.Int(plan.PerSample)}, {Text.Int(plan.RowMultiple)})";
        Constant("int", "Contract", Text.Int(Contract));
        Constant("int", "InputSize", Text.Int(network.Program.Graph.Input.ElementCount));
        Constant("int", "OutputSize", Text.Int(network.Program.Graph.Output.ElementCount));
        Constant("int", "PackedParameterCount", Text.Int(network.Program.PackedParameterCount));
        if (network.Program.PackedStateCount > 0)
            Constant("int", "PackedStateCount", Text.Int(network.Program.PackedStateCount));
        if (network.Program.Graph.LeastTrainingBatch > 1)
            Constant("int", "LeastTrainingBatch", Text.Int(network.Program.Graph.LeastTrainingBatch));
        Constant("int", "InferenceBatch", Text.Int(network.InferenceRows));
        Constant("WorkspaceSize", "InferenceWorkspace", Size(network.Inference));
        Constant("WorkspaceSize", "TrainingWorkspace", Size(network.Training));
        Constant("string", "Gates", Text.Literal(string.Join(";", network.Gates.Parameters)));
        if (network.TrainingRows is { } rows)
            Constant("int", "TrainingBatch", Text.Int(rows));
        if (network.Splits.Length > 0)
            Constant("string", "Splits", Text.Literal(network.Splits));
        if (network.Program.Inference.Sum(StepSharing.Cost) is var cost and > 0)
            Constant("long", "Cost", Text.Int(cost));
        if (network.Splits.Length > 0 && network.Scratch > 0)
            Constant("int", "Scratch", Text.Int(network.Scratch));
        Constant("string", "Activations", Text.Literal(ActivationTable.Text(network.Program, network.Training)));
        code.Line();
    }

    private static void Layouts(CodeWriter code, string name, EquatableArray<ParameterLayout> layouts)
    {
        using (code.Block($"public static ParameterLayout[] {name} {{ get; }} =", end: "};"))
        {
            foreach (ParameterLayout layout in layouts)
                code.Line(Layout(layout) + ",");
        }

        code.Line();
    }

    private static string Layout(ParameterLayout layout)
    {
        ParameterSpec spec = layout.Spec;
        string name = Text.Literal(layout.Name);
        string init = $"Init.{spec.Initializer.Kind}, {Text.Double(spec.Initializer.Scale)}";
        if (spec.Element == ElementType.I64)
            return $"ParameterLayout.Counter({name}, {Text.Int(layout.Offset)})";
        if (spec.Shape.Count == 1 && !layout.IsPart)
            return $"ParameterLayout.Vector({name}, {Sizes(spec.Shape)}, {Text.Int(layout.Offset)}, {init}{(spec is { FanIn: 1, FanOut: 1 } ? "" : $", fanIn: {Text.Int(spec.FanIn)}, fanOut: {Text.Int(spec.FanOut)}")})";
        return $"new ParameterLayout({name}, new int[] {{ {Sizes(spec.Shape)} }}, "
            + $"offset: {Text.Int(layout.Offset)}, panel: {Text.Int(layout.Panel)}, panelStride: {Text.Int(layout.PanelStride)}, innerStride: {Text.Int(layout.InnerStride)}, minor: {Text.Int(layout.Minor)}, "
            + $"{init}, fanIn: {Text.Int(spec.FanIn)}, fanOut: {Text.Int(spec.FanOut)}"
            + (layout.IsPart ? $", firstRow: {Text.Int(layout.FirstRow)}, minorStride: {Text.Int(layout.MinorStride)}, isPart: true, paddingRows: {Text.Int(layout.PaddingRows)})" : ")");
    }

    /// <summary>A constant, since that is what metadata shows to the task that writes reports.</summary>
    private static void Figures(CodeWriter code, NetworkFigures figures)
    {
        code.Line($"private const string {FiguresText.Constant} = \"\"\"");
        foreach (string line in FiguresText.Write(figures).Split('\n'))
            code.Line("    " + line);
        code.Line("    \"\"\";");
        code.Line($"public static string Figures => {FiguresText.Constant};");
    }

    private static string Sizes(EquatableArray<int> sizes) => string.Join(", ", sizes.Select(size => Text.Int(size)));

    private static void Routines(CodeWriter code, CompiledNetwork network)
    {
        StepProgram program = network.Program;
        Shared(
            "// One pass of inference over at most " + Text.Int(network.InferenceRows) + " samples.", "Infer", "ref float input, ref float parameters, ref float workspace, ref float output",
            program.Inference, network.Inference, ["input", "output"]);
        Shared(
            "// The forward half of a training pass; what the gradients need stays in the workspace.", "Forward",
            "ref float input, ref float parameters, ref float workspace, ulong seed, long step, long firstSample, bool isTraining", program.Forward, network.Training, ["input"]);
        Routine(code, network, null, "void Output(ref float input, ref float workspace, ref float output, nuint rows)", EquatableArray.Of<Step>(program.Output), network.Training);
        if (program.Loss is { } loss)
            Loss(code, network, loss);
        Routine(code, network, null, "void Seed(ref float outputGradient, ref float workspace, nuint rows)", EquatableArray.Of<Step>(program.Seed), network.Training);
        Shared(
            "// The backward half: the parameters' gradients, and the input's where it is wanted. A gate is closed where all that its steps serve is frozen.", "Backward",
            "ref float input, ref float parameters, ref float gradients, ref float workspace, ref float inputGradient, bool wantsInputGradient, global::System.ReadOnlySpan<bool> runs",
            program.Backward, network.Training, ["input", "inputGradient"], step => network.Gates[step] is var gate and >= 0 ? $"runs[{Text.Int(gate)}]" : null);
        if (program.Update.Count > 0)
            Routine(code, network, "// What a training step makes of the state.", "void Update(ref float parameters, ref float workspace, nuint rows)", program.Update, network.Training);

        void Shared(string comment, string name, string parameters, EquatableArray<Step> steps, MemoryPlan plan, string[] samples, Func<int, string?>? gate = null)
        {
            if (network.Splits.Length == 0)
            {
                Routine(code, network, comment, $"void {name}({parameters}, nuint rows)", steps, plan, gate);
                return;
            }

            string arguments = string.Join(", ", parameters.Split([", "], StringSplitOptions.None).Select(parameter => (parameter.StartsWith("ref ", StringComparison.Ordinal) ? "ref " : "") + parameter.Split(' ').Last()));
            code.Line();
            code.Line(comment);
            code.Line($"public static void {name}({parameters}, nuint rows) => {name}Part({arguments}, rows, Work.All({Text.Int(steps.Count)}, rows), ref workspace);");
            code.Line();
            code.Line("// The same for some of its steps, and some of their samples or tiles.");
            code.Line("[@MethodImplAttribute(MethodImplOptions.AggressiveOptimization)]");
            using (code.Block($"public static void {name}Part({parameters}, nuint batch, in Work work, ref float scratch)"))
            {
                code.Line("nuint first = work.First, rows = work.Rows, part = work.Part, parts = work.Parts;");
                if (TakesFirst(steps))
                    code.Line("firstSample += (long)first;");
                PaddedRows(code, plan, "batch");
                foreach (string sample in samples)
                    code.Line($"{sample} = ref {Address.Element(sample, ("first", sample == "output" ? program.Graph.Output.ElementCount : program.Graph.Input.ElementCount))};");
                Calls(code, network, steps, plan, (i, condition) => $"work.Has({Text.Int(i)}){(condition is null ? "" : " && " + condition)}", gate, hasFirst: true);
            }
        }
    }

    private static void Loss(CodeWriter code, CompiledNetwork network, LossStep loss)
    {
        string parameters = $"ref {Target(network.Program.Graph)} target, ref float workspace";
        if (!StepSharing.SumsLossBySample(network))
        {
            Routine(code, network, null, $"double Loss({parameters}, nuint rows, nuint batch)", EquatableArray.Of<Step>(loss), network.Training);
            return;
        }

        code.Line();
        code.Line("public static bool SumsLossBySample => true;");
        code.Line();
        code.Line($"public static double Loss({parameters}, nuint rows, nuint batch) => LossPart(ref target, ref workspace, rows, 0, rows, batch);");
        code.Line();
        code.Line("// What some samples of those in the workspace add to it.");
        code.Line("[@MethodImplAttribute(MethodImplOptions.AggressiveOptimization)]");
        using (code.Block($"public static double LossPart({parameters}, nuint piece, nuint first, nuint rows, nuint batch)"))
        {
            PaddedRows(code, network.Training, "piece");
            code.Line($"target = ref {Address.Element("target", ("first", network.Program.Graph.Loss!.TakesClassNumbers ? 1 : network.Program.Graph.Output.ElementCount))};");
            Calls(code, network, EquatableArray.Of<Step>(loss), network.Training, null, null, hasFirst: true);
        }
    }

    private static void Routine(CodeWriter code, CompiledNetwork network, string? comment, string signature, EquatableArray<Step> steps, MemoryPlan plan, Func<int, string?>? gate = null)
    {
        code.Line();
        if (comment is not null)
            code.Line(comment);
        code.Line("[@MethodImplAttribute(MethodImplOptions.AggressiveOptimization)]");
        using (code.Block("public static " + signature))
        {
            PaddedRows(code, plan, "rows");
            if (steps.Any(step => step.Scratch > 0))
                code.Line("ref float scratch = ref workspace;");
            if (steps.Any(step => network.SplitMethods.Contains(step.Method)))
                code.Line("const nuint part = 0, parts = 1;");
            Calls(code, network, steps, plan, null, gate, hasFirst: false);
        }
    }

    // Masks are drawn by a sample's place in the whole batch.
    private static bool TakesFirst(EquatableArray<Step> steps) => steps.Any(step => step is DropoutForwardStep);

    // Regions of rows of 1 or 4 floats end on a cache line.
    private static void PaddedRows(CodeWriter code, MemoryPlan plan, string rows) =>
        code.Line(plan.RowMultiple == 1 ? $"nuint paddedRows = {rows};" : $"nuint paddedRows = ({rows} + 15) & ~(nuint)15;");

    /// <param name="code">The text.</param>
    /// <param name="network">The network.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="plan">Where their buffers lie.</param>
    /// <param name="select">The condition of a step that is not always run, with the one it has anyway; null where all are.</param>
    /// <param name="gate">The condition of a backward step.</param>
    /// <param name="hasFirst">Whether they are for the samples from <c>first</c> on.</param>
    private static void Calls(CodeWriter code, CompiledNetwork network, EquatableArray<Step> steps, MemoryPlan plan, Func<int, string?, string>? select, Func<int, string?>? gate, bool hasFirst)
    {
        var named = new Dictionary<Buffer, string>();
        void Declare(IEnumerable<Buffer> buffers)
        {
            foreach (Buffer buffer in buffers.Where(b => b.Kind == BufferKind.Workspace && !named.ContainsKey(b)))
            {
                string name = "b" + Text.Int(named.Count) + buffer.Name.Replace(".", "");
                named.Add(buffer, name);
                (int perRow, int start) = plan.Offset(buffer);
                (string, long) first = ("first", !hasFirst || plan.IsShared(buffer) ? 0 : buffer.Root.Stride);
                code.Line($"ref float {name} = ref {Address.Element("workspace", ("paddedRows", perRow), first, Address.Offset(start + buffer.PartOffset))};");
            }
        }

        Declare(steps.SelectMany(step => step.Reads.Concat(step.Writes)));
        string Argument(Buffer buffer) => buffer.Kind switch
        {
            BufferKind.Workspace => named[buffer],
            BufferKind.Input => "input",
            BufferKind.Output => "output",
            BufferKind.OutputGradient => "outputGradient",
            _ => "inputGradient",
        };

        string? Condition(int i) => steps[i].OnlyForInputGradient ? "wantsInputGradient" : gate?.Invoke(i);
        if (select is not null)
        {
            for (int i = 0; i < steps.Count; i++)
                code.Line($"if ({select(i, Condition(i))}) {Call(steps[i])}");
            return;
        }

        for (int i = 0; i < steps.Count;)
        {
            string? condition = Condition(i);
            using (condition is null ? default : code.Loop($"if ({condition})"))
            {
                do
                {
                    code.Line(Call(steps[i++]));
                }
                while (i < steps.Count && Condition(i) == condition);
            }
        }

        string Call(Step step)
        {
            IEnumerable<string> arguments = KernelEmitter.Parameters(step, Argument, network.SplitMethods.Contains(step.Method)).Select(parameter => parameter.Argument);
            string shared = step.Own is null || step.Own == step.Method ? "" : " // " + step.Own;
            return $"{(step is LossStep ? "return " : "")}{step.Method}({string.Join(", ", arguments)});{shared}";
        }
    }
}

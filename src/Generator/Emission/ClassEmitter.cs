using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Reports;
using Member = NetGen.Generator.Compiler.GeneratedMembers;

namespace NetGen.Generator.Emission;

/// <summary>
/// Prints the public half of a network: constants, documentation, and members of one line that the runtime's <c>NetworkRunner</c> carries out. It stands
/// among the user's names, so all names but its own begin at <c>global::</c>.
/// </summary>
internal sealed class ClassEmitter
{
    private const string Floats = "global::System.ReadOnlySpan<float>";
    private const string InputGradient = "global::System.Span<float> inputGradient = default";
    private readonly CodeWriter _code;
    private readonly CompiledNetwork _network;
    private readonly NetworkFigures _figures;
    private readonly Graph _graph;
    private readonly string _name;
    private readonly string _kernels;

    private ClassEmitter(CodeWriter code, CompiledNetwork network, NetworkFigures figures)
    {
        _code = code;
        _network = network;
        _figures = figures;
        _graph = network.Program.Graph;
        _name = Text.TypeName(_graph.Declaration.Name);
        _kernels = $"global::NetGen.Generated.{StepsEmitter.Name(_graph)}";
    }

    public static void Emit(CodeWriter code, CompiledNetwork network, NetworkFigures figures) => new ClassEmitter(code, network, figures).Emit();

    private void Emit()
    {
        string? target = StepsEmitter.Target(_graph);
        _code.Line("/// <remarks><code>");
        foreach (string line in Summary.Table(_figures).TrimEnd('\n').Split('\n'))
            _code.Line("/// " + Text.Xml(line));
        _code.Line("/// </code></remarks>");
        string interfaces = $"global::NetGen.INetwork<{_name}>" + (target is null ? "" : $", global::NetGen.ITrainableNetwork<{target}>");
        using CodeWriter.Closing type = _code.Block($"partial class {_name} : {interfaces}");
        Constants();
        Creation();
        Parameters();
        Passes(target);
    }

    private void Constants()
    {
        MemoryPlan inference = _network.Inference;
        MemoryPlan training = _network.Training;
        static string Bytes(int floats) => Text.Int((long)floats * sizeof(float));
        static string Sixteens(MemoryPlan plan, string before) => plan.RowMultiple == 1 ? "" : before + "in sixteens";
        Constant("int", $"Floats of a sample, {_graph.Input}, and of its output, {_graph.Output}.", (Member.InputSize, Text.Int(_graph.Input.ElementCount)), (Member.OutputSize, Text.Int(_graph.Output.ElementCount)));
        Constant(
            "int", $"Trainable parameters; with padding, the floats of <see cref=\"{Member.FlatParameters}\"/>.",
            (Member.ParameterCount, Text.Int(_graph.ParameterCount)), (Member.PackedParameterCount, Text.Int(_network.Program.PackedParameterCount)));
        Constant(
            "long", $"Sums over <see cref=\"{Member.Layers}\"/>; operations are multiplications and additions.",
            (Member.MultiplyAccumulates, Text.Int(_graph.MultiplyAccumulates)), (Member.FloatingPointOperations, Text.Int(_graph.FloatingPointOperations)), (Member.ActivationEvaluations, Text.Int(_graph.ActivationEvaluations)));
        Constant("int", "Samples of the pieces that <c>Predict</c> cuts a batch into.", (Member.InferenceBatch, Text.Int(_network.InferenceRows)));
        Constant(
            "long", $"The workspace of <c>Predict</c>; samples count up to <see cref=\"{Member.InferenceBatch}\"/>{Sixteens(inference, ", ")}.",
            (Member.InferenceFixedBytes, Bytes(inference.Fixed)), (Member.InferenceBytesPerSample, Bytes(inference.PerSample)));
        Constant(
            "long", $"The workspace of training{(_network.TrainingRows is { } rows ? $"; samples count up to {Text.Int(rows)}, which is as many as are passed through at once" : "")}{Sixteens(training, _network.TrainingRows is null ? "; samples count " : ", ")}.",
            (Member.TrainingFixedBytes, Bytes(training.Fixed)), (Member.TrainingBytesPerSample, Bytes(training.PerSample)));
    }

    private void Constant(string kind, string doc, params (string Name, string Value)[] constants)
    {
        _code.Line($"/// <summary>{doc}</summary>");
        Mark(hasCode: false);
        _code.Line($"public const {kind} {string.Join(", ", constants.Select(constant => $"{constant.Name} = {constant.Value}"))};");
    }

    private void Creation()
    {
        Mark(hasCode: false);
        _code.Line($"private readonly global::NetGen.Runtime.NetworkRunner {Member.StateField};");
        _code.Line($"/// <inheritdoc cref=\"global::NetGen.INetwork{{T}}.Create\"/>");
        Mark();
        _code.Line($"public {_name}(ulong seed = 0) => {Member.StateField} = global::NetGen.Runtime.NetworkRunner.Create<{_kernels}>(seed);");
        Mark();
        _code.Line($"static {_name} global::NetGen.INetwork<{_name}>.Create(ulong seed) => new(seed);");
        foreach (string member in new[] { Member.InputSize, Member.OutputSize, Member.ParameterCount })
        {
            Mark();
            _code.Line($"static int global::NetGen.INetwork<{_name}>.{member} => {member};");
        }

        Inherited($"static global::NetGen.NetworkReport {Member.Report} => global::NetGen.Runtime.NetworkTable<{_kernels}>.Report;");
        Inherited($"static string {Member.Summary} => global::NetGen.Runtime.NetworkTable<{_kernels}>.Summary;");
        Inherited($"static global::System.Collections.Generic.IReadOnlyList<global::NetGen.LayerInfo> {Member.Layers} => global::NetGen.Runtime.NetworkTable<{_kernels}>.Layers;");
    }

    private void Parameters()
    {
        Inherited($"global::NetGen.ParameterCollection {Member.Parameters} => {Member.StateField}.Parameters;");
        if (_graph.HasState)
            Inherited($"global::NetGen.ParameterCollection {Member.Buffers} => {Member.StateField}.Buffers;");
        Inherited($"global::NetGen.ParameterCollection {Member.Gradients} => {Member.StateField}.Gradients;");
        Inherited($"global::System.Span<float> {Member.FlatParameters} => {Member.StateField}.FlatParameters;");
        Inherited($"global::System.Span<float> {Member.FlatGradients} => {Member.StateField}.FlatGradients;");
        Inherited($"global::NetGen.RandomState {Member.RandomState} {{ get => {Member.StateField}.RandomState; set => {Member.StateField}.RandomState = value; }}");
        Inherited($"int? {Member.Parallelism} {{ get => {Member.StateField}.Parallelism; set => {Member.StateField}.Parallelism = value; }}");
        static string Shape(ParameterSpec parameter) => "[" + string.Join(", ", parameter.Shape.Select(size => Text.Int(size))) + "]";
        int parameter = 0;
        foreach (Node node in _graph.Nodes)
        {
            int count = node.Parameters.Count;
            if (node.Op.Name is not null && count > 0 && node.Path.Count == 1)
            {
                _code.Line($"/// <summary>{Text.Xml(node.Key)}, {node.Op.Display}: weight {Shape(node.Parameters[0])}{(count > 1 ? $", bias {Shape(node.Parameters[1])}" : "")}. {Text.Xml(Wording.Sentence(_figures.Layers[node.Index]))}</summary>");
                Mark();
                _code.Line($"public global::NetGen.LayerParameters {Text.Identifier(Naming.Property(node.Op.Name))} => new({Member.StateField}, {Text.Int(parameter)}, {(count > 1 ? "true" : "false")});");
            }

            parameter += count;
        }
    }

    private void Passes(string? target)
    {
        Run("void", Member.Predict, $"{Floats} input, global::System.Span<float> output", _kernels, "input, output");
        Run("void", Member.VectorJacobianProduct, $"{Floats} input, {Floats} outputGradient, {InputGradient}", _kernels, "input, outputGradient, inputGradient");
        Run("float", Member.TrainStep, $"{Floats} input, global::NetGen.CustomLoss loss, global::NetGen.IOptimizer optimizer", _kernels, "input, loss, optimizer");
        Run("float", Member.ComputeGradients, $"{Floats} input, global::NetGen.CustomLoss loss, {InputGradient}", _kernels, "input, loss, inputGradient");
        if (target is null)
            return;
        string targets = $"global::System.ReadOnlySpan<{target}> target";
        string types = $"{_kernels}, {target}";
        Run("float", Member.TrainStep, $"{Floats} input, {targets}, global::NetGen.IOptimizer optimizer", types, "input, target, optimizer");
        Run("float", Member.ComputeGradients, $"{Floats} input, {targets}, {InputGradient}", types, "input, target, inputGradient");
        Run("float", Member.EvaluateLoss, $"{Floats} input, {targets}, global::System.Span<float> output = default", types, "input, target, output");
    }

    private void Run(string result, string name, string parameters, string types, string arguments) =>
        Inherited($"{result} {name}({parameters}) => {Member.StateField}.{name}<{types}>({arguments});");

    private void Inherited(string member)
    {
        _code.Line("/// <inheritdoc/>");
        Mark();
        _code.Line("public " + member);
    }

    /// <summary>Marks a member, and not the class, whose other members are the user's.</summary>
    private void Mark(bool hasCode = true) => _code.Line(hasCode ? Marks.NotCovered : Marks.Generated);
}

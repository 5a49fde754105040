using System;

namespace NetGen.Reports;

/// <summary>All figures for other programs.</summary>
internal static class ReportJson
{
    /// <summary>Another one where a key goes or means something else; new keys do not change it.</summary>
    private const int Version = 1;

    public static string Of(NetworkFigures network, ReportOptions options)
    {
        var json = new JsonText();
        return json.Object(() =>
        {
            json.Add("version", Version);
            json.Add("name", network.FullName);
            json.Add("loss", network.Loss);
            json.Add("input", network.Input);
            json.Add("parameters", network.Parameters);
            Passes(json, network.Sum, options);
            json.Add("batch", options.Batch);
            json.Add("balance", options.Balance);
            json.Add("inferenceBytes", network.Inference.At(options.Batch));
            json.Add("trainingBytes", network.Training.At(options.Batch));
            json.Objects("layers", network.Layers, layer => Layer(json, layer, options));
            json.Objects("executed", network.Steps, step =>
            {
                json.Add("step", step.Name);
                json.Add("phase", step.Phase);
                json.Add("layers", step.Layers.Split([StepFigures.Between], StringSplitOptions.None));
                json.Add("multiplyAccumulates", step.MultiplyAccumulates);
                json.Add("multiplyAdds", step.MultiplyAdds);
            });
        }).ToString();
    }

    private static void Passes(JsonText json, Func<Func<LayerFigures, Pass>, Pass> sum, ReportOptions options)
    {
        Pass(json, "inference", sum(layer => layer.Inference), options);
        Pass(json, "forward", sum(layer => layer.Forward), options);
        Pass(json, "backward", sum(layer => layer.Backward), options);
        Pass(json, "trainingStep", sum(layer => layer.Step), options);
    }

    private static void Pass(JsonText json, string name, Pass pass, ReportOptions options) => json.Object(name, () =>
    {
        json.Add("multiplyAccumulates", pass.MultiplyAccumulates);
        json.Add("multiplications", pass.Multiplications);
        json.Add("additions", pass.Additions);
        json.Add("flops", pass.Flops);
        json.Add("activations", pass.Activations);
        json.Add("bytesMoved", pass.Bytes(options.Batch));
        if (pass.Bytes(options.Batch) == 0)
            return;
        json.Add("flopsPerByte", pass.PerByte(options.Batch));
        json.Add("boundBy", pass.BoundBy(options));
    });

    private static void Layer(JsonText json, LayerFigures layer, ReportOptions options)
    {
        json.Add("key", layer.Key);
        json.Add("layer", layer.Layer);
        json.Add("output", layer.Output);
        json.Add("sources", layer.Sources);
        json.Add("parameters", layer.Parameters);
        json.Add("outputBytes", sizeof(float) * layer.OutputCount * options.Batch);
        Passes(json, pass => pass(layer), options);
        json.Objects("field", layer.Field, axis =>
        {
            json.Add("size", axis.Size);
            json.Add("stride", axis.Stride);
            json.Add("offset", axis.Offset);
        });
        if (layer.Signal is { } signal)
        {
            json.Object("signal", () =>
            {
                json.Add("mean", signal.Mean);
                json.Add("deviation", signal.Deviation);
                json.Add("gradient", signal.Gradient);
                json.Add("correlation", signal.Correlation);
            });
        }

        if (layer.Path is { } path)
        {
            json.Object("gradientPath", () =>
            {
                json.Add("identity", path.IsIdentity);
                json.Add("saturating", path.Saturating);
                json.Add("layers", path.Layers);
            });
        }
    }
}

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using Xunit;

namespace NetGen.Tests.Infrastructure;

/// <summary>A reference pass computed by PyTorch in double precision; the format is described in <c>Fixtures/FORMAT.md</c>.</summary>
internal sealed class Fixture
{
    private readonly byte[] _data;
    private readonly int _start;
    private readonly JsonElement _header;
    private readonly JsonElement _metadata;

    /// <summary>What the names of a case's tensors begin with.</summary>
    private readonly string _prefix = "";

    private Fixture(string name)
    {
        _data = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", name + ".safetensors"));
        int length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(_data));
        _start = 8 + length;
        _header = JsonDocument.Parse(_data.AsMemory(8, length)).RootElement;
        _metadata = _header.GetProperty("__metadata__");
    }

    private Fixture(Fixture file, JsonProperty testCase)
    {
        _data = file._data;
        _start = file._start;
        _header = file._header;
        _metadata = testCase.Value;
        _prefix = testCase.Name + "/";
    }

    public static Fixture Load(string name) => new(name);

    /// <summary>The cases of a file of many, by name, each a fixture.</summary>
    public IReadOnlyDictionary<string, Fixture> Cases => Metadata("cases")!.Value.EnumerateObject().ToDictionary(c => c.Name, c => new Fixture(this, c));

    public double Loss => double.Parse(_metadata.GetProperty("loss_value").GetString()!, CultureInfo.InvariantCulture);

    /// <summary>The names of the parameters in the order of the layers.</summary>
    public IReadOnlyList<string> ParameterNames =>
        Metadata("parameters") is { } parameters
            ? [.. parameters.EnumerateObject().Select(p => p.Name)]
            : [.. _header.EnumerateObject().Select(p => p.Name).Where(n => char.IsAsciiDigit(n[0])).OrderBy(n => n.Split('.')[0], StringComparer.Ordinal).ThenByDescending(n => n, StringComparer.Ordinal)];

    public float[] Input => Metadata("input") is { } input ? Generate(input) : Floats("input");

    public float[] Target => Metadata("target") is { } target ? Generate(target) : Floats("target");

    public float[] Parameter(string name) => Metadata("parameters") is { } parameters ? Generate(parameters.GetProperty(name)) : Floats(name);

    /// <summary>What a layer keeps beside its parameters, as it was before the first step.</summary>
    public float[] Buffer(string name) => Generate(Metadata("buffers")!.Value.GetProperty(name));

    /// <summary>The vector whose product with the output was differentiated.</summary>
    public float[] OutputGradient => Generate(Metadata("output_gradient")!.Value);

    public int[] ParameterShape(string name) =>
        [.. (Metadata("parameters") is { } parameters ? parameters : _header).GetProperty(name).GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];

    public bool Has(string key) => _header.TryGetProperty(_prefix + key, out _);

    /// <summary>A stored tensor of any type.</summary>
    public double[] Tensor(string key)
    {
        JsonElement entry = _header.GetProperty(_prefix + key);
        JsonElement offsets = entry.GetProperty("data_offsets");
        int from = offsets[0].GetInt32();
        ReadOnlySpan<byte> bytes = _data.AsSpan(_start + from, offsets[1].GetInt32() - from);
        return entry.GetProperty("dtype").GetString() switch
        {
            "F64" => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
            "F32" => [.. MemoryMarshal.Cast<byte, float>(bytes).ToArray().Select(value => (double)value)],
            "I64" => [.. MemoryMarshal.Cast<byte, long>(bytes).ToArray().Select(value => (double)value)],
            var type => throw new InvalidDataException($"Tensor {key} is of type {type}."),
        };
    }

    /// <summary>The accuracy that FORMAT.md expects of single precision.</summary>
    public double Tolerance(string key) =>
        Metadata("torch_float32_error") is { } errors ? Math.Max(2e-6, 4 * errors.GetProperty(key).GetDouble()) : 2e-6;

    /// <summary>PyTorch's own error in single precision.</summary>
    public double Float32Error(string key) => Metadata("torch_float32_error")!.Value.GetProperty(key).GetDouble();

    /// <summary>Compares a tensor with the stored one, or with its stored samples, relative to its largest magnitude or that of what cancelled in it.</summary>
    public void AssertClose(string key, double[] actual, double tolerance) => AssertClose(key, actual.Length, index => actual[index], tolerance);

    /// <summary>The same of a tensor that is too large to be copied.</summary>
    public void AssertClose(string key, int length, Func<int, double> actual, double tolerance)
    {
        bool sampled = Has(key + "@index");
        double[] expected = Tensor(sampled ? key + "@value" : key);
        double max = Metadata("statistics") is { } statistics
            ? Magnitude(statistics.GetProperty(key))
            : expected.Max(Math.Abs);
        int[] places = sampled ? [.. Tensor(key + "@index").Select(index => (int)index)] : [.. Enumerable.Range(0, length)];
        Assert.Equal(expected.Length, places.Length);
        double error = expected.Zip(places, (e, place) => Math.Abs(e - actual(place))).Aggregate(0.0, Math.Max) / max;
        Assert.True(error <= tolerance, string.Create(CultureInfo.InvariantCulture, $"{key}: error {error:E2}, allowed {tolerance:E2}"));
    }

    /// <summary>An entry that is structure or a number: JSON in the text of a file's metadata, plain in those of a case.</summary>
    public JsonElement? Metadata(string key)
    {
        if (!_metadata.TryGetProperty(key, out JsonElement value))
            return null;
        return value.ValueKind == JsonValueKind.String ? JsonDocument.Parse(value.GetString()!).RootElement : value;
    }

    private static double Magnitude(JsonElement statistics) =>
        statistics.GetProperty(statistics.TryGetProperty("magnitude", out _) ? "magnitude" : "max").GetDouble();

    private float[] Floats(string key) => [.. Tensor(key).Select(value => (float)value)];

    private float[] Generate(JsonElement tensor)
    {
        ulong seed = Metadata("seed")!.Value.GetUInt64();
        ulong number = tensor.GetProperty("tensor").GetUInt64();
        double scale = tensor.GetProperty("scale").GetDouble();
        double offset = tensor.TryGetProperty("offset", out JsonElement stored) ? stored.GetDouble() : 0;
        int count = tensor.GetProperty("shape").EnumerateArray().Aggregate(1, (product, size) => product * size.GetInt32());
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            ulong z = (seed << 56) + (number << 40) + (ulong)i + 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            values[i] = (float)((((2 * ((z >> 40) / 16777216.0)) - 1) * scale) + offset);
        }

        return values;
    }
}

using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text.Json.Nodes;
using Xunit;

namespace NetGen.Tests.Training.Checkpoints;

/// <summary>Files that PyTorch and NumPy made, by <c>Fixtures/make_checkpoints.py</c>.</summary>
public class TorchFileTests
{
    [Theory]
    [InlineData("F64")]
    [InlineData("F32")]
    [InlineData("F16")]
    [InlineData("BF16")]
    public void Floats_of_every_type_are_read_as_PyTorch_converts_them(string type)
    {
        var network = new Normalized(1);
        CheckpointLoadResult result = network.Load(CheckpointFile.Fixture($"torch_{type}.safetensors"));
        AssertSame(CheckpointFile.Fixture($"torch_{type}_as_F32.safetensors"), network);
        string[] floats = [.. network.Parameters.Concat(network.Buffers).Where(tensor => !tensor.IsInt64).Select(tensor => tensor.Name)];
        Assert.Equal(3, network.Buffers["1.num_batches_tracked"].Int64);
        Assert.Equal(type == "F32" ? [] : floats.Order(), result.Converted.Keys.Order());
        Assert.All(result.Converted.Values, from => Assert.Equal(type, from));
        Assert.Equal(floats.Length + 1, result.Loaded.Count);
        Assert.Null(result.HasSameStructure);
        Assert.Equal("pt", result.Metadata["format"]);
        Assert.Equal(type != "F32", result.ToString().Contains($"0.bias from {type}", StringComparison.Ordinal));
    }

    /// <summary>Ties to even, overflow to infinity, subnormal numbers: <c>tensor.half()</c> and <c>tensor.bfloat16()</c>.</summary>
    [Theory]
    [InlineData(FloatType.Float16, "F16")]
    [InlineData(FloatType.BFloat16, "BF16")]
    [InlineData(FloatType.Float32, "F32")]
    public void Floats_of_every_type_are_written_as_PyTorch_rounds_them(FloatType type, string name)
    {
        var network = new Normalized(1);
        network.Load(CheckpointFile.Fixture("torch_F32.safetensors"));
        byte[] file = CheckpointFile.Of(stream => network.Save(stream, new CheckpointSaveOptions { Type = type }));
        var expected = CheckpointFile.Parse(File.ReadAllBytes(CheckpointFile.Fixture(name == "F32" ? "torch_F32.safetensors" : $"torch_F32_as_{name}.safetensors")));
        var actual = CheckpointFile.Parse(file);
        foreach ((string tensor, JsonNode? entry) in expected.Header.Where(entry => entry.Key != "__metadata__"))
        {
            Assert.Equal(entry!["dtype"]!.ToString(), actual.Header[tensor]!["dtype"]!.ToString());
            Assert.Equal(entry["shape"]!.ToJsonString(), actual.Header[tensor]!["shape"]!.ToJsonString());
        }

        Assert.Equal(expected.Header.Count, actual.Header.Count);

        // What is no number has no bits of its own: PyTorch's depend on the instruction set.
        Dictionary<string, double[]> values = CheckpointFile.Values(file);
        foreach ((string tensor, double[] torch) in CheckpointFile.Values(expected.ToArray()))
            Assert.Equal(torch.Select(Bits), values[tensor].Select(Bits));

        static long Bits(double value) => double.IsNaN(value) ? -1 : BitConverter.DoubleToInt64Bits(value);
    }

    [Theory]
    [InlineData(FloatType.Float16, 65520f, "F16")]
    [InlineData(FloatType.BFloat16, float.MaxValue, "BF16")]
    public void What_would_become_infinite_is_not_written(FloatType type, float value, string name)
    {
        var network = new Tiny(1);
        network.Parameters[0][1] = value;
        using var stream = new MemoryStream();
        string message = Assert.Throws<InvalidOperationException>(() => network.Save(stream, new CheckpointSaveOptions { Type = type })).Message;
        Assert.Contains($"{name} holds, but a.weight [1, 2] has", message, StringComparison.Ordinal);
        Assert.Equal(0, stream.Length);
    }

    [Theory]
    [InlineData("I64")]
    [InlineData("I32")]
    [InlineData("I16")]
    [InlineData("I8")]
    [InlineData("U8")]
    [InlineData("BOOL")]
    public void Other_types_are_refused(string type)
    {
        var network = new Normalized(1);
        string path = CheckpointFile.Fixture($"torch_{type}.safetensors");
        string message = Assert.Throws<InvalidDataException>(() => network.Load(path)).Message;
        Assert.Equal($"{path}: Expected 3.bias [3] to be of type F32, F64, F16 or BF16, but got {type}.", message);
    }

    [Theory]
    [InlineData("zip.pt", "torch.load(")]
    [InlineData("legacy.pt", "torch.load(")]
    [InlineData("protocol2.pkl", "torch.load(")]
    [InlineData("protocol3.pkl", "torch.load(")]
    [InlineData("protocol4.pkl", "torch.load(")]
    [InlineData("protocol5.pkl", "torch.load(")]
    [InlineData("arrays.npz", "numpy.load(\"model.npz\")")]
    [InlineData("array.npy", "numpy.load(\"weight.npy\")")]
    public void Other_formats_are_refused_with_two_lines_of_Python(string name, string python)
    {
        var network = new Normalized(1);
        float[] before = network.FlatParameters.ToArray();
        byte[] file = File.ReadAllBytes(CheckpointFile.Fixture(name));
        foreach (Stream stream in new Stream[] { new MemoryStream(file), new OneWayStream(file), File.OpenRead(CheckpointFile.Fixture(name)) })
        {
            using (stream)
            {
                string[] lines = Assert.Throws<InvalidDataException>(() => network.Load(stream)).Message.Split('\n');
                Assert.Equal(3, lines.Length);
                Assert.Contains("import save_file", lines[1], StringComparison.Ordinal);
                Assert.Contains(python, lines[2], StringComparison.Ordinal);
            }
        }

        Assert.Equal(before, network.FlatParameters);
    }

    [Theory]
    [InlineData("a model of Keras (.keras)", "metadata.json", "config.json", "model.weights.h5")]
    [InlineData("a zip archive of torch.save", "model/byteorder", "model/data.pkl", "model/data/0")]
    [InlineData("an archive of NumPy", "0.weight.npy")]
    [InlineData("a zip archive, and none of PyTorch, NumPy or Keras", "[Content_Types].xml", "word/document.xml", "config.json")]
    [InlineData("an HDF5 file")]
    public void An_archive_is_told_by_what_is_in_it(string what, params string[] names)
    {
        using var file = new MemoryStream();
        file.Write("before"u8);
        if (names.Length == 0)
            file.Write([0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0]);
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (string name in names)
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write("contents: data.pkl"u8);
            }
        }

        foreach (Stream stream in new Stream[] { new MemoryStream(file.ToArray()), new OneWayStream(file.ToArray()) })
        {
            stream.ReadExactly(new byte[6]);
            Assert.StartsWith($"Expected a safetensors file, but this is {what}", Assert.Throws<InvalidDataException>(() => new Normalized(1).Load(stream)).Message);
        }
    }

    private static void AssertSame(string path, INetwork network)
    {
        byte[] file = File.ReadAllBytes(path);
        foreach ((string name, double[] values) in CheckpointFile.Values(file))
        {
            double[] actual = CheckpointFile.Values(network)[name];
            Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), actual.Select(BitConverter.DoubleToInt64Bits));
        }
    }
}

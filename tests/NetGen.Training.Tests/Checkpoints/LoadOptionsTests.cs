using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Xunit;

namespace NetGen.Tests.Training.Checkpoints;

public class LoadOptionsTests
{
    [Fact]
    public void Tensors_are_renamed_by_name_and_by_pattern()
    {
        var saved = new Dropping(1);
        byte[] file = Renamed(CheckpointFile.Of(saved), name => name switch
        {
            "head.bias" => "odd",
            _ when name.StartsWith("head.", StringComparison.Ordinal) => "module.classifier." + name[5..],
            _ => "module." + name,
        });
        var loaded = new Dropping(2);
        var rename = new Dictionary<string, string> { ["module.*"] = "*", ["odd"] = "head.bias", ["module.classifier.*"] = "head.*" };
        loaded.Load(new MemoryStream(file), new CheckpointLoadOptions { Rename = rename });
        Assert.Equal(CheckpointFile.Values(saved), CheckpointFile.Values(loaded));
    }

    /// <summary>Files of old versions of PyTorch have none: the statistics that are loaded are of no batch that is known.</summary>
    [Fact]
    public void A_count_that_a_file_does_not_have_starts_from_0()
    {
        var file = CheckpointFile.Parse(CheckpointFile.Of(new Dropping(1)));
        int[] Offsets(string name) => [.. file.Header[name]!["data_offsets"]!.AsArray().Select(offset => offset!.GetValue<int>())];
        Assert.Equal([0, 8], Offsets("norm.num_batches_tracked"));
        file.Header.Remove("norm.num_batches_tracked");
        foreach (string name in file.Header.Select(tensor => tensor.Key).Where(name => name != "__metadata__").ToArray())
            file.Header[name]!["data_offsets"] = new JsonArray([.. Offsets(name).Select(offset => JsonValue.Create(offset - 8))]);
        var network = new Dropping(2);
        network.Buffers["norm.num_batches_tracked"].Int64 = 5;
        network.Load(new MemoryStream(CheckpointFile.Assemble(file.Header.ToJsonString(), file.Data[8..])));
        Assert.Equal(0, network.Buffers["norm.num_batches_tracked"].Int64);
        Assert.Equal(new Dropping(1).FlatParameters, network.FlatParameters);
    }

    [Fact]
    public void What_is_skipped_stays_as_it_is()
    {
        byte[] file = CheckpointFile.Of(new Dropping(1));
        var network = new Dropping(2);
        Dictionary<string, double[]> before = CheckpointFile.Values(network);

        // A head of another size, as in fine-tuning.
        var other = CheckpointFile.Parse(file);
        other.Header["head.weight"]!["shape"] = new JsonArray(9, 3);
        CheckpointLoadResult result = network.Load(new MemoryStream(other.ToArray()), new CheckpointLoadOptions { Skip = ["head.*"] });
        Assert.Equal(["head.weight", "head.bias"], result.Skipped);
        Assert.DoesNotContain("head.weight", result.Loaded);
        Dictionary<string, double[]> saved = CheckpointFile.Values(file);
        Assert.All(CheckpointFile.Values(network), tensor => Assert.Equal(tensor.Key.StartsWith("head", StringComparison.Ordinal) ? before[tensor.Key] : saved[tensor.Key], tensor.Value));
    }

    [Fact]
    public void Lenient_loads_what_there_is()
    {
        byte[] file = Renamed(CheckpointFile.Of(new Dropping(1)), name => name is "head.bias" or "norm.num_batches_tracked" ? "other." + name : name);
        var network = new Dropping(2);
        network.Buffers["norm.num_batches_tracked"].Int64 = 5;
        float[] bias = network.Parameters["head.bias"].ToArray();
        CheckpointLoadResult result = network.Load(new OneWayStream(file), new CheckpointLoadOptions { Strict = false });
        Assert.Equal(["head.bias", "norm.num_batches_tracked"], result.Missing);
        Assert.Equal(["other.norm.num_batches_tracked", "other.head.bias"], result.Unexpected);
        Assert.Equal(bias, network.Parameters["head.bias"].ToArray());
        Assert.Equal(5, network.Buffers["norm.num_batches_tracked"].Int64);
        Assert.Equal(CheckpointFile.Values(file)["hidden.weight"], CheckpointFile.Values(network)["hidden.weight"]);
        Assert.Contains("missing: head.bias, norm.num_batches_tracked", result.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mismatch_is_listed_at_once_with_the_name_of_the_file()
    {
        using var directory = new TemporaryDirectory();
        var file = CheckpointFile.Parse(Renamed(CheckpointFile.Of(new Dropping(1)), name => name == "head.bias" ? "extra" : name));
        file.Header["hidden.weight"]!["shape"] = new JsonArray(4, 9);
        file.Header["hidden.bias"]!["dtype"] = "I32";
        file.Header["norm.num_batches_tracked"]!["dtype"] = "F64";
        string path = directory.File("bad.safetensors");
        File.WriteAllBytes(path, file.ToArray());
        var network = new Dropping(2);
        Dictionary<string, double[]> before = CheckpointFile.Values(network);
        var options = new CheckpointLoadOptions { Rename = new Dictionary<string, string> { ["modul.*"] = "*" }, Skip = ["nothing"] };
        Assert.Equal(
            $"""
            {path}: 7 mismatches:
              Expected norm.num_batches_tracked [] to be of type I64, but got F64.
              Expected the parameter hidden.weight [9, 4], but got the shape [4, 9].
              Expected hidden.bias [9] to be of type F32, F64, F16 or BF16, but got I32.
              Expected the parameter head.bias [3], but it is missing.
              Got a tensor "extra" that the network does not have.
              Expected a tensor "modul.*" to rename, but there is none.
              Expected a tensor "nothing" to skip, but there is none.
            """,
            Assert.Throws<InvalidDataException>(() => network.Load(path, options)).Message);
        Assert.Equal(before, CheckpointFile.Values(network));
    }

    [Fact]
    public void Two_tensors_for_one_name_are_refused()
    {
        var options = new CheckpointLoadOptions { Rename = new Dictionary<string, string> { ["head.bias"] = "hidden.bias" }, Strict = false };
        var network = new Dropping(2);
        Assert.Contains(
            "Got two tensors for hidden.bias: \"hidden.bias\" and \"head.bias\"",
            Assert.Throws<InvalidDataException>(() => network.Load(new MemoryStream(CheckpointFile.Of(new Dropping(1))), options)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.*.b.*", "*")]
    [InlineData("a", "*")]
    [InlineData("a.*", "*.*")]
    public void Patterns_have_one_star(string from, string to) => Assert.Throws<ArgumentException>(() =>
        new Tiny(1).Load(new MemoryStream(CheckpointFile.Of(new Tiny(1))), new CheckpointLoadOptions { Rename = new Dictionary<string, string> { [from] = to } }));

    [Fact]
    public void Metadata_comes_back_and_its_own_names_are_taken()
    {
        var network = new Tiny(1);
        var texts = new Dictionary<string, string> { ["transforms"] = "{\"mean\": [0.5, \"ü\"]}" };
        byte[] file = CheckpointFile.Of(stream => network.Save(stream, new CheckpointSaveOptions { Metadata = texts }));
        CheckpointLoadResult result = network.Load(new MemoryStream(file));
        Assert.Equal(texts["transforms"], result.Metadata["transforms"]);
        Assert.True(result.HasSameStructure);
        Assert.DoesNotContain(result.Metadata.Keys, key => key.StartsWith("netgen.", StringComparison.Ordinal));
        foreach (string taken in new[] { "format", "netgen.version", "training/parts" })
            Assert.Throws<ArgumentException>(() => network.Save(new MemoryStream(), new CheckpointSaveOptions { Metadata = new Dictionary<string, string> { [taken] = "" } }));
    }

    [Theory]
    [InlineData("2", "The file has version 2 of the format, but this NetGen reads versions up to 1: update NetGen.")]
    [InlineData("99999999", "version 99999999 of the format")]
    [InlineData("NaN", "Expected netgen.version of the metadata to be a positive whole number, but got \"NaN\".")]
    [InlineData("-1", "positive whole number")]
    [InlineData("0", "positive whole number")]
    public void Newer_versions_are_refused_by_their_number(string version, string message)
    {
        var file = CheckpointFile.Parse(CheckpointFile.Of(new Tiny(1)));
        Assert.Equal("1", (string?)file.Header["__metadata__"]!["netgen.version"]);
        file.Header["__metadata__"]!["netgen.version"] = version;
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => new Tiny(2).Load(new MemoryStream(file.ToArray()))).Message, StringComparison.Ordinal);
    }

    /// <summary>A hash that changed with the version of NetGen, or by the run, would call every older file one of another network.</summary>
    [Fact]
    public void The_hash_of_a_structure_stays()
    {
        Assert.Equal("2b5efb4f263e0587", ((INetwork)new Dropping(1)).StructureHash);
        Assert.Equal(((INetwork)new Dropping(1)).StructureHash, ((INetwork)new Dropping(2)).StructureHash);
        Assert.NotEqual(((INetwork)new Dropping(1)).StructureHash, ((INetwork)new OtherFunction(1)).StructureHash);
        Assert.False(new OtherFunction(1).Load(new MemoryStream(CheckpointFile.Of(new Dropping(1)))).HasSameStructure);
    }

    private static byte[] Renamed(byte[] bytes, Func<string, string> rename)
    {
        var file = CheckpointFile.Parse(bytes);
        foreach ((string name, JsonNode? entry) in file.Header.Where(entry => entry.Key != "__metadata__").ToArray())
        {
            file.Header.Remove(name);
            file.Header.Add(rename(name), entry);
        }

        return file.ToArray();
    }
}

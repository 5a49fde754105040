using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace NetGen.Tests.Runtime;

public class NetworkCheckpointTests
{
    [Fact]
    public void What_is_saved_is_loaded()
    {
        TestNetwork saved = TestNetwork.Create(1);
        TestNetwork loaded = TestNetwork.Create(2);
        Assert.NotEqual(saved.FlatParameters.ToArray(), loaded.FlatParameters.ToArray());
        loaded.Load(new MemoryStream(Save(saved)));
        Assert.Equal(saved.FlatParameters, loaded.FlatParameters);
    }

    [Fact]
    public void Files_appear_whole_and_leave_nothing_beside_them()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("netgen");
        try
        {
            string path = Path.Combine(directory.FullName, "model.safetensors");
            File.WriteAllText(path, "something older");
            TestNetwork saved = TestNetwork.Create(1);
            saved.Save(path);
            Assert.Equal([path], Directory.GetFiles(directory.FullName));
            TestNetwork loaded = TestNetwork.Create(2);
            loaded.Load(path);
            Assert.Equal(saved.FlatParameters, loaded.FlatParameters);

            Assert.Throws<DirectoryNotFoundException>(() => saved.Save(Path.Combine(directory.FullName, "nowhere", "model")));
            Assert.Throws<FileNotFoundException>(() => loaded.Load(path + "x"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_file_is_safetensors()
    {
        TestNetwork network = TestNetwork.Create(1);
        byte[] file = Save(network);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        Assert.Equal(0, length % 8);
        JsonElement header = JsonDocument.Parse(file.AsMemory(8, length)).RootElement;
        Assert.Equal(network.Parameters.Select(view => view.Name).Prepend("__metadata__"), header.EnumerateObject().Select(entry => entry.Name));
        JsonElement ragged = header.GetProperty("ragged.weight");
        Assert.Equal("F32", ragged.GetProperty("dtype").GetString());
        Assert.Equal([21, 7], ragged.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal([160 * 4, (160 + 147) * 4], ragged.GetProperty("data_offsets").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal(network.Parameters["ragged.weight"][5], BinaryPrimitives.ReadSingleLittleEndian(file.AsSpan(8 + length + ((160 + 5) * 4))));
        Assert.Equal(8 + length + (network.Parameters.Sum(view => view.Length) * 4), file.Length);
    }

    [Fact]
    public void Order_and_metadata_of_another_writer_do_not_matter()
    {
        TestNetwork saved = TestNetwork.Create(1);
        TestNetwork loaded = TestNetwork.Create(2);
        byte[] file = Rewrite(Save(saved), header =>
        {
            JsonNode last = header["convolution.weight"]!;
            header.Remove("convolution.weight");
            header.Insert(0, "convolution.weight", last);
            header["__metadata__"] = new JsonObject { ["format"] = "pt" };
        });
        loaded.Load(new MemoryStream(file));
        Assert.Equal(saved.FlatParameters, loaded.FlatParameters);
        loaded.Load(new OneWayStream(file));
    }

    public static TheoryData<string, string> Corruptions => new()
    {
        { "empty", "0 bytes" },
        { "three bytes", "3 bytes" },
        { "header length too large", "Expected a header length" },
        { "header length huge", "Expected a header length" },
        { "header truncated", "Expected a header length" },
        { "data truncated", "bytes of data" },
        { "data trailing", "bytes of data" },
        { "not JSON", "malformed" },
        { "an array", "malformed" },
        { "no dtype", "malformed" },
        { "offsets of text", "malformed" },
        { "three offsets", "two data_offsets" },
        { "a name twice", "malformed" },
        { "missing", "Expected the parameter bias [10], but it is missing" },
        { "unknown", "\"more\"" },
        { "wrong type", "Expected bias [10] to be of type F32, F64, F16 or BF16, but got I32" },
        { "wrong shape", "Expected the parameter ragged.weight [21, 7], but got the shape [7, 21]" },
        { "wrong length", "its offsets span" },
        { "overlap", "a gap or an overlap" },
        { "gap", "a gap or an overlap" },
        { "negative", "a gap or an overlap" },
        { "backwards", "to end after its start" },
    };

    [Theory]
    [MemberData(nameof(Corruptions))]
    public void Corrupt_files_are_refused_before_anything_changes(string corruption, string message)
    {
        byte[] file = Corrupt(Save(TestNetwork.Create(1)), corruption);
        TestNetwork network = TestNetwork.Create(2);
        float[] before = network.FlatParameters.ToArray();
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => network.Load(new MemoryStream(file))).Message);
        Assert.Equal(before, network.FlatParameters);
        Assert.Throws<InvalidDataException>(() => network.Load(new OneWayStream(file)));
        Assert.Equal(before, network.FlatParameters);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] file = Save(TestNetwork.Create(1));
        TestNetwork network = TestNetwork.Create(2);
        float[] before = network.FlatParameters.ToArray();
        for (int length = 0; length < file.Length; length += 13)
        {
            Assert.Throws<InvalidDataException>(() => network.Load(new MemoryStream(file[..length])));
            Assert.Throws<InvalidDataException>(() => network.Load(new OneWayStream(file[..length])));
        }

        Assert.Equal(before, network.FlatParameters);
    }

    private static byte[] Corrupt(byte[] file, string corruption)
    {
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        return corruption switch
        {
            "empty" => [],
            "three bytes" => file[..3],
            "header length too large" => WithLength(file.Length),
            "header length huge" => WithLength(-1),
            "header truncated" => file[..(8 + (length / 2))],
            "data truncated" => file[..^1],
            "data trailing" => [.. file, 0],
            "not JSON" => Replace("\"panels", "?\"panels"),
            "an array" => [4, 0, 0, 0, 0, 0, 0, 0, .. "[1] "u8],
            "no dtype" => Rewrite(file, header => ((JsonObject)header["bias"]!).Remove("dtype")),
            "offsets of text" => Rewrite(file, header => header["bias"]!["data_offsets"] = new JsonArray("a", "b")),
            "three offsets" => Rewrite(file, header => header["bias"]!["data_offsets"] = new JsonArray(0, 0, 0)),
            "a name twice" => Replace("\"bias\"", "\"tiny.weight\""),
            "missing" => Rewrite(file, CloseGaps, without: "bias"),
            "unknown" => Rewrite(file, header => header["more"] = new JsonObject { ["dtype"] = "F32", ["shape"] = new JsonArray(0), ["data_offsets"] = new JsonArray(End(), End()) }),
            "wrong type" => Rewrite(file, header => header["bias"]!["dtype"] = "I32"),
            "wrong shape" => Rewrite(file, header => header["ragged.weight"]!["shape"] = new JsonArray(7, 21)),
            "wrong length" => Rewrite(file, header => Shift(header, "panels.weight", 1, 4, "ragged.weight", 0)),
            "overlap" => Rewrite(file, header => Move(header, "ragged.weight", 0, -4)),
            "gap" => Rewrite(file, header => Move(header, "ragged.weight", 0, 4)),
            "negative" => Rewrite(file, header => Move(header, "panels.weight", 0, -4)),
            "backwards" => Rewrite(file, header => Move(header, "convolution.weight", 1, -10_000)),
            _ => throw new ArgumentOutOfRangeException(nameof(corruption)),
        };

        byte[] WithLength(long value)
        {
            byte[] copy = [.. file];
            BinaryPrimitives.WriteInt64LittleEndian(copy, value);
            return copy;
        }

        byte[] Replace(string what, string with)
        {
            string header = Encoding.UTF8.GetString(file, 8, length).Replace(what, with);
            return Assemble(header, file[(8 + length)..]);
        }

        int End() => file.Length - 8 - length;
    }

    private static void CloseGaps(JsonObject header)
    {
        int start = 0;
        foreach ((_, JsonNode? entry) in header.Where(entry => entry.Key != "__metadata__"))
        {
            int size = (int)entry!["data_offsets"]![1]! - (int)entry["data_offsets"]![0]!;
            entry["data_offsets"] = new JsonArray(start, start + size);
            start += size;
        }
    }

    private static void Move(JsonObject header, string name, int end, int by) => header[name]!["data_offsets"]![end] = (int)header[name]!["data_offsets"]![end]! + by;

    private static void Shift(JsonObject header, string first, int firstEnd, int by, string second, int secondEnd)
    {
        Move(header, first, firstEnd, by);
        Move(header, second, secondEnd, by);
    }

    private static byte[] Rewrite(byte[] file, Action<JsonObject> change, string? without = null)
    {
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        var header = (JsonObject)JsonNode.Parse(file.AsSpan(8, length))!;
        byte[] data = file[(8 + length)..];
        if (without is not null)
        {
            JsonNode offsets = header[without]!["data_offsets"]!;
            data = [.. data[..(int)offsets[0]!], .. data[(int)offsets[1]!..]];
            header.Remove(without);
        }

        change(header);
        return Assemble(header.ToJsonString(), data);
    }

    private static byte[] Assemble(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        return [.. length, .. json, .. data];
    }

    private static byte[] Save(TestNetwork network)
    {
        using var stream = new MemoryStream();
        network.Save(stream);
        return stream.ToArray();
    }

    /// <summary>A stream that cannot seek and gives a few bytes at a time.</summary>
    private sealed class OneWayStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 7)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 7));
    }
}

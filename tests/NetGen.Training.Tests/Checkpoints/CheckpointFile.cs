using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetGen.Training;

namespace NetGen.Tests.Training.Checkpoints;

/// <summary>A safetensors file in memory, taken apart and put together without what is tested.</summary>
internal sealed class CheckpointFile
{
    private CheckpointFile(JsonObject header, byte[] data) => (Header, Data) = (header, data);

    public JsonObject Header { get; }

    public byte[] Data { get; }

    public static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Checkpoints", "Fixtures", name);

    public static byte[] Of(Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return stream.ToArray();
    }

    public static byte[] Of(TrainingCheckpoint checkpoint) => Of(checkpoint.Save);

    public static byte[] Of(INetwork network) => Of(network.Save);

    public static CheckpointFile Parse(byte[] file)
    {
        int length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(file));
        return new CheckpointFile((JsonObject)JsonNode.Parse(file.AsSpan(8, length))!, file[(8 + length)..]);
    }

    public byte[] ToArray() => Assemble(Header.ToJsonString(), Data);

    public static byte[] Assemble(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        return [.. length, .. json, .. data];
    }

    /// <summary>The values of each tensor, as the bytes say.</summary>
    public static Dictionary<string, double[]> Values(byte[] file)
    {
        int length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(file));
        using var header = JsonDocument.Parse(file.AsMemory(8, length));
        return header.RootElement.EnumerateObject().Where(tensor => tensor.Name != "__metadata__").ToDictionary(tensor => tensor.Name, tensor =>
        {
            JsonElement offsets = tensor.Value.GetProperty("data_offsets");
            ReadOnlySpan<byte> bytes = file.AsSpan((8 + length + offsets[0].GetInt32())..(8 + length + offsets[1].GetInt32()));
            string type = tensor.Value.GetProperty("dtype").GetString()!;
            int width = type[^2..] == "64" ? 8 : type[^2..] == "32" ? 4 : 2;
            var values = new double[bytes.Length / width];
            for (int i = 0; i < values.Length; i++)
            {
                ReadOnlySpan<byte> element = bytes.Slice(i * width, width);
                values[i] = type switch
                {
                    "F64" => BinaryPrimitives.ReadDoubleLittleEndian(element),
                    "F32" => BinaryPrimitives.ReadSingleLittleEndian(element),
                    "F16" => (double)BinaryPrimitives.ReadHalfLittleEndian(element),
                    "BF16" => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
                    "I64" => BinaryPrimitives.ReadInt64LittleEndian(element),
                    _ => throw new InvalidDataException(type),
                };
            }

            return values;
        });
    }

    /// <summary>The values of a network, by name.</summary>
    public static Dictionary<string, double[]> Values(INetwork network) => network.Parameters.Concat(network.Buffers)
        .ToDictionary(tensor => tensor.Name, tensor => tensor.IsInt64 ? [tensor.Int64] : tensor.ToArray().Select(value => (double)value).ToArray());
}

/// <summary>A stream that cannot seek and gives a few bytes at a time.</summary>
internal sealed class OneWayStream(byte[] bytes) : MemoryStream(bytes)
{
    public override bool CanSeek => false;

    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 7)]);

    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 7));
}

/// <summary>A directory that goes with the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string FullName { get; } = Directory.CreateTempSubdirectory("netgen-checkpoints-").FullName;

    public string File(string name) => Path.Combine(FullName, name);

    public string[] Files => [.. Directory.GetFiles(FullName).Select(path => Path.GetFileName(path)!).Order()];

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}

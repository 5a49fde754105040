using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;

namespace NetGen;

/// <summary>A tensor of a safetensors file: what the header says of it. Offsets count from the first byte of data.</summary>
internal sealed record SafetensorsEntry(string Name, string Type, int[] Shape, long Start, long End)
{
    public long Bytes => End - Start;
}

/// <summary>A tensor that is written: its elements, floats or 64-bit integers, are asked for when it is its turn.</summary>
internal sealed record SafetensorsTensor(string Name, string Type, int[] Shape, Func<Array> Elements);

/// <summary>
/// The safetensors format: the header's length (8 bytes, little-endian), a JSON header, the data.
/// Tensors lie side by side without gap or overlap.
/// </summary>
internal static class Safetensors
{
    public const string Float64 = "F64";
    public const string Float32 = "F32";
    public const string Float16 = "F16";
    public const string BFloat16 = "BF16";
    public const string Int64 = "I64";

    /// <summary>The limit of the reference implementation.</summary>
    public const int MaxHeader = 100_000_000;

    private const string Metadata = "__metadata__";
    private const int Alignment = 8;

    public static string Name(FloatType type) => type switch
    {
        FloatType.Float32 => Float32,
        FloatType.Float16 => Float16,
        FloatType.BFloat16 => BFloat16,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Expected a type that there is."),
    };

    public static bool IsFloat(string type) => type is Float64 or Float32 or Float16 or BFloat16;

    /// <summary>Bytes of an element; 0: a type that is not known, such as one of less than a byte.</summary>
    public static int Width(string type) => type switch
    {
        Float64 or Int64 or "U64" or "C64" => 8,
        Float32 or "I32" or "U32" => 4,
        Float16 or BFloat16 or "I16" or "U16" => 2,
        "I8" or "U8" or "BOOL" or "F8_E4M3" or "F8_E5M2" or "F8_E8M0" => 1,
        _ => 0,
    };

    /// <summary>Writes a file.</summary>
    /// <param name="stream">Written from its position on.</param>
    /// <param name="tensors">What is in it, wide elements before narrow ones, so that each is aligned.</param>
    /// <param name="metadata">What is said of it.</param>
    public static void Write(Stream stream, IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            if (metadata.Count > 0)
            {
                writer.WriteStartObject(Metadata);
                foreach ((string key, string value) in metadata)
                    writer.WriteString(key, value);
                writer.WriteEndObject();
            }

            long start = 0;
            foreach (SafetensorsTensor tensor in tensors)
            {
                long end = checked(start + Bytes(tensor.Type, tensor.Shape));
                writer.WriteStartObject(tensor.Name);
                writer.WriteString("dtype", tensor.Type);
                writer.WriteStartArray("shape");
                foreach (int size in tensor.Shape)
                    writer.WriteNumberValue(size);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(start);
                writer.WriteNumberValue(end);
                writer.WriteEndArray();
                writer.WriteEndObject();
                start = end;
            }

            writer.WriteEndObject();
        }

        while (json.Length % Alignment != 0)
            json.WriteByte((byte)' ');
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        stream.Write(length);
        json.WriteTo(stream);
        foreach (SafetensorsTensor tensor in tensors)
            TensorBytes.Write(stream, tensor.Elements(), tensor.Type);
    }

    /// <summary>The bytes of a tensor's data.</summary>
    /// <exception cref="OverflowException">More than there can be.</exception>
    public static long Bytes(string type, int[] shape)
    {
        long bytes = Width(type);
        foreach (int size in shape)
            bytes = checked(bytes * size);
        return bytes;
    }

    /// <summary>Reads and checks the header; the entries come in the order of their data.</summary>
    /// <param name="stream">Read from its position on, up to the first byte of data.</param>
    /// <param name="metadata">What the file says of itself.</param>
    public static List<SafetensorsEntry> ReadHeader(Stream stream, out Dictionary<string, string> metadata)
    {
        Span<byte> prefix = stackalloc byte[sizeof(long)];
        int read = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
        ForeignFormat.Refuse(prefix[..read], stream);
        if (read < prefix.Length)
            throw Invalid($"Expected a safetensors file, which starts with 8 bytes of header length, but there are {read} bytes.");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        long remaining = stream.CanSeek ? stream.Length - stream.Position : MaxHeader;
        if (length < 2 || length > (ulong)long.Min(MaxHeader, remaining))
            throw Invalid($"Expected a header length from 2 to {long.Min(MaxHeader, remaining)}, but got {length}: not a safetensors file, or a truncated one.");
        byte[] header = TensorBytes.Read(stream, (long)length);
        if (header.Length < (long)length)
            throw Invalid($"Expected a header of {length} bytes, but the file ends after {header.Length} of them.");

        var entries = new List<SafetensorsEntry>();
        metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using JsonDocument document = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false });
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Name != Metadata)
                {
                    entries.Add(Entry(property));
                    continue;
                }

                foreach (JsonProperty note in property.Value.EnumerateObject())
                    metadata.Add(note.Name, note.Value.GetString() ?? throw new FormatException($"\"{note.Name}\" of the metadata is null, but expected a text."));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException("Expected a safetensors header, a JSON object of tensors with dtype, shape and data_offsets, but it is malformed: " + e.Message, e);
        }

        entries.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.End.CompareTo(b.End));
        long end = 0;
        foreach (SafetensorsEntry entry in entries)
        {
            if (entry.Start != end)
                throw Invalid($"Expected the data of \"{entry.Name}\" to start at {end}, where the tensor before it ends, but got {entry.Start}: a gap or an overlap.");
            if (entry.End < entry.Start)
                throw Invalid($"Expected the data of \"{entry.Name}\" to end after its start at {entry.Start}, but got {entry.End}.");
            CheckLength(entry);
            end = entry.End;
        }

        if (stream.CanSeek && stream.Length - stream.Position != end)
            throw Invalid($"Expected {end} bytes of data after the header, but got {stream.Length - stream.Position}.");
        return entries;
    }

    private static void CheckLength(SafetensorsEntry entry)
    {
        try
        {
            if (Width(entry.Type) is 0 || Bytes(entry.Type, entry.Shape) is var bytes && bytes == entry.Bytes)
                return;
            throw Invalid($"Expected {bytes} bytes of data for \"{entry.Name}\" {ParameterView.ShapeText(entry.Shape)} of type {entry.Type}, but its offsets span {entry.Bytes}.");
        }
        catch (OverflowException)
        {
            throw Invalid($"Expected a shape for \"{entry.Name}\" whose elements can be counted, but got {ParameterView.ShapeText(entry.Shape)}; its offsets span {entry.Bytes} bytes.");
        }
    }

    private static SafetensorsEntry Entry(JsonProperty property)
    {
        JsonElement offsets = property.Value.GetProperty("data_offsets");
        JsonElement sizes = property.Value.GetProperty("shape");
        if (offsets.GetArrayLength() != 2)
            throw Invalid($"Expected two data_offsets for \"{property.Name}\", but got {offsets.GetArrayLength()}.");
        var shape = new int[sizes.GetArrayLength()];
        for (int i = 0; i < shape.Length; i++)
        {
            shape[i] = sizes[i].GetInt32();
            if (shape[i] < 0)
                throw Invalid($"Expected sizes of at least 0 for \"{property.Name}\", but got {shape[i]}.");
        }

        string type = property.Value.GetProperty("dtype").GetString() ?? "null";
        return new SafetensorsEntry(property.Name, type, shape, offsets[0].GetInt64(), offsets[1].GetInt64());
    }

    public static InvalidDataException Invalid(FormattableString message) => new(message.ToString(CultureInfo.InvariantCulture));
}

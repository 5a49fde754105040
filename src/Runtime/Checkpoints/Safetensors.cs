using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace NetGen;

/// <summary>A tensor of a safetensors file: what the header says of it.</summary>
internal sealed record SafetensorsEntry(string Name, string Type, int[] Shape, long Start, long End)
{
    public long Bytes => End - Start;
}

/// <summary>
/// The safetensors format: the header's length (8 bytes, little-endian), a JSON header, the data.
/// Tensors lie side by side without gap or overlap.
/// </summary>
internal static class Safetensors
{
    private const string Float32 = "F32";
    private const string Int64 = "I64";

    // The limit of the reference implementation.
    private const long MaxHeader = 100_000_000;
    private const int Alignment = 8;
    private const int ChunkBytes = 1 << 22;

    /// <summary>The type of a tensor's elements.</summary>
    public static string Type(ParameterView tensor) => tensor.IsInt64 ? Int64 : Float32;

    public static void WriteHeader(Stream stream, ParameterView[] tensors)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            long start = 0;
            writer.WriteStartObject();
            foreach (ParameterView tensor in tensors)
            {
                long end = start + ((long)tensor.Length * (tensor.IsInt64 ? sizeof(long) : sizeof(float)));
                writer.WriteStartObject(tensor.Name);
                writer.WriteString("dtype", Type(tensor));
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
    }

    public static void WriteData(Stream stream, ParameterView tensor)
    {
        if (tensor.IsInt64)
            Write<long>([tensor.Int64]);
        else
            Write<float>(tensor.ToArray());

        void Write<T>(Span<T> values)
            where T : struct
        {
            ToLittleEndian(values);
            int chunk = ChunkBytes / Unsafe.SizeOf<T>();
            for (int i = 0; i < values.Length; i += chunk)
                stream.Write(MemoryMarshal.AsBytes(values.Slice(i, int.Min(chunk, values.Length - i))));
        }
    }

    /// <summary>Reads and checks the header; the entries come in the order of their data.</summary>
    public static List<SafetensorsEntry> ReadHeader(Stream stream)
    {
        Span<byte> prefix = stackalloc byte[sizeof(long)];
        int read = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
        if (read < prefix.Length)
            throw Invalid($"Expected a safetensors file, which starts with 8 bytes of header length, but there are {read} bytes.");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        long remaining = stream.CanSeek ? stream.Length - stream.Position : MaxHeader;
        if (length < 2 || length > (ulong)long.Min(MaxHeader, remaining))
            throw Invalid($"Expected a header length from 2 to {long.Min(MaxHeader, remaining)}, but got {length}: not a safetensors file, or a truncated one.");
        var header = new byte[length];
        read = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (read < header.Length)
            throw Invalid($"Expected a header of {length} bytes, but the file ends after {read} of them.");

        var entries = new List<SafetensorsEntry>();
        try
        {
            using JsonDocument document = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false });
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Name != "__metadata__")
                    entries.Add(Entry(property));
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
            end = entry.End;
        }

        if (stream.CanSeek && stream.Length - stream.Position != end)
            throw Invalid($"Expected {end} bytes of data after the header, but got {stream.Length - stream.Position}.");
        return entries;
    }

    private static SafetensorsEntry Entry(JsonProperty property)
    {
        JsonElement offsets = property.Value.GetProperty("data_offsets");
        JsonElement sizes = property.Value.GetProperty("shape");
        if (offsets.GetArrayLength() != 2)
            throw Invalid($"Expected two data_offsets for \"{property.Name}\", but got {offsets.GetArrayLength()}.");
        var shape = new int[sizes.GetArrayLength()];
        for (int i = 0; i < shape.Length; i++)
            shape[i] = sizes[i].GetInt32();
        string type = property.Value.GetProperty("dtype").GetString() ?? "null";
        return new SafetensorsEntry(property.Name, type, shape, offsets[0].GetInt64(), offsets[1].GetInt64());
    }

    /// <summary>Reads the data of a tensor, the next one in the stream: an array of floats or of 64-bit integers.</summary>
    public static Array ReadData(Stream stream, SafetensorsEntry entry) => entry.Type == Int64 ? ReadData<long>(stream, entry) : ReadData<float>(stream, entry);

    private static T[] ReadData<T>(Stream stream, SafetensorsEntry entry)
        where T : struct
    {
        long length = 1;
        foreach (int size in entry.Shape)
            length *= size;
        int width = Unsafe.SizeOf<T>();
        if (entry.Bytes != length * width)
            throw Invalid($"Expected {length * width} bytes of data for \"{entry.Name}\" {ParameterView.ShapeText(entry.Shape)}, but its offsets span {entry.Bytes}.");
        var values = new T[length];
        int step = ChunkBytes / width;
        for (int i = 0; i < values.Length; i += step)
        {
            Span<byte> chunk = MemoryMarshal.AsBytes(values.AsSpan(i, int.Min(step, values.Length - i)));
            int read = stream.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
            if (read < chunk.Length)
                throw Invalid($"Expected {entry.Bytes} bytes of data for \"{entry.Name}\", but the file ends after {((long)i * width) + read} of them.");
        }

        ToLittleEndian<T>(values);
        return values;
    }

    private static void ToLittleEndian<T>(Span<T> values)
        where T : struct
    {
        if (BitConverter.IsLittleEndian)
            return;
        if (Unsafe.SizeOf<T>() == sizeof(long))
        {
            Span<long> bits = MemoryMarshal.Cast<T, long>(values);
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }
        else
        {
            Span<int> bits = MemoryMarshal.Cast<T, int>(values);
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }
    }

    public static InvalidDataException Invalid(FormattableString message) => new(message.ToString(CultureInfo.InvariantCulture));
}

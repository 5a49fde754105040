using System;
using System.Buffers.Binary;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NetGen;

/// <summary>Elements as the bytes of a file, little-endian, and back; floats of other widths are converted.</summary>
internal static class TensorBytes
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Writes floats, converted to a type, or 64-bit integers.</summary>
    public static void Write(Stream stream, Array elements, string type)
    {
        int width = Safetensors.Width(type);
        int step = ChunkBytes / width;
        var chunk = new byte[Math.Min(elements.Length, step) * width];
        for (int first = 0; first < elements.Length; first += step)
        {
            int count = Math.Min(step, elements.Length - first);
            Span<byte> bytes = chunk.AsSpan(0, count * width);
            if (elements is long[] integers)
            {
                for (int i = 0; i < count; i++)
                    BinaryPrimitives.WriteInt64LittleEndian(bytes[(i * width)..], integers[first + i]);
            }
            else
            {
                Encode(((float[])elements).AsSpan(first, count), bytes, type);
            }

            stream.Write(bytes);
        }
    }

    /// <summary>Reads a tensor's data, the next in the stream.</summary>
    /// <returns>Floats, or 64-bit integers where it has them.</returns>
    /// <exception cref="InvalidDataException">The stream ends before.</exception>
    public static Array Read(Stream stream, SafetensorsEntry entry)
    {
        int width = Safetensors.Width(entry.Type);
        int step = ChunkBytes / width;
        int length = checked((int)(entry.Bytes / width));
        Array elements = entry.Type == Safetensors.Int64 ? new long[length] : new float[length];
        var chunk = new byte[Math.Min(length, step) * width];
        for (int first = 0; first < length; first += step)
        {
            int count = Math.Min(step, length - first);
            Span<byte> bytes = chunk.AsSpan(0, count * width);
            int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (read < bytes.Length)
                throw Truncated(entry, ((long)first * width) + read);
            if (elements is long[] integers)
            {
                for (int i = 0; i < count; i++)
                    integers[first + i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * width)..]);
            }
            else
            {
                Decode(bytes, ((float[])elements).AsSpan(first, count), entry.Type);
            }
        }

        return elements;
    }

    /// <summary>Passes over a tensor's data.</summary>
    /// <exception cref="InvalidDataException">The stream ends before.</exception>
    public static void Skip(Stream stream, SafetensorsEntry entry)
    {
        if (stream.CanSeek)
        {
            // The header's check has compared the lengths.
            stream.Seek(entry.Bytes, SeekOrigin.Current);
            return;
        }

        var chunk = new byte[(int)Math.Min(entry.Bytes, ChunkBytes)];
        for (long first = 0; first < entry.Bytes; first += chunk.Length)
        {
            int count = (int)Math.Min(chunk.Length, entry.Bytes - first);
            int read = stream.ReadAtLeast(chunk.AsSpan(0, count), count, throwOnEndOfStream: false);
            if (read < count)
                throw Truncated(entry, first + read);
        }
    }

    /// <summary>Reads bytes; memory is taken as they come, since a length is but a promise.</summary>
    /// <returns>As many as promised, or all that came.</returns>
    public static byte[] Read(Stream stream, long length)
    {
        var bytes = new byte[Math.Min(length, ChunkBytes)];
        for (int first = 0; ;)
        {
            int end = first + stream.ReadAtLeast(bytes.AsSpan(first), bytes.Length - first, throwOnEndOfStream: false);
            if (end < bytes.Length)
                return bytes[..end];
            if (end == length)
                return bytes;
            first = end;
            Array.Resize(ref bytes, (int)Math.Min(length, 2L * first));
        }
    }

    private static void Encode(ReadOnlySpan<float> values, Span<byte> bytes, string type)
    {
        switch (type)
        {
            case Safetensors.Float16:
                for (int i = 0; i < values.Length; i++)
                    BinaryPrimitives.WriteHalfLittleEndian(bytes[(2 * i)..], (Half)values[i]);
                break;
            case Safetensors.BFloat16:
                for (int i = 0; i < values.Length; i++)
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes[(2 * i)..], ToBFloat16(values[i]));
                break;
            default:
                if (BitConverter.IsLittleEndian)
                {
                    MemoryMarshal.AsBytes(values).CopyTo(bytes);
                    break;
                }

                for (int i = 0; i < values.Length; i++)
                    BinaryPrimitives.WriteInt32LittleEndian(bytes[(4 * i)..], BitConverter.SingleToInt32Bits(values[i]));
                break;
        }
    }

    private static void Decode(ReadOnlySpan<byte> bytes, Span<float> values, string type)
    {
        switch (type)
        {
            case Safetensors.Float64:
                for (int i = 0; i < values.Length; i++)
                    values[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..]);
                break;
            case Safetensors.Float16:
                for (int i = 0; i < values.Length; i++)
                    values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]);
                break;
            case Safetensors.BFloat16:
                for (int i = 0; i < values.Length; i++)
                    values[i] = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16);
                break;
            default:
                if (BitConverter.IsLittleEndian)
                {
                    bytes.CopyTo(MemoryMarshal.AsBytes(values));
                    break;
                }

                for (int i = 0; i < values.Length; i++)
                    values[i] = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]));
                break;
        }
    }

    /// <summary>Whether a number stays finite in a type.</summary>
    public static bool Holds(string type, float value) => !float.IsFinite(value) || type switch
    {
        Safetensors.Float16 => Half.IsFinite((Half)value),
        Safetensors.BFloat16 => (ToBFloat16(value) & 0x7F80) != 0x7F80,
        _ => true,
    };

    /// <summary>To the nearest, ties to even; what is not a number stays so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)(float.IsNaN(value) ? (bits >> 16) | 0x40 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static InvalidDataException Truncated(SafetensorsEntry entry, long read) =>
        Safetensors.Invalid($"Expected {entry.Bytes} bytes of data for \"{entry.Name}\", but the file ends after {read} of them.");
}

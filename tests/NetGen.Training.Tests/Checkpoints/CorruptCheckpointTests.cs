using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training.Checkpoints;

/// <summary>Files that no one wrote are refused, with what was expected and what came, before anything changes.</summary>
public class CorruptCheckpointTests
{
    private const int Fuzzed = 100_000;

    [Fact]
    public void Every_truncation_and_every_extension_is_refused()
    {
        byte[][] files = [CheckpointFile.Of(new Tiny(1)), CheckpointFile.Of(Checkpoint(new Tiny(1)))];
        var network = new Tiny(2);
        TrainingCheckpoint checkpoint = Checkpoint(network);
        float[] before = network.FlatParameters.ToArray();
        foreach (byte[] file in files)
        {
            for (int length = 0; length < file.Length; length++)
                Refused(file[..length]);
            Refused([.. file, 0]);
        }

        Assert.Equal(before, network.FlatParameters);

        void Refused(byte[] bytes)
        {
            Assert.Throws<InvalidDataException>(() => network.Load(new MemoryStream(bytes)));
            Assert.Throws<InvalidDataException>(() => network.Load(new OneWayStream(bytes)));
            Assert.Throws<InvalidDataException>(() => checkpoint.Load(new MemoryStream(bytes)));
        }
    }

    public static TheoryData<string, string> Headers => new()
    {
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [1, 2], \"data_offsets\": [0, 8]}, \"a.bias\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [4, 8]}", "to start at 8, where the tensor before it ends, but got 4: a gap or an overlap" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [1, 2], \"data_offsets\": [0, 8]}, \"a.bias\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [9, 13]}", "to start at 8, where the tensor before it ends, but got 9: a gap or an overlap" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [1, 2], \"data_offsets\": [0, 8]}, \"a.bias\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [8, 4]}", "to end after its start at 8, but got 4" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [1, 2], \"data_offsets\": [-8, 0]}, \"a.bias\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 12]}", "to start at 0, where the tensor before it ends, but got -8" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [1, 2], \"data_offsets\": [0, 12]}, \"a.bias\": {\"dtype\": \"F32\", \"shape\": [0], \"data_offsets\": [12, 12]}", "Expected 8 bytes of data for \"a.weight\" [1, 2] of type F32, but its offsets span 12" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [-1, -2], \"data_offsets\": [0, 8]}, \"a.bias\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [8, 12]}", "Expected sizes of at least 0 for \"a.weight\", but got -1" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [2000000000, 2000000000, 2000000000], \"data_offsets\": [0, 12]}", "whose elements can be counted" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [65536, 65536, 65536, 65536, 0], \"data_offsets\": [0, 0]}", "whose elements can be counted" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [1.5], \"data_offsets\": [0, 12]}", "malformed" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [99999999999], \"data_offsets\": [0, 12]}", "malformed" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 99999999999999999999]}", "malformed" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 9223372036854775807]}", "its offsets span 9223372036854775807" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [-9223372036854775808, 9223372036854775807]}", "to start at 0" },
        { "\"a.weight\": {\"dtype\": 32, \"shape\": [3], \"data_offsets\": [0, 12]}", "malformed" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": 3, \"data_offsets\": [0, 12]}", "malformed" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0]}", "two data_offsets" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [3]}", "malformed" },
        { "\"a.weight\": [0, 12]", "malformed" },
        { "\"a.weight\": null", "malformed" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 12]}", "malformed" },
        { "\"a.weight\": {\"dtype\": \"F4\", \"shape\": [24], \"data_offsets\": [0, 12]}", "to be of type F32, F64, F16 or BF16, but got F4" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [1, 2], \"data_offsets\": [0, 8]}, \"a.weight\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [8, 12]}", "malformed" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [1, 2], \"data_offsets\": [0, 8]}, \"\\u0061.weight\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [8, 12]}", "malformed" },
        { "\"__metadata__\": {\"a\": \"\", \"\\u0061\": \"\"}, \"a.weight\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 12]}", "malformed" },
        { "\"\\ud800\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 12]}", "malformed" },
        { "\"__metadata__\": {\"a\": NaN}, \"a.weight\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 12]}", "malformed" },
        { "\"__metadata__\": {\"a\": 1}, \"a.weight\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 12]}", "malformed" },
        { "\"__metadata__\": {\"a\": null}, \"a.weight\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 12]}", "malformed" },
        { "\"__metadata__\": {\"a\": {\"b\": \"c\"}}, \"a.weight\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 12]}", "malformed" },
        { "\"__metadata__\": [], \"a.weight\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 12]}", "malformed" },
        { "\"__metadata__\": {}, \"__metadata__\": {}, \"a.weight\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 12]}", "malformed" },
        { "\"a.weight\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 12]},", "malformed" },
        { "/* */ \"a.weight\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 12]}", "malformed" },
        { "", "Expected 0 bytes of data after the header, but got 12" },
    };

    /// <summary>Headers with three floats of data behind them.</summary>
    [Theory]
    [MemberData(nameof(Headers))]
    public void Headers_that_say_something_else_are_refused(string header, string message)
    {
        byte[] file = CheckpointFile.Assemble("{" + header + "}", new byte[12]);
        var network = new Tiny(2);
        float[] before = network.FlatParameters.ToArray();
        foreach (bool isStrict in new[] { true, false })
        {
            var options = new CheckpointLoadOptions { Strict = isStrict };
            Assert.Contains(message, Assert.Throws<InvalidDataException>(() => network.Load(new MemoryStream(file), options)).Message, StringComparison.Ordinal);
            Assert.Throws<InvalidDataException>(() => network.Load(new OneWayStream(file), options));
        }

        Assert.Equal(before, network.FlatParameters);
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(1L)]
    [InlineData(1L << 20)]
    [InlineData(99_999_999L)]
    [InlineData(100_000_001L)]
    [InlineData(1L << 40)]
    [InlineData(long.MaxValue)]
    [InlineData(-1L)]
    public void Lengths_of_headers_that_there_are_not_are_refused_without_memory_for_them(long length)
    {
        byte[] file = [.. BitConverter.GetBytes(length), .. "{}"u8];
        foreach (bool seeks in new[] { true, false })
        {
            var network = new Tiny(2);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<InvalidDataException>(() => network.Load(seeks ? new MemoryStream(file) : new OneWayStream(file)));
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4_000_000);
        }
    }

    [Theory]
    [InlineData("{\"a\": [")]
    [InlineData("not JSON")]
    [InlineData("[]")]
    [InlineData("1234")]
    [InlineData("\"ab\"")]
    [InlineData("null")]
    [InlineData("{} {}")]
    public void Headers_that_are_no_objects_are_refused(string header) => Assert.Contains(
        "malformed", Assert.Throws<InvalidDataException>(() => new Tiny(2).Load(new MemoryStream(CheckpointFile.Assemble(header, [])))).Message, StringComparison.Ordinal);

    [Fact]
    public void Counts_below_zero_are_refused()
    {
        var file = CheckpointFile.Parse(CheckpointFile.Of(new Dropping(1)));
        file.Data.AsSpan(0, 8).Fill(0xFF);
        var network = new Dropping(2);
        Dictionary<string, double[]> before = CheckpointFile.Values(network);
        Assert.Equal("Expected norm.num_batches_tracked [] to be at least 0, but got -1.", Assert.Throws<InvalidDataException>(() => network.Load(new MemoryStream(file.ToArray()))).Message);
        Assert.Equal(before, CheckpointFile.Values(network));
    }

    /// <summary>A changed byte of a network's file: refused, or exactly what the bytes say.</summary>
    [Fact]
    public void Fuzzed_files_are_refused_or_loaded_as_they_are()
    {
        var network = new Tiny(2);
        byte[][] files = [CheckpointFile.Of(new Tiny(1)), CheckpointFile.Of(stream => new Tiny(1).Save(stream, new CheckpointSaveOptions { Type = FloatType.BFloat16 }))];
        int loaded = Fuzz(files, Fuzzed / 2, file =>
        {
            double[] before = [.. network.FlatParameters.ToArray().Select(value => (double)value)];
            try
            {
                network.Load(new MemoryStream(file));
            }
            catch (InvalidDataException)
            {
                Assert.Equal(before, network.FlatParameters.ToArray().Select(value => (double)value));
                return false;
            }

            AssertValues(file, network);
            return true;
        });
        Assert.InRange(loaded, Fuzzed / 50, (Fuzzed / 2) - 1);
    }

    /// <summary>The same of the state of a training; what loads is saved again as it was.</summary>
    [Fact]
    public void Fuzzed_trainings_are_refused_or_loaded_as_they_are()
    {
        byte[] original = CheckpointFile.Of(Checkpoint(new Tiny(1)));
        var network = new Tiny(2);
        TrainingCheckpoint checkpoint = Checkpoint(network);
        byte[] before = CheckpointFile.Of(checkpoint);
        int loaded = Fuzz([original], Fuzzed / 2, file =>
        {
            try
            {
                checkpoint.Load(new MemoryStream(file));
            }
            catch (InvalidDataException)
            {
                return false;
            }

            AssertValues(file, network);
            byte[] again = CheckpointFile.Of(checkpoint);
            Assert.Equal(Numbers(file), Numbers(again));
            checkpoint.Load(new MemoryStream(before));
            return true;
        });
        Assert.InRange(loaded, Fuzzed / 50, (Fuzzed / 2) - 1);
        Assert.Equal(before, CheckpointFile.Of(checkpoint));

        // Numbers may be written in another way, such as 1 with a plus or with blanks.
        static SortedDictionary<string, string> Numbers(byte[] file)
        {
            var numbers = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach ((string name, double[] values) in CheckpointFile.Values(file))
                numbers[name] = string.Join(' ', values.Select(BitConverter.DoubleToInt64Bits));
            foreach ((string name, JsonNode? text) in CheckpointFile.Parse(file).Header["__metadata__"]!.AsObject().Where(note => note.Key.StartsWith("training/", StringComparison.Ordinal)))
                numbers[name] = double.TryParse((string)text!, System.Globalization.CultureInfo.InvariantCulture, out double number) ? number.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : (string)text!;
            return numbers;
        }
    }

    /// <summary>Changes one to three bytes, in the header or in the data.</summary>
    private static int Fuzz(byte[][] files, int count, Func<byte[], bool> load)
    {
        var random = new Random(20);
        int loaded = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] file = [.. files[random.Next(files.Length)]];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                int place = random.Next(3) == 0 ? file.Length - 1 - random.Next(12) : random.Next(file.Length);

                // Letters that keep JSON what it is reach more of the checks.
                file[place] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)"0123456789,:[]{}\"-.eEFBI "[random.Next(25)];
            }

            if (load(file))
                loaded++;
        }

        return loaded;
    }

    private static void AssertValues(byte[] file, Tiny network)
    {
        Dictionary<string, double[]> expected = CheckpointFile.Values(file);
        foreach ((string name, double[] values) in CheckpointFile.Values((INetwork)network))
        {
            double[] said = expected[name];
            Assert.Equal(said.Length, values.Length);
            for (int i = 0; i < values.Length; i++)
                Assert.True(said[i].Equals(values[i]) && double.IsNegative(said[i]) == double.IsNegative(values[i]) || double.IsNaN(said[i]) && double.IsNaN(values[i]), $"{name}[{i}]: {values[i]} for {said[i]}");
        }
    }

    private static TrainingCheckpoint Checkpoint(Tiny network)
    {
        var (adam, average) = (new Adam(), new ExponentialMovingAverage(0.9));
        var random = new Random(3);
        for (int step = 0; step < 3; step++)
        {
            network.TrainStep([random.NextSingle(), random.NextSingle()], [random.NextSingle()], adam);
            average.Update(network);
        }

        return new TrainingCheckpoint(network) { ["optimizer"] = adam, ["average"] = average };
    }
}

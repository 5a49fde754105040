using System;
using System.IO;
using System.Linq;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training.Checkpoints;

public class CheckpointDirectoryTests
{
    [Fact]
    public void The_last_few_are_kept()
    {
        using var temporary = new TemporaryDirectory();
        var directory = new CheckpointDirectory(temporary.File("run")) { Keep = 2 };
        var network = new Tiny(1);
        var checkpoint = new TrainingCheckpoint(network);
        Assert.Null(directory.Latest);
        Assert.Null(directory.LoadLatest(checkpoint));
        foreach (long step in new long[] { 5, 10, 9_999_999_999 })
        {
            network.Parameters[0][0] = step;
            Assert.Equal(directory.PathOf(step), directory.Save(checkpoint, step));
        }

        Assert.Equal([10, 9_999_999_999], directory.Steps);
        Assert.Equal(directory.PathOf(9_999_999_999), directory.Latest);
        network.Parameters[0][0] = 0;
        Assert.Equal(9_999_999_999, directory.LoadLatest(checkpoint));
        Assert.Equal(9_999_999_999, network.Parameters[0][0]);

        // The same step may be saved again.
        directory.Save(checkpoint, 9_999_999_999);
        Assert.Equal([10, 9_999_999_999], directory.Steps);
    }

    [Fact]
    public void A_training_of_its_own_is_not_put_among_an_older_one()
    {
        using var temporary = new TemporaryDirectory();
        var network = new Tiny(1);
        new CheckpointDirectory(temporary.FullName).Save(new TrainingCheckpoint(network), 5000);
        new CheckpointDirectory(temporary.FullName, "other").Save(new TrainingCheckpoint(network), 7);
        string[] files = temporary.Files;
        var directory = new CheckpointDirectory(temporary.FullName) { Keep = 1 };
        string message = Assert.Throws<InvalidOperationException>(() => directory.Save(new TrainingCheckpoint(network), 100)).Message;
        Assert.Equal(
            $"Expected no checkpoint of a later step than 100, which is to be saved, but \"{temporary.FullName}\" holds one of step 5000, of another training: go on from it with Resume, take another directory, or remove the old files.",
            message);
        Assert.Equal(files, temporary.Files);
        File.Delete(directory.Latest!);
        directory.Save(new TrainingCheckpoint(network), 100);
        Assert.Equal([100], directory.Steps);
    }

    [Fact]
    public void Files_of_others_are_left_alone()
    {
        using var temporary = new TemporaryDirectory();
        string[] others = ["run-best.safetensors", "run-b-00000001.safetensors", "run-1.safetensors", "run-00000001.txt", "checkpoint-00000001.safetensors", "run-0000001x.safetensors"];
        foreach (string name in others)
            File.WriteAllText(temporary.File(name), "");
        File.WriteAllText(temporary.File("run-00000007.safetensors.12345678.abc.netgen-tmp"), "left by a killed run");
        var directory = new CheckpointDirectory(temporary.FullName, "run") { Keep = 1 };
        Assert.Empty(directory.Steps);
        for (long step = 0; step < 3; step++)
            directory.Save(new TrainingCheckpoint(new Tiny(1)), step);
        Assert.Equal(others.Append("run-00000002.safetensors").Order(), temporary.Files);
    }

    [Fact]
    public void What_is_no_name_is_refused()
    {
        foreach (string name in new[] { "", "a/b", "*", "a b" })
            Assert.ThrowsAny<ArgumentException>(() => new CheckpointDirectory("x", name));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CheckpointDirectory("x") { Keep = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CheckpointDirectory("x").PathOf(-1));
    }
}

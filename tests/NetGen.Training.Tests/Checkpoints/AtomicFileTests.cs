using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace NetGen.Tests.Training.Checkpoints;

/// <summary>Whatever happens while a file is written, the old one or the new one is there, whole.</summary>
public class AtomicFileTests
{
    private const string Name = "model.safetensors";

    [Fact]
    public void A_failure_at_any_byte_leaves_the_old_file()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File(Name);
        new Tiny(1).Save(path);
        byte[] old = File.ReadAllBytes(path);
        var network = new Tiny(2);
        int length = CheckpointFile.Of(network).Length;
        for (int bytes = 0; bytes < length; bytes++)
        {
            Assert.Throws<IOException>(() => AtomicFile.Write(path, stream => network.Save(new FailingStream(stream, bytes))));
            Assert.Equal(old, File.ReadAllBytes(path));
            Assert.Equal([Name], directory.Files);
        }

        AtomicFile.Write(path, stream => network.Save(new FailingStream(stream, length)));
        Assert.Equal(CheckpointFile.Of(network), File.ReadAllBytes(path));
    }

    /// <summary>The contents before the name, and the name before the end.</summary>
    [Fact]
    public void File_and_directory_are_flushed_each_when_it_has_what_is_to_last()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File(Name);
        new Tiny(1).Save(path);
        byte[] old = CheckpointFile.Of(new Tiny(1)), contents = CheckpointFile.Of(new Tiny(2));
        var flushed = new List<string>();
        AtomicFile.Write(path, stream => new Tiny(2).Save(stream), handle =>
        {
            if (OperatingSystem.IsLinux())
                flushed.Add(File.ResolveLinkTarget($"/proc/self/fd/{handle.DangerousGetHandle()}", returnFinalTarget: false)!.FullName);
            else
                flushed.Add(flushed.Count == 0 ? directory.File(directory.Files.Single(name => name != Name)) : directory.FullName);
            if (flushed.Count > 1)
                return;
            Assert.Equal(contents.Length, RandomAccess.GetLength(handle));
            Assert.Equal(old, File.ReadAllBytes(path));
        });
        Assert.Equal(contents, File.ReadAllBytes(path));
        Assert.Matches(@"^model\.safetensors\..*\.netgen-tmp$", Path.GetFileName(flushed[0]));
        Assert.Equal(OperatingSystem.IsWindows() ? [] : [directory.FullName], flushed.Skip(1));
    }

    [Fact]
    public void A_flush_that_fails_leaves_the_old_file_or_says_that_the_new_one_is_there()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File(Name);
        new Tiny(1).Save(path);
        Assert.Equal("of the file", Assert.Throws<IOException>(() => AtomicFile.Write(path, stream => new Tiny(2).Save(stream), _ => throw new IOException("of the file"))).Message);
        Assert.Equal(CheckpointFile.Of(new Tiny(1)), File.ReadAllBytes(path));
        Assert.Equal([Name], directory.Files);
        if (OperatingSystem.IsWindows())
            return;
        int flushes = 0;
        IOException failure = Assert.Throws<IOException>(() => AtomicFile.Write(path, stream => new Tiny(2).Save(stream), _ =>
        {
            if (++flushes == 2)
                throw new IOException("of the directory");
        }));
        Assert.Equal($"The file is written, but its directory {directory.FullName} could not be flushed to the disk: of the directory", failure.Message);
        Assert.Equal(CheckpointFile.Of(new Tiny(2)), File.ReadAllBytes(path));
        Assert.Equal([Name], directory.Files);
    }

    [Fact]
    public void What_killed_runs_left_is_removed_by_the_next_save()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File(Name);
        new Tiny(1).Save(path);
        File.WriteAllText(directory.File("model.safetensors.bak.tmp"), "a user's");
        foreach (string left in new[] { "12345678.abc", "abcdefgh.123" })
            File.WriteAllBytes(directory.File($"{Name}.{left}.netgen-tmp"), new byte[left[0]]);
        File.WriteAllText(directory.File("other.safetensors.12345678.abc.netgen-tmp"), "another's");
        new Tiny(2).Save(path);
        Assert.Equal([Name, "model.safetensors.bak.tmp", "other.safetensors.12345678.abc.netgen-tmp"], directory.Files);
    }

    /// <summary>A file that another process is writing is not one that was left.</summary>
    [Fact]
    public void What_is_being_written_is_not_removed()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File(Name);
        AtomicFile.Write(path, stream =>
        {
            new Tiny(1).Save(path);
            Assert.Equal(2, directory.Files.Length);
            new Tiny(2).Save(stream);
        });
        Assert.Equal(CheckpointFile.Of(new Tiny(2)), File.ReadAllBytes(path));
        Assert.Equal([Name], directory.Files);
    }

    [Fact]
    public void Many_who_save_at_once_leave_one_whole_file()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File(Name);
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => new Tiny((ulong)i).Save(path));
        Assert.Contains(Convert.ToHexString(File.ReadAllBytes(path)), Enumerable.Range(0, 64).Select(i => Convert.ToHexString(CheckpointFile.Of(new Tiny((ulong)i)))));
        Assert.Equal([Name], directory.Files);
    }

    [Fact]
    public void A_link_stays_a_link_and_a_mode_stays_a_mode()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File(Name);
        new Tiny(1).Save(path);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string link = directory.File("latest.safetensors");
        File.CreateSymbolicLink(link, path);
        new Tiny(2).Save(link);
        Assert.Equal(path, new FileInfo(link).LinkTarget);
        Assert.Equal(CheckpointFile.Of(new Tiny(2)), File.ReadAllBytes(path));
        Assert.Equal(["latest.safetensors", Name], directory.Files);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [SmallDiskFact]
    public void A_full_disk_leaves_the_old_file()
    {
        using var directory = new TemporaryDirectory();
        SmallDisk.Mount(directory.FullName, "size=8k");
        try
        {
            string path = directory.File(Name);
            new Tiny(1).Save(path);
            byte[] old = File.ReadAllBytes(path);
            var large = new Large(1);
            Assert.Throws<IOException>(() => large.Save(path));
            Assert.Equal(old, File.ReadAllBytes(path));
            Assert.Equal([Name], directory.Files);
            new Tiny(2).Save(path);
            Assert.Equal(CheckpointFile.Of(new Tiny(2)), File.ReadAllBytes(path));
        }
        finally
        {
            SmallDisk.Run("umount", directory.FullName);
        }
    }

    /// <summary>Who may do everything writes whatever the mode is, but not on what is mounted to be read.</summary>
    [SmallDiskFact(OrUser = true)]
    public void A_directory_that_is_read_only_keeps_the_old_file()
    {
        using var directory = new TemporaryDirectory();
        bool isMounted = Environment.IsPrivilegedProcess;
        if (isMounted)
            SmallDisk.Mount(directory.FullName, "size=64k");
        string path = directory.File(Name);
        new Tiny(1).Save(path);
        byte[] old = File.ReadAllBytes(path);
        try
        {
            if (isMounted)
                SmallDisk.Mount(directory.FullName, "remount,ro");
            else if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(directory.FullName, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            Exception error = Assert.ThrowsAny<Exception>(() => new Tiny(2).Save(path));
            Assert.True(error is IOException or UnauthorizedAccessException, error.ToString());
            Assert.Equal(old, File.ReadAllBytes(path));
            Assert.Equal([Name], directory.Files);
        }
        finally
        {
            if (isMounted)
                SmallDisk.Run("umount", directory.FullName);
            else if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(directory.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Fails behind so many bytes.</summary>
    private sealed class FailingStream(Stream stream, int bytes) : MemoryStream
    {
        private int _left = bytes;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            stream.Write(buffer[..Math.Min(_left, buffer.Length)]);
            if (buffer.Length > _left)
                throw new IOException("No more.");
            _left -= buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }
}

/// <summary>A file system of a few kilobytes, mounted on a directory.</summary>
internal static class SmallDisk
{
    private static readonly Lazy<string?> s_error = new(Try);

    /// <summary>Why there can be none; null where it can.</summary>
    public static string? Error => s_error.Value;

    public static void Mount(string directory, string options) => Assert.Equal("", Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory));

    /// <summary>What a program says of its failure; empty where it succeeds.</summary>
    public static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : $"{program} ended with {process.ExitCode}: {error}";
    }

    private static string? Try()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return "it takes Linux and root";
        using var directory = new TemporaryDirectory();
        try
        {
            string error = Run("mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", directory.FullName);
            return error == "" && Run("umount", directory.FullName) is var left ? left == "" ? null : left : error;
        }
        catch (Win32Exception e)
        {
            return e.Message;
        }
    }
}

/// <summary>A test on a small disk; where none can be mounted it is skipped, and says why.</summary>
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    private bool _orUser;

    public SmallDiskFactAttribute() => Decide();

    /// <summary>Whether a user without privileges, whom a directory's mode binds, needs no disk of its own.</summary>
    public bool OrUser
    {
        get => _orUser;
        set
        {
            _orUser = value;
            Decide();
        }
    }

    private void Decide() => Skip = (_orUser && !Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows()) || SmallDisk.Error is not { } error
        ? null
        : $"No small file system can be mounted: {error}.";
}

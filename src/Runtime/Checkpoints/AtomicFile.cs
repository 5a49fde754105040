using System;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NetGen;

/// <summary>Writes files that are there whole or not at all, whenever the process or the machine stops.</summary>
internal static partial class AtomicFile
{
    /// <summary>What stands behind a file's name while it is written, the star for letters of chance.</summary>
    private const string TemporaryEnd = ".*.netgen-tmp";

    /// <summary>
    /// Writes a file beside the old one, flushes it to the disk, puts it in the old one's place and flushes the directory. What earlier runs that were killed left beside it is removed.
    /// </summary>
    /// <param name="path">The file; of a link, what it points to.</param>
    /// <param name="write">Writes its contents.</param>
    /// <param name="flush">Makes what was written through a handle last; null: as the framework does.</param>
    public static void Write(string path, Action<Stream> write, Action<SafeFileHandle>? flush = null)
    {
        flush ??= RandomAccess.FlushToDisk;
        var file = new FileInfo(path);
        if (file.LinkTarget is not null && file.ResolveLinkTarget(returnFinalTarget: true) is { } target)
            file = new FileInfo(target.FullName);
        string directory = file.DirectoryName!;
        RemoveLeftOver(directory, file.Name);

        // It stays open until it has its name, so that no one takes it for one that was left.
        using FileStream stream = Create(Path.Combine(directory, file.Name));
        string temporary = stream.Name;
        try
        {
            if (!OperatingSystem.IsWindows() && file.Exists)
                File.SetUnixFileMode(stream.SafeFileHandle, file.UnixFileMode);
            write(stream);
            stream.Flush();
            flush(stream.SafeFileHandle);
            File.Move(temporary, file.FullName, overwrite: true);
        }
        catch
        {
            stream.Close();
            Remove(temporary);
            throw;
        }

        FlushDirectory(directory, flush);
    }

    /// <summary>Removes temporary files that no process writes any more.</summary>
    /// <param name="directory">Where they are.</param>
    /// <param name="name">The name of the files that they were to become; <c>*</c> for any letters.</param>
    public static void RemoveLeftOver(string directory, string name)
    {
        if (!Directory.Exists(directory))
            return;
        foreach (string temporary in Directory.GetFiles(directory, name + TemporaryEnd))
        {
            try
            {
                // Who writes it shares it with no one, so it does not open then.
                new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 0, FileOptions.DeleteOnClose).Dispose();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It is being written, or is not ours.
            }
        }
    }

    /// <summary>Creates a temporary file that no other process removes.</summary>
    private static FileStream Create(string path)
    {
        const int Tries = 4;
        for (int i = 1; ; i++)
        {
            string temporary = path + TemporaryEnd.Replace("*", Path.GetRandomFileName(), StringComparison.Ordinal);
            try
            {
                var stream = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Delete });

                // Between its creation and its lock another process may have removed it.
                if (File.Exists(temporary))
                    return stream;
                stream.Dispose();
            }
            catch (IOException) when (i < Tries && Directory.Exists(Path.GetDirectoryName(temporary)))
            {
            }
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next save tries again; what went wrong before is what is told.
        }
    }

    /// <summary>Makes a file's new name last. The framework opens no directory; where there is no Unix, the file system's journal has the name.</summary>
    private static void FlushDirectory(string directory, Action<SafeFileHandle> flush)
    {
        if (OperatingSystem.IsWindows() || OperatingSystem.IsBrowser() || OperatingSystem.IsWasi())
            return;
        const int ReadOnly = 0;
        using var handle = new SafeFileHandle(Open(directory, ReadOnly), ownsHandle: true);
        if (handle.IsInvalid)
            throw Failure(directory, Marshal.GetLastPInvokeErrorMessage());
        try
        {
            flush(handle);
        }
        catch (IOException e)
        {
            throw Failure(directory, e.Message, e);
        }
    }

    private static IOException Failure(string directory, string reason, Exception? inner = null) =>
        new($"The file is written, but its directory {directory} could not be flushed to the disk: {reason}", inner);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}

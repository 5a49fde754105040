using System;
using System.IO;

namespace NetGen.Tests.Training;

/// <summary>A folder that is gone behind a test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("netgen").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

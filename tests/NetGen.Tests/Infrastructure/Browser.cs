using System;
using System.IO;
using System.Linq;
using Xunit;

namespace NetGen.Tests.Infrastructure;

/// <summary>Debian's Chromium, or another.</summary>
internal static class Browser
{
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>What a page has become when its scripts have run.</summary>
    public static string Dom(string page)
    {
        string folder = Directory.CreateTempSubdirectory("netgen-page-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "page.html"), page);
            return ChildProcess.RunProgram(
                Program!, folder, [], "--headless", "--no-sandbox", "--disable-gpu", $"--user-data-dir={Path.Combine(folder, "profile")}", "--dump-dom", "file://" + Path.Combine(folder, "page.html"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

/// <summary>A test in the browser; where there is none nothing is tested.</summary>
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Browser.Program is null)
            Skip = "No browser: chromium, chromium-browser and google-chrome are not there.";
    }
}

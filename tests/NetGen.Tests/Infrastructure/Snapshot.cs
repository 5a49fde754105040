using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Text;
using Xunit;

namespace NetGen.Tests.Infrastructure;

/// <summary>
/// Compares a text to a file beside the test, with the conventions of Verify: <c>Class.Method.verified.txt</c> is what was accepted;
/// on a difference <c>Class.Method.received.txt</c> is written and the test fails with the first lines that differ.
/// <c>NETGEN_ACCEPT_SNAPSHOTS=1</c> accepts what was received.
/// </summary>
internal static class Snapshot
{
    private const int ShownLines = 20;

    public static void Match(string received, [CallerFilePath] string file = "", [CallerMemberName] string method = "") =>
        Match(received, Path.Combine(Path.GetDirectoryName(file)!, $"{Path.GetFileNameWithoutExtension(file)}.{method}"), Environment.GetEnvironmentVariable("NETGEN_ACCEPT_SNAPSHOTS") == "1", "txt");

    /// <summary>The same of C#.</summary>
    public static void MatchCode(string received, [CallerFilePath] string file = "", [CallerMemberName] string method = "") =>
        Match(received, Path.Combine(Path.GetDirectoryName(file)!, $"{Path.GetFileNameWithoutExtension(file)}.{method}"), Environment.GetEnvironmentVariable("NETGEN_ACCEPT_SNAPSHOTS") == "1", "cs");

    /// <param name="received">The text to compare.</param>
    /// <param name="stem">The path without <c>.verified.txt</c>.</param>
    /// <param name="accept">Whether what was received is the truth from now on.</param>
    /// <param name="extension">The kind of text.</param>
    internal static void Match(string received, string stem, bool accept, string extension)
    {
        string verifiedPath = $"{stem}.verified.{extension}";
        string receivedPath = $"{stem}.received.{extension}";
        string? verified = File.Exists(verifiedPath) ? File.ReadAllText(verifiedPath) : null;
        if (received == verified)
        {
            File.Delete(receivedPath);
            return;
        }

        if (accept)
        {
            File.WriteAllText(verifiedPath, received);
            File.Delete(receivedPath);
            return;
        }

        File.WriteAllText(receivedPath, received);
        Assert.Fail(verified is null ? $"No snapshot {verifiedPath} yet; received:\n{received}" : $"{verifiedPath} differs from what was received:\n{Difference(verified, received)}");
    }

    /// <summary>The lines from the first difference on, until the texts agree again.</summary>
    private static string Difference(string verified, string received)
    {
        string[] before = verified.Split('\n');
        string[] after = received.Split('\n');
        int start = 0;
        while (start < before.Length && start < after.Length && before[start] == after[start])
            start++;
        int end = 0;
        while (end < before.Length - start && end < after.Length - start && before[^(end + 1)] == after[^(end + 1)])
            end++;
        var text = new StringBuilder();
        text.Append("line ").Append(start + 1).Append('\n');
        Append('-', before[start..^end]);
        Append('+', after[start..^end]);
        return text.ToString();

        void Append(char sign, string[] lines)
        {
            foreach (string line in lines.AsSpan(0, Math.Min(lines.Length, ShownLines)))
                text.Append(sign).Append(' ').Append(line).Append('\n');
            if (lines.Length > ShownLines)
                text.Append(sign).Append(" and ").Append(lines.Length - ShownLines).Append(" more lines\n");
        }
    }
}

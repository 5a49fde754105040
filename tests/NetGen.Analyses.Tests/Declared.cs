using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using NetGen.Tests.Generator;

namespace NetGen.Tests.Analyses;

/// <summary>What the build says of a declaration: a rule, how loud, and its words.</summary>
internal sealed record Said(string Rule, DiagnosticSeverity Severity, string Message)
{
    public bool IsLoud => Severity >= DiagnosticSeverity.Warning;
}

/// <summary>Declarations as a user writes them, and what the build says of them.</summary>
internal static class Declared
{
    /// <summary>What the build says of each of some sources, what is said of cost aside.</summary>
    public static async Task<IReadOnlyList<Said>[]> Build(IReadOnlyList<string> sources)
    {
        ILookup<string, Said> said = (await Code.Analyze(Code.Compile([.. sources.Select((source, i) => $"namespace Declared{i.ToString(CultureInfo.InvariantCulture)};\n{source}")])))
            .Where(diagnostic => !IsOfCost(diagnostic))
            .ToLookup(diagnostic => diagnostic.Location.SourceTree!.FilePath, diagnostic => new Said(diagnostic.Id, diagnostic.Severity, diagnostic.GetMessage(CultureInfo.InvariantCulture)));
        return [.. Enumerable.Range(0, sources.Count).Select(i => (IReadOnlyList<Said>)[.. said[$"File{i}.cs"].OrderBy(one => one.Rule, StringComparer.Ordinal)])];
    }

    /// <summary>Whether it is information about what a network costs, which is no fault.</summary>
    public static bool IsOfCost(Diagnostic diagnostic) => diagnostic.Id == "NG0001" || (diagnostic.Id.StartsWith("NG3", StringComparison.Ordinal) && diagnostic.Severity < DiagnosticSeverity.Warning);

    public static string Data(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"There is no {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace NetGen.Tests.Infrastructure;

/// <summary>What a build tells the generator through the package's targets.</summary>
internal sealed class BuildOptions : AnalyzerConfigOptionsProvider
{
    /// <summary>A build in which the analyzer runs beside the generator, as most do.</summary>
    public static readonly BuildOptions WithAnalyzers = new("true");

    /// <summary>A build that skips analyzers.</summary>
    public static readonly BuildOptions WithoutAnalyzers = new("false");

    /// <summary>A build without the package's targets.</summary>
    public static readonly BuildOptions Unknown = new(null);

    private BuildOptions(string? analyzersRun) => GlobalOptions = new Options(analyzersRun is null ? [] : new() { ["build_property.NetGenAnalyzersRun"] = analyzersRun });

    public override AnalyzerConfigOptions GlobalOptions { get; }

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

    private sealed class Options(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}

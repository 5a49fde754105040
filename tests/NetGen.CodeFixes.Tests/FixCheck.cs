using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Text;
using NetGen.Generator;
using NetGen.Generator.Diagnostics;

namespace NetGen.Tests.CodeFixes;

/// <summary>What a fix makes of sources, in an editor whose project has the package: one diagnostic after the other, and all of a document, a project and a solution at once.</summary>
internal static class FixCheck
{
    private static readonly MetadataReference[] s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var file && (file.StartsWith("System.", StringComparison.Ordinal) || file is "NetGen.dll" or "netstandard.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>A source, in which marks say where the rule fires, becomes another, in which nothing is marked and all is right.</summary>
    /// <param name="before">The source.</param>
    /// <param name="after">The mended source.</param>
    /// <param name="key">Which of the ways to mend it, where there are several.</param>
    /// <param name="isLocal">Whether the class at the mark is the one that is looked at; otherwise it is a block of it.</param>
    public static Task Mends<TFix>(string before, string after, string? key = null, bool isLocal = true)
        where TFix : CodeFixProvider, new() => Mends<TFix>([before], [after], key, isLocal);

    /// <summary>The same of several files.</summary>
    public static Task Mends<TFix>(string[] before, string[] after, string? key = null, bool isLocal = true)
        where TFix : CodeFixProvider, new()
    {
        Test<TFix> test = new Test<TFix> { CodeActionEquivalenceKey = key }.LookAt(before);
        if (!isLocal)
            test.CodeFixTestBehaviors |= CodeFixTestBehaviors.SkipLocalDiagnosticCheck;
        Add(test.TestState, before);
        Add(test.FixedState, after);
        return test.RunAsync();
    }

    /// <summary>The rule fires where it is marked, and no fix is offered.</summary>
    public static Task OffersNothing<TFix>(string source)
        where TFix : CodeFixProvider, new()
    {
        Test<TFix> test = new Test<TFix> { CodeFixTestBehaviors = CodeFixTestBehaviors.SkipLocalDiagnosticCheck }.LookAt([source]);
        Add(test.TestState, [source]);
        Add(test.FixedState, [source]);
        return test.RunAsync();
    }

    private static void Add(SolutionState state, string[] sources) => state.Sources.AddRange(sources.Select((source, i) => ($"/0/File{i}.cs", SourceText.From("using NetGen;\n" + source))));

    private sealed class Test<TFix> : CSharpCodeFixTest<NetGenAnalyzer, TFix, DefaultVerifier>
        where TFix : CodeFixProvider, new()
    {
        public Test()
        {
            // The runtime's assemblies are those of the tests.
            ReferenceAssemblies = new ReferenceAssemblies("net10.0");
            TestState.AdditionalReferences.AddRange(s_references);
            TestState.AnalyzerConfigFiles.Add(("/.globalconfig", "is_global = true\nbuild_property.NetGenAnalyzersRun = true\n"));
            SolutionTransforms.Add((solution, project) => solution.AddAnalyzerReference(project, new AnalyzerFileReference(typeof(NetworkGenerator).Assembly.Location, new Loader())));
        }

        /// <summary>What else may be said of the networks has tests of its own.</summary>
        public Test<TFix> LookAt(IEnumerable<string> sources)
        {
            string marks = string.Concat(sources);
            DisabledDiagnostics.AddRange(new NetGenAnalyzer().SupportedDiagnostics
                .Where(rule => rule.DefaultSeverity != DiagnosticSeverity.Error && !marks.Contains("{|" + rule.Id, StringComparison.Ordinal))
                .Select(rule => rule.Id));
            return this;
        }

        protected override ParseOptions CreateParseOptions() => new CSharpParseOptions(LanguageVersion.Latest);
    }

    /// <summary>The generator is the one of the tests.</summary>
    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => typeof(NetworkGenerator).Assembly;
    }
}

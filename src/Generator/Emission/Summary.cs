using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Reports;

namespace NetGen.Generator.Emission;

/// <summary>The table of a network, as the runtime writes it.</summary>
internal static class Summary
{
    public static string Table(Graph graph) => Table(Figures.Of(new AnalyzedNetwork(graph, default)));

    public static string Table(NetworkFigures figures) => ReportTable.Text(figures, ReportOptions.Default);
}

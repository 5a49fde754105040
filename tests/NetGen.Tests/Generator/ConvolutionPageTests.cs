using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Kernels;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Emission;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Generator;

/// <summary>docs/a-convolution-on-its-way.md shows what the printers print; <c>NETGEN_ACCEPT_SNAPSHOTS=1</c> writes it anew.</summary>
public class ConvolutionPageTests
{
    [Fact]
    public void Page_shows_what_the_printers_print()
    {
        string path = Path.GetFullPath(Path.Combine(Folder(), "..", "..", "..", "docs", "a-convolution-on-its-way.md"));
        string page = File.ReadAllText(path);
        string expected = page;
        foreach ((string name, string text) in Levels())
        {
            string mark = $"<!-- {name} -->\n```";
            int start = expected.IndexOf(mark, StringComparison.Ordinal);
            Assert.True(start >= 0, $"The page has no {name}.");
            start = expected.IndexOf('\n', start + mark.Length) + 1;
            int end = expected.IndexOf("```", start, StringComparison.Ordinal);
            expected = expected[..start] + text + expected[end..];
        }

        if (Environment.GetEnvironmentVariable("NETGEN_ACCEPT_SNAPSHOTS") == "1")
            File.WriteAllText(path, expected);
        else
            Assert.Equal(expected, page);
    }

    private static IEnumerable<(string Name, string Text)> Levels()
    {
        NetworkDeclaration declaration = Network("Edges", [3, 8, 8], Loss(ElementwiseLossKind.MSE), Conv2d(16, 3, padding: 1) with { Name = "conv" }, Activation(ActivationKind.ReLU));
        Graph graph = Build(declaration);
        CompiledNetwork compiled = CompiledNetwork.Compile(graph);
        yield return ("declaration", Print([declaration]).Split("/// <summary>A network of a test.</summary>\n")[1]);
        yield return ("graph", graph.ToText());
        yield return ("gradients", Differentiation.Run(graph).Graph.ToText());
        yield return ("lowered", Lowering.Run(graph).ToText());
        yield return ("program", compiled.Program.ToText());
        Nest nest = compiled.Nests.Single(nest => nest.Method == "ConvForward");
        string[] lines = nest.ToText().Split('\n');
        int second = Array.FindIndex(lines, line => line.Trim() == "256 bits");
        int last = Array.FindIndex(lines, line => line.StartsWith("ConvForwardStrides", StringComparison.Ordinal));
        yield return ("nest", string.Join('\n', lines[..second].Append("  ...").Concat(lines[last..])));
        string[] file = NetworkEmitter.Emit(compiled).Split('\n');
        int head = Array.FindIndex(file, line => line.Contains(" ConvForward(", StringComparison.Ordinal) && line.Contains(" static ", StringComparison.Ordinal));
        int first = head;
        while (file[first - 1].Length > 0)
            first--;
        int narrow = Array.FindIndex(file, head, line => line.Contains("Vector256.IsHardwareAccelerated", StringComparison.Ordinal));
        yield return ("text", string.Concat(file[first..narrow].Append("        ...").Append("    }").Select(line => line.Length > 4 ? line[4..] + "\n" : "\n")));
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}

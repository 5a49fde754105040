using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Kernels;
using Xunit;

namespace NetGen.Tests.Generator;

/// <summary>The register tiles of the runtime are those that the generator leaves to it.</summary>
public class SharedTilesTests
{
    [Fact]
    public void The_runtime_has_what_the_printer_prints() => Assert.True(
        File.ReadAllText(Source()) == NetGen.Generator.Emission.ProductTiles.PrintShared(),
        "The printer of tiles prints something else now. Write the runtime's anew: dotnet run -c Release --project tests/NetGen.Guard -- --tiles src/Runtime/Kernels/ProductTiles.cs");

    [Fact]
    public void The_compiled_runtime_has_each_tile_in_its_forms()
    {
        string[] names = [.. typeof(NetGen.Runtime.ProductTiles).GetMethods(BindingFlags.Static | BindingFlags.Public).Select(method => method.Name)];
        Assert.Equal(Tiling.SharedTiles.Concat(Tiling.SharedRuns()).Sum(Forms), names.Length);
        Assert.All(names.GroupBy(name => name), group => Assert.Equal(group.Key.StartsWith("Dot", StringComparison.Ordinal) ? 1 : 2, group.Count()));
    }

    [Fact]
    public void A_run_has_shared_tiles_down_to_single_rows() => Assert.All(Tiling.SharedRuns(), run =>
    {
        Assert.Equal(1, Tiling.Heights(run.Kind, run.Lanes)[^1]);
        Assert.All(Tiling.Heights(run.Kind, run.Lanes), height => Assert.True((run with { Width = height }).IsShared));
    });

    /// <summary>The JIT leaves loads where they are written: more values at once than registers send sums to the stack, which took twice the time.</summary>
    [Fact]
    public void What_a_step_of_a_tile_holds_stays_within_the_registers()
    {
        int tiles = 0;
        foreach (Match method in Regex.Matches(NetGen.Generator.Emission.ProductTiles.PrintShared(), @"void (\w+V(512|256|128))<S>.*?for \(int k = inner.*?\{(.*?)a = ref", RegexOptions.Singleline))
        {
            string[] lines = method.Groups[3].Value.Split('\n');
            string[] sums = [.. lines.SelectMany(line => Regex.Matches(line, @"\bc\d+_\d+(_\d+)?\b").Select(match => match.Value)).Distinct()];
            int most = 0;
            for (int i = 0; i < lines.Length; i++)
            {
                // What was loaded before or here, and is used here or later; what has no name is held for its line.
                int held = lines[..(i + 1)].Select(line => Regex.Match(line, @"> ([ab]\d+(_\d+)?) =")).Count(load => load.Success && lines[i..].Any(line => Regex.IsMatch(line, $@"\b{load.Groups[1].Value}\b")));
                bool hasUnnamed = Regex.IsMatch(lines[i], @"FusedMultiplyAdd\(Vector");
                most = Math.Max(most, held + (hasUnnamed ? 1 : 0));
            }

            Assert.True(sums.Length + most <= (method.Groups[2].Value == "512" ? 32 : 16), $"{method.Groups[1].Value} holds {sums.Length} sums and {most} operands.");
            tiles++;
        }

        Assert.Equal(Tiling.SharedTiles.Sum(Forms), tiles);
    }

    /// <summary>What starts the sums and what is added to them are arguments of another form, but of dot products.</summary>
    private static int Forms(ProductTile tile) => tile.IsDot ? 1 : 2;

    private static string Source([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "src", "Runtime", "Kernels", "ProductTiles.cs"));
}

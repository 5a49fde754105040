using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using NetGen.Generator.Compiler;
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
    public void The_compiled_runtime_has_each_tile_in_both_forms()
    {
        string[] names = [.. typeof(NetGen.Runtime.ProductTiles).GetMethods(BindingFlags.Static | BindingFlags.Public).Select(method => method.Name)];
        Assert.Equal(2 * Tiling.SharedTiles.Count, names.Length);
        Assert.All(names.GroupBy(name => name), group => Assert.Equal(2, group.Count()));
    }

    private static string Source([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "src", "Runtime", "Kernels", "ProductTiles.cs"));
}

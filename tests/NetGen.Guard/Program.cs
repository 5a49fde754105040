using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Passes;
using NetGen.Generator.Emission;
using NetGen.Tests.Networks;
using CompiledProgram = NetGen.Generator.Compiler.StepProgram;

namespace NetGen.Guard;

/// <summary>
/// Prints a hash of the generated text of a thousand random networks and of the reference's: equal hashes before and after a change of the compiler
/// say that it changed no text. With <c>--tokens</c> comments and generated names may differ. <c>--dump FOLDER</c> writes the texts,
/// <c>--compare FOLDER</c> names the networks whose text is not the one in the folder, and exits with 1 if there is one.
/// <c>--group NAME</c> takes one group. <c>--copies</c> counts instead what is copied between layouts.
/// <c>--tiles FILE</c> writes the runtime's register tiles.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        string? Option(string name) => Array.IndexOf(arguments, name) is var i and >= 0 ? arguments[i + 1] : null;
        if (Option("--tiles") is { } file)
        {
            File.WriteAllText(file, ProductTiles.PrintShared());
            return 0;
        }

        bool tokens = arguments.Contains("--tokens");
        string? compare = Option("--compare");
        int differing = 0;
        var all = new StringBuilder();
        foreach ((string group, int count, Func<int, NetworkDeclaration> draw) in GuardedNetworks.Groups.Where(group => Option("--group") is not { } only || only == group.Group))
        {
            if (arguments.Contains("--copies"))
            {
                Graph[] graphs = [.. Enumerable.Range(0, count).Select(number => Declarations.Build(draw(number)))];
                Console.WriteLine($"{group,-15} {count,5} networks  {Copies(graphs)}");
                continue;
            }

            string[][] texts = new string[count][];
            Parallel.For(0, count, number => texts[number] = [.. Texts(Declarations.Build(draw(number))).Select(text => tokens ? Tokens.Of(text) : text)]);
            string hash = Hash(string.Concat(texts.SelectMany(text => text)));
            all.Append(hash);
            Console.WriteLine($"{group,-15} {count,5} networks  {hash}");
            for (int number = 0; number < count; number++)
            {
                for (int i = 0; i < texts[number].Length; i++)
                {
                    string name = $"{group}-{number}{(i == 0 ? "" : "-without-passes")}.txt";
                    if (Option("--dump") is { } dump)
                        File.WriteAllText(Path.Combine(Directory.CreateDirectory(dump).FullName, name), texts[number][i]);
                    if (compare is null || File.ReadAllText(Path.Combine(compare, name)) == texts[number][i])
                        continue;
                    if (differing++ < 20)
                        Console.WriteLine("differs: " + name);
                }
            }
        }

        Console.WriteLine($"all {Hash(all.ToString())}{(compare is null ? "" : $", {differing} texts differ")}");
        return differing > 0 ? 1 : 0;
    }

    /// <summary>Copies of inference and of training, and the floats of a sample that they move.</summary>
    private static string Copies(Graph[] graphs)
    {
        CompiledProgram[] programs = [.. graphs.Select(graph => PassPipeline.Run(graph))];
        string Sum(Func<CompiledProgram, IEnumerable<Step>> routine)
        {
            (int Count, long Floats)[] copies = [.. programs.Select(program => CompiledProgram.Copies(routine(program)))];
            return $"{copies.Sum(copy => copy.Count)} of {copies.Sum(copy => copy.Floats)} floats";
        }

        return $"{Sum(program => program.Inference)} and {Sum(program => program.Training)}";
    }

    private static IEnumerable<string> Texts(Graph graph)
    {
        yield return NetworkEmitter.Emit(CompiledNetwork.Compile(graph));
        yield return NetworkEmitter.Emit(CompiledNetwork.Compile(graph, [.. PassPipeline.Names]));
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}

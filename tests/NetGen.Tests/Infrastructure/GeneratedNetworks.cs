using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Reflection;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Kernels;
using NetGen.Generator.Emission;
using NetGen.Tests.Networks;

namespace NetGen.Tests.Infrastructure;

/// <summary>
/// Networks as they are generated with passes left out. Every text is printed once and compiled once, in one assembly with those that are asked for together.
/// With all passes it is compiled as a user's build would; of what is printed for comparison only, the vector width that runs here.
/// </summary>
internal static class GeneratedNetworks
{
    private static readonly ConcurrentDictionary<(RandomNetwork Network, string Disabled), string> s_texts = new();
    private static readonly ConcurrentDictionary<(string Text, bool IsOneWidth), Type> s_classes = new();

    /// <summary>The generated half of a network.</summary>
    public static string Text(RandomNetwork network, params string[] disabled) =>
        s_texts.GetOrAdd((network, string.Join(' ', disabled)), _ => NetworkEmitter.Emit(CompiledNetwork.Compile(network.Graph, disabled)));

    private static string OneWidth(RandomNetwork network, string[] disabled)
    {
        CompiledNetwork compiled = CompiledNetwork.Compile(network.Graph, disabled);
        return NetworkEmitter.Emit(compiled with { Nests = [.. compiled.Nests.Select(nest => NestRewriter.With(nest, NestRewriter.Rewrite(nest.Body, OfThisMachine)))] });
    }

    /// <summary>Of a body a vector width the one that this machine runs.</summary>
    private static Statement? OfThisMachine(Statement statement) =>
        statement is Variants variants ? new Scope(variants.Bodies.Single(body => body.Lanes == NetworkCompiler.Lanes).Body) : null;

    /// <summary>A new instance of each network.</summary>
    public static INetwork[] Create(RandomNetwork[] networks, params string[] disabled)
    {
        disabled = [.. disabled.Where(pass => pass.Length > 0)];
        bool isOneWidth = disabled.Length > 0;
        RandomNetwork[] missing = [.. networks.Where(network => !s_classes.ContainsKey((Text(network, disabled), isOneWidth)))];
        if (missing.Length > 0)
        {
            Assembly assembly = NetworkCompiler.Load(Declarations.Print(missing.Select(network => network.Graph.Declaration)), missing.Select(network => isOneWidth ? OneWidth(network, disabled) : Text(network)));
            foreach (RandomNetwork network in missing)
                s_classes[(Text(network, disabled), isOneWidth)] = Class(assembly, network);
        }

        return [.. networks.Select(network => Create(s_classes[(Text(network, disabled), isOneWidth)], network))];
    }

    /// <summary>A new instance of each network, from an assembly that has them.</summary>
    public static INetwork[] Create(RandomNetwork[] networks, Assembly assembly) => [.. networks.Select(network => Create(Class(assembly, network), network))];

    private static Type Class(Assembly assembly, RandomNetwork network) => assembly.GetType($"{Declarations.Namespace}.{network.Graph.Declaration.Name}", throwOnError: true)!;

    private static INetwork Create(Type type, RandomNetwork network) => (INetwork)Activator.CreateInstance(type, network.Seed)!;
}

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using NetGen.Generator.Compiler;
using NetGen.Generator.Parsing;

namespace NetGen.Generator.Diagnostics;

/// <summary>A mistake in a block that depends on the network that uses it; those of other networks at the same place may have other shapes in their message.</summary>
internal sealed record Mistake(Location Location, string Rule);

/// <summary>A composition of a network that leads into a block.</summary>
internal sealed record BlockUse(INamedTypeSymbol Network, Location Location);

/// <summary>
/// The compositions of networks that lead to blocks and to what is told of them, in the order of the source. It looks at every network, but only where something is told of a block.
/// </summary>
internal sealed class BlockUses
{
    private readonly Lazy<ILookup<INamedTypeSymbol, BlockUse>> _ofBlocks;
    private readonly Lazy<ILookup<Mistake, BlockUse>> _ofMistakes;

    private readonly Func<INamedTypeSymbol, Findings?> _findings;

    /// <param name="compilation">The compilation.</param>
    /// <param name="findings">What is found of a class, which is remembered.</param>
    public BlockUses(Compilation compilation, Func<INamedTypeSymbol, Findings?> findings)
    {
        _findings = findings;
        _ofBlocks = new(
            () => InOrder(Networks(compilation).SelectMany(UsesOfBlocks)).ToLookup(use => use.Of, use => use.Use, (IEqualityComparer<INamedTypeSymbol>)SymbolEqualityComparer.Default),
            LazyThreadSafetyMode.ExecutionAndPublication);
        _ofMistakes = new(
            () => InOrder(Networks(compilation).SelectMany(UsesOfMistakes)).ToLookup(use => use.Of, use => use.Use),
            LazyThreadSafetyMode.ExecutionAndPublication);
    }

    public IEnumerable<BlockUse> Of(INamedTypeSymbol block) => _ofBlocks.Value[block];

    public IEnumerable<BlockUse> Of(Mistake mistake) => _ofMistakes.Value[mistake];

    /// <summary>
    /// The attribute that a mistake is about: down through the blocks of a composition, as far as their source is this compilation's.
    /// </summary>
    public static DeclarationAttribute Attribute(INamedTypeSymbol network, ImmutableArray<DeclarationAttribute> attributes, DeclarationError error)
    {
        DeclarationAttribute place = attributes[error.Attribute];
        for (int i = 0; i + 1 < error.Within.Count; i += 2)
        {
            // Copies share the one type.
            ImmutableArray<ITypeSymbol> types = place.TypeArguments;
            INamedTypeSymbol? block = BlockParser.BlockOf(types[Math.Min(error.Within[i], types.Length - 1)]);
            if (block is null || !SymbolEqualityComparer.Default.Equals(block.ContainingAssembly, network.ContainingAssembly))
                break;
            place = DeclarationAttribute.Of(block).Where(attribute => attribute.Role == AttributeRole.Layer).ElementAt(error.Within[i + 1]);
        }

        return place;
    }

    /// <summary>All types of the source.</summary>
    public static IEnumerable<INamedTypeSymbol> Types(Compilation compilation)
    {
        var containers = new Stack<INamespaceOrTypeSymbol>([compilation.Assembly.GlobalNamespace]);
        while (containers.Count > 0)
        {
            INamespaceOrTypeSymbol container = containers.Pop();
            foreach (INamespaceOrTypeSymbol inner in container.GetMembers().OfType<INamespaceOrTypeSymbol>())
                containers.Push(inner);
            if (container is INamedTypeSymbol type)
                yield return type;
        }
    }

    /// <summary>Attributes are bound of those classes alone that have any.</summary>
    public static IEnumerable<INamedTypeSymbol> Networks(Compilation compilation) => Types(compilation)
        .Where(type => ClassChecks.UserParts(type).Any(part => part.AttributeLists.Count > 0) && DeclarationAttribute.Of(type).Any(attribute => attribute.Role == AttributeRole.Network));

    private static IEnumerable<(INamedTypeSymbol Of, BlockUse Use)> UsesOfBlocks(INamedTypeSymbol network)
    {
        foreach (DeclarationAttribute composition in DeclarationAttribute.Of(network))
        {
            if (composition.Location is not { } location)
                continue;
            var reached = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
            var open = new Stack<DeclarationAttribute>([composition]);
            while (open.Count > 0)
            {
                foreach (INamedTypeSymbol block in BlockParser.BlocksOf(open.Pop()).Where(reached.Add))
                {
                    foreach (DeclarationAttribute inner in DeclarationAttribute.Of(block))
                        open.Push(inner);
                }
            }

            foreach (INamedTypeSymbol block in reached)
                yield return (block, new BlockUse(network, location));
        }
    }

    private IEnumerable<(Mistake Of, BlockUse Use)> UsesOfMistakes(INamedTypeSymbol network)
    {
        if (_findings(network) is not { } findings)
            yield break;
        ImmutableArray<DeclarationAttribute> attributes = DeclarationAttribute.Of(network);
        foreach (DeclarationError error in findings.Errors.Concat(findings.Advice))
        {
            if (error.Within.Count > 0 && Attribute(network, attributes, error).Location is { } place && attributes[error.Attribute].Location is { } use)
                yield return (new Mistake(place, error.Rule), new BlockUse(network, use));
        }
    }

    private static IEnumerable<(T Of, BlockUse Use)> InOrder<T>(IEnumerable<(T Of, BlockUse Use)> uses) => uses
        .OrderBy(use => use.Use.Location.SourceTree!.FilePath, StringComparer.Ordinal)
        .ThenBy(use => use.Use.Location.SourceSpan.Start);
}

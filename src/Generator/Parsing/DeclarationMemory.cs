using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace NetGen.Generator.Parsing;

/// <summary>
/// Remembers what a class declares from one compilation to the next. Most edits are in the body of some method, on which no declaration depends;
/// but each gives a compilation whose attributes are not bound yet, and binding them takes longer than all that is done with them.
/// No compilation and no symbol is kept alive, of syntax the newest of each assembly.
/// </summary>
/// <typeparam name="T">What is remembered of a class.</typeparam>
internal sealed class DeclarationMemory<T>
    where T : class
{
    /// <summary>More assemblies than a solution has.</summary>
    private const int MostAssemblies = 256;

    private readonly ConditionalWeakTable<Compilation, Surface> _surfaces = new();
    private readonly ConditionalWeakTable<SyntaxNode, Slot> _known = new();
    private readonly Dictionary<string, Surface> _newest = [];

    /// <summary>What was parsed of a class, parsed anew where something it may depend on has changed since.</summary>
    /// <param name="compilation">Of which the class is a part.</param>
    /// <param name="declaration">One of the class's declarations.</param>
    /// <param name="parse">Depends on the class, as the compilation has it, and on nothing else.</param>
    /// <param name="isSame">Whether what was known before does for what is parsed now, with all that has been computed from it; null: it does not.</param>
    public T Get(Compilation compilation, SyntaxNode declaration, Func<T> parse, Func<T, T, bool>? isSame = null)
    {
        object version = Version(compilation);
        Slot slot = _known.GetValue(declaration, static _ => new Slot());
        if (slot.Content is { } content && content.Version == version)
            return content.Value;
        T value = parse();
        if (slot.Content is { } last && isSame?.Invoke(last.Value, value) == true)
            value = last.Value;
        slot.Content = new Content(version, value);
        return value;
    }

    /// <summary>The same object for compilations that differ in nothing that a declaration may depend on.</summary>
    private object Version(Compilation compilation)
    {
        lock (_newest)
        {
            if (_surfaces.TryGetValue(compilation, out Surface? surface))
                return surface.Version;
            string assembly = compilation.AssemblyName ?? "";
            _newest.TryGetValue(assembly, out Surface? last);
            surface = new Surface(compilation, last);
            if (_newest.Count >= MostAssemblies)
                _newest.Clear();
            _newest[assembly] = surface;
            _surfaces.Add(compilation, surface);
            return surface.Version;
        }
    }

    private sealed class Slot
    {
        /// <summary>Replaced as a whole, for several threads may write it.</summary>
        public volatile Content? Content;
    }

    private sealed class Content(object version, T value)
    {
        public object Version => version;

        public T Value => value;
    }

    /// <summary>All of a compilation but the bodies of its methods.</summary>
    private sealed class Surface
    {
        private readonly SyntaxTree[] _trees;
        private readonly CompilationOptions _options;

        /// <summary>Weak, because a reference to another project is that project's compilation.</summary>
        private readonly WeakReference<MetadataReference>[] _references;

        public Surface(Compilation compilation, Surface? last)
        {
            _trees = [.. compilation.SyntaxTrees];
            _options = compilation.Options;
            _references = [.. compilation.References.Select(reference => new WeakReference<MetadataReference>(reference))];
            Version = last is not null && IsSame(last) ? last.Version : new object();
        }

        public object Version { get; }

        private bool IsSame(Surface other)
        {
            if (_trees.Length != other._trees.Length || _references.Length != other._references.Length || !_options.Equals(other._options))
                return false;
            for (int i = 0; i < _references.Length; i++)
            {
                if (!_references[i].TryGetTarget(out MetadataReference? mine) || !other._references[i].TryGetTarget(out MetadataReference? theirs) || mine != theirs)
                    return false;
            }

            for (int i = 0; i < _trees.Length; i++)
            {
                if (_trees[i] != other._trees[i] && !IsSame(_trees[i], other._trees[i]))
                    return false;
            }

            return true;
        }

        private static bool IsSame(SyntaxTree a, SyntaxTree b) =>
            a.FilePath == b.FilePath && a.Options.Equals(b.Options) && a.IsEquivalentTo(b, topLevel: true);
    }
}

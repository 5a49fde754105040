using System;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>Where nodes are declared.</summary>
internal static class Declared
{
    /// <summary>The attribute that declares a node: the block, by value, and which of its layers; null for the network. Wherever the block is used it is the one.</summary>
    public static (BlockDeclaration? Block, int Layer) Attribute(NetworkDeclaration declaration, EquatableArray<int> path)
    {
        (BlockDeclaration? block, int layer) = (null, path[0]);
        for (int i = 1; i + 1 < path.Count; i += 2)
        {
            EquatableArray<BlockDeclaration> blocks = ((CompositeOp)(block?.Layers ?? declaration.Layers)[layer]).Blocks;
            (block, layer) = (blocks[Math.Min(path[i], blocks.Count - 1)], path[i + 1]);
        }

        return (block, layer);
    }
}

using System.Collections.Generic;
using System.Globalization;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>The names that a layer goes by.</summary>
internal static class Naming
{
    private const int Longest = 80;

    /// <summary>The prefix of its parameters' names.</summary>
    public static string Key(LayerOp op, int index) => op.Name ?? index.ToString(CultureInfo.InvariantCulture);

    /// <summary>The starts of the names of a network's layers' methods, each another; layers without a name give way to those with one.</summary>
    public static string[] Stems(EquatableArray<LayerOp> layers)
    {
        var stems = new string[layers.Count];
        var taken = new HashSet<string>();
        foreach (bool isNamed in new[] { true, false })
        {
            for (int i = 0; i < stems.Length; i++)
            {
                if (layers[i].Name is not null != isNamed)
                    continue;
                stems[i] = Stem(layers[i], i);
                while (!taken.Add(stems[i]))
                    stems[i] += "_";
            }
        }

        return stems;
    }

    /// <summary>The start of its methods' names, where that is not another's.</summary>
    public static string Stem(LayerOp op, int index) =>
        op.Name is { Length: > 0 } name ? Property(name) : op.Kind + index.ToString(CultureInfo.InvariantCulture);

    /// <summary>The property of a layer with a name.</summary>
    public static string Property(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);

    /// <summary>A layer of a declaration in words.</summary>
    public static string Describe(LayerOp op, int index) =>
        string.Format(CultureInfo.InvariantCulture, op.Name is null ? "layer {0}, {1}" : "layer {0}, {1} \"{2}\"", index, op.Kind, op.Name);

    /// <summary>
    /// The end of a name that is too long for what is made of it: metadata has room for 1,023 characters, a file's name for 255 bytes. Whoever makes a name of it tells equal ones apart.
    /// </summary>
    public static string Short(string name) => name.Length > Longest ? name.Substring(name.Length - Longest) : name;

    /// <summary>A block whose source the user may not see, in words.</summary>
    public static string In(string block, string assembly) => $"in block '{block}' of '{assembly}'";
}

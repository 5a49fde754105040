using System.Globalization;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>The names that a layer goes by.</summary>
internal static class Naming
{
    private const int Longest = 80;

    /// <summary>The prefix of its parameters' names.</summary>
    public static string Key(LayerOp op, int index) => op.Name ?? index.ToString(CultureInfo.InvariantCulture);

    /// <summary>The start of its methods' names; for a named layer also its property.</summary>
    public static string Stem(LayerOp op, int index) =>
        op.Name is { Length: > 0 } name ? Property(name) : op.Kind + index.ToString(CultureInfo.InvariantCulture);

    /// <summary>The property of a layer with a name.</summary>
    public static string Property(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);

    /// <summary>
    /// The end of a name that is too long for what is made of it: metadata has room for 1,023 characters, a file's name for 255 bytes. Whoever makes a name of it tells equal ones apart.
    /// </summary>
    public static string Short(string name) => name.Length > Longest ? name.Substring(name.Length - Longest) : name;

    /// <summary>A block whose source the user may not see, in words.</summary>
    public static string In(string block, string assembly) => $"in block '{block}' of '{assembly}'";
}

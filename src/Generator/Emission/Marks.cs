namespace NetGen.Generator.Emission;

/// <summary>The attributes of what is generated, from their namespaces on and with their suffix: no alias of the user's can mean another.</summary>
internal static class Marks
{
    private static readonly string s_generated = $"global::System.CodeDom.Compiler.GeneratedCodeAttribute(\"NetGen\", {Text.Literal(typeof(Marks).Assembly.GetName().Version.ToString(3))})";

    /// <summary>Marks what is generated.</summary>
    public static readonly string Generated = $"[{s_generated}]";

    /// <summary>The same, and takes it out of the user's test coverage.</summary>
    public static readonly string NotCovered = $"[{s_generated}, global::System.Diagnostics.CodeAnalysis.ExcludeFromCodeCoverageAttribute]";
}

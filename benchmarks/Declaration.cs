using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Reflection;

namespace NetGen.Benchmarks;

/// <summary>A layer as it is declared, or a composition with its blocks.</summary>
/// <param name="Kind">The attribute's name as it is written; a composition's without its blocks.</param>
/// <param name="Arguments">Those of the constructor, the elements of arrays among them.</param>
/// <param name="Options">The properties that are set; an array's are its elements.</param>
/// <param name="Blocks">The layers of each block.</param>
internal sealed record DeclaredLayer(string Kind, object[] Arguments, IReadOnlyDictionary<string, object?> Options, DeclaredLayer[][] Blocks)
{
    /// <summary>An option, or what it is where it is not set.</summary>
    public T Option<T>(string name, T otherwise) => Options.TryGetValue(name, out object? value) ? (T)value! : otherwise;

    /// <summary><c>Stride = 2</c> is one number for every dimension, <c>StrideHW = [2, 1]</c> are height and width.</summary>
    public int[] Sizes(string name, int otherwise, int dimensions) => Options.TryGetValue(name + "HW", out object? sizes)
        ? [.. ((object[])sizes!).Cast<int>()]
        : [.. Enumerable.Repeat(Option(name, otherwise), dimensions)];

    /// <summary>One size for every dimension, or height and width, from an argument on; a size of 0 was not given.</summary>
    public int[] Window(int first, int dimensions)
    {
        int[] given = [.. Arguments.Skip(first).Cast<int>().Where(size => size > 0)];
        return given.Length > 1 ? given : [.. Enumerable.Repeat(given[0], dimensions)];
    }
}

/// <summary>A network's attributes, from which others build the same network.</summary>
internal static class Declaration
{
    /// <summary>The shape of a sample.</summary>
    public static int[] Input(Type network) => network.GetCustomAttribute<NetworkAttribute>()!.InputShape;

    /// <summary>The loss's attribute's name, or null.</summary>
    public static string? Loss(Type network) =>
        network.GetCustomAttributesData().SingleOrDefault(attribute => attribute.AttributeType.IsSubclassOf(typeof(LossAttribute))) is { } loss ? Kind(loss) : null;

    /// <summary>The layers of a network or a block; the metadata keeps the order of the source.</summary>
    public static DeclaredLayer[] Layers(Type declared) =>
        [.. declared.GetCustomAttributesData().Where(attribute => attribute.AttributeType.IsSubclassOf(typeof(LayerAttribute))).Select(Layer)];

    private static DeclaredLayer Layer(CustomAttributeData attribute) => new(
        Kind(attribute),
        [.. attribute.ConstructorArguments.SelectMany(Values).OfType<object>()],
        new ReadOnlyDictionary<string, object?>(attribute.NamedArguments.ToDictionary(option => option.MemberName, option => Value(option.TypedValue))),
        [.. attribute.AttributeType.GetGenericArguments().Select(Layers)]);

    private static string Kind(CustomAttributeData attribute) => attribute.AttributeType.Name.Split('`')[0][..^nameof(Attribute).Length];

    private static object? Value(CustomAttributeTypedArgument argument) =>
        argument.Value is IEnumerable<CustomAttributeTypedArgument> elements ? elements.SelectMany(Values).ToArray() : argument.Value;

    private static IEnumerable<object?> Values(CustomAttributeTypedArgument argument) =>
        argument.Value is IEnumerable<CustomAttributeTypedArgument> elements ? elements.SelectMany(Values) : [argument.Value];
}

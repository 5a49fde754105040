using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NetGen.Benchmarks;

/// <summary>A network's attributes as JSON, from which <c>torch_peer.py</c> builds the same network.</summary>
internal static class Declaration
{
    /// <summary>The declaration of a network's class: <c>input</c>, <c>layers</c> and <c>loss</c>, which may be null.</summary>
    public static JsonObject Of(Type network)
    {
        IList<CustomAttributeData> attributes = network.GetCustomAttributesData();
        CustomAttributeData? loss = attributes.SingleOrDefault(attribute => attribute.AttributeType.IsSubclassOf(typeof(LossAttribute)));
        return new JsonObject
        {
            ["input"] = Arguments(attributes.Single(attribute => attribute.AttributeType == typeof(NetworkAttribute))),
            ["layers"] = Layers(network),
            ["loss"] = loss is null ? null : Kind(loss),
        };
    }

    /// <summary>The declaration of a single linear layer, without a class.</summary>
    public static JsonObject OfLinear(int inputs, int units) => new()
    {
        ["input"] = new JsonArray(inputs),
        ["layers"] = new JsonArray(new JsonObject { ["kind"] = "Linear", ["arguments"] = new JsonArray(units), ["options"] = new JsonObject(), ["blocks"] = new JsonArray() }),
        ["loss"] = null,
    };

    /// <summary>The layers of a network or a block; the metadata keeps the order of the source.</summary>
    private static JsonArray Layers(Type declared) =>
        Array(declared.GetCustomAttributesData().Where(attribute => attribute.AttributeType.IsSubclassOf(typeof(LayerAttribute))).Select(Layer));

    private static JsonObject Layer(CustomAttributeData attribute)
    {
        var options = new JsonObject();
        foreach (CustomAttributeNamedArgument option in attribute.NamedArguments)
            options[option.MemberName] = Values(option.TypedValue) is var values && option.TypedValue.ArgumentType.IsArray ? Array(values) : values.Single();
        return new JsonObject
        {
            ["kind"] = Kind(attribute),
            ["arguments"] = Arguments(attribute),
            ["options"] = options,
            ["blocks"] = Array(attribute.AttributeType.GetGenericArguments().Select(Layers)),
        };
    }

    /// <summary>The attribute's name as it is written; a composition's without its blocks.</summary>
    private static string Kind(CustomAttributeData attribute) => attribute.AttributeType.Name.Split('`')[0][..^nameof(Attribute).Length];

    /// <summary>The arguments of the constructor, the elements of arrays among them.</summary>
    private static JsonArray Arguments(CustomAttributeData attribute) => Array(attribute.ConstructorArguments.SelectMany(Values));

    private static IEnumerable<JsonNode?> Values(CustomAttributeTypedArgument argument) => argument.Value is IEnumerable<CustomAttributeTypedArgument> elements
        ? elements.SelectMany(Values)
        : [JsonSerializer.SerializeToNode(argument.Value)];

    private static JsonArray Array(IEnumerable<JsonNode?> elements) => new([.. elements]);
}

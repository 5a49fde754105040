using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using NetGen.Reports;

namespace NetGen.Tasks;

/// <summary>The networks of an assembly, read from its metadata; nothing of it is loaded or run.</summary>
internal static class AssemblyFigures
{
    /// <summary>By their full names; empty of what is no assembly.</summary>
    public static IReadOnlyList<NetworkFigures> Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        using var assembly = new PEReader(stream);
        if (!assembly.HasMetadata)
            return [];
        MetadataReader metadata = assembly.GetMetadataReader();
        var networks = new List<NetworkFigures>();
        foreach (TypeDefinition type in metadata.TypeDefinitions.Select(metadata.GetTypeDefinition).Where(type => metadata.StringComparer.Equals(type.Namespace, FiguresText.Space)))
        {
            foreach (FieldDefinition field in type.GetFields().Select(metadata.GetFieldDefinition))
            {
                if (field.Attributes.HasFlag(FieldAttributes.Literal) && metadata.StringComparer.Equals(field.Name, FiguresText.Constant) && Text(metadata, field) is { } text && FiguresText.Read(text) is { } network)
                    networks.Add(network);
            }
        }

        return [.. networks.OrderBy(network => network.FullName, System.StringComparer.Ordinal)];
    }

    private static string? Text(MetadataReader metadata, FieldDefinition field)
    {
        Constant constant = metadata.GetConstant(field.GetDefaultValue());
        if (constant.TypeCode != ConstantTypeCode.String)
            return null;
        BlobReader value = metadata.GetBlobReader(constant.Value);
        return value.ReadUTF16(value.Length);
    }
}

using System;
using System.Linq;

namespace NetGen.Tests.Infrastructure;

/// <summary>What the generator wrote beside a network.</summary>
internal static class GeneratedSteps
{
    /// <summary>The file-local struct of a network's steps; the compiler puts the file's name before its own.</summary>
    /// <param name="network">The network's class.</param>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static Type Of(Type network)
    {
        string name = network.Name + "Steps";
        return network.Assembly.GetTypes().SingleOrDefault(type => type.Namespace == "NetGen.Generated" && type.Name.EndsWith("__" + name, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"There is no generated struct {name}.");
    }
}

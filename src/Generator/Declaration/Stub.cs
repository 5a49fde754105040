using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>
/// The other half of a network that is not compiled: the members that it would have, as far as they are known, and they throw. So the mistake is the one error of
/// the build, and uses of the network raise none.
/// </summary>
/// <param name="Namespace">Empty for the global namespace.</param>
/// <param name="ContainingTypes">From the outermost inwards.</param>
/// <param name="Class">The class itself.</param>
/// <param name="Targets">What the loss takes; nothing without a loss, and both where it is not known which.</param>
/// <param name="Properties">Those of named layers.</param>
/// <param name="Obstacles">Members of the user's with the name of a generated one.</param>
/// <param name="Captured">Names in the attributes that constants of the stub would capture; such a constant has the value that its name means there.</param>
/// <param name="Form">What C# allows the class.</param>
internal sealed record Stub(
    string Namespace,
    EquatableArray<ContainingType> ContainingTypes,
    ContainingType Class,
    EquatableArray<string> Targets,
    EquatableArray<string> Properties,
    EquatableArray<UserMember> Obstacles,
    EquatableArray<CapturedName> Captured,
    StubForm Form)
{
    /// <summary>Null where it is not known.</summary>
    public int? InputSize { get; init; }

    /// <summary>
    /// Stand in for sizes that are not known. Constant expressions of the user's should compile with them: they differ, since a switch has cases of them; they are neither 0 nor 1, since
    /// others are divided by them and by one less; primes are seldom a case beside them; and they fit a byte.
    /// </summary>
    private static readonly int[] s_standIns = [101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157];

    /// <summary>The constants with their types and values: what the name means in the attributes, where this would be meant instead, what is known, or something that stands in for it.</summary>
    public IEnumerable<(string Name, string Type, long Value)> Constants
    {
        get
        {
            int?[] known = [.. GeneratedMembers.Constants.Select(constant =>
                Captured.FirstOrDefault(captured => captured.Name == constant.Name)?.Value ?? (constant.Name == GeneratedMembers.InputSize ? InputSize : null))];
            var others = new Queue<int>(s_standIns.Where(value => !known.Contains(value)));
            return GeneratedMembers.Constants.Select((constant, i) => (constant.Name, constant.Type, (long)(known[i] ?? others.Dequeue()))).ToArray();
        }
    }

    /// <summary>The properties that layers' names give a class, each once, but for those whose name is the class's or a generated member's.</summary>
    public static IEnumerable<string> PropertiesOf(IEnumerable<string> names, string type, IEnumerable<GeneratedMember> generated) =>
        names.Select(Naming.Property).Where(name => name != type && generated.All(member => member.Name != name)).Distinct();

    /// <summary>That of a declaration without a mistake, for a network that the compiler fails on.</summary>
    public static Stub Of(NetworkDeclaration declaration) => new(
        declaration.Namespace,
        declaration.ContainingTypes,
        new ContainingType("class", declaration.Name),
        declaration.Loss is { } loss ? EquatableArray.Of(loss.Target) : default,
        PropertiesOf(declaration.Layers.Where(layer => layer is { Name: not null } and not CompositeOp).Select(layer => layer.Name!), declaration.Name, GeneratedMembers.Of(declaration)).ToEquatableArray(),
        default,
        default,
        new StubForm(HasInterfaces: true, IsStatic: false, Constructor: "", SetsRequiredMembers: false, default))
    {
        InputSize = (int)declaration.InputShape.ElementCount,
    };
}

/// <summary>What C# allows the class of a stub, whose declaration is wrong.</summary>
/// <param name="HasInterfaces">Whether it can implement the interfaces of networks.</param>
/// <param name="IsStatic">Whether it has static members only.</param>
/// <param name="Constructor">What the constructor calls first, such as <c>: this(default(int)!)</c>; null where there can be none.</param>
/// <param name="SetsRequiredMembers">Whether the constructor has to say that it does.</param>
/// <param name="Implemented">Members of the interfaces that the user implements explicitly.</param>
internal sealed record StubForm(bool HasInterfaces, bool IsStatic, string? Constructor, bool SetsRequiredMembers, EquatableArray<string> Implemented);

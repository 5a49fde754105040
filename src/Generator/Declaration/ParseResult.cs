namespace NetGen.Generator.Compiler;

/// <summary>A member of the user's with a name that a generated one may have.</summary>
/// <param name="Name">The name.</param>
/// <param name="ParameterTypes">Null for anything but a method; such of a method that is generic or has references are no generated member's.</param>
/// <param name="InheritedFrom">The base class; null for the class's own.</param>
internal sealed record UserMember(string Name, string? ParameterTypes, string? InheritedFrom = null);

/// <summary>A name in the arguments of the class's attributes that a generated member would capture.</summary>
/// <param name="Name">The name, which is also the member's.</param>
/// <param name="Place">Which of the names in the arguments it is.</param>
/// <param name="Meaning">What it means without the member, from the global namespace on.</param>
/// <param name="Value">The constant's value, if it is an <see cref="int"/>.</param>
internal sealed record CapturedName(string Name, int Place, string Meaning, int? Value);

/// <summary>What the parser finds at a class, as values: all that is to know of it without its symbol.</summary>
/// <param name="Declaration">What is declared; null where a mistake leaves nothing that could be checked further.</param>
/// <param name="Members">Those of the user's that may stand in a generated one's way; the nearest class first.</param>
/// <param name="Places">Where <c>[Network]</c>, the layers and the loss stand among the class's attributes in source order.</param>
/// <param name="Errors">The mistakes that only symbols tell.</param>
/// <param name="Stub">What stands in the network's place where there is a mistake; null where nothing can.</param>
/// <param name="Unread">
/// The attribute that cannot be read, because C# rejects it or because another generator writes what it names; −1 for one that is not known at all, and may not be a layer. Null where all can be.
/// </param>
/// <param name="IsWaiting">Whether it could be read, were there no mistake in another network.</param>
/// <param name="Captured">Names in the arguments of its attributes that the generated members would capture.</param>
internal sealed record ParseResult(
    NetworkDeclaration? Declaration,
    EquatableArray<UserMember> Members,
    EquatableArray<int> Places,
    EquatableArray<DeclarationError> Errors,
    Stub? Stub = null,
    int? Unread = null,
    bool IsWaiting = false,
    EquatableArray<CapturedName> Captured = default)
{
    /// <summary>What the user states about the network, in the order of the source.</summary>
    public EquatableArray<NetworkStatement> Statements { get; init; }

    public static readonly ParseResult Nothing = new(null, default, default, default);

    /// <summary>Whether there is no telling what is declared, or whether that is right.</summary>
    public bool IsUnread => Unread is not null && Declaration is null;
}

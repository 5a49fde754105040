namespace NetGen.Generator.Emission;

/// <summary>One vector width: the type that holds <paramref name="Lanes"/> floats.</summary>
internal sealed record Simd(int Lanes)
{
    public int Bits => Lanes * 32;

    public string Class => "Vector" + Text.Int(Bits);

    public string Type => Class + "<float>";

    /// <summary>Vectors in a panel of 16.</summary>
    public int PerPanel => Compiler.Packing.Panel / Lanes;

    public string Load(string reference, long offset) =>
        offset == 0 ? $"{Class}.LoadUnsafe(ref {reference})" : $"{Class}.LoadUnsafe(ref {reference}, {Text.Int(offset)})";

    public string Store(string vector, string reference, long offset) =>
        offset == 0 ? $"{vector}.StoreUnsafe(ref {reference});" : $"{vector}.StoreUnsafe(ref {reference}, {Text.Int(offset)});";

    public string Broadcast(string scalar) => $"{Class}.Create({scalar})";

    public string MultiplyAdd(string a, string b, string c) => $"{Class}.FusedMultiplyAdd({a}, {b}, {c})";

    /// <summary>A reference advanced by a constant.</summary>
    public static string At(string reference, long offset) => offset == 0 ? reference : $"Unsafe.Add(ref {reference}, {Text.Int(offset)})";
}

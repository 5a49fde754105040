// What C# records and init properties need on netstandard2.0.
namespace System.Runtime.CompilerServices;

internal static class IsExternalInit;

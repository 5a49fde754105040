using System;

namespace NetGen.Generator.Compiler;

/// <summary>A graph or a program is not what it must be: a bug of the compiler, never the user's.</summary>
/// <param name="after">What ran last.</param>
/// <param name="what">What is wrong.</param>
internal sealed class CompilerException(string after, string what) : InvalidOperationException($"The program is broken after {after}: {what}.");

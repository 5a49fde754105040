using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>Which steps read a buffer, once a reading; whoever reads a whole or a part of it reads it too.</summary>
internal static class Readers
{
    public static ILookup<Buffer, Step> Of(IEnumerable<Step> steps) => steps
        .SelectMany(step => step.Reads.SelectMany(buffer => buffer.Whole is { } whole ? new[] { buffer, whole } : [buffer]).Select(buffer => (buffer, step)))
        .ToLookup(use => use.buffer, use => use.step);
}

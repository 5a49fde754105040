using System;
using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>All passes in order. The program is verified before the first and after each.</summary>
internal static class PassPipeline
{
    public static readonly IReadOnlyList<(string Name, Func<Program, Program> Run)> Passes =
    [
        (nameof(FuseActivations), FuseActivations.Run),
        (nameof(FuseActivationGradients), FuseActivationGradients.Run),
        (nameof(WriteOutputDirectly), WriteOutputDirectly.Run),
        (nameof(MarkInputGradient), MarkInputGradient.Run),
    ];

    /// <param name="program">The lowered program.</param>
    /// <param name="disabled">Names of passes to leave out, for comparison.</param>
    public static Program Run(Program program, ICollection<string>? disabled = null)
    {
        Verifier.Verify(program, nameof(Lowering));
        foreach ((string name, Func<Program, Program> run) in Passes)
        {
            if (disabled?.Contains(name) == true)
                continue;
            program = run(program);
            Verifier.Verify(program, name);
        }

        return program;
    }
}

using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// Steps of equal shape are one method, called after the first of them. Where two kernels have one name, because a layer's is not the same in training
/// as in inference, the later one gets a name of its own.
/// </summary>
internal static class NameKernels
{
    public static StepProgram Run(StepProgram program)
    {
        var methods = new Dictionary<object, string>();
        var taken = new HashSet<string>();
        EquatableArray<Step> Named(IEnumerable<Step> steps, string ending)
        {
            var result = new List<Step>();
            foreach (Step step in steps)
                result.Add(Name(step, ending));
            return result.ToEquatableArray();
        }

        Step Name(Step step, string ending)
        {
            object signature = step.Signature();
            if (!methods.TryGetValue(signature, out string method))
            {
                method = step.Method;
                while (!taken.Add(method))
                    method += ending;
                methods.Add(signature, method);
            }

            return step with { Method = method, Own = step.Method };
        }

        EquatableArray<Step> inference = Named(program.Inference, "_");
        EquatableArray<Step> forward = Named(program.Forward, "Training");
        return program with
        {
            Inference = inference,
            Forward = forward,
            Output = (CopyStep)Name(program.Output, "_"),
            Loss = program.Loss is null ? null : (LossStep)Name(program.Loss, "_"),
            Seed = (CopyStep)Name(program.Seed, "_"),
            Backward = Named(program.Backward, "_"),
            Update = Named(program.Update, "_"),
        };
    }
}

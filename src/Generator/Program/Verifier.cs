using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>
/// What every program must satisfy, before and after each pass. A failure is a bug of the compiler, never the user's.
/// </summary>
internal static class Verifier
{
    /// <param name="program">The program.</param>
    /// <param name="after">The pass that made it.</param>
    /// <param name="verified">What it was made of, where that is verified: routines of equal steps are.</param>
    public static void Verify(StepProgram program, string after, StepProgram? verified = null)
    {
        // Backward steps may be left out where what they serve is frozen.
        var gradients = new HashSet<int>(program.Backward.SelectMany(step => step.Writes).Select(buffer => buffer.Root.Id));
        if (program.Update.FirstOrDefault(step => step.Reads.Any(buffer => gradients.Contains(buffer.Root.Id))) is { } update)
            throw Broken(after, update.Method + " updates state from what the backward half computes");

        bool isInferenceVerified = verified is not null && program.Inference.SequenceEqual(verified.Inference);
        bool isTrainingVerified = verified is not null && program.Training.SequenceEqual(verified.Training);
        if (!isInferenceVerified)
            Routine(program.Inference, "inference", after);
        if (program.Loss is not null && program.Loss.DY != program.Seed.To)
            throw Broken(after, "loss and seed write different buffers");
        if (!isTrainingVerified)
        {
            IEnumerable<Step> loss = program.Loss is null ? [] : [program.Loss];
            Routine(program.Forward.Concat([program.Output]).Concat(loss).Concat(program.Backward).Concat(program.Update), "training", after, program.Loss is null ? program.Seed.To : null);
            Routine(program.Forward.Concat([program.Seed]).Concat(program.Backward), "vector-Jacobian product", after);
        }

        foreach (Step step in program.Inference.Concat(program.Forward))
        {
            if (step.OnlyForInputGradient)
                throw Broken(after, step.Method + " is a forward step but marked as the input gradient's");
        }

        State(program, after);

        // Once it is known which steps only the input's gradient needs, no other may write it.
        if (program.Backward.Any(step => step.OnlyForInputGradient) && program.Backward.FirstOrDefault(step => !step.OnlyForInputGradient && step.Writes.Any(buffer => buffer.Kind == BufferKind.InputGradient)) is { } always)
            throw Broken(after, always.Method + " writes the input's gradient whether it is asked for or not");

        // What runs without an input gradient may not need what then does not run.
        var optional = new HashSet<Buffer>(program.Backward.Where(step => step.OnlyForInputGradient && step is not ClearBorderStep).SelectMany(step => step.Writes).Select(buffer => buffer.Root));
        foreach (Step step in program.Backward.Where(step => !step.OnlyForInputGradient))
        {
            if (step.Reads.Any(buffer => optional.Contains(buffer.Root)))
                throw Broken(after, step.Method + " reads what only an input gradient computes");
        }
    }

    /// <summary>An update writes all state once; no other step writes any.</summary>
    private static void State(StepProgram program, string after)
    {
        var written = new HashSet<int>();
        foreach ((Step step, Operand operand) in program.Inference.Concat(program.Training).SelectMany(step => step.Operands.Select(operand => (step, operand))))
        {
            if (operand.Role == OperandRole.State && !program.Update.Contains(step))
                throw Broken(after, $"{step.Method} writes state, but is no update");
            if (operand.Role == OperandRole.State && !written.Add(operand.Offset))
                throw Broken(after, $"{step.Method} writes {operand.Name} a second time");
        }

        if (!written.SetEquals(program.State.Select(layout => layout.Offset)))
            throw Broken(after, "not all state is updated");
    }

    /// <summary>What holds when the passes are done: readers find what they need, borders are zeroed before they are read, and equal names are one kernel.</summary>
    public static void VerifyBorders(StepProgram program)
    {
        foreach (IEnumerable<Step> routine in new[] { program.Inference, program.Training })
        {
            var clean = new HashSet<Buffer>();
            foreach (Step step in routine)
            {
                if (step is ClearBorderStep clear)
                    clean.Add(clear.Buffer);
                foreach (Buffer buffer in step.Reads.Concat(step.Writes))
                {
                    BufferNeed need = step.Need(buffer);
                    if (!buffer.Border.IsEmpty && !need.TakesBorder)
                        throw Broken(nameof(Passes.PlaceBorders), $"{step.Method} cannot pass over the border of {buffer.Name}");
                    if (buffer.IsPart && !need.TakesParts)
                        throw Broken(nameof(Passes.PlaceBorders), $"{step.Method} takes no part of {buffer.Whole!.Name}");
                    if (need.IsPadded && !buffer.IsPadded)
                        throw Broken(nameof(Passes.PlaceBorders), $"{step.Method} works in whole vectors, {buffer.Name} has none");
                }

                foreach (Buffer buffer in step.Reads.Where(buffer => !buffer.Border.IsEmpty))
                {
                    if (!clean.Contains(buffer.Root) && !step.Need(buffer).Border.IsEmpty)
                        throw Broken(nameof(Passes.PlaceBorders), $"{step.Method} reads the border of {buffer.Name} before it is zero");
                }

                foreach (Buffer buffer in step.Reads)
                {
                    Border border = step.Need(buffer).Border;
                    bool isRowPadding = buffer.Order == BufferOrder.Planes && buffer.Shape.Width + border.Right <= buffer.RowStride - buffer.Border.Left;
                    if (buffer.Border.Union(isRowPadding ? border with { Right = 0 } : border) != buffer.Border)
                        throw Broken(nameof(Passes.PlaceBorders), $"{step.Method} needs more border than {buffer.Name} has");
                }
            }
        }

        Callers(program.Inference, "inference", BufferKind.Input, BufferKind.Output);
        Callers(program.Forward, "the forward half", BufferKind.Input);
        Callers([program.Output], "the output of training", BufferKind.Input, BufferKind.Output);
        Callers(program.Loss is null ? [] : [program.Loss], "the loss");
        Callers([program.Seed], "the seed", BufferKind.OutputGradient);
        Callers(program.Backward, "the backward half", BufferKind.Input, BufferKind.InputGradient);
        Callers(program.Update, "the update");
        foreach (IGrouping<string, Step> method in program.Inference.Concat(program.Training).GroupBy(step => step.Method))
        {
            if (method.Select(step => step.Signature()).Distinct().Count() > 1)
                throw Broken(nameof(Passes.NameKernels), method.Key + " names different kernels");
        }
    }

    /// <summary>A routine has only the caller's memory that the runner gives it.</summary>
    private static void Callers(IEnumerable<Step> steps, string routine, params BufferKind[] given)
    {
        foreach ((Step step, Buffer buffer) in steps.SelectMany(step => step.Reads.Concat(step.Writes).Select(buffer => (step, buffer))))
        {
            if (buffer.Kind != BufferKind.Workspace && !given.Contains(buffer.Kind))
                throw Broken(nameof(Passes.PlaceBorders), $"{step.Method} uses the caller's {buffer.Name}, which {routine} does not have");
        }
    }

    private static void Routine(IEnumerable<Step> steps, string name, string after, Buffer? given = null)
    {
        // Of each buffer the channels that are written, as ranges that do not touch.
        var written = new Dictionary<int, List<(int First, int End)>>();
        List<(int First, int End)> Ranges(Buffer buffer)
        {
            if (!written.TryGetValue(buffer.Root.Id, out List<(int First, int End)> ranges))
                written.Add(buffer.Root.Id, ranges = []);
            return ranges;
        }

        static int End(Buffer buffer) => buffer.FirstChannel + buffer.Shape.Channels;
        bool IsWritten(Buffer buffer) => Ranges(buffer).Exists(range => range.First <= buffer.FirstChannel && End(buffer) <= range.End);
        bool IsTouched(Buffer buffer) => Ranges(buffer).Exists(range => range.First < End(buffer) && buffer.FirstChannel < range.End);
        void Write(Buffer buffer)
        {
            (int first, int end) = (buffer.FirstChannel, End(buffer));
            List<(int First, int End)> ranges = Ranges(buffer);
            foreach ((int First, int End) range in ranges.FindAll(range => range.First <= end && first <= range.End))
            {
                ranges.Remove(range);
                (first, end) = (Math.Min(first, range.First), Math.Max(end, range.End));
            }

            ranges.Add((first, end));
        }

        var shared = new Dictionary<int, bool>();
        if (given is not null)
            Write(given);
        foreach (Step step in steps)
        {
            foreach (Operand operand in step.Operands.Where(operand => operand.Buffer is not null))
            {
                Buffer buffer = operand.Buffer!.Root;
                bool takesShared = operand.Need is { IsShared: true };
                if (!shared.TryGetValue(buffer.Id, out bool isShared))
                    shared.Add(buffer.Id, isShared = takesShared);
                if (isShared != takesShared)
                    throw Broken(after, $"{step.Method} in {name} takes {buffer.Name} {(takesShared ? "once for all samples" : "for each sample")}, others do not");
            }

            foreach (Buffer buffer in step.Reads)
            {
                if (buffer.Kind is BufferKind.Workspace && !IsWritten(buffer))
                    throw Broken(after, $"{step.Method} in {name} reads {buffer.Name} before it is written");
                if (buffer.Kind is BufferKind.Output or BufferKind.InputGradient)
                    throw Broken(after, $"{step.Method} in {name} reads the caller's {buffer.Name}");
            }

            foreach (Buffer buffer in step is ClearBorderStep ? [] : step.Writes)
            {
                if (buffer.Kind is BufferKind.Input or BufferKind.OutputGradient)
                    throw Broken(after, $"{step.Method} in {name} writes the caller's {buffer.Name}");
                if (IsTouched(buffer))
                    throw Broken(after, $"{step.Method} in {name} writes {buffer.Name} a second time");
                Write(buffer);
            }

            if (!step.Fits)
                throw Broken(after, $"the shapes of {step.Method} do not fit");
        }
    }

    private static CompilerException Broken(string after, string what) => new(after, what);
}

using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// Settles where buffers have borders. A buffer gets the widest border that any of its readers needs, and a step that zeroes it. Where one of its
/// steps cannot pass over a border, or it is the caller's memory, those readers get a copy. Keeps the bits; a program is complete only with it.
/// </summary>
internal static class PlaceBorders
{
    private enum Section { Forward, Heads, Backward }

    public static Program Run(Program program)
    {
        var inference = program.Inference.Select(step => (Section.Forward, step)).ToList();
        var training = program.Forward.Select(step => (Section.Forward, step))
            .Concat(program.Training.Skip(program.Forward.Count).Take(program.Loss is null ? 1 : 2).Select(step => (Section.Heads, step)))
            .Concat(program.Backward.Select(step => (Section.Backward, step)))
            .ToList();
        int id = 1 + inference.Concat(training).SelectMany(item => item.Item2.Reads.Concat(item.Item2.Writes)).Max(buffer => buffer.Id);
        Place(inference, ref id);
        Place(training, ref id);
        EquatableArray<Step> Of(Section section) => training.Where(item => item.Item1 == section).Select(item => item.step).ToEquatableArray();
        EquatableArray<Step> heads = Of(Section.Heads);
        return program with
        {
            Inference = inference.Select(item => item.step).ToEquatableArray(),
            Forward = Of(Section.Forward),
            Loss = heads.OfType<LossStep>().SingleOrDefault(),
            Seed = (CopyStep)heads[heads.Count - 1],
            Backward = Of(Section.Backward),
        };
    }

    private static void Place(List<(Section Section, Step Step)> steps, ref int id)
    {
        foreach (Buffer buffer in steps.SelectMany(item => item.Step.Reads).Distinct().ToList())
        {
            var demanding = steps.Select(item => item.Step).Where(step => step.Reads.Contains(buffer) && IsUnmet(buffer, step.Need(buffer))).ToList();
            if (demanding.Count == 0)
                continue;

            Border border = Trim(buffer, demanding.Select(step => step.Need(buffer).Border).Aggregate((a, b) => a.Union(b)));
            bool isOptional = demanding.All(step => step.OnlyForInputGradient);
            bool takesBorder = buffer.Kind == BufferKind.Workspace
                && steps.All(item => !item.Step.Reads.Concat(item.Step.Writes).Contains(buffer) || item.Step.Need(buffer).TakesBorder);
            Buffer bordered = takesBorder
                ? buffer with { Border = border }
                : new Buffer(id++, buffer.Name + "Rows", buffer.Shape, buffer.Order, BufferKind.Workspace, border);
            for (int i = 0; i < steps.Count; i++)
            {
                if (takesBorder || demanding.Contains(steps[i].Step))
                    steps[i] = (steps[i].Section, steps[i].Step.Replace(buffer, bordered));
            }

            int place = Behind(steps, takesBorder ? bordered : buffer, bordered);
            if (!border.IsEmpty)
                Insert(new ClearBorderStep("ClearBorder" + Number(bordered), bordered));
            if (!takesBorder)
                Insert(new CopyStep("CopyRows" + Number(bordered), buffer, bordered));

            // What stands before the heads belongs to the forward half.
            void Insert(Step step)
            {
                Section section = place == steps.Count ? Section.Backward : steps[place].Section == Section.Heads ? Section.Forward : steps[place].Section;
                steps.Insert(place, (section, step with { OnlyForInputGradient = isOptional }));
            }
        }
    }

    private static string Number(Buffer buffer) => buffer.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether a reader needs more than the buffer has.</summary>
    private static bool IsUnmet(Buffer buffer, BufferNeed need) => !Trim(buffer, need.Border).IsEmpty || (need.IsPadded && !buffer.IsPadded);

    /// <summary>Without what the padding of a row of pixels holds already.</summary>
    private static Border Trim(Buffer buffer, Border border) =>
        buffer.Order == BufferOrder.Planes && buffer.Kind == BufferKind.Workspace && buffer.Shape.Width + border.Right <= Packing.PadToPanel(buffer.Shape.Width)
            ? border with { Right = 0 }
            : border;

    /// <summary>The place behind the last step that writes the buffer; of the caller's memory, before the first that reads its copy.</summary>
    private static int Behind(List<(Section Section, Step Step)> steps, Buffer written, Buffer read)
    {
        int writer = steps.FindLastIndex(item => item.Step.Writes.Contains(written));
        if (writer < 0)
            return steps.FindIndex(item => item.Step.Reads.Contains(read));

        // Loss and seed are alternatives; what follows either is the backward half's.
        return steps[writer].Section == Section.Heads ? steps.FindLastIndex(item => item.Section == Section.Heads) + 1 : writer + 1;
    }
}

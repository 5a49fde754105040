using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// Settles where buffers have borders. A buffer gets the widest border that any of its readers needs, parts counted, and a step that zeroes it before
/// it is written. Where one of its steps cannot pass over a border, or it is the caller's memory, or a part without vectors of its own, those readers
/// get a copy. Keeps the bits; a program is complete only with it.
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
        foreach (Buffer root in steps.SelectMany(item => item.Step.Reads).Select(buffer => buffer.Root).Distinct().ToList())
        {
            // Readers that the buffer's memory cannot serve get copies: where a part has no vectors of its own, or a step takes no border or no part.
            foreach (Buffer buffer in Members(steps, root).ToList())
            {
                bool takesBorder = TakesBorder(steps, root);
                var demanding = steps.Select(item => item.Step).Where(step => step.Reads.Contains(buffer) && IsUnmet(buffer, step.Need(buffer), takesBorder)).ToList();
                if (demanding.Count > 0)
                    CopyFor(steps, buffer, demanding, id++);
            }

            // The others share the widest border.
            Border border = Members(steps, root)
                .SelectMany(buffer => steps.Where(item => item.Step.Reads.Contains(buffer)).Select(item => Trim(buffer, item.Step.Need(buffer).Border)))
                .Aggregate(default(Border), (widest, other) => widest.Union(other));
            if (border.IsEmpty)
                continue;
            Buffer bordered = root with { Border = border };
            for (int i = 0; i < steps.Count; i++)
                steps[i] = (steps[i].Section, steps[i].Step.Replace(root, bordered));
            bool isOptional = steps.Where(item => item.Step.Writes.Any(buffer => buffer.Root == bordered)).All(item => item.Step.OnlyForInputGradient);
            Insert(steps, steps.FindIndex(item => item.Step.Writes.Any(buffer => buffer.Root == bordered)), new ClearBorderStep("ClearBorder" + Number(bordered), bordered) { OnlyForInputGradient = isOptional });
        }
    }

    private static IEnumerable<Buffer> Members(List<(Section Section, Step Step)> steps, Buffer root) =>
        steps.SelectMany(item => item.Step.Reads).Where(buffer => buffer.Root == root).Distinct();

    private static bool TakesBorder(List<(Section Section, Step Step)> steps, Buffer root) => root.Kind == BufferKind.Workspace
        && steps.All(item => item.Step.Reads.Concat(item.Step.Writes).All(buffer => buffer.Root != root || item.Step.Need(buffer).TakesBorder));

    private static void CopyFor(List<(Section Section, Step Step)> steps, Buffer buffer, List<Step> demanding, int id)
    {
        Border border = demanding.Select(step => Trim(buffer, step.Need(buffer).Border)).Aggregate((a, b) => a.Union(b));
        var copy = new Buffer(id, buffer.Name + "Rows", buffer.Shape, buffer.Order, BufferKind.Workspace, border);
        bool isOptional = demanding.All(step => step.OnlyForInputGradient);
        for (int i = 0; i < steps.Count; i++)
        {
            if (demanding.Contains(steps[i].Step))
                steps[i] = (steps[i].Section, steps[i].Step.Replace(buffer, copy));
        }

        int place = Behind(steps, buffer, copy);
        Insert(steps, place, new CopyStep("CopyRows" + Number(copy), buffer, copy) { OnlyForInputGradient = isOptional });
        if (!border.IsEmpty)
            Insert(steps, place, new ClearBorderStep("ClearBorder" + Number(copy), copy) { OnlyForInputGradient = isOptional });
    }

    /// <summary>Inserts a step; what stands before the heads belongs to the forward half, which always runs.</summary>
    private static void Insert(List<(Section Section, Step Step)> steps, int place, Step step)
    {
        Section section = place == steps.Count ? Section.Backward : steps[place].Section == Section.Heads ? Section.Forward : steps[place].Section;
        steps.Insert(place, (section, section == Section.Backward ? step : step with { OnlyForInputGradient = false }));
    }

    private static string Number(Buffer buffer) => buffer.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether a reader needs what the buffer's own memory cannot have.</summary>
    private static bool IsUnmet(Buffer buffer, BufferNeed need, bool takesBorder) =>
        (!takesBorder && !Trim(buffer, need.Border).IsEmpty) || (need.IsPadded && !buffer.IsPadded) || (buffer.IsPart && !need.TakesParts);

    /// <summary>Without what the padding of a row of pixels holds already.</summary>
    private static Border Trim(Buffer buffer, Border border) =>
        buffer.Order == BufferOrder.Planes && buffer.Kind == BufferKind.Workspace && buffer.Shape.Width + border.Right <= Packing.PadToPanel(buffer.Shape.Width)
            ? border with { Right = 0 }
            : border;

    /// <summary>The place behind the last step that writes the buffer, or a part of it; of the caller's memory, before the first that reads its copy.</summary>
    private static int Behind(List<(Section Section, Step Step)> steps, Buffer written, Buffer read)
    {
        int writer = steps.FindLastIndex(item => item.Step is not ClearBorderStep && item.Step.Writes.Any(buffer => Overlap(buffer, written)));
        if (writer < 0)
            return steps.FindIndex(item => item.Step.Reads.Contains(read));

        // Loss and seed are alternatives; what follows either is the backward half's.
        return steps[writer].Section == Section.Heads ? steps.FindLastIndex(item => item.Section == Section.Heads) + 1 : writer + 1;
    }

    private static bool Overlap(Buffer a, Buffer b) =>
        a.Root == b.Root && a.FirstChannel < b.FirstChannel + b.Shape.Channels && b.FirstChannel < a.FirstChannel + a.Shape.Channels;
}

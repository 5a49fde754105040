using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// Settles where buffers have borders. A buffer gets the widest border that any of its readers needs, parts counted, and a step that zeroes it before
/// it is written. Where one of its steps cannot pass over a border, or it is the caller's memory, or a part without vectors of its own, those readers
/// get a copy; so does a loss whose prediction is the caller's input. Keeps the bits; a program is complete only with it.
/// </summary>
internal static class PlaceBorders
{
    public static StepProgram Run(StepProgram program)
    {
        var inference = Routine.Inference(program);
        var training = Routine.Training(program);
        int id = Sums.NextId(program);
        Place(inference, ref id);
        Place(training, ref id);
        return Routine.Apply(program, inference, training);
    }

    private static void Place(Routine routine, ref int id)
    {
        foreach (Buffer root in routine.Steps.SelectMany(step => step.Reads).Select(buffer => buffer.Root).Distinct().ToList())
        {
            // Readers that the buffer's memory cannot serve get copies: where a part has no vectors of its own, or a step takes no border or no part.
            foreach (Buffer buffer in Readings(routine, root).Select(reading => reading.Buffer).Distinct().ToList())
            {
                bool takesBorder = TakesBorder(routine, root);
                LinkedListNode<Routine.Item>[] demanding = [.. routine.Users(root).Where(item => item.Value.Step.Reads.Contains(buffer) && IsUnmet(buffer, item.Value.Step.Need(buffer), takesBorder))];
                if (demanding.Length > 0)
                    CopyFor(routine, buffer, demanding, id++);
            }

            // The others share the widest border.
            Border border = Readings(routine, root).Select(reading => Trim(reading.Buffer, reading.Step.Need(reading.Buffer).Border)).Aggregate(default(Border), (widest, other) => widest.Union(other));
            if (border.IsEmpty)
                continue;
            Buffer bordered = root with { Border = border };
            foreach (LinkedListNode<Routine.Item> item in routine.Users(root).ToList())
                routine.Replace(item, root, bordered);
            LinkedListNode<Routine.Item>[] writers = [.. routine.Users(bordered).Where(item => item.Value.Step.Writes.Any(buffer => buffer.Root == bordered))];
            bool isOptional = writers.All(item => item.Value.Step.OnlyForInputGradient);
            routine.Insert(writers[0], new ClearBorderStep("ClearBorder" + Number(bordered), bordered) { OnlyForInputGradient = isOptional });
        }
    }

    private static IEnumerable<(Step Step, Buffer Buffer)> Readings(Routine routine, Buffer root) =>
        routine.Users(root).SelectMany(item => item.Value.Step.Reads.Where(buffer => buffer.Root == root).Select(buffer => (item.Value.Step, buffer)));

    private static bool TakesBorder(Routine routine, Buffer root) => root.Kind == BufferKind.Workspace
        && routine.Users(root).All(item => item.Value.Step.Reads.Concat(item.Value.Step.Writes).All(buffer => buffer.Root != root || item.Value.Step.Need(buffer).TakesBorder));

    private static void CopyFor(Routine routine, Buffer buffer, LinkedListNode<Routine.Item>[] demanding, int id)
    {
        Border border = demanding.Select(item => Trim(buffer, item.Value.Step.Need(buffer).Border)).Aggregate((a, b) => a.Union(b));
        var copy = new Buffer(id, buffer.Name + "Rows", buffer.Shape, buffer.Order, BufferKind.Workspace, border);
        bool isOptional = demanding.All(item => item.Value.Step.OnlyForInputGradient);
        LinkedListNode<Routine.Item>? place = Behind(routine, buffer, demanding[0]);
        foreach (LinkedListNode<Routine.Item> item in demanding)
            routine.Replace(item, buffer, copy);
        place = routine.Insert(place, new CopyStep("CopyRows" + Number(copy), buffer, copy) { OnlyForInputGradient = isOptional });
        if (!border.IsEmpty)
            routine.Insert(place, new ClearBorderStep("ClearBorder" + Number(copy), copy) { OnlyForInputGradient = isOptional });
    }

    private static string Number(Buffer buffer) => buffer.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether a reader needs what the buffer's own memory cannot have.</summary>
    private static bool IsUnmet(Buffer buffer, BufferNeed need, bool takesBorder) =>
        (!takesBorder && !Trim(buffer, need.Border).IsEmpty) || (need.IsPadded && !buffer.IsPadded) || (buffer.IsPart && !need.TakesParts) || (need.IsOwn && buffer.Kind != BufferKind.Workspace);

    /// <summary>Without what the padding of a row of pixels holds already.</summary>
    private static Border Trim(Buffer buffer, Border border) =>
        buffer.Order == BufferOrder.Planes && buffer.Kind == BufferKind.Workspace && buffer.Shape.Width + border.Right <= Packing.PadToPanel(buffer.Shape.Width)
            ? border with { Right = 0 }
            : border;

    /// <summary>The place behind the last step that writes the buffer, or a part of it; of the caller's memory, before the first that reads its copy.</summary>
    private static LinkedListNode<Routine.Item>? Behind(Routine routine, Buffer written, LinkedListNode<Routine.Item> reader)
    {
        LinkedListNode<Routine.Item>? writer = routine.Users(written).LastOrDefault(item => item.Value.Step is not ClearBorderStep && item.Value.Step.Writes.Any(buffer => Overlap(buffer, written)));
        if (writer is null)
            return reader;

        // Loss and seed are alternatives; what follows either is the backward half's.
        return writer.Value.Section == Routine.Section.Heads ? routine.LastHead!.Next : writer.Next;
    }

    private static bool Overlap(Buffer a, Buffer b) =>
        a.Root == b.Root && a.FirstChannel < b.FirstChannel + b.Shape.Channels && b.FirstChannel < a.FirstChannel + a.Shape.Channels;
}

using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// The steps of a routine while a pass changes them. It knows the steps that use a buffer, so that a pass over a long network looks at no step twice.
/// </summary>
internal sealed class Routine
{
    /// <summary>A step in its place.</summary>
    internal sealed class Item(Section section, Step step)
    {
        public Section Section { get; } = section;

        public Step Step { get; set; } = step;
    }

    internal enum Section { Forward, Heads, Backward }

    private readonly LinkedList<Item> _items = [];
    private readonly Dictionary<int, List<LinkedListNode<Item>>> _users = [];

    private Routine(IEnumerable<(Section Section, Step Step)> steps)
    {
        foreach ((Section section, Step step) in steps)
            Index(_items.AddLast(new Item(section, step)));
    }

    public IEnumerable<Step> Steps => _items.Select(item => item.Step);

    /// <summary>The last of the steps between the halves of training.</summary>
    public LinkedListNode<Item>? LastHead { get; private set; }

    public static Routine Inference(StepProgram program) => new(program.Inference.Select(step => (Section.Forward, step)));

    public static Routine Training(StepProgram program)
    {
        var routine = new Routine(program.Forward.Select(step => (Section.Forward, step))
            .Concat(program.Heads.Select(step => (Section.Heads, step)))
            .Concat(program.Backward.Select(step => (Section.Backward, step))));
        for (LinkedListNode<Item>? item = routine._items.First; item is not null; item = item.Next)
        {
            if (item.Value.Section == Section.Heads)
                routine.LastHead = item;
        }

        return routine;
    }

    /// <summary>The program with the changed steps.</summary>
    public static StepProgram Apply(StepProgram program, Routine inference, Routine training)
    {
        EquatableArray<Step> Of(Section section) => training._items.Where(item => item.Section == section).Select(item => item.Step).ToEquatableArray();
        EquatableArray<Step> heads = Of(Section.Heads);
        return program with
        {
            Inference = inference.Steps.ToEquatableArray(),
            Forward = Of(Section.Forward),
            Output = (CopyStep)heads[0],
            Loss = heads.OfType<LossStep>().SingleOrDefault(),
            Seed = (CopyStep)heads[heads.Count - 1],
            Backward = Of(Section.Backward),
        };
    }

    /// <summary>The steps that read or write a buffer or parts of it, in their order; what was inserted or came to use it since is behind them.</summary>
    public IReadOnlyList<LinkedListNode<Item>> Users(Buffer buffer) => _users.TryGetValue(buffer.Root.Id, out List<LinkedListNode<Item>> users) ? users : [];

    /// <summary>Puts a buffer in the place of another.</summary>
    public void Replace(LinkedListNode<Item> item, Buffer from, Buffer to)
    {
        bool isNew = from.Root.Id != to.Root.Id && !Uses(item.Value.Step, to);
        item.Value.Step = item.Value.Step.Replace(from, to);
        if (isNew)
            Add(item, to.Root.Id);
        if (!Uses(item.Value.Step, from))
            _users[from.Root.Id].Remove(item);
    }

    /// <summary>Inserts a step before another, or at the end; what stands before the heads belongs to the forward half, which always runs.</summary>
    public LinkedListNode<Item> Insert(LinkedListNode<Item>? place, Step step)
    {
        Section section = place is null ? Section.Backward : place.Value.Section == Section.Heads ? Section.Forward : place.Value.Section;
        var item = new Item(section, section == Section.Backward ? step : step with { OnlyForInputGradient = false });
        LinkedListNode<Item> inserted = place is null ? _items.AddLast(item) : _items.AddBefore(place, item);
        Index(inserted);
        return inserted;
    }

    public void Remove(LinkedListNode<Item> item)
    {
        foreach (int root in Roots(item.Value.Step))
            _users[root].Remove(item);
        _items.Remove(item);
    }

    private void Index(LinkedListNode<Item> item)
    {
        foreach (int root in Roots(item.Value.Step))
            Add(item, root);
    }

    private void Add(LinkedListNode<Item> item, int root)
    {
        if (!_users.TryGetValue(root, out List<LinkedListNode<Item>> users))
            _users.Add(root, users = []);
        users.Add(item);
    }

    private static IEnumerable<int> Roots(Step step) => step.Reads.Concat(step.Writes).Select(buffer => buffer.Root.Id).Distinct();

    private static bool Uses(Step step, Buffer buffer) => step.Reads.Concat(step.Writes).Any(other => other.Root.Id == buffer.Root.Id);
}

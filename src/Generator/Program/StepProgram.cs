using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler;

/// <summary>
/// The network as steps over buffers. <see cref="Inference"/> stands alone; a training pass is
/// <see cref="Forward"/>, then <see cref="Loss"/> (or <see cref="Seed"/>, which takes the caller's gradient of the output instead), then <see cref="Backward"/>;
/// a training step ends with <see cref="Update"/>. A loss of the caller's gets the outputs from <see cref="Output"/>, and its gradient goes to <see cref="Seed"/>.
/// </summary>
internal sealed record StepProgram(
    Graph Graph,
    EquatableArray<ParameterLayout> Parameters,
    int PackedParameterCount,
    EquatableArray<Step> Inference,
    EquatableArray<Step> Forward,
    LossStep? Loss,
    CopyStep Seed,
    EquatableArray<Step> Backward)
{
    /// <summary>Gives the caller the outputs of a training pass.</summary>
    public required CopyStep Output { get; init; }

    /// <summary>The state, which lies behind the parameters.</summary>
    public EquatableArray<ParameterLayout> State { get; init; }

    /// <summary>Floats of the state with its padding.</summary>
    public int PackedStateCount { get; init; }

    /// <summary>The outputs of layers in the forward half of training, where the steps before the passes left them.</summary>
    public EquatableArray<LayerValue> Values { get; init; }

    /// <summary>The steps that make the state of the next training step.</summary>
    public EquatableArray<Step> Update { get; init; }

    /// <summary>The copies among the steps of a routine, and the floats of a sample that they move.</summary>
    public static (int Count, long Floats) Copies(IEnumerable<Step> steps)
    {
        CopyStep[] copies = [.. steps.OfType<CopyStep>()];
        return (copies.Length, copies.Sum(copy => (long)copy.From.Width));
    }

    /// <summary>The steps between the halves of a training pass; loss and seed write the same buffer.</summary>
    public IReadOnlyList<Step> Heads => Loss is null ? [Output, Seed] : [Output, Loss, Seed];

    /// <summary>The steps of a training pass in order.</summary>
    public IEnumerable<Step> Training => Forward.Concat(Heads).Concat(Backward).Concat(Update);
}

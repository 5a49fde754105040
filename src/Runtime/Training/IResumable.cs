using System;

namespace NetGen.Training;

/// <summary>
/// What a training needs to go on with the same bits as if it had never stopped: an optimizer, a schedule, a loader, a callback. <see cref="TrainingState"/> is what is saved.
/// </summary>
public interface IResumable
{
    /// <summary>Puts what it needs into a state.</summary>
    /// <param name="state">The state; names are of its own section.</param>
    void Save(TrainingState state);

    /// <summary>Reads and checks what <see cref="Save"/> put there, and changes nothing yet.</summary>
    /// <param name="state">The state.</param>
    /// <returns>Takes it over; does not fail.</returns>
    /// <exception cref="System.IO.InvalidDataException">A value is missing or is none that <see cref="Save"/> writes.</exception>
    Action Load(TrainingState state);
}

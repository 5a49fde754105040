using System;

namespace NetGen.Training;

/// <summary>Where a training is.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Batch">Batches of the epoch that are done.</param>
/// <param name="Batches">Batches of an epoch; null where that is not known.</param>
/// <param name="Loss">The mean loss of the epoch so far.</param>
/// <param name="SamplesPerSecond">Of the epoch so far, training alone.</param>
/// <param name="TimeLeft">Until the last epoch's end, evaluations included as far as they have been seen; null where it is not known.</param>
public readonly record struct TrainingProgress(int Epoch, int Epochs, long Batch, long? Batches, double Loss, double SamplesPerSecond, TimeSpan? TimeLeft);

using System;
using NetGen.Data;

namespace NetGen.Samples.Service;

/// <summary>Answers requests with the one predictor that the container has.</summary>
/// <param name="predictor">Any number of threads may use it.</param>
internal sealed class PointService(Predictor<RingNetwork> predictor)
{
    /// <summary>Whether a point lies inside of the ring.</summary>
    public bool IsInside(ReadOnlySpan<float> point) => predictor.Classify(point).Name == "inside";
}

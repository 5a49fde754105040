using System;

namespace NetGen.Tests.Training;

/// <summary>How long tests wait for what should come at once.</summary>
internal static class Patience
{
    /// <summary>What has not happened by then does not happen, on whatever machine.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(2);
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>What is predicted of signals at initialisation, against generated networks over many seeds.</summary>
public class SignalTests
{
    [Fact]
    public void Predictions_agree_with_generated_networks()
    {
        var text = new StringBuilder();
        foreach (SignalNetwork network in SignalNetworks.All)
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            foreach (MeasuredValue value in SignalMeasurement.Of(network))
            {
                var p = value.Predicted;
                text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"{network.Name,-50} {value.Layer,-22} mean {p.Mean,10:g4} {value.Mean,10:g4} ({(value.Mean-p.Mean)/p.StandardDeviation,6:f3})  sd {p.StandardDeviation,10:g4} {value.Deviation,10:g4} ({value.Deviation/p.StandardDeviation,6:f3}) grad {p.GradientStandardDeviation,10:g4} {value.GradientDeviation,10:g4} ({value.GradientDeviation/p.GradientStandardDeviation,6:f3})"));
            }
            text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"   {clock.ElapsedMilliseconds} ms"));
        }
        System.IO.File.WriteAllText("/tmp/h3-signal.txt", text.ToString());
    }
}

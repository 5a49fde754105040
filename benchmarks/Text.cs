using System;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;

namespace NetGen.Benchmarks;

/// <summary>Figures as text, in the invariant culture.</summary>
internal static class Text
{
    public static string Of(int value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Of(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>Three significant digits from nanoseconds to seconds, in microseconds.</summary>
    public static string Microseconds(double us) => Of(us, us < 1 ? "0.0000" : us < 10 ? "0.000" : us < 100 ? "0.00" : "0.0");

    public static string Percent(double share) => Of(share * 100, "0.0") + " %";

    public static string YesOrNo(bool? answer) => answer switch { true => "yes", false => "no", null => "" };

    /// <summary>The processor's name where the system tells it, else its architecture.</summary>
    public static string Processor()
    {
        const string CpuInfo = "/proc/cpuinfo";
        if (File.Exists(CpuInfo))
        {
            foreach (string line in File.ReadLines(CpuInfo))
            {
                if (line.StartsWith("model name", StringComparison.Ordinal))
                    return line[(line.IndexOf(':') + 1)..].Trim();
            }
        }

        return RuntimeInformation.ProcessArchitecture.ToString();
    }
}

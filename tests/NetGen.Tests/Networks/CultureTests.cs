using System;
using System.Globalization;
using System.IO;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Generated code and runtime under a culture whose minus sign is U+2212 and whose decimal separator is a comma.</summary>
public class CultureTests
{
    [Fact]
    public void The_culture_changes_nothing()
    {
        (float[] parameters, byte[] file, string message) = Run();
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NegativeSign = "\u2212";
            culture.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = culture;
            Assert.Equal("\u22121,5", (-1.5).ToString(CultureInfo.CurrentCulture));
            (float[] others, byte[] otherFile, string otherMessage) = Run();
            Assert.Equal(parameters, others);
            Assert.Equal(file, otherFile);
            Assert.Equal(message, otherMessage);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static (float[] Parameters, byte[] File, string Message) Run()
    {
        var pictures = new OddPictures(3);
        pictures.TrainStep(new RandomStream(1).Floats(2 * OddPictures.InputSize, -1, 1), [0, 6], new SGD(0.1));
        var network = new OddClassifier(3);
        float[] input = new RandomStream(1).Floats(4 * OddClassifier.InputSize, -1, 1);
        for (int step = 0; step < 3; step++)
            network.TrainStep(input, [0, 1, 2, 3], new SGD(0.1));
        var stream = new MemoryStream();
        network.Save(stream);
        var copy = new OddClassifier(4);
        stream.Position = 0;
        copy.Load(stream);
        Assert.Equal(network.FlatParameters.ToArray(), copy.FlatParameters.ToArray());
        string message = Assert.Throws<ArgumentException>(() => network.TrainStep(input, [0, 1, 2, -1], new SGD(0.1))).Message;
        Assert.Contains("-1", message);
        return ([.. network.FlatParameters, .. pictures.FlatParameters], stream.ToArray(), message);
    }
}

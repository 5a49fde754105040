using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Xml.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Emission;
using NetGen.Reports;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>The figures of networks in each of their forms.</summary>
public class ReportTests
{
    /// <summary>Branches in branches, branches that are nothing, and branches that are alike.</summary>
    private const string Nested = """
        using NetGen;

        [Block, Conv2d(8, 1), ReLU] sealed class Narrow;
        [Block, Conv2d(16, 3, Padding = 1), ReLU] sealed class Same;
        [Block, Residual<Same>, Conv2d(8, 3, Padding = 1), ReLU] sealed class Deep;
        [Block, Concat<Narrow, Deep>] sealed class Both;
        [Block, Residual<Both>, ReLU] sealed class Outer;

        [Network(16, 20, 20), Repeat<Outer>(2), Parallel<Same>(3), Concat<Identity, Identity>, MaxPool2d(2)]
        [Flatten, Linear(3, Name = "an_extremely_long_name_of_a_layer_that_nobody_would_write"), CrossEntropyLoss]
        partial class Net;
        """;

    public static TheoryData<string> References => CostNetworks.References;

    [Theory]
    [MemberData(nameof(References))]
    public void What_is_written_is_read(string name)
    {
        NetworkFigures figures = Figures.Exact(CostNetworks.Reference(name));
        string text = FiguresText.Write(figures);
        NetworkFigures read = FiguresText.Read(text)!;
        Assert.Equal(text, FiguresText.Write(read));
        Assert.Equal(figures.FullName, read.FullName);
        foreach ((LayerFigures written, LayerFigures found) in figures.Layers.Zip(read.Layers))
        {
            Assert.Equal((written.Label, written.Parameters, written.Inference, written.Forward, written.Backward, written.Path), (found.Label, found.Parameters, found.Inference, found.Forward, found.Backward, found.Path));
            Assert.Equal(written.Output, found.Output);
            Assert.Equal(written.Sources, found.Sources);
            Assert.Equal(written.Field.Select(axis => (axis.Size, axis.Offset)), found.Field.Select(axis => (axis.Size, axis.Offset)));
            Assert.Equal(written.Signal!.Deviation, found.Signal!.Deviation, Math.Abs(written.Signal.Deviation) * 1e-3);
        }

        Assert.Equal(figures.Steps, read.Steps);
        Assert.Equal((figures.Inference, figures.Training), (read.Inference, read.Training));
    }

    [Fact]
    public void A_text_of_another_version_is_not_read() => Assert.Null(FiguresText.Read("NetGen 0|Net"));

    /// <summary>Table 2 of the reference, as another program reads it.</summary>
    [Fact]
    public void Json_has_the_figures_of_the_reference()
    {
        JsonElement json = JsonDocument.Parse(ReportJson.Of(Figures.Of(CostNetworks.Reference("BottleneckInception")), ReportOptions.Default)).RootElement;
        Assert.Equal("NetGen.References.BottleneckInception", json.GetProperty("name").GetString());
        Assert.Equal(346_720, json.GetProperty("parameters").GetInt64());
        Assert.Equal(354_418_688, json.GetProperty("inference").GetProperty("multiplyAccumulates").GetInt64());
        Assert.Equal(622_592, json.GetProperty("inference").GetProperty("activations").GetInt64());
        JsonElement[] convolutions = [.. json.GetProperty("layers").EnumerateArray().Where(layer => layer.GetProperty("layer").GetString()!.StartsWith("Conv2d", StringComparison.Ordinal))];
        Assert.Equal([32_896, 16_448, 110_784, 16_448, 153_696, 16_448], convolutions.Select(layer => layer.GetProperty("parameters").GetInt32()));
        Assert.Equal(1, json.GetProperty("version").GetInt32());
        Assert.All(json.GetProperty("executed").EnumerateArray(), step => Assert.All(step.GetProperty("layers").EnumerateArray(), layer => Assert.NotEqual("", layer.GetString())));
        JsonElement path = json.GetProperty("layers").EnumerateArray().Last().GetProperty("gradientPath");
        Assert.Equal((true, 0, 0), (path.GetProperty("identity").GetBoolean(), path.GetProperty("saturating").GetInt32(), path.GetProperty("layers").GetInt32()));
        Assert.Equal([5, 5], json.GetProperty("layers").EnumerateArray().Last().GetProperty("field").EnumerateArray().Select(axis => axis.GetProperty("size").GetInt32()));
    }

    /// <summary>What explodes is told from what is not predicted.</summary>
    [Fact]
    public void What_overflows_is_infinite_in_each_form()
    {
        NetworkFigures figures = Figures.Of(CostNetworks.Reference("MnistMlp"));
        figures = figures with { Layers = [.. figures.Layers.Select(layer => layer with { Signal = new(double.NaN, double.PositiveInfinity, 1, 0) })] };
        figures = FiguresText.Read(FiguresText.Write(figures))!;
        JsonElement signal = JsonDocument.Parse(ReportJson.Of(figures, ReportOptions.Default)).RootElement.GetProperty("layers")[0].GetProperty("signal");
        Assert.Equal("Infinity", signal.GetProperty("deviation").GetString());
        Assert.Equal(JsonValueKind.Null, signal.GetProperty("mean").ValueKind);
        Assert.Contains("Infinity", ReportTable.Text(figures, ReportOptions.Default), StringComparison.Ordinal);
        Boxes(SvgDrawing.Of(figures));
    }

    [Fact]
    public void Bytes_and_verdict_are_for_the_batch_and_the_balance_that_are_asked_for()
    {
        NetworkFigures figures = Figures.Of(CostNetworks.Reference("MnistMlp"));
        Assert.Equal("memory", Verdict(new(1, 10)));
        Assert.Equal("compute", Verdict(new(1024, 10)));
        Assert.Equal("memory", Verdict(new(1024, 1e6)));
        JsonElement json = JsonDocument.Parse(ReportJson.Of(figures, new(8, 10))).RootElement;
        Assert.Equal(figures.Training.At(8), json.GetProperty("trainingBytes").GetInt64());

        string Verdict(ReportOptions options) => JsonDocument.Parse(ReportJson.Of(figures, options)).RootElement.GetProperty("inference").GetProperty("boundBy").GetString()!;
    }

    [Fact]
    public void A_culture_changes_nothing()
    {
        NetworkFigures figures = Figures.Of(CostNetworks.Reference("LeNet5"));
        string[] All() => [FiguresText.Write(figures), .. new[] { ReportTable.Text, ReportTable.Markdown, ReportJson.Of, ReportHtml.Of }.Select(form => form(figures, new(64, 2.5))), SvgDrawing.Of(figures)];
        string[] expected = All();
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (other.NumberFormat.NumberDecimalSeparator, other.NumberFormat.NumberGroupSeparator, other.NumberFormat.NegativeSign) = (",", ".", "~");
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = other;
            Assert.Equal(expected, All());
            Assert.Equal(expected[0], FiguresText.Write(FiguresText.Read(expected[0])!));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Branches_stand_side_by_side_and_those_that_are_alike_as_one()
    {
        DrawnFork inception = Assert.Single(Drawing.Of(Figures.Of(CostNetworks.Reference("BottleneckInception"))).OfType<DrawnFork>());
        Assert.Equal([2, 4, 4, 2], inception.Branches.Select(branch => branch.Parts.Count));
        DrawnBranch path = Assert.Single(Assert.Single(Drawing.Of(Figures.Of(CostNetworks.Reference("SplitTransformMerge"))).OfType<DrawnFork>()).Branches);
        Assert.Equal((32, 5), (path.Copies, path.Parts.Count));
        Assert.Equal(Enumerable.Repeat((2, 0), 8), Drawing.Of(Figures.Of(CostNetworks.Reference("ResidualMlp"))).OfType<DrawnFork>().Select(fork => (fork.Branches[0].Parts.Count, fork.Branches[1].Parts.Count)));
    }

    [Fact]
    public void Branches_of_branches_are_found()
    {
        DrawnFork[] forks = [.. Drawing.Of(Figures.Of(CostNetworks.Of(Nested))).OfType<DrawnFork>()];
        Assert.Equal(4, forks.Length);

        // Residual<Both>: the concatenation and nothing; in there a convolution, and a residual before another.
        Assert.Equal([2, 0], forks[0].Branches.Select(branch => branch.Parts.Count));
        var inner = (DrawnFork)forks[0].Branches[0].Parts[0];
        Assert.Equal([2, 4], inner.Branches.Select(branch => branch.Parts.Count));
        Assert.Equal([2, 0], ((DrawnFork)inner.Branches[1].Parts[0]).Branches.Select(branch => branch.Parts.Count));
        Assert.Equal([3], forks[2].Branches.Select(branch => branch.Copies));
        Assert.Equal([0, 0], forks[3].Branches.Select(branch => branch.Parts.Count));
    }

    /// <summary>No branches can be made of this; it is drawn all the same.</summary>
    [Fact]
    public void What_is_no_composition_is_drawn_as_a_row()
    {
        NetworkFigures figures = Figures.Of(CostNetworks.Reference("BottleneckInception"));
        int[][] sources = [[-1], [-1], [0, 1], [0, 1], [2, 3]];
        figures = figures with { Layers = [.. sources.Select((read, i) => figures.Layers[i] with { Sources = read })] };
        Assert.Equal([0, 1, 2, 3], Assert.IsType<DrawnFork>(Drawing.Of(figures)[1]).Branches.Single().Parts.Cast<DrawnLayer>().Select(layer => layer.Layer));
        Boxes(SvgDrawing.Of(figures));
    }

    [Theory]
    [MemberData(nameof(References))]
    public void Nothing_lies_over_anything_else(string name) => Boxes(SvgDrawing.Of(Figures.Of(CostNetworks.Reference(name))));

    [Fact]
    public void Nor_does_it_in_branches_of_branches() => Boxes(SvgDrawing.Of(Figures.Of(CostNetworks.Of(Nested))));

    /// <summary>The long name of a layer behind them makes no branch wider.</summary>
    [Fact]
    public void Branches_are_as_wide_as_their_own_layers()
    {
        XElement svg = XElement.Parse(SvgDrawing.Of(Figures.Of(CostNetworks.Of(Nested))));
        double[] widths = [.. svg.Descendants().Where(rect => (string?)rect.Attribute("class") == "b").Select(rect => Number(rect, "width"))];
        Assert.True(widths.Min() < widths.Max() / 2, $"{widths.Min()} of {widths.Max()}");
    }

    /// <summary>A picture of many layers has several columns, and is not much higher than wide.</summary>
    [Fact]
    public void A_long_network_goes_on_in_another_column()
    {
        XElement svg = Boxes(SvgDrawing.Of(Figures.Of(CostNetworks.Reference("ResidualMlp"))));
        Assert.InRange(Number(svg, "height") / Number(svg, "width"), 0.5, 2);
    }

    /// <summary>README shows what is drawn; <c>NETGEN_ACCEPT_SNAPSHOTS=1</c> draws it anew.</summary>
    [Theory]
    [InlineData("BottleneckInception")]
    [InlineData("SplitTransformMerge")]
    public void Pictures_are_what_is_drawn(string name)
    {
        string path = Path.Combine(Root(), "docs", "pictures", name + ".svg"), drawn = SvgDrawing.Of(Figures.Of(CostNetworks.Reference(name)));
        if (Environment.GetEnvironmentVariable("NETGEN_ACCEPT_SNAPSHOTS") == "1")
            File.WriteAllText(path, drawn);
        Assert.Equal(drawn, File.ReadAllText(path).Replace("\r", "", StringComparison.Ordinal));
    }

    /// <summary>What is written into the assembly is a few percent of the network's text.</summary>
    [Theory]
    [InlineData("MnistMlp")]
    [InlineData("LeNet5")]
    [InlineData("BottleneckInception")]
    [InlineData("ResidualMlp")]
    public void Figures_take_little_room(string name)
    {
        AnalyzedNetwork network = CostNetworks.Reference(name);
        double share = FiguresText.Write(Figures.Of(network)).Length / (double)NetworkEmitter.Emit(network.Compiled).Length;
        Assert.True(share < 0.07, $"{share:P2}");
    }

    /// <summary>A real browser runs the page: what the pointer is over is shown, with what it sees of the input.</summary>
    [BrowserFact]
    public void The_page_works_in_a_browser()
    {
        NetworkFigures figures = Figures.Of(CostNetworks.Reference("LeNet5"));
        string page = ReportHtml.Of(figures, ReportOptions.Default);
        Assert.DoesNotContain("http://", page.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.Contains("<h2 id=\"shown\">11 Linear(10)</h2>", Browser.Dom(page), StringComparison.Ordinal);

        // The second pool: 16x16 of the picture, every fourth pixel.
        const string pointer = "<script>document.querySelector('svg [data-layer=\"5\"] text').dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));</script></body>";
        string shown = Browser.Dom(page.Replace("</body>", pointer, StringComparison.Ordinal));
        Assert.Contains("<h2 id=\"shown\">5 MaxPool2d(2)</h2>", shown, StringComparison.Ordinal);
        Assert.Contains("Output 2, 2 sees rows 8 to 23 and columns 8 to 23 of 28x28; dashed: the next output, 4 and 4 further.", shown, StringComparison.Ordinal);
        Assert.Contains("class=\"field\"", shown, StringComparison.Ordinal);
        Assert.Contains("<tr data-layer=\"5\" class=\"on\">", shown, StringComparison.Ordinal);
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));

    /// <summary>Holds that boxes are inside of the picture and apart, that texts fit into theirs, and that no text beside a line reaches into a box.</summary>
    private static XElement Boxes(string svg)
    {
        XElement picture = XElement.Parse(svg);
        XNamespace space = picture.Name.Namespace;
        (double X, double Y, double Width, double Height)[] boxes = [.. picture.Descendants(space + "rect").Where(rect => (string?)rect.Attribute("class") == "b").Select(Rectangle)];
        Assert.NotEmpty(boxes);
        foreach ((XElement group, int i) in picture.Elements(space + "g").Select((group, i) => (group, i)))
            Assert.True((group.Element(space + "text")!.Value.Length * 6.63) + 12 <= boxes[i].Width, group.Value);
        var texts = picture.Elements(space + "text").Where(text => (string?)text.Attribute("class") == "s").Select(text => (X: Number(text, "x"), Y: Number(text, "y") - 9, Width: text.Value.Length * 6.03, Height: 10.0)).ToArray();
        (double X, double Y, double Width, double Height)[] all = [.. boxes, .. texts];
        var whole = (X: 0.0, Y: 0.0, Width: Number(picture, "width"), Height: Number(picture, "height"));
        for (int i = 0; i < all.Length; i++)
        {
            Assert.True(all[i].X >= 0 && all[i].X + all[i].Width <= whole.Width && all[i].Y + all[i].Height <= whole.Height, $"{all[i]} is outside of {whole}");
            for (int j = 0; j < i; j++)
            {
                if (all[i].X < all[j].X + all[j].Width && all[j].X < all[i].X + all[i].Width && all[i].Y < all[j].Y + all[j].Height && all[j].Y < all[i].Y + all[i].Height)
                    Assert.Fail($"{all[i]} lies over {all[j]}");
            }
        }

        return picture;
    }

    private static (double X, double Y, double Width, double Height) Rectangle(XElement rect) => (Number(rect, "x"), Number(rect, "y"), Number(rect, "width"), Number(rect, "height"));

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using NetGen.Csv;
using NetGen.Data;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

[Network(6)]
[Linear(4), ReLU, Linear(2)]
[CrossEntropyLoss]
internal sealed partial class TableClasses;

public class CsvTests
{
    private const string Houses = """"
        rooms,city,area,note,price
        3,Ulm,80.5,"a, b",100
        4,Bonn,1e2,x,200.25
        2, Ulm ,-3,"say ""no""",50
        """";

    private static readonly CsvOptions s_houses = new() { Target = "price", Categorical = ["city"], Ignored = ["note"] };

    private static TabularData<float> Values(string text, CsvOptions options) => CsvReader.ReadValues(new StringReader(text), options);

    private static TabularData<int> Classes(string text, CsvOptions options) => CsvReader.ReadClasses(new StringReader(text), options);

    private static string Error(string text, CsvOptions options) => Assert.Throws<InvalidDataException>(() => Values(text, options)).Message;

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public void Columns_are_read_by_name_and_separators_found(char separator)
    {
        string text = separator == ',' ? Houses : Houses.Replace("\"a, b\"", "\"a@ b\"").Replace(',', separator).Replace('@', separator);
        TabularData<float> table = Values(text, s_houses);
        Assert.Equal([3, 1, 80.5f, 4, 0, 100, 2, 1, -3], table.Data.Inputs.ToArray());
        Assert.Equal([100, 200.25f, 50], table.Data.Targets.ToArray());
        Assert.Equal(["rooms", "city", "area"], table.Schema.Columns.Select(column => column.Name));
        Assert.Equal(["Bonn", "Ulm"], table.Schema.Columns[1].Categories);
        Assert.Equal(["3", "1", "80.5"], table.Data.Input(0).ToArray().Select(value => value.ToString(CultureInfo.InvariantCulture)));

        // Standardized numbers and a float for each category, in the columns' order.
        var output = new float[4];
        table.Transform.Apply(table.Data.Input(0), output);
        Assert.Equal([0, 0, 1], output[..3]);
        Assert.Equal(Values(text, s_houses with { Separator = separator }).Data.Inputs.ToArray(), table.Data.Inputs.ToArray());
    }

    [Fact]
    public void Files_may_have_no_header_a_byte_order_mark_and_any_ends_of_lines()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("netgen-csv-").FullName, "iris.csv");
        try
        {
            File.WriteAllText(path, "5.1;3.5;setosa\r\n7;3.2;versicolor\r\n\r\n6.3;3.3;setosa\r\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
            TabularData<int> table = CsvReader.ReadClasses(path, new CsvOptions { Target = "2", HasHeader = false });
            Assert.Equal([5.1f, 3.5f, 7, 3.2f, 6.3f, 3.3f], table.Data.Inputs.ToArray());
            Assert.Equal([0, 1, 0], table.Data.Targets.ToArray());
            Assert.Equal(["setosa", "versicolor"], table.Schema.Classes);
            Assert.Equal(["0", "1"], table.Schema.Columns.Select(column => column.Name));
            Assert.Equal(
                "iris.csv, line 1, column \"2\": expected a number, but got \"setosa\".",
                Assert.Throws<InvalidDataException>(() => CsvReader.ReadValues(path, new CsvOptions { Target = "2", HasHeader = false })).Message);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }

        using var stream = new MemoryStream("a,b\n1,2\n"u8.ToArray());
        using var reader = new StreamReader(stream);
        Assert.Equal(2, CsvReader.ReadValues(reader, new CsvOptions { Target = "b" }).Data.Targets[0]);
    }

    [Fact]
    public void Numbers_do_not_depend_on_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator) = (",", ".");
        CultureInfo.CurrentCulture = culture;
        try
        {
            Assert.Equal(80.5f, Values(Houses, s_houses).Data.Inputs[2]);
            Assert.Equal("the text, line 2, column \"a\": expected a number, but got \"1,5\".", Error("a;y\n1,5;2", new CsvOptions { Target = "y" }));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Mistakes_are_told_with_line_and_column()
    {
        Assert.Equal("the text, line 3, column \"rooms\": expected a number, but got \"four\".", Error(Houses.Replace("4,Bonn", "four,Bonn"), s_houses));
        Assert.Equal("the text, line 3, column \"rooms\": expected a number, but the value is missing.", Error(Houses.Replace("4,Bonn", " ,Bonn"), s_houses));
        Assert.Equal("the text, line 3, column \"city\": expected a category, but the value is missing.", Error(Houses.Replace("4,Bonn", "4,NA"), s_houses));
        Assert.Equal("the text, line 4, column \"price\": expected a target, but the value is missing.", Error(Houses[..^2], s_houses));
        Assert.Equal("the text, line 3, column \"area\": expected a number, but got \"1e99\".", Error(Houses.Replace("1e2", "1e99"), s_houses));
        Assert.Equal("the text, line 3: expected 5 columns, as the first line has, but got 4.", Error(Houses.Replace(",x,", ","), s_houses));
        Assert.Equal("the text: expected a column \"cost\", but there are: rooms, city, area, note, price.", Error(Houses, s_houses with { Target = "cost" }));
        Assert.Equal("the text: expected a column \"town\", but there are: rooms, city, area, note, price.", Error(Houses, s_houses with { Categorical = ["town"] }));
        Assert.Equal("the text: expected a line with the names of the columns, but it is empty.", Error("", s_houses));
        Assert.Equal("the text: expected columns of different names, but \"a\" is there more than once.", Error("a,a\n1,2", new CsvOptions { Target = "a" }));
        Assert.Throws<ArgumentException>(() => Values(Houses, new CsvOptions()));
        Assert.Throws<ArgumentException>(() => Values(Houses, s_houses with { Numeric = ["city"] }));

        // A value over several lines counts them.
        Assert.Equal("the text, line 4, column \"a\": expected a number, but got \"x\".", Error("a,b,y\n1,\"p\nq\",2\nx,r,3", new CsvOptions { Target = "y", Ignored = ["b"] }));
        Assert.Equal("the text, line 3, column \"a\": expected a number, but got \"x\".", Error("a,\"b\nc\",y\nx,1,3", new CsvOptions { Target = "y", Ignored = ["b\nc"] }));
    }

    [Fact]
    public void Missing_values_become_what_is_asked_for()
    {
        const string Text = "a,c,y\n1,u,1\nNA,v,2\n4,,3";
        CsvOptions options = new() { Target = "y", Categorical = ["c"] };
        TabularData<float> mean = Values(Text, options with { Missing = MissingValues.Mean });
        Assert.Equal([1, 1, 2.5f, 2, 4, 0], mean.Data.Inputs.ToArray());
        Assert.Equal(["", "u", "v"], mean.Schema.Columns[1].Categories);
        TabularData<float> constant = Values(Text, options with { Missing = MissingValues.Constant, MissingConstant = -1 });
        Assert.Equal([1, 1, -1, 2, 4, 0], constant.Data.Inputs.ToArray());

        // The training file's mean, not that of the later file.
        Assert.Equal([2.5f, 0], Values("c,a,y\n?,,7", new CsvOptions { Schema = mean.Schema }).Data.Inputs.ToArray());
        Assert.Contains("column \"a\": expected a number to take the mean of", Error("a,c,y\nNA,u,1", options with { Missing = MissingValues.Mean }));
        Assert.Equal([5, 0], Values("a,c,y\n5,NA,1", options with { MissingTexts = ["-"] }).Data.Inputs.ToArray());
    }

    [Fact]
    public void Later_files_are_read_by_the_schema()
    {
        CsvOptions options = new() { Target = "kind", Categorical = ["c"] };
        TabularData<int> train = Classes("x,c,kind\n1,u,dog\n2,v,cat", options);
        TabularData<int> test = Classes("kind,more,c,x\ncat,9,u,5", new CsvOptions { Schema = train.Schema });
        Assert.Equal([5, 0], test.Data.Inputs.ToArray());
        Assert.Equal([0], test.Data.Targets.ToArray());
        Assert.Same(train.Schema, test.Schema);
        Assert.Equal(
            "the text, line 2, column \"c\": expected one of \"u\", \"v\", but got \"w\".",
            Assert.Throws<InvalidDataException>(() => Classes("x,c,kind\n1,w,dog", new CsvOptions { Schema = train.Schema })).Message);
        Assert.Equal(
            "the text, line 2, column \"kind\": expected one of \"cat\", \"dog\", but got \"cow\".",
            Assert.Throws<InvalidDataException>(() => Classes("x,c,kind\n1,u,cow", new CsvOptions { Schema = train.Schema })).Message);
        Assert.Throws<ArgumentException>(() => Values("x,c,kind\n1,u,1", new CsvOptions { Schema = train.Schema }));

        TabularData<int> lenient = Classes("x,c,kind\n1,u,dog\n2,v,cat", options with { Unknown = UnknownCategory.Zeros });
        var output = new float[3];
        lenient.Transform.Apply(lenient.Schema.Encode("1.5", "w"), output);
        Assert.Equal([0, 0, 0], output);
    }

    [Fact]
    public void A_predictor_keeps_the_columns()
    {
        var text = new StringBuilder("a,b,size,colour,kind\n");
        for (int i = 0; i < 60; i++)
            text.Append(CultureInfo.InvariantCulture, $"{i % 7},{i % 5},{i},{(i % 3) switch { 0 => "red", 1 => "green", _ => "blue" }},{(i % 7 > 3 ? "big" : "small")}\n");
        TabularData<int> table = Classes(text.ToString(), new CsvOptions { Target = "kind", Categorical = ["colour"] });
        (Dataset<int> train, Dataset<int> test) = table.Data.StratifiedSplit(0.25);
        table.Transform.Fit(train);
        Assert.Equal(6, table.Transform.OutputSize(4));
        var network = new TableClasses(seed: 1);
        using var loader = new ArrayLoader<int>(train, 8, shuffle: true, transform: table.Transform);
        var optimizer = new Adam(0.02);
        for (int epoch = 0; epoch < 60; epoch++)
        {
            loader.Begin(epoch);
            while (loader.MoveNext())
                network.TrainStep(loader.Current.Inputs, loader.Current.Targets, optimizer);
        }

        using var stream = new MemoryStream();
        table.CreatePredictor(network).Save(stream);
        stream.Position = 0;
        Predictor<TableClasses> predictor = Predictor<TableClasses>.Load(stream);
        CsvSchema schema = predictor.Schema();
        Assert.Equal("big", predictor.Classify(schema.Encode("5", "2", "12", "red")).Name);
        Assert.Equal("small", predictor.Classify(schema.Encode(new Dictionary<string, string> { ["colour"] = "blue", ["b"] = "2", ["size"] = "12", ["a"] = "1", ["more"] = "" })).Name);
        int right = Enumerable.Range(0, test.Count).Count(i => predictor.Classify(test.Input(i)).Class == test.Targets[i]);
        Assert.InRange(right, test.Count - 1, test.Count);
        Assert.Throws<ArgumentException>(() => schema.Encode("1", "2"));
        Assert.Equal("the row, column \"colour\": expected one of \"blue\", \"green\", \"red\", but got \"pink\".", Assert.Throws<InvalidDataException>(() => schema.Encode("5", "2", "12", "pink")).Message);
        Assert.Contains("\"colour\"", Assert.Throws<InvalidDataException>(() => schema.Encode(new Dictionary<string, string> { ["a"] = "1", ["b"] = "1", ["size"] = "1" })).Message);
        Assert.Throws<InvalidDataException>(() => new Predictor<TableClasses>(network).Schema());
    }

    [Fact]
    public void Schemas_are_saved_whole()
    {
        CsvSchema schema = Classes("a,c,y\n0.1,u,1\nNA,,2", new CsvOptions { Target = "y", Categorical = ["c"], Missing = MissingValues.Mean, Unknown = UnknownCategory.Zeros, MissingTexts = ["", "NA"] }).Schema;
        var state = new TrainingState();
        schema.Save(state);
        CsvSchema loaded = CsvSchema.Load(state);
        Assert.Equal(schema.Columns.Select(column => (column.Name, column.Replacement, string.Join('|', column.Categories ?? ["none"]))), loaded.Columns.Select(column => (column.Name, column.Replacement, string.Join('|', column.Categories ?? ["none"]))));
        Assert.Equal((schema.Target, schema.Unknown), (loaded.Target, loaded.Unknown));
        Assert.Equal(schema.Classes, loaded.Classes);
        Assert.Equal(schema.MissingTexts, loaded.MissingTexts);
        Assert.Equal([0.1f, -1], loaded.Encode("NA", "w"));
        state.Set("unknown", "maybe");
        Assert.Throws<InvalidDataException>(() => CsvSchema.Load(state));
        Assert.Throws<InvalidDataException>(() => CsvSchema.Load(new TrainingState()));
    }
}

using NetGen.Data;

namespace NetGen.Csv;

/// <summary>What was read from a CSV file.</summary>
/// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
public sealed class TabularData<TTarget>
    where TTarget : unmanaged
{
    internal TabularData(Dataset<TTarget> data, CsvSchema schema)
    {
        (Data, Schema) = (data, schema);
        Transform = schema.CreateTransform();
        if (data.Count > 0)
            Transform.Fit(data);
    }

    /// <summary>The samples; a category is its code.</summary>
    public Dataset<TTarget> Data { get; }

    /// <summary>What the columns are; also reads later files and rows.</summary>
    public CsvSchema Schema { get; }

    /// <summary>
    /// What makes a network's input of a sample: standardized numbers, a float for each category. It is fitted to the whole file; where that is split, fit it again to the training set.
    /// </summary>
    public ITransform Transform { get; }

    /// <summary>A predictor of a network trained on these data; the schema is saved in its extras, from which <see cref="CsvReader.Schema{TNetwork}"/> reads it.</summary>
    /// <typeparam name="TNetwork">The network.</typeparam>
    /// <param name="network">The network.</param>
    /// <param name="targetTransform">What was done to the targets of a regression; null: nothing.</param>
    public Predictor<TNetwork> CreatePredictor<TNetwork>(TNetwork network, IInvertibleTransform? targetTransform = null)
        where TNetwork : class, INetwork<TNetwork>
    {
        var predictor = new Predictor<TNetwork>(network, Transform, Schema.Classes, targetTransform);
        Schema.Save(predictor.Extras.Section(CsvReader.SchemaSection));
        return predictor;
    }
}

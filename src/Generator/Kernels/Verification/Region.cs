using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>Floats that a function of the runtime reads or writes: a grid from a place on.</summary>
internal sealed record Region(Place Place, bool IsWritten, IReadOnlyList<(long Count, long Stride)> Dimensions)
{
    /// <summary>The regions of a call. A function that is not told here is refused: whoever adds one says what it touches.</summary>
    /// <param name="call">The call.</param>
    /// <param name="value">The value of a number.</param>
    public static IReadOnlyList<Region> Of(RuntimeCall call, Func<Number, long> value)
    {
        Place At(int argument) => ((PlaceArgument)call.Arguments[argument]).Place;
        long Number(int argument) => value(((NumberArgument)call.Arguments[argument]).Number);
        PictureLayout Layout(int argument) => ((LayoutArgument)call.Arguments[argument]).Layout;
        long samples = call.Arguments[call.Arguments.Count - 1] is NumberArgument last ? value(last.Number) : 1;
        Region Rows(int argument, bool isWritten, long width, long stride) => new(At(argument), isWritten, [(samples, stride), (width, 1)]);
        Region Line(int argument, bool isWritten, long length) => new(At(argument), isWritten, [(length, 1)]);
        IEnumerable<Region> Given(int argument, long length) => ((BoolArgument)call.Arguments[argument + 1]).Value ? [Line(argument, false, length)] : [];
        Region Behind(int argument, long width, long stride) => new(At(argument).At((width, 1)), true, [(samples, stride), (Math.Max(0, stride - width), 1)]);
        IEnumerable<Region> Affine(int flag, bool isWritten) => ((BoolArgument)call.Arguments[flag]).Value ? [Channels(flag - 2, isWritten, 1), Channels(flag - 1, isWritten, 1)] : [];
        int Unit(int more) => call.IsPart ? (int)(call.Units * (value(TileSplit.Part) + more) / value(TileSplit.Parts)) : more * (int)call.Units;

        // All channels, or those that are a worker's part; the last one has what is padded too.
        int Channel(int more) => !call.IsPart ? more * Layout(1).Channels : Math.Min(Unit(more) * (Layout(1).IsPlanes ? 1 : Packing.Panel), Layout(1).Channels);
        Region Picture(int argument, bool isWritten) => OfPicture(At(argument), Layout(argument + 1).ChannelsOf(Channel(0), Channel(1)), samples, isWritten);
        Region Channels(int argument, bool isWritten, int rows)
        {
            (int first, int end, int all) = (Channel(0), Channel(1), Layout(1).Channels);
            return new(At(argument).At((first, 1)), isWritten, [(rows, Packing.PadToPanel(all)), ((end == all ? Packing.PadToPanel(all) : end) - first, 1)]);
        }

        switch (call.Function)
        {
            case "RowKernels.Copy": return [Rows(0, false, Number(4), Number(1)), Rows(2, true, Math.Max(Number(4), samples > 1 ? Number(3) : 0), Number(3))];
            case "RowKernels.Transpose": return [Rows(0, false, Number(4), Number(1)), new(At(2), true, [(Number(4), Number(3)), (samples, 1)])];
            case "RowKernels.Fill": return [Line(0, true, Number(1))];
            case "RowKernels.Sum": return [Line(0, false, Number(1) * Number(2)), Line(3, true, Number(1))];
            case "RowKernels.Softmax": return [Rows(0, false, Number(2), Number(3)), Rows(1, true, Number(2), Number(3))];
            case "RowKernels.SoftmaxGradient": return [Rows(0, false, Number(3), Number(4)), Rows(1, false, Number(3), Number(4)), Rows(2, true, Number(3), Number(4))];
            case "RowKernels.LogSumExp": return [Rows(0, false, Number(3), Number(4)), Rows(1, true, 1, Number(5))];
            case "RowKernels.LogSumExpGradient": return [Rows(0, false, 1, Number(6)), Rows(1, false, Number(4), Number(5)), Rows(2, true, Number(4), Number(5))];
            case "NormKernels.LayerNorm":
                return [Rows(0, false, Number(8) * Number(9), Number(1)), .. Given(4, Number(9)), .. Given(6, Number(9)), Rows(2, true, Number(8) * Number(9), Number(3)), Behind(2, Number(8) * Number(9), Number(3))];
            case "NormKernels.LayerNormKeeping":
                return [
                    Rows(0, false, Number(10) * Number(11), Number(1)), .. Given(6, Number(11)), .. Given(8, Number(11)), Rows(2, true, Number(10) * Number(11), Number(3)), Rows(4, true, 2 * Number(10), Number(5)),
                    Behind(2, Number(10) * Number(11), Number(3)), Behind(4, 2 * Number(10), Number(5))];
            case "NormKernels.RMSNorm":
                return [Rows(0, false, Number(6) * Number(7), Number(1)), .. Given(4, Number(7)), Rows(2, true, Number(6) * Number(7), Number(3)), Behind(2, Number(6) * Number(7), Number(3))];
            case "NormKernels.RMSNormKeeping":
                return [
                    Rows(0, false, Number(8) * Number(9), Number(1)), .. Given(6, Number(9)), Rows(2, true, Number(8) * Number(9), Number(3)), Rows(4, true, 2 * Number(8), Number(5)),
                    Behind(2, Number(8) * Number(9), Number(3)), Behind(4, 2 * Number(8), Number(5))];
            case "NormKernels.LayerNormGradient" or "NormKernels.RMSNormGradient":
                return [
                    Rows(0, false, Number(10) * Number(11), Number(1)), Rows(2, false, Number(10) * Number(11), Number(3)), Rows(4, false, 2 * Number(10), Number(5)), .. Given(8, Number(11)),
                    Rows(6, true, Number(10) * Number(11), Number(7)), Behind(6, Number(10) * Number(11), Number(7))];
            case "NormKernels.LayerNormWeightGradient":
                return [Rows(0, false, Number(7) * Number(8), Number(1)), Rows(2, false, Number(7) * Number(8), Number(3)), Rows(4, false, 2 * Number(7), Number(5)), Line(6, true, Packing.PadToPanel(Number(8))), Line(9, true, Packing.PadToPanel(Number(8)))];
            case "NormKernels.LayerNormBiasGradient":
                return [Rows(0, false, Number(3) * Number(4), Number(1)), Line(2, true, Packing.PadToPanel(Number(4))), Line(5, true, Packing.PadToPanel(Number(4)))];
            case "NormKernels.BatchNormStatistics":
                return [Picture(0, false), .. Affine(4, false), Channels(5, false, 1), Channels(6, false, 1), Channels(7, true, BatchNormKernel.KeptRows)];
            case "NormKernels.BatchNormScale":
                return [
                    .. ((BoolArgument)call.Arguments[2]).Value ? [Line(0, false, Packing.PadToPanel(Number(6))), Line(1, false, Packing.PadToPanel(Number(6)))] : new Region[0],
                    Line(3, false, Packing.PadToPanel(Number(6))), Line(4, false, Packing.PadToPanel(Number(6))), Line(5, true, 3 * Number(7) * Packing.PadToPanel(Number(6)))];
            case "NormKernels.Normalize": return [Picture(0, false), Picture(2, true), Channels(4, false, BatchNormKernel.ScaleRows)];
            case "NormKernels.BatchNormSums":
                return [Picture(0, false), Picture(2, false), .. Affine(6, true), Channels(7, false, BatchNormKernel.KeptRows), Channels(8, true, BatchNormKernel.SumRows)];
            case "NormKernels.BatchNormGradient":
                return [Picture(0, false), Picture(2, false), Picture(4, true), Channels(6, false, BatchNormKernel.KeptRows), Channels(7, false, BatchNormKernel.SumRows)];
            case "NormKernels.SelectStatistic": return [Line(0, false, Number(4)), Line(1, false, Number(4)), Line(2, true, Number(4)), Line(3, true, 1)];
            case "NormKernels.UpdateRunningStatistics":
                return [
                    Line(0, false, Number(5)), Line(1, false, Number(5)), Line(2, false, Number(5)), Line(3, false, Number(5)), Line(4, false, 2),
                    Line(2, true, Number(5)), Line(3, true, Number(5)), Line(4, true, 2)];
            case "RowKernels.CrossEntropy": return [Rows(0, false, Number(3), Number(4)), Rows(2, true, Number(3), Number(4))];
            case "RowKernels.MSE" or "RowKernels.L1" or "RowKernels.Huber" or "RowKernels.HalfSquaredError" or "RowKernels.BCEWithLogits":
                return [Rows(0, false, Number(3), Number(4)), Rows(2, true, Number(3), Number(4))];
            case "Philox.DropoutMask": return [Line(0, true, Number(1))];
            case "PictureKernels.Copy": return [OfPicture(At(0), Layout(1).Lines(Unit(0), Unit(1)), samples, false), OfPicture(At(2), Layout(3).Lines(Unit(0), Unit(1)), samples, true)];
            case "PictureKernels.BiasGradient": return [Picture(0, false), Channels(2, true, 1)];
            case "PictureKernels.ClearTails": return [Tails(At(0), Layout(1), samples)];
            case "PictureKernels.ClearBorder": return [Rows(0, true, Layout(1).Sample, Layout(1).Sample)];
            case "PoolKernels.Average" or "PoolKernels.Max" or "PoolKernels.AverageGradient": return [Picture(0, false), Picture(2, true)];
            case "PoolKernels.MaxWithIndices": return [Picture(0, false), Picture(2, true), Picture(4, true)];
            case "PoolKernels.MaxGradient": return [Picture(0, false), Picture(2, false), Picture(4, true)];
            case "WeightPanels.Transpose": return [Line(5, true, Packing.Panel * Number(2) * Number(4))];
            case "WeightPanels.Repack": return [Line(2, true, Repacked(call, Number))];
            default: throw new InvalidOperationException($"What {call.Function} reads and writes is not told.");
        }
    }

    private static long Repacked(RuntimeCall call, Func<int, long> number)
    {
        long taps = number(11) * number(14);
        long outputs = number(4) / number(6);
        return ((FormArgument)call.Arguments[3]).Form switch
        {
            ConvForm.Rows => number(5) * outputs * taps,
            ConvForm.Depthwise => Packing.PadToPanel(number(5)) * taps,
            _ => Packing.PadToPanel(number(5)) * outputs * taps,
        };
    }

    public static Region OfPicture(Place place, PictureLayout layout, long samples, bool isWritten) => new(
        place.At((layout.Origin, 1)), isWritten, [(samples, layout.Sample), (layout.Channels, layout.Channel), (layout.Height, layout.Row), (layout.Width, layout.Pixel)]);

    private static Region Tails(Place place, PictureLayout layout, long samples) => new(
        place.At((layout.Origin + layout.Width, 1)), true,
        [(samples, layout.Sample), (layout.Channels, layout.Channel), (layout.Height, layout.Row), (Packing.PadToPanel(layout.Width) - layout.Width, 1)]);

    /// <summary>The offsets of its floats, in order.</summary>
    public IEnumerable<long> Offsets() => Dimensions.Aggregate(
        (IEnumerable<long>)[0L], (offsets, dimension) => offsets.SelectMany(offset => Enumerable.Range(0, (int)dimension.Count).Select(i => offset + (i * dimension.Stride))));
}

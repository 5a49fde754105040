using System.Linq;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>Every access is inside its buffer, borders and paddings counted, by interval arithmetic.</summary>
internal sealed class NestBounds(Nest nest, int lanes, long rows) : NestWalker(nest, lanes, rows, isExhaustive: false)
{
    protected override void Leaf(Statement statement)
    {
        switch (statement)
        {
            case TileCall s: Tile(s); break;
            case RuntimeCall s:
                foreach (Region region in Region.Of(s, number => Value(number).High).Where(region => region.Dimensions.All(dimension => dimension.Count > 0)))
                    Check(region.Place, region.Dimensions.Aggregate((Interval)0, (extent, dimension) => extent.Over(dimension.Count, dimension.Stride)));
                break;
            case DeclareVectors s:
                foreach ((_, VectorValue value) in s.Vectors)
                    Read(value, s.Lanes);
                break;
            case AssignVector s: Read(s.Value, s.Lanes); break;
            case Store s:
                Read(s.Value, s.Lanes);
                Check(s.Place, Value(s.Index).Over(s.Lanes, 1));
                break;
            case StoreStrided s:
                Read(s.Value, s.Lanes);
                Check(s.Place, ((Interval)0).Over(System.Math.Min(s.Lanes, Value(s.Count).High), s.Stride));
                break;
            default: throw Broken($"{statement.GetType().Name} is not known");
        }
    }

    private void Read(VectorValue value, int lanes)
    {
        switch (value)
        {
            case Load v: Check(v.Place, Value(v.Index).Over(lanes, 1)); break;
            case LoadStrided v: Check(v.Place, ((Interval)0).Over(lanes, v.Stride)); break;
            case LoadFirst v: Check(v.Place, 0); break;
            case Spread v: Check(v.Place, 0); break;
            case SpreadEntry v: Value(v.Entry); break;
            case Gathered v:
                foreach (Place place in v.Places.OfType<Place>())
                    Check(place, 0);
                break;
            default:
                foreach (VectorValue part in value.Parts)
                    Read(part, lanes);
                break;
        }
    }

    private void Tile(TileCall call)
    {
        (TileStrides s, ProductTile tile) = (call.Product.Strides, call.Tile);
        (long outer, long middle, long inner) = (Value(call.Outer).High, Value(call.Middle).High, Value(call.Inner).High);
        Interval Rows(long row, long column) => ((Interval)0).Over(tile.Height, row).Over(tile.Width, column);
        if (outer > 0 && middle > 0 && inner > 0)
        {
            Interval Terms(long o, long m, long i) => ((Interval)0).Over(inner, i).Over(middle, m + (inner * i)).Over(outer, o + (middle * (m + (inner * i))));
            Interval a = Terms(s.AOuter, s.AMiddle, s.AInner) + Rows(s.ARow, s.AColumn);
            Check(call.A, tile.Kind == TileKind.Elementwise || tile.IsDot ? a.Over(Packing.Panel, 1) : a);
            Check(call.B, TileShape.Columns(Terms(s.BOuter, s.BMiddle, s.BInner), tile, s.BPanel, s.BLane));
        }

        Interval Cells(long row, long column, long panel) => TileShape.Cells(Rows(row, column), tile, panel);
        Check(call.C, Cells(s.CRow, s.CColumn, s.CPanel));
        if (call.Saved is not null && call.Product.Scale is { } scale)
            Check(call.Saved, Cells(s.SavedRow, s.SavedColumn, s.SavedPanel).Over(3, scale));
        else if (call.Saved is not null)
            Check(call.Saved, Cells(s.SavedRow, s.SavedColumn, s.SavedPanel));
        if (call.Start is not null)
            Check(call.Start, Cells(s.StartRow, s.StartColumn, s.StartPanel));
        if (call.Addend is not null)
            Check(call.Addend, Cells(s.AddRow, s.AddColumn, s.AddPanel));
        if (call.Bias is not null)
            Check(call.Bias, ((Interval)0).Over(call.Product.Bias == TileBias.OneARow ? tile.Rows : TileShape.VectorFloats(tile), 1));
    }

    private void Check(Place place, Interval extent)
    {
        (Area area, Interval offset) = Resolve(place);
        Interval memory = Extent(area, Rows);
        Interval touched = offset + extent;
        if (touched.Low < memory.Low || touched.High >= memory.High)
            throw Broken($"{area.Name} is touched from {touched.Low} to {touched.High}, it has {memory.Low} to {memory.High - 1}");
    }

    /// <summary>The floats of an argument's memory, of a part those of its whole; the end is behind the last.</summary>
    public static Interval Extent(Area area, long rows)
    {
        if (area.Buffer is not { } buffer)
            return new Interval(0, area.Length);
        long padded = buffer.Kind == BufferKind.Workspace && buffer.Stride % Packing.Panel != 0 ? Packing.PadToPanel(rows) : rows;
        return new Interval(-buffer.PartOffset, (padded * buffer.Root.Stride) - buffer.PartOffset);
    }
}

/// <summary>What a tile's cells and vectors of columns cover.</summary>
internal static class TileShape
{
    /// <summary>Floats of the vectors side by side that a row of the tile is.</summary>
    public static int VectorFloats(ProductTile tile) => tile.Kind is TileKind.Short or TileKind.Scalar ? Packing.TinyPanel : tile.Panels * Packing.Panel;

    public static Interval Cells(Interval rows, ProductTile tile, long panel) => tile.Kind switch
    {
        TileKind.Scalar => rows,
        TileKind.Short => rows.Over(Packing.TinyPanel, 1),
        _ => tile.IsDot ? rows.Over(tile.Panels, panel) : rows.Over(tile.Panels, panel).Over(Packing.Panel, 1),
    };

    public static Interval Columns(Interval terms, ProductTile tile, long panel, long lane) => tile.Kind is TileKind.Short or TileKind.Scalar
        ? terms.Over(Packing.TinyPanel, 1)
        : terms.Over(tile.Panels, panel).Over(Packing.Panel, tile.Kind is TileKind.Strided or TileKind.StridedDot ? lane : 1);
}

[@MethodImplAttribute(MethodImplOptions.AggressiveOptimization)]
public static void Product2x3x16V512<S>(ref float a, ref float b, ref float bias, ref float c, ref float saved, int outer, int middle, int inner, bool isFirst, bool isLast) where S : struct, IProduct
{
    int aRow = S.ARow, aColumn = S.AColumn, bPanel = S.BPanel, cRow = S.CRow, cColumn = S.CColumn, cPanel = S.CPanel;
    int savedRow = S.SavedRow, savedColumn = S.SavedColumn, savedPanel = S.SavedPanel;
    Vector512<float> c0_0, c1_0, c2_0, c3_0, c4_0, c5_0;
    if (S.Bias == 1 && isFirst)
    {
        c5_0 = c4_0 = c3_0 = c2_0 = c1_0 = c0_0 = Vector512.LoadUnsafe(ref bias);
    }
    else
    {
        c5_0 = c4_0 = c3_0 = c2_0 = c1_0 = c0_0 = Vector512<float>.Zero;
    }
    for (int i = outer; i > 0; i--)
    {
        for (int j = middle; j > 0; j--)
        {
            for (int k = inner; k > 0; k--)
            {
                Vector512<float> b0 = Vector512.LoadUnsafe(ref b);
                c0_0 = Vector512.FusedMultiplyAdd(Vector512.Create(a), b0, c0_0);
                c1_0 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, aColumn)), b0, c1_0);
                c2_0 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, (2 * aColumn))), b0, c2_0);
                c3_0 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, aRow)), b0, c3_0);
                c4_0 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, aRow + aColumn)), b0, c4_0);
                c5_0 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, aRow + (2 * aColumn))), b0, c5_0);
                a = ref Unsafe.Add(ref a, S.AInner);
                b = ref Unsafe.Add(ref b, S.BInner);
            }
            a = ref Unsafe.Add(ref a, S.AMiddle);
            b = ref Unsafe.Add(ref b, S.BMiddle);
        }
        a = ref Unsafe.Add(ref a, S.AOuter);
        b = ref Unsafe.Add(ref b, S.BOuter);
    }
    ref float c0 = ref c;
    ref float c1 = ref Unsafe.Add(ref c, cColumn);
    ref float c2 = ref Unsafe.Add(ref c, (2 * cColumn));
    ref float c3 = ref Unsafe.Add(ref c, cRow);
    ref float c4 = ref Unsafe.Add(ref c, cRow + cColumn);
    ref float c5 = ref Unsafe.Add(ref c, cRow + (2 * cColumn));
    if (S.Finishes && isLast)
    {
        ref float saved0 = ref saved;
        ref float saved1 = ref Unsafe.Add(ref saved, savedColumn);
        ref float saved2 = ref Unsafe.Add(ref saved, (2 * savedColumn));
        ref float saved3 = ref Unsafe.Add(ref saved, savedRow);
        ref float saved4 = ref Unsafe.Add(ref saved, savedRow + savedColumn);
        ref float saved5 = ref Unsafe.Add(ref saved, savedRow + (2 * savedColumn));
        S.Finish(c0_0, ref saved0, ref saved0).StoreUnsafe(ref c0);
        S.Finish(c1_0, ref saved1, ref saved1).StoreUnsafe(ref c1);
        S.Finish(c2_0, ref saved2, ref saved2).StoreUnsafe(ref c2);
        S.Finish(c3_0, ref saved3, ref saved3).StoreUnsafe(ref c3);
        S.Finish(c4_0, ref saved4, ref saved4).StoreUnsafe(ref c4);
        S.Finish(c5_0, ref saved5, ref saved5).StoreUnsafe(ref c5);
        return;
    }
    c0_0.StoreUnsafe(ref c0);
    c1_0.StoreUnsafe(ref c1);
    c2_0.StoreUnsafe(ref c2);
    c3_0.StoreUnsafe(ref c3);
    c4_0.StoreUnsafe(ref c4);
    c5_0.StoreUnsafe(ref c5);
}

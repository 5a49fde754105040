[MethodImpl(MethodImplOptions.AggressiveOptimization)]
private static void Product1x4x16V512<S>(ref float a, ref float b, ref float bias, ref float c, ref float saved, int outer, int middle, int inner, bool isFirst, bool isLast) where S : struct, IProduct
{
    int aColumn = S.AColumn, bPanel = S.BPanel, cColumn = S.CColumn, cPanel = S.CPanel;
    int savedColumn = S.SavedColumn, savedPanel = S.SavedPanel;
    Vector512<float> c0_0, c1_0, c2_0, c3_0;
    if (S.Bias == 1 && isFirst)
    {
        c3_0 = c2_0 = c1_0 = c0_0 = Vector512.LoadUnsafe(ref bias);
    }
    else
    {
        c3_0 = c2_0 = c1_0 = c0_0 = Vector512<float>.Zero;
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
                c3_0 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, (3 * aColumn))), b0, c3_0);
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
    ref float c3 = ref Unsafe.Add(ref c, (3 * cColumn));
    if (!isFirst)
    {
        c0_0 += Vector512.LoadUnsafe(ref c0);
        c1_0 += Vector512.LoadUnsafe(ref c1);
        c2_0 += Vector512.LoadUnsafe(ref c2);
        c3_0 += Vector512.LoadUnsafe(ref c3);
    }
    if (S.Finishes && isLast)
    {
        ref float saved0 = ref saved;
        ref float saved1 = ref Unsafe.Add(ref saved, savedColumn);
        ref float saved2 = ref Unsafe.Add(ref saved, (2 * savedColumn));
        ref float saved3 = ref Unsafe.Add(ref saved, (3 * savedColumn));
        S.Finish(c0_0, ref saved0).StoreUnsafe(ref c0);
        S.Finish(c1_0, ref saved1).StoreUnsafe(ref c1);
        S.Finish(c2_0, ref saved2).StoreUnsafe(ref c2);
        S.Finish(c3_0, ref saved3).StoreUnsafe(ref c3);
        return;
    }
    c0_0.StoreUnsafe(ref c0);
    c1_0.StoreUnsafe(ref c1);
    c2_0.StoreUnsafe(ref c2);
    c3_0.StoreUnsafe(ref c3);
}

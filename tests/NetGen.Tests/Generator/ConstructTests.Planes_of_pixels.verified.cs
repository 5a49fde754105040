// 0 forward, 3x3 filter: 1x8x8 to 4x8x8, ReLU.
// 2,304 multiply-accumulates a sample; lanes are pixels of a row.
[@MethodImplAttribute(MethodImplOptions.AggressiveOptimization)]
public static void Conv2d0Forward(ref float x, ref float y, ref float weight, ref float bias, nuint rows)
{
    if (Vector512.IsHardwareAccelerated)
    {
        for (nuint n = 0; n < rows; n++)
        {
            for (nuint panel = 0; panel < 8; panel += 4)
                Product1x4x64V512<Conv2d0ForwardStrides>(ref weight, ref Unsafe.Add(ref x, (n * 192) + (panel * 18)), ref bias, ref Unsafe.Add(ref y, (n * 512) + (panel * 16)), ref y, 1, 3, 3, true, true);
            PictureKernels.ClearTails(ref Unsafe.Add(ref y, n * 512), new PictureLayout(4, 8, 8, 512, 128, 16, 1, 0), 1);
        }
    }
    else if (Vector256.IsHardwareAccelerated)
    {
        for (nuint n = 0; n < rows; n++)
        {
            for (nuint panel = 0; panel < 6; panel += 3)
                for (nuint output = 0; output < 4; output += 2)
                    Product1x2x48V256<Conv2d0ForwardStrides>(ref Unsafe.Add(ref weight, output * 9), ref Unsafe.Add(ref x, (n * 192) + (panel * 18)), ref Unsafe.Add(ref bias, output), ref Unsafe.Add(ref y, (n * 512) + (output * 128) + (panel * 16)), ref y, 1, 3, 3, true, true);
            for (nuint output = 0; output < 4; output += 2)
                Product1x2x32V256<Conv2d0ForwardStrides>(ref Unsafe.Add(ref weight, output * 9), ref Unsafe.Add(ref x, (n * 192) + 108), ref Unsafe.Add(ref bias, output), ref Unsafe.Add(ref y, (n * 512) + (output * 128) + 96), ref y, 1, 3, 3, true, true);
            PictureKernels.ClearTails(ref Unsafe.Add(ref y, n * 512), new PictureLayout(4, 8, 8, 512, 128, 16, 1, 0), 1);
        }
    }
    else
    {
        for (nuint n = 0; n < rows; n++)
        {
            for (nuint panel = 0; panel < 6; panel += 3)
                for (nuint output = 0; output < 4; output++)
                    Product1x1x48V128<Conv2d0ForwardStrides>(ref Unsafe.Add(ref weight, output * 9), ref Unsafe.Add(ref x, (n * 192) + (panel * 18)), ref Unsafe.Add(ref bias, output), ref Unsafe.Add(ref y, (n * 512) + (output * 128) + (panel * 16)), ref y, 1, 3, 3, true, true);
            for (nuint output = 0; output < 4; output++)
                Product1x1x32V128<Conv2d0ForwardStrides>(ref Unsafe.Add(ref weight, output * 9), ref Unsafe.Add(ref x, (n * 192) + 108), ref Unsafe.Add(ref bias, output), ref Unsafe.Add(ref y, (n * 512) + (output * 128) + 96), ref y, 1, 3, 3, true, true);
            PictureKernels.ClearTails(ref Unsafe.Add(ref y, n * 512), new PictureLayout(4, 8, 8, 512, 128, 16, 1, 0), 1);
        }
    }
}

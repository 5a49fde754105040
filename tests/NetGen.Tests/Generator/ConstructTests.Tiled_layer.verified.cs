// 0 forward: y[n, 128] = ReLU(x[n, 784] Wᵀ + b).
// 100,352 multiply-accumulates a sample; tiles of samples x outputs: 8 x 32 (512 bits), 6 x 16 (256 bits), 3 x 16 (128 bits).
[@MethodImplAttribute(MethodImplOptions.AggressiveOptimization)]
public static void Linear0Forward(ref float x, ref float y, ref float weight, ref float bias, nuint rows, nuint part, nuint parts)
{
    if (Vector512.IsHardwareAccelerated)
    {
        for (nuint block = 0; block < rows; block += 144)
        {
            nuint end = rows - block < 144 ? rows : block + 144;
            nuint tall = end - ((end - block) % 2);
            nuint columnEnd0 = ((4 * (part + 1)) / parts) * 32;
            for (nuint column = ((4 * part) / parts) * 32; column < columnEnd0; column += 32)
                ProductRows32V512<Linear0ForwardStrides>(ref Unsafe.Add(ref x, block * 784), ref Unsafe.Add(ref weight, column * 784), ref Unsafe.Add(ref bias, column), ref Unsafe.Add(ref y, (block * 128) + column), ref y, 1, 1, 784, true, true, tall - block);
            for (nuint row = tall; row < end; row++)
            {
                nuint columnEnd1 = ((2 * (part + 1)) / parts) * 64;
                for (nuint column = ((2 * part) / parts) * 64; column < columnEnd1; column += 64)
                    Product1x1x64V512<Linear0ForwardStrides>(ref Unsafe.Add(ref x, row * 784), ref Unsafe.Add(ref weight, column * 784), ref Unsafe.Add(ref bias, column), ref Unsafe.Add(ref y, (row * 128) + column), ref y, 1, 1, 784, true, true);
            }
        }
    }
    else if (Vector256.IsHardwareAccelerated)
    {
        for (nuint block = 0; block < rows; block += 144)
        {
            nuint end = rows - block < 144 ? rows : block + 144;
            nuint tall = end - ((end - block) % 3);
            nuint columnEnd2 = ((8 * (part + 1)) / parts) * 16;
            for (nuint column = ((8 * part) / parts) * 16; column < columnEnd2; column += 16)
                ProductRows16V256<Linear0ForwardStrides>(ref Unsafe.Add(ref x, block * 784), ref Unsafe.Add(ref weight, column * 784), ref Unsafe.Add(ref bias, column), ref Unsafe.Add(ref y, (block * 128) + column), ref y, 1, 1, 784, true, true, tall - block);
            for (nuint row = tall; row < end; row++)
            {
                nuint columnEnd3 = ((2 * (part + 1)) / parts) * 64;
                for (nuint column = ((2 * part) / parts) * 64; column < columnEnd3; column += 64)
                    Product1x1x64V256<Linear0ForwardStrides>(ref Unsafe.Add(ref x, row * 784), ref Unsafe.Add(ref weight, column * 784), ref Unsafe.Add(ref bias, column), ref Unsafe.Add(ref y, (row * 128) + column), ref y, 1, 1, 784, true, true);
            }
        }
    }
    else
    {
        for (nuint block = 0; block < rows; block += 144)
        {
            nuint end = rows - block < 144 ? rows : block + 144;
            nuint tall = end - ((end - block) % 3);
            nuint columnEnd4 = ((8 * (part + 1)) / parts) * 16;
            for (nuint column = ((8 * part) / parts) * 16; column < columnEnd4; column += 16)
                ProductRows16V128<Linear0ForwardStrides>(ref Unsafe.Add(ref x, block * 784), ref Unsafe.Add(ref weight, column * 784), ref Unsafe.Add(ref bias, column), ref Unsafe.Add(ref y, (block * 128) + column), ref y, 1, 1, 784, true, true, tall - block);
            for (nuint row = tall; row < end; row++)
            {
                nuint columnEnd5 = ((4 * (part + 1)) / parts) * 32;
                for (nuint column = ((4 * part) / parts) * 32; column < columnEnd5; column += 32)
                    Product1x1x32V128<Linear0ForwardStrides>(ref Unsafe.Add(ref x, row * 784), ref Unsafe.Add(ref weight, column * 784), ref Unsafe.Add(ref bias, column), ref Unsafe.Add(ref y, (row * 128) + column), ref y, 1, 1, 784, true, true);
            }
        }
    }
}

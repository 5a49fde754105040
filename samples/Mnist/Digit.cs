using System;
using Spectre.Console;

namespace NetGen.Samples.Mnist;

/// <summary>How an image is drawn with half blocks: a character is two pixels, one above the other.</summary>
internal static class Digit
{
    private const int Margin = 2;

    /// <summary>Characters of a line; the image's outermost pixels, which are empty, are left out.</summary>
    public const int Width = MnistFiles.Side - (2 * Margin);

    /// <param name="pixels"><c>[28, 28]</c>, from 0 for paper to 1 for ink.</param>
    public static Paragraph Draw(ReadOnlySpan<float> pixels)
    {
        bool shades = AnsiConsole.Profile.Capabilities.ColorSystem >= ColorSystem.EightBit;
        var drawing = new Paragraph();
        for (int y = Margin; y < MnistFiles.Side - Margin; y += 2)
        {
            for (int x = Margin; x < MnistFiles.Side - Margin; x++)
            {
                float top = pixels[(y * MnistFiles.Side) + x];
                float bottom = pixels[((y + 1) * MnistFiles.Side) + x];
                if (shades)
                    drawing.Append("▀", new Style(Shade(top), Shade(bottom)));
                else
                    drawing.Append((top > 0.5f, bottom > 0.5f) switch { (true, true) => "█", (true, false) => "▀", (false, true) => "▄", _ => " " });
            }

            drawing.Append("\n");
        }

        return drawing;
    }

    private static Color Shade(float ink)
    {
        byte level = (byte)(255 * Math.Clamp(ink, 0, 1));
        return new Color(level, level, level);
    }
}

using System.Text;

namespace NetGen.Reports;

/// <summary>One page with all there is, that needs nothing beside itself: a drawing, what the layer under the pointer sees of the input, tables and the roofline.</summary>
internal static class ReportHtml
{
    private const string Style = """
        :root{color-scheme:light}
        body{font:14px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;margin:0 auto;padding:24px;max-width:1700px;color:#1f2328;background:#fff}
        h1{font-size:22px;margin:0 0 4px}h2{font-size:16px;margin:28px 0 8px}
        .totals{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:12px 0}.totals dt{color:#59636e}.totals dd{margin:0}
        .top{display:flex;gap:24px;align-items:flex-start}.drawing{overflow-x:auto;flex:1 1 auto;min-width:0;border:1px solid #d1d9e0;border-radius:6px}
        .drawing svg{display:block}
        aside{position:sticky;top:12px;flex:0 0 330px;box-sizing:border-box;border:1px solid #d1d9e0;border-radius:6px;padding:12px 16px;min-height:420px}
        aside h2{margin:0 0 8px}aside table+h2{margin-top:20px}aside table{width:100%}
        .scroll{overflow-x:auto}table{border-collapse:collapse;font-size:12px}
        th,td{padding:2px 10px;text-align:left;white-space:nowrap;border-bottom:1px solid #eff2f5}.n{text-align:right;font-variant-numeric:tabular-nums}
        thead th,tfoot td{font-weight:600;border-bottom:1px solid #d1d9e0}td:first-child{font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace}
        tr.on td{background:#fff8c5}g.on rect.b{stroke:#0969da;stroke-width:2.5}g.on text{font-weight:600}
        .roofline text{font:11px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1f2328}.roofline .s{font-size:10px;fill:#59636e}
        .grid{stroke:#eff2f5;fill:none}.roof{stroke:#1f2328;stroke-width:2;fill:none}.balance{stroke:#818b98;stroke-dasharray:4 3;fill:none}.stem{stroke:#d1d9e0;stroke-width:3}
        circle.memory{fill:#d1842a}circle.compute{fill:#2a7fd1}
        .picture{fill:#f6f8fa;stroke:#818b98}.field{fill:#0969da;fill-opacity:.28;stroke:#0969da;stroke-width:1.5}.next{fill:none;stroke:#0969da;stroke-dasharray:3 2}
        @media(max-width:900px){.top{flex-direction:column-reverse}aside{position:static;flex:none;width:100%}}
        """;

    /// <summary>The layer under the pointer, or the one that the address names behind its #, is marked wherever it stands; its figures and its field are shown.</summary>
    private const string Script = """
        (function () {
          'use strict';
          const figures = JSON.parse(document.getElementById('figures').textContent);
          const svg = (name, attributes) => { const e = document.createElementNS('http://www.w3.org/2000/svg', name); for (const a in attributes) e.setAttribute(a, attributes[a]); return e; };
          const grouped = n => n.toLocaleString('en-US');
          const rounded = n => n === null ? 'none' : typeof n === 'string' ? 'overflows' : String(Number(n.toPrecision(3)));
          const path = p => p.identity ? 'identity' : p.saturating ? p.saturating + ' saturating' : 'open';
          const title = document.getElementById('shown'), list = document.getElementById('list'), view = document.getElementById('view'), caption = document.getElementById('caption');

          // Of the output in the middle: where its field begins in the input, an axis each.
          function field(layer) {
            return layer.field.map((axis, i) => {
              const outputs = layer.output.length > 1 ? layer.output[i + 1] : 1, index = Math.floor(outputs / 2);
              return { from: Math.floor(axis.offset + axis.stride * index), size: axis.size, stride: outputs > 1 ? axis.stride : 0, index };
            });
          }

          function draw(layer) {
            view.replaceChildren();
            const spatial = figures.input.slice(1);
            if (!layer || layer.field.length === 0 || layer.field.length !== spatial.length || spatial.length > 2) {
              caption.textContent = layer ? (figures.input.length === 1 ? 'The input has no places.' : '') : 'The input is ' + figures.input.join('x') + '.';
              return;
            }
            const axes = field(layer), y = axes.length === 2 ? axes[0] : { from: 0, size: 1, stride: 0, index: 0 }, x = axes[axes.length - 1];
            const height = axes.length === 2 ? spatial[0] : 1, width = spatial[spatial.length - 1];
            const low = { x: Math.min(0, Math.max(x.from, -width)), y: Math.min(0, Math.max(y.from, -height)) };
            const high = { x: Math.max(width, Math.min(x.from + x.size, 2 * width)), y: Math.max(height, Math.min(y.from + y.size, 2 * height)) };
            const scale = 280 / Math.max(high.x - low.x, high.y - low.y, 1), flat = axes.length === 1;
            const H = flat ? 28 : scale, box = (fx, fy, w, h, name) => view.append(svg('rect', { x: (fx - low.x) * scale + 5, y: (fy - low.y) * H + 5, width: w * scale, height: h * H, class: name }));
            view.setAttribute('height', (high.y - low.y) * H + 10);
            box(0, 0, width, height, 'picture');
            box(x.from, y.from, x.size, y.size, 'field');
            if (x.stride || y.stride) box(x.from + x.stride, y.from + y.stride, x.size, y.size, 'next');
            const range = axis => axis.from + ' to ' + (axis.from + axis.size - 1);
            caption.textContent = (layer.output.length > 1 ? 'Output ' + axes.map(a => a.index).join(', ') : 'Each output') + ' sees ' + (axes.length === 2 ? 'rows ' + range(y) + ' and columns ' : 'places ') + range(x)
              + ' of ' + spatial.join('x') + (x.stride || y.stride ? '; dashed: the next output, ' + axes.map(a => rounded(a.stride)).join(' and ') + ' further.' : '.');
          }

          function show(index) {
            for (const e of document.querySelectorAll('[data-layer]')) e.classList.toggle('on', e.dataset.layer === String(index));
            const layer = figures.layers[index];
            title.textContent = layer ? layer.key + ' ' + layer.layer : 'input';
            const rows = [['output', (layer ? layer.output : figures.input).join('x')]];
            const add = (name, value) => { if (value) rows.push([name, typeof value === 'number' ? grouped(value) : value]); };
            if (layer) {
              add('parameters', layer.parameters); add('multiply-accumulates', layer.inference.multiplyAccumulates); add('multiply-accumulates backward', layer.backward.multiplyAccumulates); add('activations', layer.inference.activations);
              if (layer.trainingStep.flopsPerByte) add('FLOP a byte, training', rounded(layer.trainingStep.flopsPerByte) + ', bound by ' + layer.trainingStep.boundBy);
              if (layer.field.length) add('sees', layer.field.map(a => a.size).join('x'));
              if (layer.signal) { add('mean', rounded(layer.signal.mean)); add('deviation', rounded(layer.signal.deviation)); add('deviation of the gradient', rounded(layer.signal.gradient)); add('correlation of inputs', rounded(layer.signal.correlation)); }
              if (layer.gradientPath) add('gradient path', path(layer.gradientPath));
            }
            list.replaceChildren(...rows.map(([name, value]) => { const row = document.createElement('tr'); for (const [i, text] of [name, value].entries()) { const cell = document.createElement('td'); cell.textContent = text; if (i) cell.className = 'n'; row.append(cell); } return row; }));
            draw(layer);
          }

          document.addEventListener('mouseover', event => { const e = event.target.closest && event.target.closest('[data-layer]'); if (e) show(Number(e.dataset.layer)); });
          addEventListener('hashchange', () => show(Number(location.hash.slice(1))));
          show(location.hash ? Number(location.hash.slice(1)) : figures.layers.length - 1);

          // What is wider than the page opens where the network begins.
          const drawing = document.querySelector('.drawing'), place = document.querySelector('.drawing [data-layer="-1"]').getBoundingClientRect();
          drawing.scrollLeft += place.left + place.width / 2 - drawing.getBoundingClientRect().left - drawing.clientWidth / 2;
        })();
        """;

    public static string Of(NetworkFigures network, ReportOptions options)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>")
            .Append(SvgDrawing.Escaped(network.Title)).Append("</title>\n<style>\n").Append(Lines(Style)).Append("</style>\n</head>\n<body>\n<h1>").Append(SvgDrawing.Escaped(network.Title)).Append("</h1>\n<dl class=\"totals\">\n");
        foreach ((string name, string text) in Wording.Totals(network, options))
            page.Append($"<dt>{SvgDrawing.Escaped(name)}</dt><dd>{SvgDrawing.Escaped(text)}</dd>\n");
        page.Append("</dl>\n<div class=\"top\">\n<div class=\"drawing\">\n").Append(SvgDrawing.Of(network)).Append("</div>\n")
            .Append("<aside>\n<h2 id=\"shown\"></h2>\n<table><tbody id=\"list\"></tbody></table>\n<h2>What it sees of the input</h2>\n<svg id=\"view\" width=\"290\" height=\"10\"></svg>\n<p id=\"caption\"></p>\n</aside>\n</div>\n")
            .Append("<h2>Layers</h2>\n<div class=\"scroll\">\n").Append(ReportTable.Html(network, options)).Append("</div>\n");
        if (Roofline.Of(network, options) is { Length: > 0 } roofline)
            page.Append($"<h2>Roofline of a training step, batch of {Wording.Integer(options.Batch)}, {Wording.Rounded(options.Balance)} FLOP to a byte</h2>\n<div class=\"scroll\">\n").Append(roofline).Append("</div>\n");
        return page.Append("<script type=\"application/json\" id=\"figures\">\n").Append(ReportJson.Of(network, options)).Append("</script>\n<script>\n").Append(Lines(Script)).Append("</script>\n</body>\n</html>\n").ToString();
    }

    // The lines end as those of this file, which may come out of version control with others.
    private static string Lines(string text) => text.Replace("\r", "") + "\n";
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using NetGen.Reports;

namespace NetGen.Tasks;

/// <summary>Prints the table of each network, and writes its report in each form.</summary>
public sealed class ReportNetworks : NetworkTask
{
    private static readonly (string Extension, Func<NetworkFigures, ReportOptions, string> Write)[] s_forms =
    [
        (".md", ReportTable.Markdown), (".json", ReportJson.Of), (".svg", static (network, _) => SvgDrawing.Of(network)), (".html", ReportHtml.Of),
    ];

    /// <summary>Where the files go; nothing but reports is there.</summary>
    [Required]
    public string Folder { get; set; } = "";

    /// <summary><c>true</c>, or the names of networks with or without what is around them.</summary>
    [Required]
    public string Networks { get; set; } = "";

    internal override void Run(IReadOnlyList<NetworkFigures> networks, ReportOptions options)
    {
        var names = new HashSet<string>(Networks.Split(';').Select(name => name.Trim()).Where(name => name.Length > 0));
        bool isAll = names.Any(name => string.Equals(name, "true", StringComparison.OrdinalIgnoreCase));
        var written = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (NetworkFigures network in networks.Where(network => isAll || names.Contains(network.Name) || names.Contains(network.FullName)))
        {
            bool isUnique = networks.Count(other => string.Equals(other.Name, network.Name, StringComparison.OrdinalIgnoreCase)) == 1;
            string path = Path.Combine(Folder, isUnique ? network.Name : network.FullName);
            foreach ((string extension, Func<NetworkFigures, ReportOptions, string> write) in s_forms)
            {
                Write(path + extension, write(network, options));
                written.Add(Path.GetFileName(path + extension));
            }

            Log.LogMessage(MessageImportance.High, "{0}", ReportTable.Text(network, options) + "report: " + Path.GetFullPath(path + ".html"));
        }

        foreach (string name in names.Where(name => !isAll && !networks.Any(network => network.Name == name || network.FullName == name)))
            Log.LogMessage(MessageImportance.High, "NetGenReport names '{0}', which is no network of this project. {1}", name, networks.Count == 0 ? "It has none." : "It has: " + string.Join(", ", networks.Select(network => network.FullName)) + ".");

        // Those of networks that are gone or not asked for any more.
        foreach (string file in Directory.Exists(Folder) ? Directory.GetFiles(Folder) : [])
        {
            if (s_forms.Any(form => form.Extension == Path.GetExtension(file)) && !written.Contains(Path.GetFileName(file)))
                File.Delete(file);
        }
    }
}

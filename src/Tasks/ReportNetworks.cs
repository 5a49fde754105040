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
    private const string Rule = "NGREPORT";

    private const string Page = "https://github.com/netgen/netgen/blob/main/docs/reports.md";

    private static readonly (string Extension, Func<NetworkFigures, ReportOptions, string> Write)[] s_forms =
    [
        (".md", ReportTable.Markdown), (".json", ReportJson.Of), (".svg", static (network, _) => SvgDrawing.Of(network)), (".html", ReportHtml.Of),
    ];

    /// <summary>Where the files go; nothing but reports is there.</summary>
    [Required]
    public string Folder { get; set; } = "";

    /// <summary><c>true</c>, or the names of networks, with as much of what is around them as one likes.</summary>
    [Required]
    public string Networks { get; set; } = "";

    /// <summary>The files of the networks that were asked for.</summary>
    [Output]
    public string[] Files { get; set; } = [];

    /// <summary>Whether each name is one of a network.</summary>
    [Output]
    public bool IsComplete { get; set; } = true;

    internal override void Run(IReadOnlyList<NetworkFigures> networks, ReportOptions options)
    {
        var names = new HashSet<string>(Networks.Split(';').Select(name => name.Trim()).Where(name => name.Length > 0));
        bool isAll = names.Any(name => string.Equals(name, "true", StringComparison.OrdinalIgnoreCase));
        var files = new List<string>();
        var present = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (NetworkFigures declared in networks)
        {
            // Networks of one name are told apart by what is around them.
            bool isUnique = networks.Count(other => string.Equals(other.Name, declared.Name, StringComparison.OrdinalIgnoreCase)) == 1;
            NetworkFigures network = isUnique ? declared : declared with { Name = declared.FullName, Scope = "" };
            present.Add(network.Name);
            if (!isAll && !names.Any(name => IsName(name, network)))
                continue;
            string path = Path.Combine(Folder, network.Name);
            foreach ((string extension, Func<NetworkFigures, ReportOptions, string> write) in s_forms)
            {
                Write(path + extension, write(network, options));
                files.Add(path + extension);
            }

            Log.LogMessage(MessageImportance.High, "{0}", ReportTable.Text(network, options) + "report: " + Path.GetFullPath(path + ".html"));
        }

        Files = [.. files];
        foreach (string name in names.Where(name => !isAll && !networks.Any(network => IsName(name, network))))
        {
            // A solution has projects without networks, of which nobody asks anything.
            if (networks.Count == 0)
            {
                Log.LogMessage(MessageImportance.High, "NetGenReport names '{0}', but this project has no networks.", name);
                continue;
            }

            IsComplete = false;
            string all = string.Join(", ", networks.Select(network => network.FullName));
            Log.LogWarning(null, Rule, null, Page, null, 0, 0, 0, 0, "NetGenReport names '{0}', which is no network of this project; write true, false, or names of these: {1}", name, all);
        }

        // Those of networks that are gone.
        foreach (string file in Directory.Exists(Folder) ? Directory.GetFiles(Folder) : [])
        {
            if (s_forms.Any(form => form.Extension == Path.GetExtension(file)) && !present.Contains(Path.GetFileNameWithoutExtension(file)))
                File.Delete(file);
        }
    }

    private static bool IsName(string name, NetworkFigures network) => network.FullName == name || network.FullName.EndsWith("." + name, StringComparison.Ordinal);
}

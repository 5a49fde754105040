using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen;

/// <summary>New names for those of a file: <see cref="CheckpointLoadOptions.Rename"/>.</summary>
internal sealed class RenameMap
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly List<(string Pattern, string Start, string End, string Name)> _patterns = [];
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">More than one star, or one in the new name alone.</exception>
    public RenameMap(IReadOnlyDictionary<string, string> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        foreach ((string from, string to) in map)
        {
            string[] parts = from.Split('*');
            int stars = to.Count(letter => letter == '*');
            if (parts.Length > 2 || stars > parts.Length - 1)
                throw new ArgumentException($"Expected one * at most, and one in the new name only where the old one has one, but got \"{from}\" and \"{to}\".", nameof(map));
            if (parts.Length == 1)
                _names.Add(from, to);
            else
                _patterns.Add((from, parts[0], parts[1], to));
        }

        _patterns.Sort((a, b) => a.Pattern.Length != b.Pattern.Length ? b.Pattern.Length - a.Pattern.Length : string.CompareOrdinal(a.Pattern, b.Pattern));
    }

    /// <summary>What matched no name yet.</summary>
    public IEnumerable<string> Unused => _names.Keys.Concat(_patterns.Select(pattern => pattern.Pattern)).Where(pattern => !_used.Contains(pattern));

    /// <summary>The network's name of a tensor.</summary>
    public string Of(string name)
    {
        if (_names.TryGetValue(name, out string? exact))
        {
            _used.Add(name);
            return exact;
        }

        foreach ((string pattern, string start, string end, string renamed) in _patterns)
        {
            if (name.Length < start.Length + end.Length || !name.StartsWith(start, StringComparison.Ordinal) || !name.EndsWith(end, StringComparison.Ordinal))
                continue;
            _used.Add(pattern);
            return renamed.Replace("*", name[start.Length..^end.Length], StringComparison.Ordinal);
        }

        return name;
    }
}

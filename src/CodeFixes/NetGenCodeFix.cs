using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace NetGen.CodeFixes;

/// <summary>
/// Mends what rules find, by changes of text: what they do not touch stays as it is written. What of the compiler's knowledge a fix needs, shapes and names, are the
/// arguments of the rule's message, which a diagnostic has as properties.
/// </summary>
public abstract class NetGenCodeFix : CodeFixProvider
{
    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds => Ids.ToImmutableArray();

    /// <summary>The rules whose diagnostics it mends.</summary>
    private protected abstract IEnumerable<string> Ids { get; }

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => MendAll.Instance;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            foreach (Mend mend in await MendsAsync(context.Document.Project.Solution, diagnostic, context.CancellationToken).ConfigureAwait(false))
            {
                context.RegisterCodeFix(
                    CodeAction.Create(mend.Title, async ct =>
                    {
                        var edits = new Edits();
                        await mend.Edit(edits, ct).ConfigureAwait(false);
                        return await edits.ApplyAsync(context.Document.Project.Solution, ct).ConfigureAwait(false);
                    }, mend.Key),
                    diagnostic);
            }
        }
    }

    /// <summary>The ways to mend what a diagnostic is about; none where it is about what the fix cannot mend.</summary>
    internal async Task<IEnumerable<Mend>> MendsAsync(Solution solution, Diagnostic diagnostic, CancellationToken ct) =>
        Ids.Contains(diagnostic.Id) && await Site.OfAsync(solution, diagnostic, ct).ConfigureAwait(false) is { } site ? Mends(site) : [];

    /// <inheritdoc cref="MendsAsync"/>
    private protected abstract IEnumerable<Mend> Mends(Site site);
}

/// <summary>A way to mend what a diagnostic is about.</summary>
/// <param name="Key">What it has in common with those of other diagnostics, which are mended with it where all are.</param>
/// <param name="Title">What it does, as an editor offers it.</param>
/// <param name="Edit">Does it.</param>
internal sealed record Mend(string Key, string Title, Func<Edits, CancellationToken, Task> Edit)
{
    public Mend(string key, string title, Action<Edits> edit)
        : this(key, title, (edits, _) =>
        {
            edit(edits);
            return Task.CompletedTask;
        })
    {
    }
}

using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace NetGen.CodeFixes;

/// <summary>Mends all diagnostics of a document, a project or a solution in the same way, at once.</summary>
internal sealed class MendAll : FixAllProvider
{
    public static readonly MendAll Instance = new();

    public override async Task<CodeAction?> GetFixAsync(FixAllContext context)
    {
        IEnumerable<Project> projects = context.Scope == FixAllScope.Solution ? context.Solution.Projects : [context.Project];
        var found = new List<Diagnostic>();
        if (context is { Scope: FixAllScope.Document, Document: { } document })
        {
            found.AddRange(await context.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false));
        }
        else
        {
            foreach (Project project in projects)
                found.AddRange(await context.GetAllDiagnosticsAsync(project).ConfigureAwait(false));
        }

        var edits = new Edits();
        string title = "";
        foreach (Diagnostic diagnostic in found)
        {
            IEnumerable<Mend> mends = await ((NetGenCodeFix)context.CodeFixProvider).MendsAsync(context.Solution, diagnostic, context.CancellationToken).ConfigureAwait(false);

            // dotnet format has no key where the first diagnostic that it has is another rule's.
            if (mends.FirstOrDefault(mend => context.CodeActionEquivalenceKey is not { } key || mend.Key == key) is not { } mend)
                continue;
            title = mend.Title;
            await mend.Edit(edits, context.CancellationToken).ConfigureAwait(false);
        }

        return title.Length == 0 ? null : CodeAction.Create(title, ct => edits.ApplyAsync(context.Solution, ct), context.CodeActionEquivalenceKey);
    }
}

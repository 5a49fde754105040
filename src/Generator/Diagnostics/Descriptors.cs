using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using NetGen.Generator.Compiler;

namespace NetGen.Generator.Diagnostics;

/// <summary>The texts of all rules.</summary>
internal static class Descriptors
{
    internal const string Category = "NetGen";
    internal const string Pages = "https://github.com/netgen/netgen/blob/main/docs/rules/";

    private static readonly DiagnosticDescriptor s_report = new(
        Rules.Report, "Cost of a network",
        "Network '{0}': {1} parameters, {2} multiply-accumulates and {3} FLOPs a sample",
        Category, DiagnosticSeverity.Info, true, helpLinkUri: Pages + Rules.Report + ".md");

    private static readonly DiagnosticDescriptor s_notPartial = new(
        Rules.NotPartial, "A network is partial",
        "Network '{0}' is not partial, so its other half cannot be generated: write 'partial class {0}' in each of its declarations",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.NotPartial + ".md");

    private static readonly DiagnosticDescriptor s_containingTypeNotPartial = new(
        Rules.ContainingTypeNotPartial, "The types around a network are partial",
        "Network '{0}' stands in '{1}', which is not partial: make '{1}' partial in each of its declarations, or move the network out of it",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.ContainingTypeNotPartial + ".md");

    private static readonly DiagnosticDescriptor s_generic = new(
        Rules.Generic, "A network is not generic",
        "Network '{0}' cannot be generated because {1}: a network has no type parameters",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.Generic + ".md");

    private static readonly DiagnosticDescriptor s_fileLocal = new(
        Rules.FileLocal, "A network is not file-local",
        "Network '{0}' cannot be generated because {1}: its other half stands in a file of its own, so make it internal",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.FileLocal + ".md");

    private static readonly DiagnosticDescriptor s_staticOrAbstract = new(
        Rules.StaticOrAbstract, "A network can be created",
        "Network '{0}' is {1}, but a network has parameters and is created with new: remove '{1}'",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.StaticOrAbstract + ".md");

    private static readonly DiagnosticDescriptor s_notAClass = new(
        Rules.NotAClass, "A network is a class",
        "Network '{0}' is {1}, but a network is a plain class: write 'partial class {0}'",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.NotAClass + ".md");

    private static readonly DiagnosticDescriptor s_noLayers = new(
        Rules.NoLayers, "A network has layers",
        "Network '{0}' has no layers: write at least one after [Network], such as [Linear(10)]",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.NoLayers + ".md");

    private static readonly DiagnosticDescriptor s_noNetwork = new(
        Rules.NoNetwork, "Layers belong to a network or a block",
        "{0} stands on '{1}', which {2}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.NoNetwork + ".md");

    private static readonly DiagnosticDescriptor s_layerBeforeNetwork = new(
        Rules.LayerBeforeNetwork, "[Network] or [Block] comes first",
        "{0} stands before [{1}]: the order of the attributes is the order of execution, and [{1}] is the first",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.LayerBeforeNetwork + ".md");

    private static readonly DiagnosticDescriptor s_layersSpread = new(
        Rules.LayersSpread, "One declaration carries all layers",
        "{0} stands on another partial declaration of '{1}' than [{2}]: the order across declarations is not defined, so write all layers on one",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.LayersSpread + ".md");

    private static readonly DiagnosticDescriptor s_invalidName = new(
        Rules.InvalidName, "A layer's name is an identifier",
        "{0}: the name \"{1}\" {2}; {3}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.InvalidName + ".md");

    private static readonly DiagnosticDescriptor s_nameCollision = new(
        Rules.NameCollision, "Layers have different names",
        "{0}: the name \"{1}\" gives '{2}', which is taken by {3}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.NameCollision + ".md");

    private static readonly DiagnosticDescriptor s_memberClash = new(
        Rules.MemberClash, "Generated members have their names for themselves",
        "Network '{0}': {1} clashes with the generated {2}; rename it",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.MemberClash + ".md");

    private static readonly DiagnosticDescriptor s_nonPositiveSize = new(
        Rules.NonPositiveSize, "Sizes are positive",
        "{0}: the {1} {2}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.NonPositiveSize + ".md");

    private static readonly DiagnosticDescriptor s_dropoutProbability = new(
        Rules.DropoutProbability, "A dropout probability is in [0, 1)",
        "Dropout({0}): the probability must be at least 0 and less than 1",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.DropoutProbability + ".md");

    private static readonly DiagnosticDescriptor s_severalLosses = new(
        Rules.SeveralLosses, "A network has one loss",
        "{0} is a second loss: a network has one, and {1} stands before it",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.SeveralLosses + ".md");

    private static readonly DiagnosticDescriptor s_lossNotLast = new(
        Rules.LossNotLast, "The loss comes last",
        "{0} is not the last attribute: {1} follows it, but a loss takes the output of the last layer",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.LossNotLast + ".md");

    private static readonly DiagnosticDescriptor s_notFlat = new(
        Rules.NotFlat, "The layer takes a flat input",
        "{0} takes a flat input, but gets {1}: {2}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.NotFlat + ".md");

    private static readonly DiagnosticDescriptor s_tooLarge = new(
        Rules.TooLarge, "A network fits into memory that a span can index",
        "{0} needs {1}, but a network can have at most {2}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.TooLarge + ".md");

    private static readonly DiagnosticDescriptor s_optionOutOfRange = new(
        Rules.OptionOutOfRange, "Options are in range",
        "{0}: {1} takes {2}, but got {3}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.OptionOutOfRange + ".md");

    private static readonly DiagnosticDescriptor s_constructorClash = new(
        Rules.ConstructorClash, "Constructors go through the generated one",
        "Network '{0}' has {1}: every constructor of a network must call the generated one, {0}(ulong seed), with this(...)",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.ConstructorClash + ".md");

    private static readonly DiagnosticDescriptor s_baseClass = new(
        Rules.BaseClass, "The generated constructor can call the base class's",
        "Network '{0}' cannot derive from '{1}', which {2}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.BaseClass + ".md");

    private static readonly DiagnosticDescriptor s_requiredMember = new(
        Rules.RequiredMember, "A network has no required members",
        "Network '{0}' has the required member '{1}', which generated code that creates the network cannot set: remove 'required'",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.RequiredMember + ".md");

    private static readonly DiagnosticDescriptor s_unknownLayer = new(
        Rules.UnknownLayer, "Layers and losses are NetGen's own",
        "{0} is not one of the {1} that this version of NetGen compiles",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.UnknownLayer + ".md");

    private static readonly DiagnosticDescriptor s_languageVersion = new(
        Rules.LanguageVersion, "Networks need C# 12",
        "Network '{0}' is compiled as C# {1}, but generated code needs C# 12 or newer: set LangVersion in the project",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.LanguageVersion + ".md");

    private static readonly DiagnosticDescriptor s_notAPicture = new(
        Rules.NotAPicture, "The layer takes a picture",
        "{0} takes {1}, but gets {2}: {3}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.NotAPicture + ".md");

    private static readonly DiagnosticDescriptor s_windowTooLarge = new(
        Rules.WindowTooLarge, "Windows fit into the padded input",
        "{0}: the {1} does not fit into the padded input of {2} (the input is {3})",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.WindowTooLarge + ".md");

    private static readonly DiagnosticDescriptor s_groups = new(
        Rules.Groups, "Groups divide the channels",
        "{0}: {1} groups do not divide the {2} {3} channels",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.Groups + ".md");

    private static readonly DiagnosticDescriptor s_poolPadding = new(
        Rules.PoolPadding, "A pool's padding is at most half its kernel",
        "{0}: the padding of {1} is more than half the kernel of {2}, so that windows would lie outside the input",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.PoolPadding + ".md");

    private static readonly DiagnosticDescriptor s_optionConflict = new(
        Rules.OptionConflict, "Options do not contradict each other",
        "{0}: {1} does not go with {2}: {3}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.OptionConflict + ".md");

    private static readonly DiagnosticDescriptor s_heightAndWidth = new(
        Rules.HeightAndWidth, "Options of two dimensions take height and width",
        "{0}: {1} takes two numbers, [height, width], but got {2}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.HeightAndWidth + ".md");

    private static readonly DiagnosticDescriptor s_fixedWeightLength = new(
        Rules.FixedWeightLength, "A fixed filter has all its numbers",
        "{0}: FixedWeight takes {1} numbers, {2}, but got {3}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.FixedWeightLength + ".md");

    private static readonly DiagnosticDescriptor s_residualShape = new(
        Rules.ResidualShape, "A residual keeps the shape",
        "Residual: the output of '{0}' is added to its input, so both have one shape, but the input is {1} and the output {2}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.ResidualShape + ".md");

    private static readonly DiagnosticDescriptor s_sumShapes = new(
        Rules.SumShapes, "Branches that are summed have one shape",
        "{0}: the branches are summed, so all have one shape, but branch {1} gives {2} and branch {3} gives {4}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.SumShapes + ".md");

    private static readonly DiagnosticDescriptor s_concatShapes = new(
        Rules.ConcatShapes, "Branches that are concatenated differ in channels only",
        "{0}: the branches are concatenated by their first dimension, so the others agree, but branch {1} gives {2} and branch {3} gives {4}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.ConcatShapes + ".md");

    private static readonly DiagnosticDescriptor s_notABlock = new(
        Rules.NotABlock, "Compositions are made of blocks",
        "{0}: '{1}' is not a block: {2}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.NotABlock + ".md");

    private static readonly DiagnosticDescriptor s_blockCycle = new(
        Rules.BlockCycle, "A block does not contain itself",
        "{0}: block '{1}' contains itself, {2}, so that its layers have no end: {3}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.BlockCycle + ".md");

    private static readonly DiagnosticDescriptor s_emptyBlock = new(
        Rules.EmptyBlock, "A block has layers",
        "Block '{0}' has no layers: write at least one after [Block], or use NetGen.Identity for a branch that hands its input on",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.EmptyBlock + ".md");

    private static readonly DiagnosticDescriptor s_lossInBlock = new(
        Rules.LossInBlock, "A block has no loss",
        "{0} stands on block '{1}': a loss takes the output of a whole network, so write it on the networks that use the block",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.LossInBlock + ".md");

    private static readonly DiagnosticDescriptor s_networkAndBlock = new(
        Rules.NetworkAndBlock, "A class is a network or a block",
        "'{0}' is a network, so it cannot be a block as well: remove [Block], or move the layers to a block that network '{0}' takes in as they are, [Sequential<T>]",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.NetworkAndBlock + ".md");

    private static readonly DiagnosticDescriptor s_unseen = new(
        Rules.Unseen, "A network is known before generators run",
        "Network '{0}' is not compiled: {1} was not known when NetGen's generator ran, which sees nothing of what other generators write, nor of what comes of the network itself: write it out in the source",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.Unseen + ".md", customTags: WellKnownDiagnosticTags.CompilationEnd);

    private static readonly DiagnosticDescriptor s_capturedName = new(
        Rules.CapturedName, "Generated members do not capture names in attributes",
        "Network '{0}': here '{1}' would mean the generated {2}, not '{3}': write {3}, or give one of the two another name",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.CapturedName + ".md");

    private static readonly DiagnosticDescriptor s_hiddenRuntime = new(
        Rules.HiddenRuntime, "Generated code sees NetGen",
        "NetGen is referenced under the alias '{0}' only, but generated code reads it as global::NetGen: write Aliases=\"global,{0}\"",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.HiddenRuntime + ".md");

    private static readonly DiagnosticDescriptor s_channelsFirst = new(
        Rules.ChannelsFirst, "Channels come first",
        "Network '{0}': channels come first, so {1} is {2} channels of {3}: write [Network({4})] for a {5}",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Pages + Rules.ChannelsFirst + ".md");

    private static readonly DiagnosticDescriptor s_compilerFailure = new(
        Rules.CompilerFailure, "The compiler keeps its own rules",
        "Network '{0}' is not compiled, because of a mistake in NetGen, not in the network: {1}: please report it with the declaration, https://github.com/netgen/netgen/issues",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Pages + Rules.CompilerFailure + ".md");

    private static readonly DiagnosticDescriptor s_debugBuild = new(
        Rules.DebugBuild, "Networks are slow in a build that does not optimize",
        "This build does not optimize, so its networks take five to seven times as long: write <NetGenOptimizeDebug>true</NetGenOptimizeDebug> into the project file to have the JIT optimize this assembly all the same, or false to accept it",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Pages + Rules.DebugBuild + ".md");

    /// <summary>Release tracking sees a descriptor only where a field of its own is initialised with it.</summary>
    private static readonly DiagnosticDescriptor[] s_table =
    [
        s_report, s_notPartial, s_containingTypeNotPartial, s_generic, s_fileLocal, s_staticOrAbstract, s_notAClass, s_noLayers,
        s_noNetwork, s_layerBeforeNetwork, s_layersSpread, s_invalidName, s_nameCollision, s_memberClash, s_nonPositiveSize,
        s_dropoutProbability, s_severalLosses, s_lossNotLast, s_notFlat, s_tooLarge, s_optionOutOfRange, s_constructorClash,
        s_baseClass, s_requiredMember, s_unknownLayer, s_languageVersion, s_notAPicture, s_windowTooLarge, s_groups, s_poolPadding, s_optionConflict,
        s_heightAndWidth, s_fixedWeightLength, s_residualShape, s_sumShapes, s_concatShapes,
        s_notABlock, s_blockCycle, s_emptyBlock, s_lossInBlock, s_networkAndBlock, s_unseen, s_capturedName, s_hiddenRuntime, s_channelsFirst, s_compilerFailure, s_debugBuild,
    ];

    public static ImmutableArray<DiagnosticDescriptor> All { get; } = s_table
        .Select(descriptor => descriptor.DefaultSeverity == DiagnosticSeverity.Error ? NotConfigurable(descriptor) : descriptor)
        .Concat(LossDescriptors.All).Concat(StructureDescriptors.All).Concat(SignalDescriptors.All).Concat(CostDescriptors.All).ToImmutableArray();

    private static readonly Dictionary<string, DiagnosticDescriptor> s_byId = All.ToDictionary(descriptor => descriptor.Id);

    public static DiagnosticDescriptor Get(string rule) => s_byId[rule];

    /// <summary>
    /// The rule's message, and behind it the place within blocks, of which no format knows. The message's arguments are properties too, by their places: code fixes read them.
    /// </summary>
    public static Diagnostic Diagnose(DeclarationError error, Location location, IEnumerable<Location> others)
    {
        DiagnosticDescriptor rule = Get(error.Rule);
        object[] arguments = error.Arguments.ToArray<object>();
        ImmutableDictionary<string, string?> properties = error.Arguments.Select((argument, i) => (i, argument)).ToImmutableDictionary(pair => pair.i.ToString(CultureInfo.InvariantCulture), pair => (string?)pair.argument);
        if (error.Where.Length == 0)
            return Diagnostic.Create(rule, location, others, properties, arguments);
        string message = string.Format(CultureInfo.InvariantCulture, rule.MessageFormat.ToString(CultureInfo.InvariantCulture), arguments) + error.Where;
        return Diagnostic.Create(
            rule.Id, rule.Category, message, rule.DefaultSeverity, rule.DefaultSeverity, isEnabledByDefault: true, warningLevel: rule.DefaultSeverity == DiagnosticSeverity.Error ? 0 : 1,
            title: rule.Title, helpLink: rule.HelpLinkUri, location: location, additionalLocations: others, customTags: rule.CustomTags, properties: properties);
    }

    /// <summary>
    /// No pragma, severity or list of warnings takes an error away: without its network the build is not sound, whatever else compiles.
    /// Only what has the compiler's tag is beyond <c>[SuppressMessage]</c> too.
    /// </summary>
    private static DiagnosticDescriptor NotConfigurable(DiagnosticDescriptor rule) => new(
        rule.Id, rule.Title, rule.MessageFormat, rule.Category, rule.DefaultSeverity, rule.IsEnabledByDefault, rule.Description, rule.HelpLinkUri,
        [.. rule.CustomTags, WellKnownDiagnosticTags.NotConfigurable, WellKnownDiagnosticTags.Compiler]);
}

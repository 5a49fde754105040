namespace NetGen.Generator.Compiler;

/// <summary>The identifiers of all rules; their texts are the descriptors'.</summary>
internal static partial class Rules
{
    public const string Report = "NG0001";
    public const string NotPartial = "NG1001";
    public const string ContainingTypeNotPartial = "NG1002";
    public const string Generic = "NG1003";
    public const string FileLocal = "NG1004";
    public const string StaticOrAbstract = "NG1005";
    public const string NotAClass = "NG1006";
    public const string NoLayers = "NG1007";
    public const string NoNetwork = "NG1008";
    public const string LayerBeforeNetwork = "NG1009";
    public const string LayersSpread = "NG1010";
    public const string InvalidName = "NG1011";
    public const string NameCollision = "NG1012";
    public const string MemberClash = "NG1013";
    public const string NonPositiveSize = "NG1014";
    public const string DropoutProbability = "NG1015";
    public const string SeveralLosses = "NG1016";
    public const string LossNotLast = "NG1017";
    public const string NotFlat = "NG1018";
    public const string TooLarge = "NG1019";
    public const string OptionOutOfRange = "NG1020";
    public const string ConstructorClash = "NG1021";
    public const string BaseClass = "NG1022";
    public const string RequiredMember = "NG1023";
    public const string UnknownLayer = "NG1024";
    public const string LanguageVersion = "NG1025";
    public const string NotAPicture = "NG1026";
    public const string WindowTooLarge = "NG1027";
    public const string Groups = "NG1028";
    public const string PoolPadding = "NG1029";
    public const string OptionConflict = "NG1030";
    public const string HeightAndWidth = "NG1031";
    public const string FixedWeightLength = "NG1032";
    public const string ResidualShape = "NG1033";
    public const string SumShapes = "NG1034";
    public const string ConcatShapes = "NG1035";
    public const string NotABlock = "NG1036";
    public const string BlockCycle = "NG1037";
    public const string EmptyBlock = "NG1038";
    public const string LossInBlock = "NG1039";
    public const string NetworkAndBlock = "NG1040";
    public const string Unseen = "NG1041";
    public const string CapturedName = "NG1043";
    public const string HiddenRuntime = "NG1044";
    public const string ChannelsFirst = "NG2001";
    public const string CompilerFailure = "NG4001";
    public const string DebugBuild = "NG4002";
}

namespace NetGen.Generator.Compiler;

/// <summary>What a user states about a network, which changes nothing that is generated and which the build checks or goes by.</summary>
internal abstract record NetworkStatement;

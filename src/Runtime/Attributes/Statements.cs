using System;

namespace NetGen;

/// <summary>What is stated about a network: it changes nothing that is generated, and the build checks it or goes by it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class StatementAttribute : Attribute;

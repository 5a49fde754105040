using System.Threading.Tasks;
using NetGen.CodeFixes;
using Xunit;

namespace NetGen.Tests.CodeFixes;

public class SwapInitializerFixTests
{
    [Theory]
    [InlineData("Linear(64, Init = Init.KaimingNormal, BiasInit = Init.Constant)", "Linear(64, Init = Init.XavierNormal, BiasInit = Init.Constant)")]
    [InlineData("Linear(64, Init = NetGen.Init.Normal, InitScale = 0.01, Bias = false)", "Linear(64, Init = NetGen.Init.XavierNormal, Bias = false)")]
    [InlineData("Linear(64, InitScale = 0.01, Init = Uniform)", "Linear(64, Init = Init.XavierUniform)")]
    public Task The_initialiser_suits_the_activation(string before, string after) => FixCheck.Mends<SwapInitializerFix>(
        $"using static NetGen.Init;\n[InputDistribution(Variance = 0.05)] [Network(64), {{|NG2076:{before}|}}, Tanh, Linear(1)] partial class Net;", $"using static NetGen.Init;\n[InputDistribution(Variance = 0.05)] [Network(64), {after}, Tanh, Linear(1)] partial class Net;");

    [Theory]
    [InlineData("Linear(8, Init = Init.Constant, InitScale = 0.1, BiasInit = Init.Constant)", "Linear(8, BiasInit = Init.Constant)")]
    [InlineData("Linear(8, Bias = false, Init = Init.Constant)", "Linear(8, Bias = false)")]
    public Task Equal_units_start_at_random(string before, string after) => FixCheck.Mends<SwapInitializerFix>(
        $"[Network(64), {{|NG2077:{before}|}}, Tanh, Linear(1, Init = Init.Constant, InitScale = 1)] partial class Net;", $"[Network(64), {after}, Tanh, Linear(1, Init = Init.Constant, InitScale = 1)] partial class Net;");
}

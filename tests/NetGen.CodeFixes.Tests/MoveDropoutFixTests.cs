using System.Threading.Tasks;
using NetGen.CodeFixes;
using Xunit;

namespace NetGen.Tests.CodeFixes;

public class MoveDropoutFixTests
{
    [Theory]
    [InlineData("[Network(4), Linear(4), {|NG2045:Dropout(0.2)|}, Sigmoid, Linear(1)] partial class Net;", "[Network(4), Linear(4), Sigmoid, Dropout(0.2), Linear(1)] partial class Net;")]
    [InlineData("[Network(4), Linear(4), {|NG2046:Dropout|}, BatchNorm1d, ReLU, Linear(1)] partial class Net;", "[Network(4), Linear(4), BatchNorm1d, Dropout, ReLU, Linear(1)] partial class Net;")]
    [InlineData(
        "[Network(1, 8, 8)]\n[Conv2d(4, 3), ReLU]\n[{|NG2047:Dropout(P)|}]\n[MaxPool2d(2)] // The half.\npartial class Net { const double P = 0.25; }",
        "[Network(1, 8, 8)]\n[Conv2d(4, 3), ReLU]\n[MaxPool2d(2), Dropout(P)] // The half.\npartial class Net { const double P = 0.25; }")]
    [InlineData("[Network(4), Linear(4), {|NG2045:Dropout|}, {|NG2045:Dropout|}, Sigmoid] partial class Net;", "[Network(4), Linear(4), Sigmoid, Dropout, Dropout] partial class Net;")]
    [InlineData("[Network(1, 8, 8), Conv2d(4, 3), {|NG2048:Dropout|}, AvgPool2d(2)] partial class Net;", "[Network(1, 8, 8), Conv2d(4, 3), AvgPool2d(2), Dropout] partial class Net;")]
    public Task The_dropout_goes_behind(string before, string after) => FixCheck.Mends<MoveDropoutFix>(before, after);

    [Fact]
    public Task A_dropout_does_not_leave_its_block() => FixCheck.OffersNothing<MoveDropoutFix>(
        "[Network(4), Linear(4), {|NG2045:Dropout|}, Sequential<Last>, Sigmoid] partial class Net; [Block, Sigmoid, Linear(4)] class Last;");
}

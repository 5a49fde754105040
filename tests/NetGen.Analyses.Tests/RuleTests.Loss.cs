using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;
using NetGen.Tests.Generator;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>Rules about outputs, losses and targets.</summary>
public partial class RuleTests
{
    [Theory]
    [InlineData("[Network(8), Linear(1), {|NG2010:Softmax|}, BCEWithLogitsLoss] partial class Net;", "A softmax over one value is 1 whatever the value is, and has no gradient: leave it out, BCEWithLogitsLoss takes the logit")]
    [InlineData("[Network(8), Linear(1), {|NG2010:Softmax|}, MSELoss] partial class Net;", "leave it out, or take Sigmoid for a probability")]
    [InlineData("[Network(8), Linear(1), {|NG2010:Softmax|}, Linear(4)] partial class Net;", "leave it out, or take Sigmoid")]
    [InlineData("[Network(1, 8, 8), Conv2d(1, 3), {|NG2010:Softmax|}, Flatten, Linear(4)] partial class Net;", "leave it out, or take Sigmoid")]
    [InlineData("[Block, Linear(1), {|NG2010:Softmax|}] class Gate; [Network(8), Parallel<Gate>(3), Linear(2)] partial class Net;", "has no gradient")]
    public Task NG2010_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), Linear(2), Softmax] partial class Net;")]
    [InlineData("[Network(8), Linear(1), Sigmoid] partial class Net;")]
    [InlineData("[Network(2, 1, 1), Softmax] partial class Net;")]
    public Task NG2010_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(1), {|NG2011:CrossEntropyLoss|}] partial class Net;", "CrossEntropyLoss over one output is 0 whatever the output is, and has no gradient: give each class an output, or of two classes the one output BCEWithLogitsLoss")]
    [InlineData("[Network(8), LogSumExp, {|NG2011:CrossEntropyLoss|}] partial class Net;", "over one output")]
    public Task NG2011_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), Linear(2), CrossEntropyLoss] partial class Net;")]
    [InlineData("[Network(8), Linear(1), BCEWithLogitsLoss] partial class Net;")]
    public Task NG2011_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(10), {|NG2012:Softmax|}, CrossEntropyLoss] partial class Net;", "Softmax: CrossEntropyLoss takes logits and forms softmax itself, so they are squashed twice, and the loss of 10 classes cannot fall below 1.46: leave Softmax out")]
    [InlineData("[Network(8), Linear(10), {|NG2012:Sigmoid|}, CrossEntropyLoss] partial class Net;", "Sigmoid: CrossEntropyLoss takes logits")]
    [InlineData("[Network(8), Linear(3), {|NG2012:Sigmoid|}, BCEWithLogitsLoss] partial class Net;", "forms the sigmoid itself, so they are squashed twice, and the loss cannot fall below 0.69 for a target of 0, or below 0.31 for 1: leave Sigmoid out")]
    [InlineData("[Network(8), Linear(3), {|NG2012:Softmax|}, Dropout, BCEWithLogitsLoss] partial class Net;", "Softmax: BCEWithLogitsLoss takes logits")]
    [InlineData("[Network(1, 8, 8), Conv2d(3, 8), {|NG2012:Softmax|}, Flatten, CrossEntropyLoss] partial class Net;", "the loss of 3 classes cannot fall below 0.55")]
    [InlineData("[Network(1, 8, 8), Conv2d(3, 3), {|NG2012:Softmax|}, GlobalAvgPool2d, Flatten, CrossEntropyLoss] partial class Net;", "the loss of 3 classes cannot fall below 0.55")]
    [InlineData("[Network(1, 8, 8), Conv2d(10, 3), {|NG2012:Sigmoid|}, GlobalMaxPool2d, Flatten, CrossEntropyLoss] partial class Net;", "cannot fall below 1.46")]
    [InlineData("[Network(1, 8, 8), Conv2d(1, 3), {|NG2012:Sigmoid|}, GlobalMaxPool2d, Flatten, BCEWithLogitsLoss] partial class Net;", "cannot fall below 0.69 for a target of 0, or below 0.31 for 1")]
    [InlineData("[Block, Linear(3), {|NG2012:Softmax|}] class Head; [Network(8), Sequential<Head>, CrossEntropyLoss] partial class Net;", "leave Softmax out (at 0.1 of network 'Net')")]
    [InlineData("[Block, Linear(3), Sigmoid] class Layer; [Network(8), Repeat<Layer>(3), {|NG2012:CrossEntropyLoss|}] partial class Net;", "leave Sigmoid out")]
    public Task NG2012_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), Linear(10), CrossEntropyLoss] partial class Net;")]
    [InlineData("[Network(8), Linear(10), Softmax] partial class Net;")]
    [InlineData("[Network(8), Linear(10), Sigmoid, MSELoss] partial class Net;")]
    [InlineData("[Network(8), Linear(10), Sigmoid, Linear(10), CrossEntropyLoss] partial class Net;")]
    [InlineData("[Block, Linear(8), Sigmoid] class Body; [Network(8), Residual<Body>, CrossEntropyLoss] partial class Net;")]
    public Task NG2012_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(10), {|NG2013:ReLU|}, CrossEntropyLoss] partial class Net;", "ReLU: CrossEntropyLoss takes logits, which are any real numbers, while they are at least 0 here: leave ReLU out")]
    [InlineData("[Network(8), Linear(10), {|NG2013:Tanh|}, CrossEntropyLoss] partial class Net;", "while they are between -1 and 1 here, and the loss of 10 classes cannot fall below 0.8: leave Tanh out")]
    [InlineData("[Network(1, 8, 8), Conv2d(10, 3), {|NG2013:Tanh|}, GlobalAvgPool2d, Flatten, CrossEntropyLoss] partial class Net;", "cannot fall below 0.8: leave Tanh out")]
    [InlineData("[Block, Linear(1), ReLU] class A; [Network(8), {|NG2013:Sum<A, A>|}, BCEWithLogitsLoss] partial class Net;", "while they are at least 0 here, and the loss cannot fall below 0.69 for a target of 0: put a layer with weights behind it")]
    [InlineData("[Network(8), Linear(1), {|NG2013:ReLU|}, BCEWithLogitsLoss] partial class Net;", "while they are at least 0 here, and the loss cannot fall below 0.69 for a target of 0: leave ReLU out")]
    [InlineData("[Network(8), Linear(1), {|NG2013:LeakyReLU(0.1)|}, BCEWithLogitsLoss] partial class Net;", "LeakyReLU(0.1): BCEWithLogitsLoss takes logits, which are any real numbers: leave LeakyReLU(0.1) out")]
    [InlineData("[Network(1, 8), Conv1d(2, 8), {|NG2013:ELU|}, Dropout, Flatten, CrossEntropyLoss] partial class Net;", "at least -1 here")]
    public Task NG2013_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), Linear(10), ReLU, Linear(10), CrossEntropyLoss] partial class Net;")]
    [InlineData("[Network(8), Linear(10), ReLU, MSELoss] partial class Net;")]
    [InlineData("[Network(8), Linear(10), ReLU] partial class Net;")]
    [InlineData("[Block, Linear(8), ReLU] class Body; [Network(8), Residual<Body>, CrossEntropyLoss] partial class Net;")]
    [InlineData("[Network(1, 8, 8), Conv2d(10, 1), ReLU, GlobalAvgPool2d, Flatten, CrossEntropyLoss] partial class Net;")]
    public Task NG2013_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(10), {|NG2014:Dropout(0.5)|}, CrossEntropyLoss] partial class Net;", "Dropout(0.5): nothing behind it evens out what is dropped, so that CrossEntropyLoss is of outputs that are 0 or too large by chance: put it before the last layer with weights")]
    [InlineData("[Network(1, 8, 8), Conv2d(10, 8), {|NG2014:Dropout|}, Flatten, BCEWithLogitsLoss] partial class Net;", "so that BCEWithLogitsLoss is of")]
    [InlineData("[Network(8), Linear(10), ReLU, {|NG2014:Dropout|}, MSELoss] partial class Net;", "so that MSELoss is of")]
    public Task NG2014_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), Dropout, Linear(10), CrossEntropyLoss] partial class Net;")]
    [InlineData("[Network(8), Linear(10), Dropout(0), CrossEntropyLoss] partial class Net;")]
    [InlineData("[Network(8), Linear(10), Dropout] partial class Net;")]
    [InlineData("[Block, Linear(8), Dropout] class Body; [Network(8), Residual<Body>, CrossEntropyLoss] partial class Net;")]
    [InlineData("[Network(1, 8, 8), Conv2d(10, 1), Dropout, GlobalAvgPool2d, Flatten, CrossEntropyLoss] partial class Net;")]
    public Task NG2014_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(10), {|NG2015:BatchNorm1d|}, CrossEntropyLoss] partial class Net;", "BatchNorm1d: CrossEntropyLoss takes logits, and here those of a sample depend in training on the others of its batch, but not in evaluation: put it before the last layer with weights")]
    [InlineData("[Network(8), Linear(10), {|NG2015:LayerNorm|}, BCEWithLogitsLoss] partial class Net;", "LayerNorm: BCEWithLogitsLoss")]
    [InlineData("[Network(1, 8, 8), Conv2d(10, 8), {|NG2015:RMSNorm|}, Flatten, CrossEntropyLoss] partial class Net;", "RMSNorm: CrossEntropyLoss")]
    public Task NG2015_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), BatchNorm1d, Linear(10), CrossEntropyLoss] partial class Net;")]
    [InlineData("[Network(8), Linear(10), BatchNorm1d, MSELoss] partial class Net;")]
    public Task NG2015_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(1), {|NG2016:ReLU|}, MSELoss] partial class Net;", "ReLU: the outputs are at least 0, which MSELoss does not ask for: leave it out unless all targets are, and say so with [TargetRange(min, max)] or [Labels(n)]")]
    [InlineData("[Network(8), Linear(1), {|NG2016:Sigmoid|}, HuberLoss] partial class Net;", "Sigmoid: the outputs are between 0 and 1, which HuberLoss does not ask for")]
    [InlineData("[Network(8), Linear(1), {|NG2016:GELU|}, L1Loss] partial class Net;", "at least -0.17")]
    [InlineData("[Network(1, 8, 8), Conv2d(1, 3), {|NG2016:Tanh|}, Flatten, HalfSquaredErrorLoss] partial class Net;", "between -1 and 1")]
    [InlineData("[Block, Linear(3), ReLU] class A; [Network(8), Sum<A, A>, {|NG2016:MSELoss|}] partial class Net;", "MSELoss: the outputs are at least 0, which MSELoss does not ask for: if all targets are, say so with [TargetRange(min, max)]")]
    [InlineData("[Network(1, 8, 8), Conv2d(3, 3), {|NG2016:ReLU|}, GlobalAvgPool2d, Flatten, MSELoss] partial class Net;", "ReLU: the outputs are at least 0")]
    public Task NG2016_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), Linear(1), MSELoss] partial class Net;")]
    [InlineData("[Network(8), Linear(1), LeakyReLU, MSELoss] partial class Net;")]
    [InlineData("[Network(8), Linear(1), ReLU, MSELoss, TargetRange(0, double.PositiveInfinity)] partial class Net;")]
    [InlineData("[Network(8), Linear(4), Sigmoid, MSELoss, Labels(4)] partial class Net;")]
    [InlineData("[Network(8), Linear(4), Tanh, MSELoss, TargetRange(-1, 1)] partial class Net;")]
    [InlineData("[Block, Linear(8), ReLU] class Body; [Network(8), Residual<Body>, MSELoss] partial class Net;")]
    [InlineData("[Block, Linear(8), ReLU] class A; [Block, Linear(3)] class B; [Network(8), Concat<A, B>, MSELoss] partial class Net;")]
    public Task NG2016_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(1), {|NG2017:Sigmoid|}, MSELoss, TargetRange] partial class Net;", "Sigmoid: the outputs are between 0 and 1, but the targets can be any number: leave it out, or choose one that reaches them")]
    [InlineData("[Network(8), Linear(1), {|NG2017:ReLU|}, MSELoss, TargetRange(-5, 5)] partial class Net;", "ReLU: the outputs are at least 0, but the targets are between -5 and 5")]
    [InlineData("[Network(8), Linear(3), {|NG2017:Softmax|}, MSELoss] [TargetRange(min: 0)] partial class Net;", "but the targets are at least 0")]
    [InlineData("[Network(8), Linear(1), {|NG2017:Exp|}, L1Loss, TargetRange(max: 0)] partial class Net;", "Exp: the outputs are at least 0, but the targets are at most 0")]
    [InlineData("[Network(1, 8, 8), Conv2d(3, 3), {|NG2017:ReLU|}, GlobalAvgPool2d, Flatten, MSELoss, TargetRange(-1, 1)] partial class Net;", "ReLU: the outputs are at least 0, but the targets are between -1 and 1: leave it out")]
    [InlineData("[Block, Linear(3), ReLU] class A; [Network(8), Sum<A, A>, {|NG2017:MSELoss|}, TargetRange(-1, 1)] partial class Net;", "MSELoss: the outputs are at least 0, but the targets are between -1 and 1: end with layers that reach them")]
    public Task NG2017_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), Linear(1), MSELoss, TargetRange] partial class Net;")]
    [InlineData("[Network(8), Linear(1), Sigmoid, MSELoss, TargetRange(0, 1)] partial class Net;")]
    [InlineData("[Network(8), Linear(1), Softplus, MSELoss, TargetRange(0)] partial class Net;")]
    [InlineData("[Network(8), Linear(1), Sigmoid, MSELoss] partial class Net;")]
    public Task NG2017_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(3), CrossEntropyLoss, {|NG2018:TargetRange(0, 5)|}] partial class Net;", "CrossEntropyLoss takes the number of a class, but the targets are real numbers: take MSELoss, HuberLoss or L1Loss")]
    [InlineData("[Network(8), Linear(3), BCEWithLogitsLoss, {|NG2018:TargetRange(0, 5)|}] partial class Net;", "BCEWithLogitsLoss takes probabilities, from 0 to 1, but the targets are numbers beyond")]
    [InlineData("[Network(8), Linear(3), CrossEntropyLoss] [{|NG2018:Labels(3)|}] partial class Net;", "CrossEntropyLoss learns one of classes that exclude each other, but the targets are labels of which several can be 1: take BCEWithLogitsLoss")]
    public Task NG2018_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), Linear(3), BCEWithLogitsLoss, TargetRange(0, 1)] partial class Net;")]
    [InlineData("[Network(8), Linear(2), CrossEntropyLoss, Labels(1)] partial class Net;")]
    [InlineData("[Network(8), Linear(3), MSELoss, TargetRange(0, 5)] partial class Net;")]
    public Task NG2018_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(3), {|NG2019:Softmax|}, MSELoss] partial class Net;", "MSELoss of a softmax learns slowly where it is wrong and sure, because the softmax is flat there: if it is for classes, take CrossEntropyLoss without the Softmax, else say what the targets are")]
    [InlineData("[Network(8), Linear(3), {|NG2019:Softmax|}, HuberLoss] partial class Net;", "HuberLoss of a softmax")]
    public Task NG2019_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), Linear(3), Softmax, MSELoss, TargetRange(0, 1)] partial class Net;")]
    [InlineData("[Network(8), Linear(3), Softmax] partial class Net;")]
    [InlineData("[Network(8), Linear(3), Softmax, Linear(3), MSELoss] partial class Net;")]
    public Task NG2019_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(3), CrossEntropyLoss, {|NG2020:Classes(4)|}] partial class Net;", "The target is stated as 4 classes, but the output is 3: the last layer takes 4 outputs")]
    [InlineData("[Network(8), Linear(1), BCEWithLogitsLoss, {|NG2020:Classes(4)|}] partial class Net;", "but the output is 1: the last layer takes 4 outputs")]
    [InlineData("[Network(8), Linear(3), MSELoss, {|NG2020:Classes(2)|}] partial class Net;", "the last layer takes 1 output or 2")]
    [InlineData("[Network(8), Linear(3)] [{|NG2020:Labels(5)|}] partial class Net;", "The target is stated as 5 labels, but the output is 3: the last layer takes 5 outputs")]
    [InlineData("[Network(8), Linear(1), CrossEntropyLoss, {|NG2020:Labels(1)|}] partial class Net;", "the last layer takes 2 outputs, or BCEWithLogitsLoss over 1")]
    [InlineData("[{|NG2020:Classes(10)|}, Network(1, 8, 8), Conv2d(12, 1), GlobalAvgPool2d, Flatten, CrossEntropyLoss] partial class Net;", "but the output is 12")]
    public Task NG2020_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), Linear(4), CrossEntropyLoss, Classes(4)] partial class Net;")]
    [InlineData("[Network(8), Linear(1), BCEWithLogitsLoss, Classes(2)] partial class Net;")]
    [InlineData("[Network(8), Linear(1), BCEWithLogitsLoss, Labels(1)] partial class Net;")]
    [InlineData("[Network(1, 8, 8), Conv2d(3, 1), BCEWithLogitsLoss, Labels(3)] partial class Net;")]
    [InlineData("[Network(8), Linear(3)] [Classes(3)] partial class Net;")]
    public Task NG2020_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(3), BCEWithLogitsLoss, {|NG2021:Classes(3)|}] partial class Net;", "BCEWithLogitsLoss learns 3 answers of yes or no, but the classes exclude each other: CrossEntropyLoss learns which of them it is")]
    [InlineData("[Network(8), Linear(2), BCEWithLogitsLoss, {|NG2021:Classes(2)|}] partial class Net;", "learns 2 answers")]
    public Task NG2021_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), Linear(3), BCEWithLogitsLoss, Labels(3)] partial class Net;")]
    [InlineData("[Network(8), Linear(1), BCEWithLogitsLoss, Classes(2)] partial class Net;")]
    [InlineData("[Network(8), Linear(3), CrossEntropyLoss, Classes(3)] partial class Net;")]
    public Task NG2021_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(3), MSELoss, {|NG2022:Classes(3)|}] partial class Net;", "MSELoss takes the classes for numbers: CrossEntropyLoss learns their probabilities, and faster where the network is wrong")]
    [InlineData("[Network(8), Linear(3), L1Loss, {|NG2022:Labels(3)|}] partial class Net;", "L1Loss takes the labels for numbers: BCEWithLogitsLoss")]
    public Task NG2022_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), Linear(3), MSELoss] partial class Net;")]
    [InlineData("[Network(8), Linear(3), CrossEntropyLoss, Classes(3)] partial class Net;")]
    public Task NG2022_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(3), ReLU, {|NG2023:ReLU|}, Linear(2)] partial class Net;", "ReLU stands behind ReLU, and the second changes nothing: leave one of them out")]
    [InlineData("[Network(8), Linear(3), Tanh, Dropout, {|NG2023:Sigmoid|}, Linear(2)] partial class Net;", "Sigmoid stands behind Tanh, and what comes out is between 0.269 and 0.731 instead of between 0 and 1: leave one of them out")]
    [InlineData("[Network(8), Linear(3), ReLU, {|NG2023:Softmax|}] partial class Net;", "Softmax stands behind ReLU, and there are no weights between them")]
    [InlineData("[Network(1, 8, 8), Conv2d(3, 3), GELU, Flatten, {|NG2023:Tanh|}, Linear(2)] partial class Net;", "Tanh stands behind GELU")]
    [InlineData("[Network(8), Linear(3), Exp, {|NG2023:Exp|}, Linear(2)] partial class Net;", "Exp stands behind Exp")]
    [InlineData("[Block, {|NG2023:ReLU|}, Linear(8), ReLU] class Layer; [Network(8), ReLU, Repeat<Layer>(3)] partial class Net;", "(at 1.0.0 of network 'Net')")]
    [InlineData("[Network(1, 8, 8), Conv2d(3, 3), ReLU, MaxPool2d(2), {|NG2023:ReLU|}, Flatten, Linear(2)] partial class Net;", "ReLU stands behind ReLU, and the second changes nothing")]
    [InlineData("[Network(1, 8, 8), Conv2d(3, 3), ReLU, GlobalMaxPool2d, {|NG2023:ReLU|}, Flatten, Linear(2)] partial class Net;", "changes nothing")]
    [InlineData("[Network(1, 8), Conv1d(3, 3), Sigmoid, AvgPool1d(2), {|NG2023:Sigmoid|}, Flatten, Linear(2)] partial class Net;", "Sigmoid stands behind Sigmoid")]
    [InlineData("[Network(1, 8), Conv1d(3, 3), Tanh, MaxPool1d(2), {|NG2023:Tanh|}, Flatten, Linear(2)] partial class Net;", "Tanh stands behind Tanh")]
    [InlineData("[Block, Linear(3), ReLU, {|NG2023:ReLU|}] class FA; [Network(8), Sum<FA, FA>, Sum<FA, FA>, Linear(2)] partial class Net;", "ReLU stands behind ReLU")]
    [InlineData("[Block, Linear(8), ReLU] class Body; [Network(8), ReLU, Residual<Body>, {|NG2023:ReLU|}] partial class Net;", "ReLU stands behind Residual<Body>, and what it reads is at least 0 already: leave it out")]
    [InlineData("[Block, Linear(8), Sigmoid] class A; [Block, Linear(8), ReLU] class B; [Network(8), Sum<A, B>, Dropout, {|NG2023:LeakyReLU(0.1)|}, Linear(1)] partial class Net;", "what it reads is at least 0 already")]
    [InlineData("[Block, Linear(8), Sigmoid] class A; [Block, Linear(8), Softplus] class B; [Network(8), Concat<A, B>, {|NG2023:ReLU|}, Linear(1)] partial class Net;", "ReLU stands behind Concat<A, B>")]
    [InlineData("[Network(8), Linear(3), ELU(-5), {|NG2023:Softplus(1e20)|}, Linear(2)] partial class Net;", "there are no weights between them")]
    public Task NG2023_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(8), Linear(3), ReLU, Linear(2), ReLU] partial class Net;")]
    [InlineData("[Network(1, 8, 8), Conv2d(3, 3), ReLU, GlobalAvgPool2d, Flatten, Softmax] partial class Net;")]
    [InlineData("[Network(8), Linear(3), LeakyReLU(1), ReLU, Linear(2)] partial class Net;")]
    [InlineData("[Network(8), Linear(3), ReLU, LayerNorm, ReLU] partial class Net;")]
    [InlineData("[Network(8), Linear(3), Tanh, Exp] partial class Net;")]
    [InlineData("[Block, ReLU, Linear(8)] class Body; [Network(8), ReLU, Residual<Body>, Residual<Body>] partial class Net;")]
    [InlineData("[Block, ReLU, Linear(8)] class Layer; [Network(8), Linear(8), ReLU, Repeat<Layer>(3)] partial class Net;")]
    [InlineData("[Block, Linear(8), ReLU] class Body; [Network(8), Residual<Body>, ReLU] partial class Net;")]
    [InlineData("[Block, Linear(8), ReLU] class Body; [Network(8), Residual<Body>, ReLU, Residual<Body>, ReLU] partial class Net;")]
    [InlineData("[Block, Linear(8), ReLU] class Body; [Block, Residual<Body>, ReLU] class Layer; [Network(8), Linear(8), Repeat<Layer>(3)] partial class Net;")]
    [InlineData("[Block, Linear(8), ReLU] class Body; [Network(8), ReLU, Residual<Body>, Tanh, Linear(1)] partial class Net;")]
    public Task NG2023_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("net.{|NG2024:TrainStep|}(x, y, sgd);", "Network 'Net' has no loss, so it has no TrainStep with targets: write one behind its layers, [CrossEntropyLoss] for classes, [BCEWithLogitsLoss] for labels, [MSELoss] for real numbers")]
    [InlineData("_ = net?.{|NG2024:ComputeGradients|}(x, y);", "so it has no ComputeGradients")]
    [InlineData("_ = net.{|NG2024:EvaluateLoss|}(x, y);", "so it has no EvaluateLoss")]
    public async Task NG2024_Fires(string statement, string message)
    {
        var markup = Markup.Parse($$"""[Network(4), Linear(2)] public partial class Net; static class Use { static void Train(Net net, float[] x, float[] y, SGD sgd) { {{statement}} } }""");
        CSharpCompilation compilation = Code.Compile(markup.Source);
        (Compilation output, _) = Code.Generate(compilation);
        IEnumerable<Diagnostic> found = (await Code.Analyze(output, BuildOptions.WithAnalyzers)).Where(diagnostic => diagnostic.Id == "NG2024");
        Diagnostic mistake = Assert.Single(found);
        Assert.Equal(markup.Marks.Single().Span.Length, mistake.Location.SourceSpan.Length);
        Assert.Equal(markup.Marks.Single().Span.Start + compilation.SyntaxTrees[0].Length - markup.Source.Length, mistake.Location.SourceSpan.Start);
        Assert.Contains(message, RuleCheck.Message(mistake), StringComparison.Ordinal);
        Assert.Equal(DiagnosticSeverity.Error, mistake.Severity);

        // C# says so too: the one overload takes a loss instead of targets.
        Assert.Contains(output.GetDiagnostics(), diagnostic => diagnostic.Id is "CS1061" or "CS1503");
    }

    [Theory]
    [InlineData("[Network(4), Linear(2), MSELoss] public partial class Net; static class Use { static void Train(Net net, float[] x, float[] y, SGD sgd) { net.TrainStep(x, y, sgd); } }")]
    [InlineData("[Network(4), Linear(2)] public partial class Net; static class Use { static void Train(Net net, float[] x, SGD sgd) { net.TrainStep(x, (output, gradient) => 0, sgd); net.ComputeGradients(x, (output, gradient) => 0); } }")]
    [InlineData("[Network(4), Linear(2)] public partial class Net { internal void TrainStep() { } } static class Use { static void Train(Net net) { net.TrainStep(); } }")]
    [InlineData("[Network(4), Linear(2)] public partial class Net; static class Use { static void TrainStep(this Net net) { } static void Train(Net net) { net.TrainStep(); } }")]
    [InlineData("[Network(4), Linear(2)] public partial class Net; class Other { public void TrainStep() { } void Train() { this.TrainStep(); } }")]
    public Task NG2024_IsSilent(string source) => RuleCheck.IsSilent(source);

    /// <summary>C# says what it does not know, and that is the mistake.</summary>
    [Theory]
    [InlineData("MSELos")]
    [InlineData("CrossEntropy")]
    [InlineData("Squared")]
    public async Task NG2024_IsSilentOfALossThatIsMisspelt(string loss)
    {
        CSharpCompilation compilation = Code.Compile($"[Network(4), Linear(2), {loss}] public partial class Net {{ void Train(float[] x, float[] y, SGD sgd) {{ TrainStep(x, y, sgd); }} }}");
        (Compilation output, _) = Code.Generate(compilation);
        Assert.DoesNotContain(await Code.Analyze(output, BuildOptions.WithAnalyzers), diagnostic => diagnostic.Id == "NG2024");
    }

    [Fact]
    public async Task NG2024_IsToldWithinTheNetworkToo()
    {
        CSharpCompilation compilation = Code.Compile("[Network(4), Linear(2)] public partial class Net { void Train(float[] x, float[] y, SGD sgd) { TrainStep(x, y, sgd); } }");
        (Compilation output, _) = Code.Generate(compilation);
        Diagnostic mistake = Assert.Single(await Code.Analyze(output, BuildOptions.WithAnalyzers), diagnostic => diagnostic.Id == "NG2024");
        Assert.Equal("TrainStep", Code.Text(mistake));
    }

    [Theory]
    [InlineData("[Network(1, 8, 8), Conv2d(10, 3), ReLU, GlobalAvgPool2d, Flatten, {|NG2025:CrossEntropyLoss|}] partial class Net;", "CrossEntropyLoss takes logits, which are any real numbers, but the outputs are at least 0 whatever the weights are")]
    [InlineData("[Block, Linear(3), Tanh] class A; [Network(8), Sum<A, A>, {|NG2025:CrossEntropyLoss|}] partial class Net;", "between -2 and 2 whatever the weights are, and the loss of 3 classes cannot fall below 0.04")]
    public Task NG2025_Fires(string source, string message) => RuleCheck.Fires(source, message);

    [Theory]
    [InlineData("[Network(1, 8, 8), Conv2d(10, 3), GlobalAvgPool2d, Flatten, CrossEntropyLoss] partial class Net;")]
    [InlineData("[Block, Linear(8), Tanh] class Body; [Network(8), Residual<Body>, CrossEntropyLoss] partial class Net;")]
    [InlineData("[Network(8), Linear(3), Tanh, CrossEntropyLoss] partial class Net;")]
    public Task NG2025_IsSilent(string source) => RuleCheck.IsSilent(source);

    [Theory]
    [InlineData("[Network(8), Linear(3), CrossEntropyLoss, {|NG1020:Classes(1)|}] partial class Net;", "Classes(1): count takes at least 2 classes, but got 1")]
    [InlineData("[Network(8), Linear(3), BCEWithLogitsLoss, {|NG1020:Labels(0)|}] partial class Net;", "Labels(0): count takes at least 1 label, but got 0")]
    [InlineData("[Network(8), Linear(3), MSELoss, {|NG1020:TargetRange(1, 1)|}] partial class Net;", "TargetRange: max takes a number above min, 1, but got 1")]
    [InlineData("[Network(8), Linear(3), MSELoss, {|NG1020:TargetRange(double.NaN)|}] partial class Net;", "TargetRange: max takes a number above min, NaN, but got Infinity")]
    [InlineData("[Network(8), Linear(3), MSELoss, Classes(3), {|NG1030:TargetRange(0, 1)|}] partial class Net;", "TargetRange does not go with Classes(3): they are one or the other")]
    [InlineData("[Network(8), Linear(3), CrossEntropyLoss, Labels(3), {|NG1030:Classes(3)|}] partial class Net;", "they are one or the other")]
    [InlineData("[Network(8), Linear(3), CrossEntropyLoss, Classes(3), {|NG1030:Classes(3)|}] partial class Net;", "Classes(3) does not go with Classes(3): they are said once")]
    [InlineData("[{|NG1020:Budget(Macs = -1)|}, Network(8), Linear(3), MSELoss] partial class Net;", "Budget: Macs takes at least 0, but got -1")]
    [InlineData("[{|NG1020:Budget(ReceptiveField = 5)|}, Network(8), Linear(3), MSELoss] partial class Net;", "Budget: ReceptiveField takes an input with places, [c, l] or [c, h, w], but got 8")]
    public async Task Targets_that_cannot_be_are_errors(string source, string message)
    {
        var markup = Markup.Parse(source);
        (string rule, TextSpan span) = markup.Marks.Single();
        CSharpCompilation compilation = Code.Compile(markup.Source);
        Diagnostic mistake = (await Code.Analyze(compilation)).Single(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.Equal((rule, span.Start + compilation.SyntaxTrees[0].Length - markup.Source.Length, span.Length), (mistake.Id, mistake.Location.SourceSpan.Start, mistake.Location.SourceSpan.Length));
        Assert.Contains(message, RuleCheck.Message(mistake), StringComparison.Ordinal);
    }

    /// <summary>By values at many places.</summary>
    [Theory]
    [InlineData(double.NegativeInfinity, double.PositiveInfinity)]
    [InlineData(-0.5, 2)]
    [InlineData(0, double.PositiveInfinity)]
    [InlineData(-3, -2)]
    public void Ranges_of_activations_are_as_wide_as_what_they_reach(double low, double high)
    {
        foreach (ActivationKind function in Enum.GetValues<ActivationKind>())
        {
            foreach (double parameter in function == ActivationKind.Softplus ? new[] { 1, 2.5 } : [1, 0.1, 0, -0.5])
            {
                var op = new ActivationOp(null, function, parameter);
                double[] values = [.. Enumerable.Range(-8000, 16001).Select(i => i / 100.0).Where(x => x > low && x < high).Select(x => ActivationFunction.Of(op, x))];
                ValueRange range = ValueRanges.Image(op, new ValueRange(low, high));
                string place = $"{op.Display} of {low} to {high}: {range}, {values.Min()} to {values.Max()}";
                Assert.True(Near(range.Low, values.Min(), -50) && Near(range.High, values.Max(), 50), place);
            }
        }

        // Infinite, where the values go far.
        static bool Near(double end, double value, double far) => double.IsInfinity(end) ? far < 0 ? value < -7 : value > far : Math.Abs(end - value) < 0.03 * Math.Max(1, Math.Abs(end));
    }
}

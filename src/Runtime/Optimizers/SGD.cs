using NetGen.Runtime;

namespace NetGen;

/// <summary>How momentum is written. Both forms have the same iterates where the learning rate stays the same.</summary>
public enum MomentumForm
{
    /// <summary>v ← g + βv, θ ← θ − lr·v; Nesterov's θ ← θ − lr·(g + βv): that of <c>torch.optim.SGD</c>.</summary>
    Velocity,

    /// <summary>θ ← θ − lr·g + β(θ − θ₋₁) (Polyak 1964); Nesterov's ψ ← θ − lr·g, θ ← ψ + β(ψ − ψ₋₁) (Nesterov 1983).</summary>
    Iterates,
}

/// <summary>Stochastic gradient descent, θ ← θ − lr·(g + λθ) with learning rate lr and weight decay λ, and with momentum (<c>torch.optim.SGD</c>).</summary>
public sealed class SGD : Optimizer
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The learning rate; at least 0 and finite.</param>
    /// <param name="momentum">β, of the last velocity; at least 0 and less than 1.</param>
    /// <param name="dampening">What is taken off the gradient's share of the velocity; at least 0 and less than 1. The first step has none.</param>
    /// <param name="weightDecay">The weight decay λ, which pulls every parameter towards 0, biases too; at least 0 and finite.</param>
    /// <param name="nesterov">Whether the momentum is Nesterov's, which takes no dampening.</param>
    /// <param name="form">How the momentum is written; <see cref="MomentumForm.Iterates"/> takes no dampening.</param>
    /// <exception cref="System.ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="System.ArgumentException">Nesterov's momentum, or that over iterates, with dampening; Nesterov's without momentum.</exception>
    public SGD(double learningRate, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false, MomentumForm form = MomentumForm.Velocity)
        : base(learningRate, weightDecay, momentum > 0 ? [form == MomentumForm.Velocity ? "momentum_buffer" : "last_iterate"] : [])
    {
        Momentum = Share(momentum, nameof(momentum));
        Dampening = Share(dampening, nameof(dampening));
        if (dampening > 0 && (nesterov || form == MomentumForm.Iterates))
            throw new System.ArgumentException("Expected no dampening with Nesterov's momentum or the momentum of iterates.", nameof(dampening));
        if (nesterov && momentum == 0)
            throw new System.ArgumentException("Expected a momentum, since Nesterov's is asked for.", nameof(momentum));
        (Nesterov, Form) = (nesterov, form);
    }

    /// <summary>β, the last velocity's share.</summary>
    public double Momentum { get; }

    /// <summary>What is taken off the gradient's share of the velocity.</summary>
    public double Dampening { get; }

    /// <summary>Whether the momentum is Nesterov's.</summary>
    public bool Nesterov { get; }

    /// <summary>How the momentum is written.</summary>
    public MomentumForm Form { get; }

    private protected override void Update(in PackedRange range, double rate, double decay)
    {
        bool isFirst = UpdateCount == 1;
        if (Momentum == 0)
            Run(new DescentUpdate((float)rate), range, decay);
        else if (Form == MomentumForm.Velocity)
            Run(new MomentumUpdate((float)rate, (float)Momentum, (float)(1 - Dampening), Nesterov, isFirst), range, decay);
        else
            Run(new IterateMomentumUpdate((float)rate, (float)Momentum, Nesterov, isFirst), range, decay);
    }
}

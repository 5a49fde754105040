"""PyTorch's side of the benchmark: answers one JSON command a line on stdin with one JSON line on stdout, and sleeps in between.

The argument is the number of threads."""
import gc
import json
import sys
import time

try:
    import torch
    from torch import nn
except Exception as error:  # a broken installation can raise more than ImportError
    print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
    sys.exit(0)

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "relu": nn.ReLU}
LOSSES = {
    "mse": nn.MSELoss,
    "cross_entropy": nn.CrossEntropyLoss,
    "half_squared_error": lambda: lambda y, t: 0.5 * (y - t).square().sum() / len(y),
}


class Workload:
    def __init__(self, widths, activation, loss, batch):
        torch.manual_seed(0)
        layers = []
        for i in range(len(widths) - 1):
            if i > 0:
                layers.append(ACTIVATIONS[activation]())
            layers.append(nn.Linear(widths[i], widths[i + 1]))
        self.model = nn.Sequential(*layers)
        self.initial = [p.detach().clone() for p in self.model.parameters()]
        self.loss = LOSSES[loss]()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=1e-3)
        self.input = torch.rand(batch, widths[0])
        self.target = (
            torch.randint(widths[-1], (batch,)) if loss == "cross_entropy" else torch.rand(batch, widths[-1])
        )
        self.output_gradient = torch.rand(batch, widths[-1])

    def reset(self):
        with torch.no_grad():
            for parameter, value in zip(self.model.parameters(), self.initial):
                parameter.copy_(value)

    def train(self, iterations):
        model, loss, optimizer, x, t = self.model, self.loss, self.optimizer, self.input, self.target
        model.train()
        start = time.perf_counter()
        for _ in range(iterations):
            optimizer.zero_grad()
            loss(model(x), t).backward()
            optimizer.step()
        return time.perf_counter() - start

    def infer(self, iterations, batch=None):
        model, x = self.model, self.input[:batch]
        model.eval()
        with torch.inference_mode():
            start = time.perf_counter()
            for _ in range(iterations):
                model(x)
            return time.perf_counter() - start

    def infer_b1(self, iterations):
        return self.infer(iterations, 1)

    def product(self, iterations, a, b):
        out = torch.empty(a.shape[0], b.shape[1])
        with torch.inference_mode():
            start = time.perf_counter()
            for _ in range(iterations):
                torch.mm(a, b, out=out)
            return time.perf_counter() - start

    def weight_gradient(self, iterations):
        return self.product(iterations, self.output_gradient.t(), self.input)

    def data_gradient(self, iterations):
        return self.product(iterations, self.output_gradient, self.model[-1].weight.detach())


def blas():
    """The linear algebra library in this process; a PyTorch with its own built in shows none."""
    try:
        with open("/proc/self/maps") as maps:
            files = {line.split()[-1].rsplit("/", 1)[-1] for line in maps if "/" in line}
    except OSError:
        return "unknown"
    return ", ".join(sorted(name for name in files if "blas" in name or "libmkl" in name)) or "built in"


def main():
    workload = None
    gc.disable()
    torch.set_num_threads(int(sys.argv[1]))
    print(json.dumps({"version": torch.__version__, "blas": blas()}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        if command["command"] == "build":
            workload = Workload(command["widths"], command["activation"], command["loss"], command["batch"])
            answer = {}
        else:
            workload.reset()
            seconds = getattr(workload, command["mode"])(command["iterations"])
            answer = {"seconds": seconds}
            gc.collect()
        print(json.dumps(answer), flush=True)


main()

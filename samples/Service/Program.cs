using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.DependencyInjection;
using NetGen.Data;
using NetGen.Samples.Service;

// A training elsewhere makes the file; here it takes a second.
string path = Path.Combine(Directory.CreateTempSubdirectory("netgen-service-").FullName, "rings.safetensors");
Rings.Train(path);

var services = new ServiceCollection();
services.AddSingleton(_ => Predictor<RingNetwork>.Load(path));
services.AddTransient<PointService>();
using ServiceProvider provider = services.BuildServiceProvider();

// One model, many threads: each request asks the same predictor.
Dataset<int> points = Rings.Points(10_000, seed: 2);
int right = 0;
Parallel.For(0, points.Count, i =>
{
    PointService service = provider.GetRequiredService<PointService>();
    if (service.IsInside(points.Input(i)) == (points.Targets[i] == 1))
        Interlocked.Increment(ref right);
});
Console.WriteLine(FormattableString.Invariant($"{points.Count} requests, {(double)right / points.Count:P1} answered right"));
Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
return right > 0.95 * points.Count ? 0 : 1;

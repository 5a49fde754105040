using System;
using System.Globalization;
using System.IO;
using NetGen.Samples.Tabular;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string data = Path.Combine(AppContext.BaseDirectory, "Data");
string directory = args is [var given] ? given : "tabular";
Regression.Run(Path.Combine(data, "homes.csv"), directory);
Classification.Run(Path.Combine(data, "customers.csv"), directory);

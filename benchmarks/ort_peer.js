// ONNX Runtime's side of the benchmark: answers one JSON command a line on stdin with one JSON line on stdout, and sleeps in between.
// The argument is the number of threads.
'use strict';
const path = require('path');
const readline = require('readline');

const answer = message => process.stdout.write(JSON.stringify(message) + '\n');

/** Looks where Node.js looks, from the working directory upwards and in NODE_PATH, then where `npm install -g` puts things. */
function load() {
  const folder = path.dirname(process.execPath);
  const places = [process.cwd(), folder, path.join(folder, '..', 'lib')];
  return require(require.resolve('onnxruntime-node', { paths: places }));
}

let ort;
try {
  ort = load();
} catch (error) {
  answer({ error: error.message.split('\n')[0] });
  process.exit(0);
}

const threads = Number(process.argv[1]);
let runs = new Map();

/** A session for one batch size: with it fixed, ONNX Runtime knows every shape when it optimises. */
async function prepare(file, batch) {
  const session = await ort.InferenceSession.create(file, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    freeDimensionOverrides: { batch },
  });
  const tensor = metadata => {
    const shape = metadata.shape.map(size => (size === 'batch' ? batch : size));
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    return new ort.Tensor('float32', values.map(Math.random), shape);
  };
  return { session, feeds: { x: tensor(session.inputMetadata[0]) }, fetches: { y: tensor(session.outputMetadata[0]) } };
}

async function build({ file, batches }) {
  for (const { session } of runs.values())
    await session.release();
  runs = new Map();
  for (const batch of batches)
    runs.set(batch, await prepare(file, batch));
  return {};
}

async function time({ batch, iterations }) {
  const { session, feeds, fetches } = runs.get(batch);
  const start = process.hrtime.bigint();
  for (let i = 0; i < iterations; i++)
    await session.run(feeds, fetches);
  return { seconds: Number(process.hrtime.bigint() - start) * 1e-9 };
}

(async () => {
  answer({ version: ort.env.versions.node });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const command = JSON.parse(line);
    answer(command.command === 'build' ? await build(command) : await time(command));
  }
})();

import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'vite';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');
const OUT = join(ROOT, '.cache/simulator');

const USAGE = `Runs the simulator over many seeds: npm run simulate -- [--seeds 1000] [--from 1] [--bug name]... [--cores n]
A failing seed is printed with an explanation. The exit code is then 1.`;

/** Seeds per block of a thread: some seconds of work. */
const BLOCK = 200;
/** Stop after this many failing seeds. */
const MOST_FAILURES = 5;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    bug: { type: 'string', multiple: true, default: [] },
    cores: { type: 'string', default: String(availableParallelism()) },
    help: { type: 'boolean', default: false },
  },
});
const [seeds, from, cores] = [values.seeds, values.from, values.cores].map(Number);
if (values.help || ![seeds, from, cores].every((n) => Number.isInteger(n) && n > 0)) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 1);
}

// Node 20 can't run TypeScript.
mkdirSync(OUT, { recursive: true });
await build({
  configFile: false,
  root: ROOT,
  logLevel: 'warn',
  build: {
    ssr: join(HERE, 'block.ts'),
    outDir: OUT,
    emptyOutDir: true,
    rollupOptions: { output: { entryFileNames: 'block.mjs' } },
  },
});

const startedAt = performance.now();
const total = { seeds: 0, events: 0, calls: 0, bought: 0, failures: 0 };
let next = from;

/** Runs a thread, block by block, until none are left. */
const runThread = () =>
  new Promise((resolve, reject) => {
    const worker = new Worker(join(OUT, 'block.mjs'), { workerData: { bugs: values.bug } });
    const give = () => {
      const count = Math.min(BLOCK, from + seeds - next);
      if (count <= 0 || total.failures >= MOST_FAILURES) return worker.postMessage(undefined);
      worker.postMessage({ from: next, count });
      next += count;
    };
    worker.on('message', ({ failures, ...done }) => {
      for (const [name, value] of Object.entries(done)) total[name] += value;
      total.failures += failures.length;
      for (const failure of failures) console.error(failure);
      give();
    });
    worker.on('error', reject);
    worker.on('exit', resolve);
    give();
  });

const progress = setInterval(() => console.error(`${total.seeds} of ${seeds} seeds`), 30_000);
await Promise.all(Array.from({ length: cores }, runThread));
clearInterval(progress);
const seconds = (performance.now() - startedAt) / 1000;
console.log(
  `${total.seeds} seeds from ${from} in ${seconds.toFixed(1)} s: ${total.failures} failed, ${total.events} events, ` +
    `${total.calls} calls, ${total.bought} purchases answered 201`,
);
if (total.failures > 0) process.exitCode = 1;

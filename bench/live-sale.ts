/**
 * A sale that people look at: sockets subscribed to it on one front, while it sells at a steady rate, and while it sells as
 * fast as it can, with and without them.
 *
 *   npm run build && node dist/bench/live-sale.js [--sockets 10000] [--rate 2000] [--seconds 10] [--client autocannon|wrk]
 *
 * Needs as many open files as sockets (ulimit -n). The audience has a process of its own, on the same machine. A frame's
 * way is timed from the server's clock in it to its receipt, one machine's clock on either side.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { openPorts } from '../src/app/adapters/open-ports.ts';
import { loadConfig } from '../src/config.ts';
import { createLog } from '../src/telemetry/log.ts';
import { acceptedPerSecond, CLIENTS, type ClientName, load } from './support/load.ts';
import { MAIN } from './support/programs.ts';
import { putOnSale } from './support/put-on-sale.ts';
import { createTokens, purchasesOf } from './support/requests.ts';
import { saleOf } from './support/sale.ts';
import { SECRET } from './support/secret.ts';
import { serve } from './support/serve.ts';

const { values } = parseArgs({
  options: {
    sockets: { type: 'string', default: '10000' },
    rate: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '10' },
    client: { type: 'string', default: 'autocannon' },
  },
});
const [sockets, rate, seconds] = [values.sockets, values.rate, values.seconds].map(Number) as [number, number, number];
const client = CLIENTS.find((name) => name === values.client) as ClientName;

const MANY = 10_000_000;
const CONNECTIONS = 128;
const LOAD_SECONDS = 5;
const NOBODY_EXPIRES_SECONDS = 86_400;
/** Memory is looked at when the collector has had its turn. */
const SETTLE_MS = 3000;
const GIVE_UP_MS = 10_000;
const AUDIENCE = new URL('./support/audience.js', import.meta.url);

const tokens = createTokens();
const dataDir = await mkdtemp(join(tmpdir(), 'floodgate-bench-'));
const env = { DATA_DIR: dataDir, JWT_SECRET: SECRET, PORT: '0', LOG_LEVEL: 'info' };

interface Report {
  readonly sockets: number;
  readonly sawEnd: number;
  readonly lastSawEndAt: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

interface Audience {
  report(): Promise<Report>;
  leave(): void;
}

async function audienceOf(port: number, saleId: string): Promise<Audience> {
  const child: ChildProcess = spawn(process.execPath, [AUDIENCE.pathname, String(port), String(sockets), saleId], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream }) as Interface;
  const nextLine = () => new Promise<string>((resolve) => lines.once('line', resolve));
  await nextLine();
  return {
    report: async () => {
      const line = nextLine();
      child.stdin?.write('\n');
      return JSON.parse((await line).slice('REPORT '.length)) as Report;
    },
    leave: () => child.kill('SIGKILL'),
  };
}

/** Sells all tickets at the steady rate; resolves with when the last one was sold. */
async function sellSteadily(port: number, saleId: string): Promise<{ sold: number; lastAt: number }> {
  let sold = 0;
  let lastAt = 0;
  const instance = autocannon({
    url: `http://127.0.0.1:${port}`,
    connections: 32,
    overallRate: rate,
    // It is stopped with the last ticket; a slow machine gets its time.
    duration: seconds * 3,
    requests: purchasesOf(saleId, { tokens }),
  });
  instance.on('response', (_client: unknown, status: number) => {
    if (status !== 201) return;
    sold += 1;
    lastAt = Date.now();
    if (sold === rate * seconds) instance.stop();
  });
  await instance;
  return { sold, lastAt };
}

const { ports, close } = await openPorts(loadConfig(env), createLog({ level: 'silent' }));
for (const [id, total] of [
  ['steady', rate * seconds],
  ['busy', MANY],
] as const) {
  await putOnSale(saleOf(id, { total, payWithinSeconds: NOBODY_EXPIRES_SECONDS }), ports);
}
await close();

const front = await serve(MAIN, { args: ['serve'], env });
const busy = purchasesOf('busy', { tokens });
const fullRate = async () =>
  acceptedPerSecond(
    await load(client, { port: front.port, connections: CONNECTIONS, seconds: LOAD_SECONDS, requests: busy }),
  );

await fullRate();
const without = [await fullRate()];
await delay(SETTLE_MS);
const beforeMb = await front.memoryMb();
const watching = await audienceOf(front.port, 'busy');
await delay(SETTLE_MS);
const withMb = await front.memoryMb();
const withThem = await fullRate();
const crowded = await watching.report();
watching.leave();
await delay(SETTLE_MS);
without.push(await fullRate());

const lookers = await audienceOf(front.port, 'steady');
const { sold, lastAt } = await sellSteadily(front.port, 'steady');
const giveUpAt = Date.now() + GIVE_UP_MS;
let seen = await lookers.report();
while (seen.sawEnd < sockets && Date.now() < giveUpAt) {
  await delay(100);
  const later = await lookers.report();
  seen = { ...seen, sawEnd: later.sawEnd, lastSawEndAt: later.lastSawEndAt };
}
lookers.leave();
await front.stop();
await rm(dataDir, { recursive: true, force: true });

const alone = ((without[0] as number) + (without[1] as number)) / 2;
console.table([
  {
    sockets,
    'kB a socket': (((withMb - beforeMb) * 1024) / sockets).toFixed(1),
    sold,
    'saw the end': seen.sawEnd,
    'last one after, ms': seen.lastSawEndAt - lastAt,
    'frame p50, ms': seen.p50Ms,
    'frame p99, ms': seen.p99Ms,
    'purchases/s without': Math.round(alone),
    'purchases/s with': Math.round(withThem),
    ratio: (withThem / alone).toFixed(2),
    'frame p99 then, ms': crowded.p99Ms,
  },
]);

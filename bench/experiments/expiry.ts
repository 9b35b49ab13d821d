import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { type OpenPorts, openPorts } from '../../src/app/adapters/open-ports.ts';
import { seedWhenReady } from '../../src/app/seed.ts';
import { loadConfig } from '../../src/config.ts';
import type { Sale } from '../../src/domain/sale.ts';
import { poll } from '../../src/resilience/poll.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { putOnSale } from '../../test/support/put-on-sale.ts';
import { ALL_SERVERS } from '../runner/servers.ts';
import { createClusterInstallation } from '../support/cluster-installation.ts';
import { createEmbeddedInstallation } from '../support/embedded-installation.ts';
import { serveFloodgate } from '../support/floodgate.ts';
import type { Installation } from '../support/installation.ts';
import { acceptedPerSecond, CLIENTS, type ClientName, load } from '../support/load.ts';
import { createTokens, purchasesOf, tokenOf } from '../support/requests.ts';
import { saleOf } from '../support/sale.ts';
import { sellDirectly } from '../support/sell-directly.ts';
import type { ServerProcess } from '../support/serve.ts';
import { quantile } from '../support/statistics.ts';
import { experiment } from './experiment.ts';

const silent = createLog({ level: 'silent' });
const PLENTY = 10_000_000;
/** Long enough to sell and store all orders before the first is due, by this margin. */
const PAY_WITHIN_SECONDS = 30;
const STORED_BEFORE_DUE_MS = 5000;
const LOAD_SECONDS = 5;
const POLL_MS = 50;
const TIMEOUT_MS = 180_000;
/** Tickets sold one at a time, and the interval between them. */
const SINGLES = 200;
const SINGLES_EVERY_MS = 20;
/** Longer than it takes to sell the single tickets, so that buyers wait for them before the first is due. */
const SINGLE_PAY_SECONDS = 7;
/** Buyers who wait for a ticket, and how often each of them retries: all together every 2 ms. */
const WAITING_BUYERS = 16;
const RETRY_EVERY_MS = 32;

interface Options {
  readonly onCluster: boolean;
  readonly orders: number;
  readonly connections: number;
  readonly client: ClientName;
}

interface Running {
  readonly port: number;
  stop(): Promise<void>;
}

class Expiry {
  readonly #tokens = createTokens();

  constructor(
    private readonly options: Options,
    private readonly installation: Installation,
    private readonly ports: OpenPorts['ports'],
  ) {}

  /** Starts the processes when all orders are due: the scheduler finds them all at once, and did not see their sale. */
  async run(): Promise<Record<string, string | number>> {
    const { orders } = this.options;
    const due = await this.#publish(saleOf('due', { total: orders, payWithinSeconds: PAY_WITHIN_SECONDS }));
    for (const n of [0, 1, 2]) await this.#publish(saleOf(`busy-${n}`, { total: PLENTY }));
    await this.#sellUntilDue(due);
    const running = await this.#start();
    try {
      const expired = await this.#expireAll(running.port, due.id);
      const waits = await this.#resellSingles(running.port);
      return {
        orders,
        'all back on sale, s': (expired.tookMs / 1000).toFixed(1),
        'purchases/s meanwhile': Math.round(expired.during),
        'purchases/s alone': Math.round(expired.alone),
        ratio: (expired.during / expired.alone).toFixed(2),
        'load ended after, s': (expired.loadMs / 1000).toFixed(1),
        'deadline to resale p50, ms': quantile(waits, 0.5),
        'p99, ms': quantile(waits, 0.99),
      };
    } finally {
      await running.stop();
    }
  }

  /** Sells all tickets, stores their orders, and resolves when all of them are due. */
  async #sellUntilDue(sale: Sale): Promise<void> {
    const { orders } = this.options;
    await sellDirectly(this.ports, sale, orders);
    const dueAt = Date.now() + PAY_WITHIN_SECONDS * 1000;
    const running = await this.#start();
    await waitUntil(async () => (await this.ports.store.counts(sale.id)).states.reserved === orders, 'all stored');
    if (Date.now() > dueAt - STORED_BEFORE_DUE_MS) throw new Error('too slow: some were due before all were stored');
    await running.stop();
    await delay(Math.max(0, dueAt - Date.now()));
  }

  /** Time until all orders are expired and their tickets back on sale; purchases of other sales during and after it. */
  async #expireAll(port: number, saleId: string) {
    const { orders } = this.options;
    const from = performance.now();
    let tookMs = 0;
    const expiring = waitUntil(async () => {
      const [{ states }, stock] = await Promise.all([this.ports.store.counts(saleId), this.ports.queue.stock(saleId)]);
      return states.expired === orders && stock?.remaining === orders;
    }, 'all expired and back on sale').then(() => {
      tookMs = performance.now() - from;
    });
    const during = await this.#rate(port, 'busy-0');
    const loadMs = performance.now() - from;
    await expiring;
    const alone = ((await this.#rate(port, 'busy-1')) + (await this.#rate(port, 'busy-2'))) / 2;
    return { tookMs, during, loadMs, alone };
  }

  /** Milliseconds from a deadline until the ticket is bought again, ascending. */
  async #resellSingles(port: number): Promise<readonly number[]> {
    // Otherwise the remaining orders of the previous load would be stored first.
    const { settlement } = loadConfig(this.installation.env);
    await waitUntil(async () => (await this.ports.log.lag(settlement.group)) === 0, 'all stored');
    await this.#publish(saleOf('single', { total: SINGLES, payWithinSeconds: SINGLE_PAY_SECONDS }));
    const deadlines: number[] = [];
    for (let n = 0; n < SINGLES; n += 1) {
      deadlines.push((await buy(port, 'single', `holder-${n}`)).payBy);
      await delay(SINGLES_EVERY_MS);
    }
    const boughtAt: number[] = [];
    await Promise.all(
      Array.from({ length: WAITING_BUYERS }, async (_, n) => {
        while (boughtAt.length < SINGLES) {
          const { status, payBy } = await buy(port, 'single', `waiting-${n}`);
          if (status !== 201) {
            await delay(RETRY_EVERY_MS);
            continue;
          }
          boughtAt.push(Date.now());
          // This order is not paid either, so its ticket returns to sale, too.
          deadlines.push(payBy);
        }
      }),
    );
    // Tickets are resold in the order of their deadlines, so the nth purchase waited for the nth deadline.
    deadlines.sort((a, b) => a - b);
    return boughtAt.map((at, n) => at - (deadlines[n] as number)).sort((a, b) => a - b);
  }

  #publish(sale: Sale): Promise<Sale> {
    return seedWhenReady(() => putOnSale(sale, this.ports), { log: silent });
  }

  async #rate(port: number, saleId: string): Promise<number> {
    const { client, connections } = this.options;
    const requests = purchasesOf(saleId, { tokens: this.#tokens });
    return acceptedPerSecond(await load(client, { port, connections, seconds: LOAD_SECONDS, requests }));
  }

  async #start(): Promise<Running> {
    const { env } = this.installation;
    const running: ServerProcess[] = [];
    for (const roles of this.options.onCluster ? ['worker', 'scheduler', 'front'] : ['all']) {
      running.push(await serveFloodgate({ env, roles }));
    }
    return {
      port: running.at(-1)?.port ?? 0,
      stop: async () => {
        for (const server of running.reverse()) await server.stop();
      },
    };
  }
}

async function waitUntil(isDone: () => Promise<boolean>, what: string): Promise<void> {
  const done = await poll(isDone, { until: Boolean, everyMs: POLL_MS, forMs: TIMEOUT_MS, clock: systemClock });
  if (!done) throw new Error(`not within ${TIMEOUT_MS} ms: ${what}`);
}

async function buy(port: number, saleId: string, userId: string): Promise<{ status: number; payBy: number }> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/sales/${saleId}/purchases`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokenOf(userId)}` },
  });
  const body = (await answer.json()) as { payBy?: string };
  return { status: answer.status, payBy: Date.parse(body.payBy ?? '') };
}

export const expiry = experiment({
  name: 'expiry',
  shows:
    'unpaid orders that fall due together: time until all are back on sale, purchases meanwhile, resale of a ticket',
  reason: 'all orders have one deadline, so there are no rounds to alternate',
  options: { on: ['embedded', 'cluster'], orders: 100_000, connections: 128, client: CLIENTS },
  servers: ({ on }) => (on === 'cluster' ? ALL_SERVERS : []),
  run: async ({ on, orders, connections, client }, { servers }) => {
    const onCluster = on === 'cluster';
    const installation = onCluster ? await createClusterInstallation(servers) : await createEmbeddedInstallation();
    const { ports, close } = await openPorts(loadConfig(installation.env), silent);
    try {
      const row = await new Expiry({ onCluster, orders, connections, client }, installation, ports).run();
      console.table([{ on, ...row }]);
    } finally {
      await close();
      await installation.remove();
    }
  },
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { poll } from '../../src/resilience/poll.ts';
import type { FollowUp, RunningScenario, Sample, Scenario, ScenarioOptions, Verdict } from '../runner/scenario.ts';
import type { SubscriberReport } from '../support/live-subscribers.ts';
import { load } from '../support/load.ts';
import { purchasesOf } from '../support/requests.ts';
import { ticketsFor } from '../support/sale.ts';
import { Reconciliation } from './parts/reconciliation.ts';
import { sampleOf } from './parts/sample.ts';
import { openTestbed, type Testbed } from './parts/testbed.ts';

const SUBSCRIBERS = new URL('../support/live-subscribers.js', import.meta.url);

/** Of the buyers; the scenario's connections are the subscribed sockets. */
const BUYER_CONNECTIONS = 128;
/** The sale in which frames are timed: far below what a front can sell, so that the sockets are the load. */
const STEADY_PER_SECOND = 2000;
const STEADY_CONNECTIONS = 32;
/** A slow machine may take so many times as long to sell all tickets. */
const STEADY_PATIENCE = 3;
/** Memory is read after the garbage collector had time to run. */
const SETTLE_MS = 3000;
/** The last frame of a sale arrives within so long. */
const END_TIMEOUT_MS = 10_000;
const END_POLL_MS = 100;

/** Purchases while many sockets follow the sale on the same front. */
class LiveSale implements RunningScenario {
  readonly #reconciliation = new Reconciliation();
  #missedEnds = 0;

  constructor(
    private readonly testbed: Testbed,
    private readonly options: ScenarioOptions,
  ) {}

  get processes() {
    return this.testbed.processes;
  }

  async ceiling(seconds: number): Promise<Sample> {
    return this.#sell(await this.#openSale(ticketsFor(seconds)), seconds);
  }

  async subject(seconds: number): Promise<Sample> {
    const saleId = await this.#openSale(ticketsFor(seconds));
    const subscribers = await subscribe(this.testbed.port, this.options.connections, saleId);
    try {
      const sample = await this.#sell(saleId, seconds);
      const { p99Ms } = await subscribers.report();
      return { ...sample, extra: { 'frame p99 at full load, ms': p99Ms ?? Number.NaN } };
    } finally {
      subscribers.close();
    }
  }

  /** A sale at a steady rate: memory of a socket, delay of a frame, and whether every socket learns of the end. */
  async followUp(): Promise<FollowUp> {
    const { connections, seconds } = this.options;
    const tickets = STEADY_PER_SECOND * seconds;
    const saleId = await this.#openSale(tickets);
    const before = await this.#settledMemoryMb();
    const subscribers = await subscribe(this.testbed.port, connections, saleId);
    try {
      const memoryMb = (await this.#settledMemoryMb()) - before;
      const { sold, lastAt } = await this.#sellSteadily(saleId, tickets);
      this.#reconciliation.add(sold, sold === tickets ? 0 : STEADY_CONNECTIONS);
      const first = await subscribers.report();
      const last = await poll(subscribers.report, {
        until: ({ sawEnd }) => sawEnd === connections,
        everyMs: END_POLL_MS,
        forMs: END_TIMEOUT_MS,
        clock: systemClock,
      });
      this.#missedEnds += connections - last.sawEnd;
      return {
        figures: [
          { name: 'kB a socket', value: (memoryMb * 1024) / connections },
          { name: `frame p50 at ${STEADY_PER_SECOND}/s, ms`, value: first.p50Ms ?? Number.NaN },
          { name: `frame p99 at ${STEADY_PER_SECOND}/s, ms`, value: first.p99Ms ?? Number.NaN },
          { name: 'last socket saw the end after, ms', value: last.lastSawEndAt - lastAt },
        ],
      };
    } finally {
      subscribers.close();
    }
  }

  async check(): Promise<readonly Verdict[]> {
    return [
      this.#reconciliation.verdict(await this.testbed.ordersOf(this.#reconciliation)),
      { ok: this.#missedEnds === 0, what: `${this.#missedEnds} sockets did not see the end of a sale` },
    ];
  }

  close(): Promise<void> {
    return this.testbed.close();
  }

  async #openSale(tickets: number): Promise<string> {
    const saleId = await this.testbed.openSale(tickets);
    this.#reconciliation.sales.push(saleId);
    return saleId;
  }

  async #sell(saleId: string, seconds: number): Promise<Sample> {
    const requests = purchasesOf(saleId, { tokens: this.testbed.tokens });
    const { port } = this.testbed;
    const result = await load(this.options.client, { port, connections: BUYER_CONNECTIONS, seconds, requests });
    this.#reconciliation.add(result.accepted, BUYER_CONNECTIONS);
    return sampleOf(result, 'accepted');
  }

  /** Resolves with when the last ticket was sold, epoch milliseconds. */
  async #sellSteadily(saleId: string, tickets: number): Promise<{ sold: number; lastAt: number }> {
    let sold = 0;
    let lastAt = 0;
    const running = autocannon({
      url: `http://127.0.0.1:${this.testbed.port}`,
      connections: STEADY_CONNECTIONS,
      overallRate: STEADY_PER_SECOND,
      duration: this.options.seconds * STEADY_PATIENCE,
      requests: purchasesOf(saleId, { tokens: this.testbed.tokens }),
    });
    running.on('response', (_client: unknown, status: number) => {
      if (status !== 201) return;
      sold += 1;
      lastAt = Date.now();
      if (sold === tickets) running.stop();
    });
    await running;
    return { sold, lastAt };
  }

  async #settledMemoryMb(): Promise<number> {
    await delay(SETTLE_MS);
    return (await this.testbed.fronts[0]?.memoryMb()) ?? 0;
  }
}

interface Subscribers {
  readonly report: () => Promise<SubscriberReport>;
  close(): void;
}

/** Resolves once all sockets are subscribed. */
async function subscribe(port: number, sockets: number, saleId: string): Promise<Subscribers> {
  const child = spawn(process.execPath, [fileURLToPath(SUBSCRIBERS), String(port), String(sockets), saleId], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const exited = once(child, 'exit').then(([code]): never => {
    throw new Error(`the subscribers exited with code ${code}`);
  });
  // Closing them ends the process, too.
  exited.catch(() => {});
  const nextLine = async (): Promise<string> => (await Promise.race([once(lines, 'line'), exited]))[0] as string;
  await nextLine();
  return {
    report: async () => {
      const line = nextLine();
      child.stdin.write('\n');
      return JSON.parse((await line).slice('REPORT '.length)) as SubscriberReport;
    },
    close: () => child.kill('SIGKILL'),
  };
}

export const liveSaleScenario: Scenario = {
  name: 'live-sale',
  shows: 'purchases on 128 connections while subscribed sockets (the connections) follow the sale on the same front',
  on: 'embedded',
  unit: 'sold',
  ceiling: 'the same front without subscribed sockets',
  connections: [10_000],
  open: async (options) => new LiveSale(await openTestbed({ on: 'embedded' }, options), options),
};

import type {
  Deployment,
  FollowUp,
  OpenLoopStep,
  RunningScenario,
  Sample,
  Scenario,
  ScenarioOptions,
  Verdict,
} from '../runner/scenario.ts';
import { openLoop } from '../support/generators.ts';
import { type ClientName, load } from '../support/load.ts';
import { purchasesOf, wireOf } from '../support/requests.ts';
import { ticketsFor } from './../support/sale.ts';
import { Reconciliation } from './parts/reconciliation.ts';
import { echoed, sampleOf } from './parts/sample.ts';
import { openTestbed, type Testbed } from './parts/testbed.ts';

const HALF_LOAD_P99 = 'p99 at half load, ms';
/** Until the last order is stored and in the live state. 1: that took as long as the load itself. */
const BACKLOG = 'backlog gone after, share of the load';

/** Target of issue 21. */
const BACKLOG_LIMIT = 0.1;

const TICKETS = 'tickets a second';

const HALF = 0.5;
/** Of the measured rate. */
const SHARES = [HALF, 0.8];
/** Target of issue 9, 1. */
const HALF_LOAD_LIMIT_MS = 25;
/** Target of issue 21. */
const HALF_LOAD_WITH_WORKERS_LIMIT_MS = 30;
/** Connections from which on the targets are those of many. */
const MANY = 1024;

interface Variant {
  readonly on: Deployment;
  readonly workers: number;
  readonly scheduler?: boolean;
  /** Tickets of each purchase. @default 1 */
  readonly quantity?: number;
}

/** Every request takes a ticket and is answered 201. Each round has its own sale, so that buyers hold only a few tickets. */
class Success implements RunningScenario {
  readonly #reconciliation = new Reconciliation();

  constructor(
    private readonly testbed: Testbed,
    private readonly variant: Variant,
    private readonly options: ScenarioOptions,
  ) {}

  get processes() {
    return this.testbed.processes;
  }

  async ceiling(seconds: number): Promise<Sample> {
    return echoed(this.testbed.echo.port, seconds, this.options, this.#requests('echo'));
  }

  async subject(seconds: number): Promise<Sample> {
    const { client, connections } = this.options;
    const saleId = await this.#sale(seconds);
    const { port } = this.testbed;
    const requests = this.#requests(saleId);
    const sell = async () => {
      const result = await load(client, { port, connections, seconds, requests });
      this.#reconciliation.add(result.accepted, connections);
      const quantity = this.#quantity;
      const tickets = quantity === 1 ? {} : { [TICKETS]: (quantity * result.accepted) / result.seconds };
      if (!this.#settles) return { result, extra: tickets };
      const from = performance.now();
      const caughtUpAt = await this.testbed.caughtUp({ sales: [saleId], accepted: result.accepted, quantity });
      return { result, extra: { [BACKLOG]: (caughtUpAt - from) / (result.seconds * 1000), ...tickets } };
    };
    const { result: sold, usage } = await this.testbed.metered(sell, ({ result }) => result.accepted);
    return sampleOf(sold.result, 'accepted', { extra: sold.extra, usage });
  }

  /** Open loops at shares of the measured rate: their latencies are those of a system that is not saturated. */
  async followUp(perSecond: number): Promise<FollowUp> {
    const steps: OpenLoopStep[] = [];
    let refused = 0;
    for (const share of SHARES) {
      const { refusals, ...step } = await this.#openLoop(share, perSecond * share);
      steps.push(step);
      refused += refusals;
    }
    const half = steps.find(({ share }) => share === HALF)?.p99Ms ?? Number.NaN;
    const atMost = this.#halfLoadLimitMs;
    return {
      figures: [{ name: HALF_LOAD_P99, value: half, ...(atMost === undefined ? {} : { atMost }) }],
      openLoop: steps,
      other: refused,
      broken: steps.reduce((sum, { unanswered }) => sum + unanswered, 0),
    };
  }

  async check(): Promise<readonly Verdict[]> {
    if (!this.#settles) await this.testbed.startWorker();
    return [this.#reconciliation.verdict(await this.testbed.ordersOf(this.#reconciliation))];
  }

  close(): Promise<void> {
    return this.testbed.close();
  }

  /** Whether orders are stored while the sale runs. */
  get #settles(): boolean {
    return this.variant.on === 'embedded' || this.variant.workers > 0;
  }

  get #quantity(): number {
    return this.variant.quantity ?? 1;
  }

  /** Undefined without a target. */
  get #halfLoadLimitMs(): number | undefined {
    const { client, connections } = this.options;
    const { on, workers } = this.variant;
    if (on !== 'cluster') return undefined;
    if (workers === 0) return client === 'autocannon' ? HALF_LOAD_LIMIT_MS : undefined;
    return client === 'wrk' && connections >= MANY ? HALF_LOAD_WITH_WORKERS_LIMIT_MS : undefined;
  }

  async #openLoop(share: number, perSecond: number): Promise<OpenLoopStep & { readonly refusals: number }> {
    const { connections, seconds } = this.options;
    const saleId = await this.#sale(seconds);
    const wires = this.#requests(saleId).map(wireOf);
    const { port } = this.testbed;
    const report = await openLoop({ port, connections, seconds, perSecond, wires });
    const { accepted, refused, due, unsent, ofAll, generator } = report;
    const unanswered = due - accepted.count - refused.count;
    this.#reconciliation.add(accepted.count, unanswered - unsent);
    if (accepted.count === 0) throw new Error(`none of ${due} purchases at ${share} of the rate succeeded`);
    if (this.#settles) {
      await this.testbed.caughtUp({ sales: [saleId], accepted: accepted.count, quantity: this.#quantity });
    }
    return { share, perSecond, ...ofAll, unanswered, generator, refusals: refused.count };
  }

  #requests(saleId: string) {
    return purchasesOf(saleId, { tokens: this.testbed.tokens, quantity: this.#quantity });
  }

  async #sale(seconds: number): Promise<string> {
    const saleId = await this.testbed.openSale(ticketsFor(seconds) * this.#quantity);
    this.#reconciliation.sales.push(saleId);
    return saleId;
  }
}

const open = (variant: Variant) => async (options: ScenarioOptions) =>
  new Success(await openTestbed(variant, options), variant, options);

type Targets = readonly [few: number | undefined, many: number | undefined];

/** Of a client: with few connections and with many. */
const byClient = (targets: Readonly<Record<ClientName, Targets>>) => (connections: number, client: ClientName) =>
  targets[client][connections >= MANY ? 1 : 0];

const purchases = { unit: 'sold', ceiling: 'bare echo' } as const;

export const successScenarios: readonly Scenario[] = [
  {
    ...purchases,
    name: 'success-embedded',
    shows: 'every request takes a ticket; settlement in the same process',
    on: 'embedded',
    connections: [128, 1024],
    target: byClient({ autocannon: [0.35, 0.35], wrk: [0.27, 0.38] }),
    atMost: (client) => (client === 'wrk' ? { [BACKLOG]: BACKLOG_LIMIT } : {}),
    open: open({ on: 'embedded', workers: 0 }),
  },
  {
    ...purchases,
    name: 'success-cluster',
    shows: "every request takes a ticket, answered from Kafka's acknowledgement; workers paused",
    on: 'cluster',
    connections: [128, 1024],
    target: byClient({ autocannon: [0.3, 0.45], wrk: [0.24, 0.36] }),
    open: open({ on: 'cluster', workers: 0 }),
  },
  {
    ...purchases,
    name: 'success-cluster-workers',
    shows: 'the same with two workers and a scheduler on the same cores, settlement and live state included',
    on: 'cluster',
    connections: [128, 1024],
    target: byClient({ autocannon: [undefined, 0.25], wrk: [0.18, 0.3] }),
    atMost: (client) => ({ [BACKLOG]: client === 'wrk' ? BACKLOG_LIMIT : 1 }),
    open: open({ on: 'cluster', workers: 2, scheduler: true }),
  },
  {
    ...purchases,
    name: 'success-embedded-of-4',
    shows: 'the same as success-embedded, four tickets in each order',
    on: 'embedded',
    connections: [128, 1024],
    open: open({ on: 'embedded', workers: 0, quantity: 4 }),
  },
  {
    ...purchases,
    name: 'success-cluster-workers-of-4',
    shows: 'the same as success-cluster-workers, four tickets in each order',
    on: 'cluster',
    connections: [128, 1024],
    open: open({ on: 'cluster', workers: 2, scheduler: true, quantity: 4 }),
  },
];

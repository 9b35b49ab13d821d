import type { Beside, Place, Sample, Scenario, Setting, Stage, Verdict } from '../runner/scenario.ts';
import { load } from '../support/load.ts';
import { backlogGone } from '../support/metrics.ts';
import { purchasesOf } from '../support/requests.ts';
import { allStored } from './parts/all-stored.ts';
import { Books } from './parts/books.ts';
import { halfLoad } from './parts/half-load.ts';
import { echoed, sampleOf } from './parts/sample.ts';
import { openSite, type Site } from './parts/site.ts';
import { plenty } from './parts/tickets.ts';

export const HALF_LOAD_P99 = 'p99 at half load, ms';
/** 1 is as long again as the load lasted. */
export const BACKLOG = 'backlog gone after, share of the load';

interface Shape {
  readonly on: Place;
  readonly workers: number;
}

/** Every request takes a ticket and is answered 201. Each round has a sale of its own, so that buyers hold a few tickets. */
class Success implements Stage {
  readonly #books = new Books();

  constructor(
    private readonly site: Site,
    private readonly shape: Shape,
    private readonly setting: Setting,
  ) {}

  get processes() {
    return this.site.processes;
  }

  async ceiling(seconds: number): Promise<Sample> {
    return echoed(this.site.echo.port, seconds, this.setting, this.#requests('echo'));
  }

  async subject(seconds: number): Promise<Sample> {
    const { client, connections } = this.setting;
    const saleId = await this.#sale(seconds);
    const result = await load(client, { port: this.site.port, connections, seconds, requests: this.#requests(saleId) });
    const from = performance.now();
    this.#books.add(result.accepted, connections);
    if (!this.#settles) return sampleOf(result, 'accepted');
    const goneAt = await this.#backlogGoneAt(saleId, result.accepted);
    return sampleOf(result, 'accepted', { [BACKLOG]: (goneAt - from) / (result.seconds * 1000) });
  }

  async beside(perSecond: number): Promise<Beside> {
    const { connections, seconds } = this.setting;
    const requests = this.#requests(await this.#sale(seconds));
    const { accepted, refused, due, unsent, p99OfAllMs } = await halfLoad({
      port: this.site.port,
      connections,
      seconds,
      perSecond,
      requests,
    });
    const unanswered = due - accepted.count - refused.count;
    this.#books.add(accepted.count, unanswered - unsent);
    if (accepted.count === 0) throw new Error(`of ${due} purchases at half load none was sold`);
    const limit = this.shape.on === 'cluster' && this.shape.workers === 0 ? { atMost: HALF_LOAD_LIMIT_MS } : {};
    return {
      figures: [{ name: HALF_LOAD_P99, value: p99OfAllMs, ...limit }],
      other: refused.count,
      broken: unanswered,
    };
  }

  async check(): Promise<readonly Verdict[]> {
    if (!this.#settles) await this.site.startWorker();
    return [this.#books.verdict(await this.site.ordersOf(this.#books))];
  }

  close(): Promise<void> {
    return this.site.close();
  }

  /** Whether orders are stored while it sells. */
  get #settles(): boolean {
    return this.shape.on === 'embedded' || this.shape.workers > 0;
  }

  /** In milliseconds of `performance.now()`. */
  async #backlogGoneAt(saleId: string, accepted: number): Promise<number> {
    if (this.shape.on === 'cluster') {
      return (await allStored(() => this.site.installation.stored(saleId), accepted)).at;
    }
    await backlogGone(this.site.port);
    return performance.now();
  }

  #requests(saleId: string) {
    return purchasesOf(saleId, { tokens: this.site.tokens });
  }

  async #sale(seconds: number): Promise<string> {
    const saleId = await this.site.openSale(plenty(seconds));
    this.#books.sales.push(saleId);
    return saleId;
  }
}

/** Issue 9, 1. */
const HALF_LOAD_LIMIT_MS = 25;

const open = (shape: Shape) => async (setting: Setting) => new Success(await openSite(shape, setting), shape, setting);

const purchases = { unit: 'sold', ceiling: 'bare echo' } as const;

export const successScenarios: readonly Scenario[] = [
  {
    ...purchases,
    name: 'success-embedded',
    shows: 'every request takes a ticket; settlement in the same process',
    on: 'embedded',
    connections: [128, 1024],
    target: () => 0.35,
    open: open({ on: 'embedded', workers: 0 }),
  },
  {
    ...purchases,
    name: 'success-cluster',
    shows: "every request takes a ticket, answered from Kafka's acknowledgement; workers paused",
    on: 'cluster',
    connections: [128, 1024],
    target: (connections) => (connections >= 1024 ? 0.45 : 0.3),
    open: open({ on: 'cluster', workers: 0 }),
  },
  {
    ...purchases,
    name: 'success-cluster-workers',
    shows: 'the same with two workers on the same cores',
    on: 'cluster',
    connections: [1024],
    target: (connections) => (connections >= 1024 ? 0.25 : undefined),
    atMost: { [BACKLOG]: 1 },
    open: open({ on: 'cluster', workers: 2 }),
  },
];

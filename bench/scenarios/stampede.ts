import type { Place, Sample, Scenario, Setting, Stage, Verdict } from '../runner/scenario.ts';
import { load } from '../support/load.ts';
import { otherRefusals, purchaseCounts } from '../support/metrics.ts';
import { purchasesOf } from '../support/requests.ts';
import { Books } from './parts/books.ts';
import { curvesOf } from './parts/curves.ts';
import { echoed } from './parts/sample.ts';
import { openSite, type Site } from './parts/site.ts';
import { plenty } from './parts/tickets.ts';
import { watched } from './parts/watched.ts';

/** Of what a round could sell: gone well before its end, on a slow round as well. */
const TICKETS_SHARE = 0.3;
const TRIAL_SECONDS = 1;

/** More buyers than tickets: what is sold while there is something, and what is refused from then on. */
class Stampede implements Stage {
  readonly #books = new Books();
  #tickets = 0;
  #unsold = 0;

  constructor(
    private readonly site: Site,
    private readonly on: Place,
    private readonly setting: Setting,
    /** Sold in a second while there are tickets. */
    private readonly pace: number,
  ) {}

  static async open(on: Place, setting: Setting): Promise<Stampede> {
    const site = await openSite({ on }, setting);
    const trial = async () => {
      const requests = purchasesOf(await site.openSale(plenty(TRIAL_SECONDS)), { tokens: site.tokens });
      const { connections, client } = setting;
      const port = site.port;
      const { accepted, seconds } = await load(client, { port, connections, seconds: TRIAL_SECONDS, requests });
      return accepted / seconds;
    };
    // The first one only warms up.
    await trial();
    return new Stampede(site, on, setting, await trial());
  }

  get processes() {
    return this.site.processes;
  }

  ceiling(seconds: number): Promise<Sample> {
    const requests = purchasesOf('echo', { tokens: this.site.tokens });
    return echoed(this.site.echo.port, seconds, this.setting, requests);
  }

  async subject(seconds: number): Promise<Sample> {
    const { client, connections } = this.setting;
    const tickets = Math.max(1, Math.round(this.pace * seconds * TICKETS_SHARE));
    const saleId = await this.site.openSale(tickets);
    this.#tickets += tickets;
    this.#books.sales.push(saleId);
    const port = this.site.port;
    const requests = purchasesOf(saleId, { tokens: this.site.tokens });
    const refusedBefore = otherRefusals(await purchaseCounts(port));
    const { result, moments } = await watched({ port, saleId, tickets }, () =>
      load(client, { port, connections, seconds, requests }),
    );
    const left = moments.at(-1)?.remaining ?? tickets;
    // Who bought while there was something had the answer long before the load ended.
    this.#books.add(result.accepted, left === 0 ? result.broken : connections);
    this.#unsold += left;
    const { soldPerSecond, refusedPerSecond, soldOutAfterMs } = curvesOf(moments);
    return {
      perSecond: soldPerSecond,
      other: otherRefusals(await purchaseCounts(port)) - refusedBefore,
      broken: result.broken,
      extra: { 'refused/s once sold out': refusedPerSecond, 'sold out after, s': soldOutAfterMs / 1000 },
      moments,
    };
  }

  async check(): Promise<readonly Verdict[]> {
    if (this.on === 'cluster') await this.site.startWorker();
    const stored = await this.site.ordersOf(this.#books);
    return [
      this.#books.verdict(stored),
      { ok: this.#unsold === 0, what: `${this.#unsold} of ${this.#tickets} tickets were left at the rounds' ends` },
      {
        ok: stored === this.#tickets || (this.#unsold > 0 && stored < this.#tickets),
        what: `${stored} orders of ${this.#tickets} tickets`,
      },
    ];
  }

  close(): Promise<void> {
    return this.site.close();
  }
}

export const stampedeScenarios: readonly Scenario[] = (['embedded', 'cluster'] as const).map((on) => ({
  name: `stampede-${on}`,
  shows: 'more buyers than tickets: sold while there are any, refused from then on',
  on,
  unit: 'sold, while there are tickets',
  ceiling: 'bare echo',
  connections: [128, 1024],
  open: (setting) => Stampede.open(on, setting),
}));

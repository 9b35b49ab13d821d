import type { Place, Sample, Scenario, Setting, Stage, Verdict } from '../runner/scenario.ts';
import { load, type WireRequest } from '../support/load.ts';
import { otherRefusals, purchaseCounts } from '../support/metrics.ts';
import { BUYERS, purchasesOf } from '../support/requests.ts';
import { sendEach } from '../support/send-each.ts';
import { echoed, sampleOf } from './parts/sample.ts';
import { openSite, type Site } from './parts/site.ts';

interface Shape {
  readonly on: Place;
  readonly keyed: boolean;
}

/** A sale that has no ticket left: what a refusal costs. */
class SoldOut implements Stage {
  constructor(
    private readonly site: Site,
    private readonly on: Place,
    private readonly setting: Setting,
    private readonly saleId: string,
    private readonly requests: readonly WireRequest[],
  ) {}

  static async open(shape: Shape, setting: Setting): Promise<SoldOut> {
    const site = await openSite(shape, setting);
    const saleId = await site.openSale(1);
    const requests = purchasesOf(saleId, { tokens: site.tokens, keyed: shape.keyed });
    // By nobody who asks later: who holds the ticket is told of the limit instead.
    const holder = purchasesOf(saleId, { tokens: site.tokens, buyers: BUYERS + 1 }).slice(-1);
    await sendEach(site.port, holder, 201);
    return new SoldOut(site, shape.on, setting, saleId, requests);
  }

  get processes() {
    return this.site.processes;
  }

  ceiling(seconds: number): Promise<Sample> {
    return echoed(this.site.echo.port, seconds, this.setting, this.requests);
  }

  async subject(seconds: number): Promise<Sample> {
    const { client, connections } = this.setting;
    const before = otherRefusals(await purchaseCounts(this.site.port));
    const result = await load(client, { port: this.site.port, connections, seconds, requests: this.requests });
    const other = otherRefusals(await purchaseCounts(this.site.port)) - before;
    return sampleOf({ ...result, accepted: result.accepted + other, refused: result.refused - other }, 'refused');
  }

  async check(): Promise<readonly Verdict[]> {
    const { accepted } = await purchaseCounts(this.site.port);
    if (this.on === 'cluster') await this.site.startWorker();
    const stored = await this.site.ordersOf({ sales: [this.saleId], accepted: 1 });
    return [{ ok: accepted === 1 && stored === 1, what: `${accepted} of 1 ticket sold, ${stored} stored` }];
  }

  close(): Promise<void> {
    return this.site.close();
  }
}

const PLACES = ['embedded', 'cluster'] as const;

export const soldOutScenarios: readonly Scenario[] = PLACES.flatMap((on) =>
  [false, true].map((keyed) => ({
    name: `${keyed ? 'sold-out-keyed' : 'sold-out'}-${on}`,
    shows: keyed
      ? 'no ticket left, each request with an Idempotency-Key, so that the queue has to be asked'
      : 'no ticket left, requests without a key',
    on,
    unit: 'refused',
    ceiling: 'bare echo',
    connections: [128, 1024],
    target: () => 0.8,
    open: (setting: Setting) => SoldOut.open({ on, keyed }, setting),
  })),
);

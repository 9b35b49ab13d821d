import type { Place, Sample, Scenario, Setting, Stage, Verdict } from '../runner/scenario.ts';
import { load, type WireRequest } from '../support/load.ts';
import { purchasesOf } from '../support/requests.ts';
import { sendEach } from '../support/send-each.ts';
import { echoed, sampleOf } from './parts/sample.ts';
import { openSite, type Site } from './parts/site.ts';

/** Each has bought once; more than there are connections. */
const BUYERS = 4096;

/** Buyers who send again what was answered: each gets the same order, and nobody a second one. */
class Retries implements Stage {
  constructor(
    private readonly site: Site,
    private readonly on: Place,
    private readonly setting: Setting,
    private readonly saleId: string,
    private readonly requests: readonly WireRequest[],
  ) {}

  static async open(on: Place, setting: Setting): Promise<Retries> {
    const site = await openSite({ on }, setting);
    const saleId = await site.openSale(BUYERS * 2);
    const requests = purchasesOf(saleId, { tokens: site.tokens, keyed: true, buyers: BUYERS });
    await sendEach(site.port, requests, 201);
    return new Retries(site, on, setting, saleId, requests);
  }

  get processes() {
    return this.site.processes;
  }

  ceiling(seconds: number): Promise<Sample> {
    return echoed(this.site.echo.port, seconds, this.setting, this.requests);
  }

  async subject(seconds: number): Promise<Sample> {
    const { client, connections } = this.setting;
    const result = await load(client, {
      port: this.site.port,
      connections,
      seconds,
      requests: this.requests,
    });
    return sampleOf(result, 'accepted');
  }

  async check(): Promise<readonly Verdict[]> {
    if (this.on === 'cluster') await this.site.startWorker();
    const stored = await this.site.ordersOf({ sales: [this.saleId], accepted: BUYERS });
    return [{ ok: stored === BUYERS, what: `${stored} orders of ${BUYERS} buyers, however often they asked` }];
  }

  close(): Promise<void> {
    return this.site.close();
  }
}

export const retryScenarios: readonly Scenario[] = (['embedded', 'cluster'] as const).map((on) => ({
  name: `retries-${on}`,
  shows: 'the same Idempotency-Keys again: the answer of the first time',
  on,
  unit: 'replayed',
  ceiling: 'bare echo',
  connections: [128, 1024],
  open: (setting) => Retries.open(on, setting),
}));

import type { Place, Sample, Scenario, Setting, Stage, Verdict } from '../runner/scenario.ts';
import { load, type WireRequest } from '../support/load.ts';
import { echoed, sampleOf } from './parts/sample.ts';
import { openSite, type Site } from './parts/site.ts';

const TICKETS = 1000;

/** The sale's page, asked for again and again. */
class Reads implements Stage {
  readonly #requests: readonly WireRequest[];
  #failed = 0;

  constructor(
    private readonly site: Site,
    private readonly setting: Setting,
    private readonly saleId: string,
  ) {
    const request = { method: 'GET', path: `/v1/sales/${saleId}`, headers: {} };
    this.#requests = Array.from({ length: setting.connections }, () => request);
  }

  get processes() {
    return this.site.processes;
  }

  ceiling(seconds: number): Promise<Sample> {
    return echoed(this.site.echo.port, seconds, this.setting, this.#requests);
  }

  async subject(seconds: number): Promise<Sample> {
    const { client, connections } = this.setting;
    const result = await load(client, { port: this.site.port, connections, seconds, requests: this.#requests });
    this.#failed += result.refused;
    return sampleOf(result, 'accepted');
  }

  async check(): Promise<readonly Verdict[]> {
    const answer = await fetch(`http://127.0.0.1:${this.site.port}/v1/sales/${this.saleId}`);
    const { remaining } = (await answer.json()) as { readonly remaining?: number };
    return [
      { ok: this.#failed === 0, what: `${this.#failed} reads that were not answered 200` },
      { ok: remaining === TICKETS, what: `the page says ${remaining} of ${TICKETS} tickets` },
    ];
  }

  close(): Promise<void> {
    return this.site.close();
  }
}

async function open(on: Place, setting: Setting): Promise<Stage> {
  const site = await openSite({ on }, setting);
  return new Reads(site, setting, await site.openSale(TICKETS));
}

export const readScenarios: readonly Scenario[] = (['embedded', 'cluster'] as const).map((on) => ({
  name: `reads-${on}`,
  shows: 'GET /v1/sales/:saleId of an open sale; the echo answers with the path',
  on,
  unit: 'answered',
  ceiling: 'bare echo',
  connections: [128, 1024],
  target: () => 0.85,
  open: (setting) => open(on, setting),
}));

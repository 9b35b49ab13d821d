import type { Deployment, RunningScenario, Sample, Scenario, ScenarioOptions, Verdict } from '../runner/scenario.ts';
import { load } from '../support/load.ts';
import { otherRefusals, purchaseCounts } from '../support/metrics.ts';
import { purchasesOf } from '../support/requests.ts';
import { ticketsFor } from './../support/sale.ts';
import { Reconciliation } from './parts/reconciliation.ts';
import { recordSale, saleRates } from './parts/sale-timeline.ts';
import { echoed } from './parts/sample.ts';
import { openTestbed, type Testbed } from './parts/testbed.ts';

/** Of what a round could sell, so that the sale is sold out well before the end of even a slow round. */
const TICKETS_SHARE = 0.3;
const TRIAL_SECONDS = 1;

/** More buyers than tickets: the rate of sales until the last ticket, and of refusals from then on. */
class Stampede implements RunningScenario {
  readonly #reconciliation = new Reconciliation();
  #tickets = 0;
  #unsold = 0;

  constructor(
    private readonly testbed: Testbed,
    private readonly on: Deployment,
    private readonly options: ScenarioOptions,
    /** Sales a second while tickets remain. */
    private readonly soldPerSecond: number,
  ) {}

  static async open(on: Deployment, options: ScenarioOptions): Promise<Stampede> {
    const testbed = await openTestbed({ on }, options);
    const trial = async () => {
      const requests = purchasesOf(await testbed.openSale(ticketsFor(TRIAL_SECONDS)), { tokens: testbed.tokens });
      const { connections, client } = options;
      const port = testbed.port;
      const { accepted, seconds } = await load(client, { port, connections, seconds: TRIAL_SECONDS, requests });
      return accepted / seconds;
    };
    // Warm-up.
    await trial();
    return new Stampede(testbed, on, options, await trial());
  }

  get processes() {
    return this.testbed.processes;
  }

  ceiling(seconds: number): Promise<Sample> {
    const requests = purchasesOf('echo', { tokens: this.testbed.tokens });
    return echoed(this.testbed.echo.port, seconds, this.options, requests);
  }

  async subject(seconds: number): Promise<Sample> {
    const { client, connections } = this.options;
    const tickets = Math.max(1, Math.round(this.soldPerSecond * seconds * TICKETS_SHARE));
    const saleId = await this.testbed.openSale(tickets);
    this.#tickets += tickets;
    this.#reconciliation.sales.push(saleId);
    const port = this.testbed.port;
    const requests = purchasesOf(saleId, { tokens: this.testbed.tokens });
    const refusedBefore = otherRefusals(await purchaseCounts(port));
    const { result, moments } = await recordSale({ port, saleId, tickets }, () =>
      load(client, { port, connections, seconds, requests }),
    );
    const left = moments.at(-1)?.remaining ?? tickets;
    // Every buyer of a sold-out sale was answered long before the load ended.
    this.#reconciliation.add(result.accepted, left === 0 ? result.broken : connections);
    this.#unsold += left;
    const { soldPerSecond, refusedPerSecond, soldOutAfterMs } = saleRates(moments);
    return {
      perSecond: soldPerSecond,
      other: otherRefusals(await purchaseCounts(port)) - refusedBefore,
      broken: result.broken,
      extra: { 'refused/s once sold out': refusedPerSecond, 'sold out after, s': soldOutAfterMs / 1000 },
      moments,
    };
  }

  async check(): Promise<readonly Verdict[]> {
    if (this.on === 'cluster') await this.testbed.startWorker();
    const stored = await this.testbed.ordersOf(this.#reconciliation);
    return [
      this.#reconciliation.verdict(stored),
      { ok: this.#unsold === 0, what: `${this.#unsold} of ${this.#tickets} tickets remained at the end of the rounds` },
      {
        ok: stored === this.#tickets || (this.#unsold > 0 && stored < this.#tickets),
        what: `${stored} orders of ${this.#tickets} tickets`,
      },
    ];
  }

  close(): Promise<void> {
    return this.testbed.close();
  }
}

export const stampedeScenarios: readonly Scenario[] = (['embedded', 'cluster'] as const).map((on) => ({
  name: `stampede-${on}`,
  shows: 'more buyers than tickets: sold while there are any, refused from then on',
  on,
  unit: 'sold, while there are tickets',
  ceiling: 'bare echo',
  connections: [128, 1024],
  open: (options) => Stampede.open(on, options),
}));

import type { Deployment, RunningScenario, Sample, Scenario, ScenarioOptions, Verdict } from '../runner/scenario.ts';
import { load } from '../support/load.ts';
import { purchasesOfEach } from '../support/requests.ts';
import { ticketsFor } from '../support/sale.ts';
import { Reconciliation } from './parts/reconciliation.ts';
import { sampleOf } from './parts/sample.ts';
import { openTestbed, type Testbed, type TestbedOptions } from './parts/testbed.ts';

const SALES = 100;
/** Purchases are spread evenly over the sales, but not exactly. */
const SLACK = 1.1;
/**
 * Seconds of load for which the tickets of a sale last, about those of a run. New sales for each round would soon be six
 * times as many open ones as are measured, all of which the scheduler visits.
 */
const LASTS_SECONDS = 40;
/** Target of issue 21. */
const TARGET = 0.8;

interface OpenSales {
  readonly ids: readonly string[];
  /** Seconds of load for which their tickets last. */
  readonly left: number;
}

/** The same buyers and connections on one sale and on many at once, in turns. */
class ManySales implements RunningScenario {
  readonly #reconciliation = new Reconciliation();
  readonly #open = new Map<number, OpenSales>();

  constructor(
    private readonly testbed: Testbed,
    private readonly options: ScenarioOptions,
  ) {}

  get processes() {
    return this.testbed.processes;
  }

  ceiling(seconds: number): Promise<Sample> {
    return this.#sell(1, seconds);
  }

  subject(seconds: number): Promise<Sample> {
    return this.#sell(SALES, seconds);
  }

  async check(): Promise<readonly Verdict[]> {
    return [this.#reconciliation.verdict(await this.testbed.ordersOf(this.#reconciliation))];
  }

  close(): Promise<void> {
    return this.testbed.close();
  }

  /** Until all of it is settled, so that the backlog of one round does not slow the next. */
  async #sell(sales: number, seconds: number): Promise<Sample> {
    const { client, connections } = this.options;
    const requests = purchasesOfEach(await this.#sales(sales, seconds), { tokens: this.testbed.tokens });
    const { result, usage } = await this.testbed.metered(
      async () => {
        const sold = await load(client, { port: this.testbed.port, connections, seconds, requests });
        await this.testbed.logRead();
        return sold;
      },
      ({ accepted }) => accepted,
    );
    this.#reconciliation.add(result.accepted, connections);
    return sampleOf(result, 'accepted', { usage });
  }

  /** So many open sales with tickets for a load of `seconds`: those of the last round, as long as theirs last. */
  async #sales(count: number, seconds: number): Promise<readonly string[]> {
    let { ids, left } = this.#open.get(count) ?? { ids: [], left: 0 };
    if (left < seconds) {
      left = Math.max(LASTS_SECONDS, seconds);
      ids = await this.testbed.openSales(count, Math.ceil((ticketsFor(left) * SLACK) / count));
      this.#reconciliation.sales.push(...ids);
    }
    this.#open.set(count, { ids, left: left - seconds });
    return ids;
  }
}

const VARIANTS: readonly (TestbedOptions & { readonly name: string; readonly on: Deployment })[] = [
  { name: 'many-sales-embedded', on: 'embedded' },
  { name: 'many-sales-cluster-workers', on: 'cluster', workers: 2, scheduler: true },
];

export const manySalesScenarios: readonly Scenario[] = VARIANTS.map(({ name, ...variant }) => ({
  name,
  shows: `${SALES} sales at once, settlement and live state included`,
  on: variant.on,
  unit: 'sold',
  ceiling: 'one sale, by the same buyers in the same run',
  connections: [128, 1024],
  target: () => TARGET,
  open: async (options) => new ManySales(await openTestbed(variant, options), options),
}));

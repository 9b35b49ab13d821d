import type { Deployment, RunningScenario, Sample, Scenario, ScenarioOptions, Verdict } from '../runner/scenario.ts';
import { type ClientName, load, type WireRequest } from '../support/load.ts';
import { otherRefusals, purchaseCounts } from '../support/metrics.ts';
import { BUYERS, purchasesOf, sendEach } from '../support/requests.ts';
import { echoed, sampleOf } from './parts/sample.ts';
import { openTestbed, type Testbed } from './parts/testbed.ts';

interface Variant {
  readonly on: Deployment;
  readonly keyed: boolean;
}

/** Purchases of a sold-out sale: the cost of a refusal. */
class SoldOut implements RunningScenario {
  constructor(
    private readonly testbed: Testbed,
    private readonly on: Deployment,
    private readonly options: ScenarioOptions,
    private readonly saleId: string,
    private readonly requests: readonly WireRequest[],
  ) {}

  static async open(variant: Variant, options: ScenarioOptions): Promise<SoldOut> {
    const testbed = await openTestbed(variant, options);
    const saleId = await testbed.openSale(1);
    const requests = purchasesOf(saleId, { tokens: testbed.tokens, keyed: variant.keyed });
    // The holder of the ticket is not among the later buyers, since it would be refused by the limit instead.
    const holder = purchasesOf(saleId, { tokens: testbed.tokens, buyers: BUYERS + 1 }).slice(-1);
    await sendEach(testbed.port, holder, 201);
    return new SoldOut(testbed, variant.on, options, saleId, requests);
  }

  get processes() {
    return this.testbed.processes;
  }

  ceiling(seconds: number): Promise<Sample> {
    return echoed(this.testbed.echo.port, seconds, this.options, this.requests);
  }

  async subject(seconds: number): Promise<Sample> {
    const { client, connections } = this.options;
    const before = otherRefusals(await purchaseCounts(this.testbed.port));
    const { port } = this.testbed;
    const { result, usage } = await this.testbed.metered(
      () => load(client, { port, connections, seconds, requests: this.requests }),
      ({ refused }) => refused,
    );
    const other = otherRefusals(await purchaseCounts(port)) - before;
    const counted = { ...result, accepted: result.accepted + other, refused: result.refused - other };
    return sampleOf(counted, 'refused', { usage });
  }

  async check(): Promise<readonly Verdict[]> {
    const { accepted } = await purchaseCounts(this.testbed.port);
    if (this.on === 'cluster') await this.testbed.startWorker();
    const stored = await this.testbed.ordersOf({ sales: [this.saleId], accepted: 1 });
    return [{ ok: accepted === 1 && stored === 1, what: `${accepted} of 1 ticket sold, ${stored} stored` }];
  }

  close(): Promise<void> {
    return this.testbed.close();
  }
}

const DEPLOYMENTS = ['embedded', 'cluster'] as const;

export const soldOutScenarios: readonly Scenario[] = DEPLOYMENTS.flatMap((on) =>
  [false, true].map((keyed) => ({
    name: `${keyed ? 'sold-out-keyed' : 'sold-out'}-${on}`,
    shows: keyed
      ? 'no ticket left, each request with an Idempotency-Key, so that the queue has to be asked'
      : 'no ticket left, requests without a key',
    on,
    unit: 'refused',
    ceiling: 'bare echo',
    connections: [128, 1024],
    target: (_: number, client: ClientName) => (keyed && client === 'wrk' ? 0.7 : 0.8),
    open: (options: ScenarioOptions) => SoldOut.open({ on, keyed }, options),
  })),
);

import type { Deployment, RunningScenario, Sample, Scenario, ScenarioOptions, Verdict } from '../runner/scenario.ts';
import { load, type WireRequest } from '../support/load.ts';
import { purchasesOf, sendEach } from '../support/requests.ts';
import { echoed, sampleOf } from './parts/sample.ts';
import { openTestbed, type Testbed } from './parts/testbed.ts';

/** More than there are connections; each has bought once. */
const BUYERS = 4096;

/** Buyers who repeat an answered purchase: each gets the same order again, and none a second one. */
class Retries implements RunningScenario {
  constructor(
    private readonly testbed: Testbed,
    private readonly on: Deployment,
    private readonly options: ScenarioOptions,
    private readonly saleId: string,
    private readonly requests: readonly WireRequest[],
  ) {}

  static async open(on: Deployment, options: ScenarioOptions): Promise<Retries> {
    const testbed = await openTestbed({ on }, options);
    const saleId = await testbed.openSale(BUYERS * 2);
    const requests = purchasesOf(saleId, { tokens: testbed.tokens, keyed: true, buyers: BUYERS });
    await sendEach(testbed.port, requests, 201);
    return new Retries(testbed, on, options, saleId, requests);
  }

  get processes() {
    return this.testbed.processes;
  }

  ceiling(seconds: number): Promise<Sample> {
    return echoed(this.testbed.echo.port, seconds, this.options, this.requests);
  }

  async subject(seconds: number): Promise<Sample> {
    const { client, connections } = this.options;
    const { port } = this.testbed;
    const { result, usage } = await this.testbed.metered(
      () => load(client, { port, connections, seconds, requests: this.requests }),
      ({ accepted }) => accepted,
    );
    return sampleOf(result, 'accepted', { usage });
  }

  async check(): Promise<readonly Verdict[]> {
    if (this.on === 'cluster') await this.testbed.startWorker();
    const stored = await this.testbed.ordersOf({ sales: [this.saleId], accepted: BUYERS });
    return [{ ok: stored === BUYERS, what: `${stored} stored orders of ${BUYERS} buyers after all retries` }];
  }

  close(): Promise<void> {
    return this.testbed.close();
  }
}

export const retryScenarios: readonly Scenario[] = (['embedded', 'cluster'] as const).map((on) => ({
  name: `retries-${on}`,
  shows: 'the same Idempotency-Keys again: the answer of the first time',
  on,
  unit: 'replayed',
  ceiling: 'bare echo',
  connections: [128, 1024],
  open: (options) => Retries.open(on, options),
}));

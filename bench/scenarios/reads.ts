import type { Deployment, RunningScenario, Sample, Scenario, ScenarioOptions, Verdict } from '../runner/scenario.ts';
import { load, type WireRequest } from '../support/load.ts';
import { echoed, sampleOf } from './parts/sample.ts';
import { openTestbed, type Testbed } from './parts/testbed.ts';

const TICKETS = 1000;

/** Reads of one sale. */
class Reads implements RunningScenario {
  readonly #requests: readonly WireRequest[];
  #failed = 0;

  constructor(
    private readonly testbed: Testbed,
    private readonly options: ScenarioOptions,
    private readonly saleId: string,
  ) {
    const request = { method: 'GET', path: `/v1/sales/${saleId}`, headers: {} };
    this.#requests = Array.from({ length: options.connections }, () => request);
  }

  get processes() {
    return this.testbed.processes;
  }

  ceiling(seconds: number): Promise<Sample> {
    return echoed(this.testbed.echo.port, seconds, this.options, this.#requests);
  }

  async subject(seconds: number): Promise<Sample> {
    const { client, connections } = this.options;
    const { port } = this.testbed;
    const { result, usage } = await this.testbed.metered(
      () => load(client, { port, connections, seconds, requests: this.#requests }),
      ({ accepted }) => accepted,
    );
    this.#failed += result.refused;
    return sampleOf(result, 'accepted', { usage });
  }

  async check(): Promise<readonly Verdict[]> {
    const answer = await fetch(`http://127.0.0.1:${this.testbed.port}/v1/sales/${this.saleId}`);
    const { remaining } = (await answer.json()) as { readonly remaining?: number };
    return [
      { ok: this.#failed === 0, what: `${this.#failed} reads were not answered 200` },
      { ok: remaining === TICKETS, what: `the answer has ${remaining} of ${TICKETS} tickets remaining` },
    ];
  }

  close(): Promise<void> {
    return this.testbed.close();
  }
}

async function open(on: Deployment, options: ScenarioOptions): Promise<RunningScenario> {
  const testbed = await openTestbed({ on }, options);
  return new Reads(testbed, options, await testbed.openSale(TICKETS));
}

export const readScenarios: readonly Scenario[] = (['embedded', 'cluster'] as const).map((on) => ({
  name: `reads-${on}`,
  shows: 'GET /v1/sales/:saleId of an open sale; the echo answers with the path',
  on,
  unit: 'answered',
  ceiling: 'bare echo',
  connections: [128, 1024],
  target: (_, client) => (client === 'autocannon' ? 0.85 : undefined),
  open: (options) => open(on, options),
}));

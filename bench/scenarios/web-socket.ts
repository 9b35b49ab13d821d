import type { Deployment, RunningScenario, Sample, Scenario, ScenarioOptions, Verdict } from '../runner/scenario.ts';
import { socketLoad } from '../support/generators.ts';
import { ticketsFor } from './../support/sale.ts';
import { Reconciliation } from './parts/reconciliation.ts';
import { sampleOf } from './parts/sample.ts';
import { openTestbed, type Testbed } from './parts/testbed.ts';

/** Purchases over the live socket. A socket may send 50 frames a second, so a load needs many sockets. */
class SocketPurchases implements RunningScenario {
  readonly #reconciliation = new Reconciliation();
  readonly #tokens: readonly string[];

  constructor(
    private readonly testbed: Testbed,
    private readonly on: Deployment,
    options: ScenarioOptions,
  ) {
    this.#tokens = Array.from({ length: options.connections }, (_, n) => testbed.tokens(n));
  }

  get processes() {
    return this.testbed.processes;
  }

  async ceiling(seconds: number): Promise<Sample> {
    const options = { port: this.testbed.echo.port, seconds, saleId: 'echo', tokens: this.#tokens };
    return sampleOf(await socketLoad({ ...options, protocol: 'echo' }), 'accepted');
  }

  async subject(seconds: number): Promise<Sample> {
    const saleId = await this.testbed.openSale(ticketsFor(seconds));
    const port = this.testbed.port;
    const { result: report, usage } = await this.testbed.metered(
      () => socketLoad({ port, seconds, saleId, tokens: this.#tokens, protocol: 'live' }),
      ({ accepted }) => accepted,
    );
    this.#reconciliation.sales.push(saleId);
    // The sockets wait for their last answers, so only broken ones leave a purchase unanswered.
    this.#reconciliation.add(report.accepted, report.broken);
    return sampleOf(report, 'accepted', { usage });
  }

  async check(): Promise<readonly Verdict[]> {
    if (this.on === 'cluster') await this.testbed.startWorker();
    return [this.#reconciliation.verdict(await this.testbed.ordersOf(this.#reconciliation))];
  }

  close(): Promise<void> {
    return this.testbed.close();
  }
}

export const socketScenarios: readonly Scenario[] = (['embedded', 'cluster'] as const).map((on) => ({
  name: `web-socket-${on}`,
  shows: 'purchases over /v1/live, one at a time on each socket, at most 50 a second on each',
  on,
  unit: 'sold',
  ceiling: 'bare WebSocket echo',
  connections: [1024],
  ownLoad: true,
  open: async (options) => new SocketPurchases(await openTestbed({ on }, options), on, options),
}));

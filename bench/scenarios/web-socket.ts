import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Place, Sample, Scenario, Setting, Stage, Verdict } from '../runner/scenario.ts';
import { SOCKET_LOAD } from '../support/programs.ts';
import type { SocketOrder, SocketReport } from '../support/socket-load.ts';
import { Books } from './parts/books.ts';
import { sampleOf } from './parts/sample.ts';
import { openSite, type Site } from './parts/site.ts';
import { plenty } from './parts/tickets.ts';

/** Purchases over the live socket. A socket may send 50 frames a second, so that it takes many to make a load. */
class SocketPurchases implements Stage {
  readonly #books = new Books();
  readonly #tokens: readonly string[];

  constructor(
    private readonly site: Site,
    private readonly on: Place,
    setting: Setting,
  ) {
    this.#tokens = Array.from({ length: setting.connections }, (_, n) => site.tokens(n));
  }

  get processes() {
    return this.site.processes;
  }

  async ceiling(seconds: number): Promise<Sample> {
    const order = { port: this.site.echo.port, seconds, saleId: 'echo', tokens: this.#tokens };
    return sampleOf(await loadSockets({ ...order, speaks: 'echo' }), 'accepted');
  }

  async subject(seconds: number): Promise<Sample> {
    const saleId = await this.site.openSale(plenty(seconds));
    const port = this.site.port;
    const report = await loadSockets({ port, seconds, saleId, tokens: this.#tokens, speaks: 'live' });
    this.#books.sales.push(saleId);
    // The sockets wait for their last answers.
    this.#books.add(report.accepted, report.broken);
    return sampleOf(report, 'accepted');
  }

  async check(): Promise<readonly Verdict[]> {
    if (this.on === 'cluster') await this.site.startWorker();
    return [this.#books.verdict(await this.site.ordersOf(this.#books))];
  }

  close(): Promise<void> {
    return this.site.close();
  }
}

async function loadSockets(order: SocketOrder): Promise<SocketReport> {
  const child = fork(SOCKET_LOAD);
  child.send(order);
  const [report] = (await once(child, 'message')) as [SocketReport];
  child.disconnect();
  return report;
}

export const socketScenarios: readonly Scenario[] = (['embedded', 'cluster'] as const).map((on) => ({
  name: `web-socket-${on}`,
  shows: 'purchases over /v1/live, one at a time on each socket, at most 50 a second on each',
  on,
  unit: 'sold',
  ceiling: 'bare WebSocket echo',
  connections: [1024],
  open: async (setting) => new SocketPurchases(await openSite({ on }, setting), on, setting),
}));

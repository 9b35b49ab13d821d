import type { Sale } from '../../../src/domain/sale.ts';
import { START_MS } from '../core/process.ts';
import type { World } from '../core/world.ts';
import type { Answer, SimulatedFront } from '../roles/front.ts';
import type { Scenario, SettingsChangeAt } from '../scenario.ts';
import type { History } from './history.ts';
import type { Internet } from './internet.ts';
import { startJobs } from './jobs.ts';

const RETRY_MS = 400;

/** The last orders are stored, expire and return their tickets meanwhile. */
const ARCHIVE_RETRY_MS = 700;

/**
 * Publishes the sales, steers the first one and starts jobs on its orders, changes settings and closes the first sale as the scenario says; retries until
 * done.
 */
export async function administer(
  world: World,
  internet: Internet,
  history: History,
  {
    sales,
    closeAt,
    change,
    steering,
    archives,
    jobs,
  }: Pick<Scenario, 'sales' | 'closeAt' | 'change' | 'steering' | 'archives' | 'jobs'>,
): Promise<void> {
  const until = async (what: string, ask: (front: SimulatedFront) => Promise<Answer>): Promise<string> => {
    for (;;) {
      const answer = await internet.request('admin', what, ask);
      if (answer?.status === 200) return answer.body;
      await world.wait(RETRY_MS);
    }
  };
  if (change !== undefined) void changeSettings(change);
  await Promise.all(sales.map(({ id }) => until(`publishes ${id}`, (front) => front.publish(id))));
  const [first] = sales;
  if (first !== undefined) void steer(first);
  if (first !== undefined && archives) void archive(first);
  if (first !== undefined && jobs.length > 0) void startJobs(world, history, first.id, jobs, until);
  if (closeAt === undefined || first === undefined) return;
  await world.wait(closeAt - world.now);
  await until(`closes ${first.id}`, (front) => front.close(first.id));

  /** One act after the other: each is answered before the next one. */
  async function steer({ id: saleId }: Sale): Promise<void> {
    history.busy += 1;
    for (const [n, { at, ...act }] of steering.entries()) {
      await world.wait(Math.max(0, at - world.now));
      const pause = history.pauses.at(-1);
      if (act.kind === 'resume' && pause !== undefined) pause.to = Math.min(pause.to, START_MS + world.now);
      let calls = 0;
      const kind = await until(`steers ${saleId}: ${act.kind}`, (front) => {
        calls += 1;
        return front.steer(saleId, act, `admin-${n}`);
      });
      history.steered.push({ saleId, act, kind, repeated: calls > 1 });
      if (act.kind !== 'pause' || kind !== 'changed') continue;
      history.pauses.push({ saleId, from: START_MS + world.now, to: Number.POSITIVE_INFINITY });
    }
    history.busy -= 1;
  }

  /** Asks until it is done: the sale has to be over, also if it was extended, and settled. */
  async function archive({ id: saleId, closesAt }: Sale): Promise<void> {
    await world.wait(Math.max(0, Math.min(closesAt - START_MS, closeAt ?? Number.POSITIVE_INFINITY) - world.now));
    for (;;) {
      const kind = await until(`archives ${saleId}`, (front) => front.archive(saleId));
      // A draft may still be published, by the scheduler, after its admin was told that it is too late.
      if (kind === 'changed' || kind === 'unknown') return;
      await world.wait(ARCHIVE_RETRY_MS);
    }
  }

  async function changeSettings({ at, values }: SettingsChangeAt): Promise<void> {
    await world.wait(at);
    await until('changes the settings', (front) => front.change(new Map(Object.entries(values))));
  }
}

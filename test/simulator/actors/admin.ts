import type { Sale } from '../../../src/domain/sale.ts';
import type { World } from '../core/world.ts';
import type { Answer, SimulatedFront } from '../roles/front.ts';
import type { Scenario, SettingsChangeAt } from '../scenario.ts';
import type { Internet } from './internet.ts';

const RETRY_MS = 400;

/** Publishes the sales, changes settings and closes the first sale if the scenario says so; retries until done. */
export async function administer(
  world: World,
  internet: Internet,
  sales: readonly Sale[],
  { closeAt, change }: Pick<Scenario, 'closeAt' | 'change'>,
): Promise<void> {
  const until = async (what: string, ask: (front: SimulatedFront) => Promise<Answer>) => {
    for (;;) {
      const answer = await internet.request('admin', what, ask);
      if (answer?.status === 200) return;
      await world.wait(RETRY_MS);
    }
  };
  if (change !== undefined) void changeSettings(change);
  await Promise.all(sales.map(({ id }) => until(`publishes ${id}`, (front) => front.publish(id))));
  const [first] = sales;
  if (closeAt === undefined || first === undefined) return;
  await world.wait(closeAt - world.now);
  await until(`closes ${first.id}`, (front) => front.close(first.id));

  async function changeSettings({ at, values }: SettingsChangeAt): Promise<void> {
    await world.wait(at);
    await until('changes the settings', (front) => front.change(new Map(Object.entries(values))));
  }
}

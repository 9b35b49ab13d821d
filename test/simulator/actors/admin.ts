import type { Sale } from '../../../src/domain/sale.ts';
import type { World } from '../core/world.ts';
import type { Answer, Front } from '../roles/front.ts';
import type { Internet } from './internet.ts';

const RETRY_MS = 400;

/** Publishes the sales, and closes the first one if the scenario says so; asks again until it is done. */
export async function administer(
  world: World,
  internet: Internet,
  sales: readonly Sale[],
  closeAt: number | undefined,
): Promise<void> {
  const until = async (what: string, ask: (front: Front) => Promise<Answer>) => {
    for (;;) {
      const answer = await internet.request('admin', what, ask);
      if (answer?.status === 200) return;
      await world.wait(RETRY_MS);
    }
  };
  await Promise.all(sales.map(({ id }) => until(`publishes ${id}`, (front) => front.publish(id))));
  const [first] = sales;
  if (closeAt === undefined || first === undefined) return;
  await world.wait(closeAt - world.now);
  await until(`closes ${first.id}`, (front) => front.close(first.id));
}

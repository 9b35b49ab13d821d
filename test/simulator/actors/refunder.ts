import type { World } from '../core/world.ts';
import type { History } from './history.ts';
import type { Internet } from './internet.ts';

export interface RefunderParts {
  readonly world: World;
  readonly internet: Internet;
  readonly history: History;
  /** From then on no refund is begun. */
  readonly untilMs: number;
}

const PAUSE_MS = [300, 4000] as const;
const RETRY_MS = 400;
/** Minor units: some parts exceed what is left. */
const MOST = 1500;

/** An admin who gives back orders that were paid, in parts and whole; each request is repeated until it is answered. */
export async function giveBack({ world, internet, history, untilMs }: RefunderParts): Promise<void> {
  const { random } = world;
  history.busy += 1;
  for (let n = 1; ; n += 1) {
    await world.wait(random.between(...PAUSE_MS));
    if (world.now >= untilMs) break;
    const paid = history.orders.filter(({ action, status }) => action === 'pay' && status === 200);
    if (paid.length === 0) continue;
    const { orderId } = random.pick(paid);
    const amount = random.chance(0.5) ? { amount: random.integer(1, MOST) } : {};
    const asked = { ...amount, returnTickets: random.chance(0.5) };
    const key = `refund-${n}`;
    for (;;) {
      const answer = await internet.request('admin', `refunds ${orderId}`, (front) =>
        front.refund(orderId, asked, key),
      );
      if (answer?.status === 202) history.refunds.push({ orderId, key, amount: Number(answer.body) });
      if (answer !== undefined && answer.status !== 503) break;
      await world.wait(RETRY_MS);
    }
  }
  history.busy -= 1;
}

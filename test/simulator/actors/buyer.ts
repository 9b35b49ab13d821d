import type { OrderJson } from '../../../src/api/orders/schema.ts';
import type { Sale } from '../../../src/domain/sale.ts';
import { START_MS } from '../core/process.ts';
import type { World } from '../core/world.ts';
import type { Answer, SimulatedFront } from '../roles/front.ts';
import type { History } from './history.ts';
import type { Internet } from './internet.ts';

export interface BuyerParts {
  readonly world: World;
  readonly internet: Internet;
  readonly history: History;
  /** From this time on no faults occur: a buyer left without an answer for long after it has found a bug. */
  readonly healAt: number;
}

const RETRY_MS = [100, 1500] as const;
/** Of tickets; more than some sales have, and than some allow. */
const MOST_AT_ONCE = 4;
/**
 * After `healAt`. A process may be cut off for 5 s longer, a call that was lost then is given up after 8 s, and a recovery that
 * begins behind it takes 3 s; breakers, leases and backlogs need the rest.
 */
const GIVE_UP_AFTER_MS = 25_000;

/** A buyer: clicks, clicks again, pays, cancels, or does nothing. */
export class Buyer {
  constructor(
    readonly userId: string,
    private readonly parts: BuyerParts,
  ) {}

  /** Everything this buyer does in a sale. */
  async shop(sale: Sale): Promise<void> {
    const { world, history } = this.parts;
    const { random } = world;
    history.busy += 1;
    const opensAfter = sale.opensAt - START_MS - world.now;
    const lastsMs = sale.closesAt - sale.opensAt;
    // Most arrive at the opening, some before, some towards the end.
    await world.wait(
      random.chance(0.6) ? opensAfter + random.between(-200, 500) : random.between(0, opensAfter + lastsMs),
    );
    const tries = random.integer(1, 3);
    for (let n = 1; n <= tries; n += 1) {
      const key = random.chance(0.9) ? `${this.userId}-${n}` : undefined;
      const quantity = random.chance(0.5) ? 1 : random.integer(1, MOST_AT_ONCE);
      const clicks = [this.buy(sale, key, quantity)];
      // A second tab, or a double click.
      if (key !== undefined && random.chance(0.2)) clicks.push(this.buy(sale, key, quantity));
      const orders = (await Promise.all(clicks)).filter((order) => order !== undefined);
      const [order] = orders;
      if (order !== undefined) await this.#decide(order);
      if (order !== undefined && key !== undefined && random.chance(0.5)) {
        await world.wait(random.between(0, 8000));
        await this.buy(sale, key, random.chance(0.9) ? quantity : random.integer(1, MOST_AT_ONCE));
      }
      await world.wait(random.between(0, 6000));
    }
    history.busy -= 1;
  }

  /** Retries until there is an answer; without a key only one attempt. */
  async buy(sale: Sale, key: string | undefined, quantity: number): Promise<OrderJson | undefined> {
    const { world, internet, history } = this.parts;
    for (;;) {
      const sentAt = world.now;
      const answer = await internet.request(
        this.userId,
        `buys ${quantity} of ${sale.id} ${key ?? 'without a key'}`,
        (front) => front.purchase(sale.id, this.userId, key, quantity),
      );
      if (answer !== undefined) {
        const asked = { saleId: sale.id, userId: this.userId, key, quantity };
        history.purchases.push({ ...asked, sentAt, at: world.now, ...answer });
      }
      if (answer?.status === 201) return JSON.parse(answer.body) as OrderJson;
      if (isDefinite(answer) || key === undefined) return undefined;
      if (!(await this.#again(`the purchase with the key ${key}`))) return undefined;
    }
  }

  async #decide(order: OrderJson): Promise<void> {
    const { world } = this.parts;
    const { random } = world;
    if (random.chance(0.3)) await this.#ask(order.id, 'look', (front) => front.order(order.id, this.userId));
    await world.wait(random.chance(0.5) ? 0 : random.between(0, Date.parse(order.payBy) - START_MS - world.now + 1000));
    const pay = () => this.#ask(order.id, 'pay', (front) => front.pay(order.id, this.userId));
    const cancel = () => this.#ask(order.id, 'cancel', (front) => front.cancel(order.id, this.userId));
    const choice = random.next();
    if (choice < 0.4) await pay();
    else if (choice < 0.65) await cancel();
    else if (choice < 0.8) await Promise.all([pay(), world.wait(random.between(0, 300)).then(cancel)]);
  }

  /** Retries until there is an answer. */
  async #ask(
    orderId: string,
    action: 'pay' | 'cancel' | 'look',
    ask: (front: SimulatedFront) => Promise<Answer>,
  ): Promise<void> {
    const { internet, history } = this.parts;
    for (;;) {
      const answer = await internet.request(this.userId, `${action}s ${orderId}`, ask);
      if (answer !== undefined && isDefinite(answer)) {
        history.orders.push({ orderId, action, ...answer });
        return;
      }
      if (!(await this.#again(`${action} ${orderId}`))) return;
    }
  }

  async #again(what: string): Promise<boolean> {
    const { world, history, healAt } = this.parts;
    if (world.now > healAt + GIVE_UP_AFTER_MS) {
      history.unanswered.push(`${this.userId}: ${what}`);
      return false;
    }
    await world.wait(world.random.between(...RETRY_MS));
    return true;
  }
}

function isDefinite(answer: Answer | undefined): boolean {
  return answer !== undefined && answer.status !== 503;
}

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BusEvent, EventBus } from '../../../src/ports/event-bus.ts';
import { newOrder } from '../../support/orders.ts';

export interface EventBusHarness {
  /** Another member, once it hears and is heard; the same one where a process is all there is. */
  readonly join: () => Promise<EventBus>;
  /** Does something bad to all members' connections; resolves when they have noticed. Absent without connections. */
  readonly trouble?: Readonly<Record<string, () => Promise<void>>>;
  readonly close: () => Promise<void>;
}

const stock = (version: number, saleId = 's'): BusEvent => ({
  type: 'stock',
  saleId,
  stock: { remaining: 1_000 - version, version },
});

/** What every events port does. */
export function eventBusContract(name: string, open: () => Promise<EventBusHarness>): void {
  describe(`${name}: events`, () => {
    let harness: EventBusHarness;
    let members: readonly EventBus[];
    /** What each member heard in this test. */
    let heard: BusEvent[][];
    const [first, second] = [() => members[0] as EventBus, () => members[1] as EventBus];

    beforeAll(async () => {
      harness = await open();
      members = [await harness.join(), await harness.join()];
    });
    afterAll(() => harness.close());
    beforeEach(() => {
      const own: BusEvent[][] = members.map(() => []);
      heard = own;
      const all = members.map(({ events$ }, i) => events$.subscribe((item) => own[i]?.push(item)));
      return () => {
        for (const subscription of all) subscription.unsubscribe();
      };
    });

    const allHear = (items: readonly BusEvent[]) =>
      vi.waitFor(() => expect(heard).toEqual(members.map(() => items)), { timeout: 10_000, interval: 5 });

    it('reach every member, the teller too, as they were told', async () => {
      const orders = [1, 2].map((ticket) => newOrder({ saleId: 's', ticket }).order);
      const told: BusEvent[] = [stock(1), { type: 'sale', saleId: 'Zoë 東京' }, { type: 'orders', orders }];
      for (const item of told) first().publish(item);

      await allHear(told);
    });

    it('of one teller come in the order in which they were told, turn after turn', async () => {
      const told: BusEvent[] = [];
      for (let turn = 0; turn < 20; turn += 1) {
        for (let n = 0; n < 10; n += 1) {
          const item = stock(told.length);
          told.push(item);
          second().publish(item);
        }
        await new Promise(setImmediate);
      }

      await allHear(told);
    });

    it("don't arrive within the teller's turn", () => {
      first().publish(stock(1));

      expect(heard[0]).toEqual([]);
      return allHear([stock(1)]);
    });

    it('are for those who listen when they come', async () => {
      first().publish(stock(1));
      await allHear([stock(1)]);
      const late: BusEvent[] = [];
      const subscription = first().events$.subscribe((item) => late.push(item));
      second().publish(stock(2));
      await allHear([stock(1), stock(2)]);
      subscription.unsubscribe();

      expect(late).toEqual([stock(2)]);
    });

    it('can be told in answer to events', async () => {
      const subscription = second().events$.subscribe((item) => {
        if (item.type === 'sale') second().publish(stock(7, item.saleId));
      });
      first().publish({ type: 'sale', saleId: 's' });
      await allHear([{ type: 'sale', saleId: 's' }, stock(7)]);
      subscription.unsubscribe();
    });

    it('go on after trouble with the connections, without anybody doing anything', async ({ skip }) => {
      if (harness.trouble === undefined) return skip('no connections here');
      for (const [what, trouble] of Object.entries(harness.trouble)) {
        await trouble();
        // Some are lost; what is told and heard in the end has to reach all.
        let version = 0;
        await vi.waitFor(
          () => {
            version += 1;
            for (const member of members) member.publish(stock(version, what));
            for (const items of heard) {
              expect(items.filter((item) => item.type === 'stock' && item.saleId === what).length).toBeGreaterThan(4);
            }
          },
          { timeout: 20_000, interval: 20 },
        );
      }
    });
  });
}

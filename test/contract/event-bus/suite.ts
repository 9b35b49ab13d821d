import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BusEvent, EventBus } from '../../../src/ports/event-bus.ts';
import { newOrder } from '../../support/orders.ts';

export interface EventBusHarness {
  /** Another process, connected; the same one where an installation is one process. */
  readonly join: () => Promise<EventBus>;
  /** Disrupts the connections of all members; resolves when they have noticed. Absent without connections. */
  readonly disruptions?: Readonly<Record<string, () => Promise<void>>>;
  readonly close: () => Promise<void>;
}

const stock = (version: number, saleId = 's'): BusEvent => ({
  type: 'stock',
  saleId,
  stock: { remaining: 1_000 - version, version },
});

/** Tests of the event bus port. */
export function eventBusContract(name: string, open: () => Promise<EventBusHarness>): void {
  describe(`${name} as an event bus`, () => {
    let harness: EventBusHarness;
    let members: readonly EventBus[];
    /** What each member has received in this test. */
    let received: BusEvent[][];
    const [first, second] = [() => members[0] as EventBus, () => members[1] as EventBus];

    beforeAll(async () => {
      harness = await open();
      members = [await harness.join(), await harness.join()];
    });
    afterAll(() => harness.close());
    beforeEach(() => {
      const own: BusEvent[][] = members.map(() => []);
      received = own;
      const all = members.map(({ events$ }, i) => events$.subscribe((item) => own[i]?.push(item)));
      return () => {
        for (const subscription of all) subscription.unsubscribe();
      };
    });

    const allReceive = (items: readonly BusEvent[]) =>
      vi.waitFor(() => expect(received).toEqual(members.map(() => items)), { timeout: 10_000, interval: 5 });

    it('delivers events unchanged to every member, the publisher included', async () => {
      const orders = [1, 2].map((ticket) => newOrder({ saleId: 's', tickets: [ticket, ticket + 7] }).order);
      const published: BusEvent[] = [stock(1), { type: 'sale', saleId: 'Zoë 東京' }, { type: 'orders', orders }];
      for (const item of published) first().publish(item);

      await allReceive(published);
    });

    it('delivers the events of one publisher in their order, over many turns', async () => {
      const published: BusEvent[] = [];
      for (let turn = 0; turn < 20; turn += 1) {
        for (let n = 0; n < 10; n += 1) {
          const item = stock(published.length);
          published.push(item);
          second().publish(item);
        }
        await new Promise(setImmediate);
      }

      await allReceive(published);
    });

    it("delivers nothing within the publisher's turn", () => {
      first().publish(stock(1));

      expect(received[0]).toEqual([]);
      return allReceive([stock(1)]);
    });

    it('delivers events only to subscribers of that moment', async () => {
      first().publish(stock(1));
      await allReceive([stock(1)]);
      const late: BusEvent[] = [];
      const subscription = first().events$.subscribe((item) => late.push(item));
      second().publish(stock(2));
      await allReceive([stock(1), stock(2)]);
      subscription.unsubscribe();

      expect(late).toEqual([stock(2)]);
    });

    it('accepts events that are published in reaction to others', async () => {
      const subscription = second().events$.subscribe((item) => {
        if (item.type === 'sale') second().publish(stock(7, item.saleId));
      });
      first().publish({ type: 'sale', saleId: 's' });
      await allReceive([{ type: 'sale', saleId: 's' }, stock(7)]);
      subscription.unsubscribe();
    });

    it('recovers by itself after its connections were disrupted', async ({ skip }) => {
      if (harness.disruptions === undefined) return skip('no connections here');
      for (const [what, disrupt] of Object.entries(harness.disruptions)) {
        await disrupt();
        // Some events are lost; in the end they must reach all members again.
        let version = 0;
        await vi.waitFor(
          () => {
            version += 1;
            for (const member of members) member.publish(stock(version, what));
            for (const items of received) {
              expect(items.filter((item) => item.type === 'stock' && item.saleId === what).length).toBeGreaterThan(4);
            }
          },
          { timeout: 20_000, interval: 20 },
        );
      }
    });
  });
}

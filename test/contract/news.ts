import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { News, NewsItem } from '../../src/ports/news.ts';
import { newOrder } from '../support/orders.ts';

export interface NewsHarness {
  /** Another member, once it hears and is heard; the same one where a process is all there is. */
  readonly join: () => Promise<News>;
  /** Does something bad to all members' connections; resolves when they have noticed. Absent without connections. */
  readonly trouble?: Readonly<Record<string, () => Promise<void>>>;
  readonly close: () => Promise<void>;
}

const stock = (version: number, saleId = 's'): NewsItem => ({
  type: 'stock',
  saleId,
  stock: { remaining: 1_000 - version, version },
});

/** What every news port does. */
export function newsContract(name: string, open: () => Promise<NewsHarness>): void {
  describe(`${name}: news`, () => {
    let harness: NewsHarness;
    let members: readonly News[];
    /** What each member heard in this test. */
    let heard: NewsItem[][];
    const [first, second] = [() => members[0] as News, () => members[1] as News];

    beforeAll(async () => {
      harness = await open();
      members = [await harness.join(), await harness.join()];
    });
    afterAll(() => harness.close());
    beforeEach(() => {
      const own: NewsItem[][] = members.map(() => []);
      heard = own;
      const all = members.map(({ news$ }, i) => news$.subscribe((item) => own[i]?.push(item)));
      return () => {
        for (const subscription of all) subscription.unsubscribe();
      };
    });

    const allHear = (items: readonly NewsItem[]) =>
      vi.waitFor(() => expect(heard).toEqual(members.map(() => items)), { timeout: 10_000, interval: 5 });

    it('reach every member, the teller too, as they were told', async () => {
      const orders = [1, 2].map((ticket) => newOrder({ saleId: 's', ticket }).order);
      const told: NewsItem[] = [stock(1), { type: 'sale', saleId: 'Zoë 東京' }, { type: 'orders', orders }];
      for (const item of told) first().tell(item);

      await allHear(told);
    });

    it('of one teller come in the order in which they were told, turn after turn', async () => {
      const told: NewsItem[] = [];
      for (let turn = 0; turn < 20; turn += 1) {
        for (let n = 0; n < 10; n += 1) {
          const item = stock(told.length);
          told.push(item);
          second().tell(item);
        }
        await new Promise(setImmediate);
      }

      await allHear(told);
    });

    it("don't arrive within the teller's turn", () => {
      first().tell(stock(1));

      expect(heard[0]).toEqual([]);
      return allHear([stock(1)]);
    });

    it('are for those who listen when they come', async () => {
      first().tell(stock(1));
      await allHear([stock(1)]);
      const late: NewsItem[] = [];
      const subscription = first().news$.subscribe((item) => late.push(item));
      second().tell(stock(2));
      await allHear([stock(1), stock(2)]);
      subscription.unsubscribe();

      expect(late).toEqual([stock(2)]);
    });

    it('can be told in answer to news', async () => {
      const subscription = second().news$.subscribe((item) => {
        if (item.type === 'sale') second().tell(stock(7, item.saleId));
      });
      first().tell({ type: 'sale', saleId: 's' });
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
            for (const member of members) member.tell(stock(version, what));
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

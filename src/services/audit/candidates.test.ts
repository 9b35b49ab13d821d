import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { aSale } from '../../../test/support/sales.ts';
import { ENTRIES_PER_TURN } from '../turns.ts';
import { candidatesOf, inBoth } from './candidates.ts';
import { LoggedReservations } from './logged-reservations.ts';
import type { SaleSnapshot } from './snapshot.ts';
import { TicketHolders } from './ticket-holders.ts';

const TOTAL = 20 * ENTRIES_PER_TURN;
const sale = aSale({ total: TOTAL, perBuyerLimit: 1 });

/** A snapshot in which each ticket is sold. */
function soldOut(storedTickets = TOTAL): SaleSnapshot {
  const [held, stored] = [new TicketHolders(TOTAL), new TicketHolders(TOTAL)];
  for (let ticket = 1; ticket <= TOTAL; ticket += 1) {
    held.add(ticket, `order-${ticket}`, `buyer-${ticket}`);
    if (ticket <= storedTickets) stored.add(ticket, `order-${ticket}`, `buyer-${ticket}`);
  }
  const live = { reserved: 0, inTimeline: 0 };
  return {
    queue: { epoch: sale.epoch, version: 1, total: TOTAL, held: TOTAL, remaining: 0, pending: 0 },
    ledger: { holders: held, unpublished: new Set() },
    queued: { times: new Uint8Array(TOTAL + 1), size: 0, strays: new Set() },
    heldByBuyers: TOTAL,
    log: new LoggedReservations(TOTAL),
    isLogComplete: true,
    orders: stored,
    counts: { states: { reserved: TOTAL, paid: 0, expired: 0, cancelled: 0, rejected: 0 }, tickets: TOTAL },
    missing: [],
    money: { payments: 0, givenBack: 0, wrong: [] },
    live: { before: live, after: live },
  };
}

/** The turns of the event loop that pass while work runs. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let [turns, running] = [0, true];
  const counting = (async () => {
    for (; running; turns += 1) await nextTurn();
  })();
  await work();
  running = false;
  await counting;
  return turns;
}

it('lets others have a turn every so many tickets, in each check of them', async () => {
  const snapshot = soldOut();
  const turns = await turnsDuring(async () => expect(await candidatesOf(sale, snapshot)).toEqual(new Map()));
  // The places of the tickets, and who holds them.
  expect(turns).toBeGreaterThanOrEqual(2 * 20);
});

it('lets others have a turn every so many discrepancies, too', async () => {
  const snapshot = soldOut(0);
  const candidates = await candidatesOf(sale, snapshot);
  expect(candidates.size).toBe(TOTAL);
  const turns = await turnsDuring(async () => expect((await inBoth(candidates, candidates)).size).toBe(TOTAL));
  expect(turns).toBeGreaterThanOrEqual(20);
});

it('lets others have a turn while it searches the log for orders that are not stored', async () => {
  const log = new LoggedReservations(TOTAL);
  const pauses = [...log.except(new TicketHolders(TOTAL).ids)].filter((order) => order === undefined);
  expect(pauses).toHaveLength(20);
});

it('finds the buyers over the limit between the pauses', async () => {
  const holders = new TicketHolders(TOTAL);
  for (let ticket = 1; ticket <= TOTAL; ticket += 1) {
    holders.add(ticket, `order-${ticket}`, ticket === 7 || ticket === TOTAL ? 'greedy' : `buyer-${ticket}`);
  }
  const found = [...holders.overLimit(1)];
  expect(found.filter((held) => held === undefined)).toHaveLength(20);
  expect(found.filter((held) => held !== undefined)).toEqual([
    [
      { ticket: 7, orderId: 'order-7' },
      { ticket: TOTAL, orderId: `order-${TOTAL}` },
    ],
  ]);
});

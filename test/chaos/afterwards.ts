import { systemClock } from '../../src/adapters/system/clock.ts';
import type { Order } from '../../src/domain/order.ts';
import type { Sale } from '../../src/domain/sale.ts';
import { poll } from '../../src/resilience/poll.ts';
import { auditQueue } from '../support/queue-audit.ts';
import { wholeTimeline } from '../support/whole-timeline.ts';
import type { Workspace } from '../support/workspace.ts';
import type { SaleAfterwards } from './verdict.ts';

export type Ports = Awaited<ReturnType<Workspace['open']>>['ports'];

const POLL_MS = 200;
const PAGE = 200;

/** Resolves when nothing is wrong with any sale, or the time is over: with how long it took, and what is still wrong. */
export async function untilEach(
  sales: readonly Sale[],
  giveUpAfterMs: number,
  isWrong: (sale: Sale) => Promise<string | undefined>,
): Promise<{ readonly ms: number; readonly wrong: readonly string[] }> {
  const startedAt = performance.now();
  let open: readonly Sale[] = sales;
  const check = async () => {
    const results = await Promise.all(
      open.map(async (sale) => ({ sale, wrong: await isWrong(sale).catch((fault: unknown) => String(fault)) })),
    );
    const failed = results.filter(({ wrong }) => wrong !== undefined);
    open = failed.map(({ sale }) => sale);
    return failed;
  };
  const left = await poll(check, {
    until: (failed) => failed.length === 0,
    everyMs: POLL_MS,
    forMs: giveUpAfterMs,
    clock: systemClock,
  });
  return { ms: performance.now() - startedAt, wrong: left.map(({ sale, wrong }) => `${sale.id}: ${wrong}`) };
}

/** No reservation is unpublished any more. */
export const nonePending =
  ({ auditSources }: Ports) =>
  async ({ id }: Sale): Promise<string | undefined> => {
    const snapshot = await auditSources.queue.snapshot(id);
    return snapshot?.pending === 0 ? undefined : `pending: ${snapshot?.pending}`;
  };

/** Every order has ended, the queue has its tickets back, all refunds are made, and the worker has read all of the log. */
export const allEnded =
  ({ auditSources, store, log }: Ports, group: string) =>
  async ({ id }: Sale): Promise<string | undefined> => {
    const [snapshot, { states, tickets }, lag, owed, refunds, late] = await Promise.all([
      auditSources.queue.snapshot(id),
      store.counts(id),
      log.lag(group),
      store.owedTickets(1),
      store.refundsDue(1),
      store.rebookingsDue(1),
    ]);
    const left = { owed: owed.length, refunds: refunds.length, late: late.length };
    const isDone = Object.values(left).every((count) => count === 0);
    const quiet = states.reserved === 0 && lag === 0 && isDone && snapshot?.held === tickets;
    return quiet ? undefined : JSON.stringify({ states, lag, ...left, held: snapshot?.held });
  };

/** The live state has counted what the log has, for the sale and second by second: the workers correct what they lost. */
export const liveIsRight =
  ({ auditSources: { log }, live }: Ports) =>
  async ({ id }: Sale): Promise<string | undefined> => {
    let logged = 0;
    for await (const { entries } of log.entries(await log.ranges())) {
      for (const { record } of entries) {
        if (record?.type !== 'reservations' || record.saleId !== id) continue;
        for (const { tickets } of record.items) logged += tickets.length;
      }
    }
    const [sale, timeline] = await Promise.all([live.sale(id), wholeTimeline(live.timelinePages(id))]);
    const [total, seconds] = [sale?.reserved ?? 0, timeline.reduce((sum, { reserved }) => sum + reserved, 0)];
    return total === logged && seconds === logged ? undefined : JSON.stringify({ logged, total, seconds });
  };

export async function readSale({ auditSources, store }: Ports, sale: Sale): Promise<SaleAfterwards> {
  const orders: Order[] = [];
  for (;;) {
    const before = orders.at(-1)?.id;
    const page = await store.orders({ saleId: sale.id, limit: PAGE, ...(before === undefined ? {} : { before }) });
    orders.push(...page);
    if (page.length < PAGE) break;
  }
  const [audit, money] = await Promise.all([auditQueue(auditSources.queue, sale.id), store.money(sale.id)]);
  return { sale, orders, audit, money };
}

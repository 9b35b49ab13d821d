import { setTimeout as delay } from 'node:timers/promises';
import type { Order } from '../../src/domain/order.ts';
import type { Sale } from '../../src/domain/sale.ts';
import { auditQueue } from '../support/queue-audit.ts';
import type { Workspace } from '../support/workspace.ts';
import type { SaleAfterwards } from './verdict.ts';

export type Ports = Awaited<ReturnType<Workspace['open']>>['ports'];

const POLL_MS = 200;
const PAGE = 200;

/** Resolves with how long it took until every sale was so, and with what was the matter if it never was. */
export async function untilEach(
  sales: readonly Sale[],
  giveUpAfterMs: number,
  isWrong: (sale: Sale) => Promise<string | undefined>,
): Promise<{ readonly ms: number; readonly wrong: readonly string[] }> {
  const startedAt = performance.now();
  let open: readonly Sale[] = sales;
  for (;;) {
    const looks = await Promise.all(
      open.map(async (sale) => ({ sale, wrong: await isWrong(sale).catch((fault: unknown) => String(fault)) })),
    );
    const left = looks.filter(({ wrong }) => wrong !== undefined);
    const ms = performance.now() - startedAt;
    if (left.length === 0 || ms > giveUpAfterMs)
      return { ms, wrong: left.map(({ sale, wrong }) => `${sale.id}: ${wrong}`) };
    open = left.map(({ sale }) => sale);
    await delay(POLL_MS);
  }
}

/** Nobody has to prove any more that a reservation is in the log. */
export const nonePending =
  ({ auditSources }: Ports) =>
  async ({ id }: Sale): Promise<string | undefined> => {
    const snapshot = await auditSources.queue.snapshot(id);
    return snapshot?.pending === 0 ? undefined : `pending: ${snapshot?.pending}`;
  };

/** Every order has ended, the queue has heard of it, and the worker has nothing left to read. */
export const allEnded =
  ({ auditSources, store, log }: Ports, group: string) =>
  async ({ id }: Sale): Promise<string | undefined> => {
    const [snapshot, { states }, lag, owed] = await Promise.all([
      auditSources.queue.snapshot(id),
      store.counts(id),
      log.lag(group),
      store.owedTickets(1),
    ]);
    const quiet = states.reserved === 0 && lag === 0 && owed.length === 0 && snapshot?.held === states.paid;
    return quiet ? undefined : JSON.stringify({ states, lag, owed: owed.length, held: snapshot?.held });
  };

export async function readSale({ auditSources, store }: Ports, sale: Sale): Promise<SaleAfterwards> {
  const orders: Order[] = [];
  for (;;) {
    const before = orders.at(-1)?.id;
    const page = await store.orders({ saleId: sale.id, limit: PAGE, ...(before === undefined ? {} : { before }) });
    orders.push(...page);
    if (page.length < PAGE) break;
  }
  return { sale, orders, audit: await auditQueue(auditSources.queue, sale.id) };
}

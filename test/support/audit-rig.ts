import { join } from 'node:path';
import {
  createEmbeddedLogAuditSource,
  createEmbeddedQueueAuditSource,
} from '../../src/adapters/embedded/audit-source.ts';
import { openEngine } from '../../src/adapters/embedded/engine.ts';
import { createEmbeddedLiveState } from '../../src/adapters/embedded/live-state.ts';
import { createEmbeddedOrderLog } from '../../src/adapters/embedded/order-log.ts';
import { createEmbeddedOrderStore } from '../../src/adapters/embedded/order-store.ts';
import { createEmbeddedTicketQueue } from '../../src/adapters/embedded/ticket-queue.ts';
import { createSqlCatalogue } from '../../src/adapters/sql/catalogue.ts';
import { connectSql } from '../../src/adapters/sql/connect.ts';
import { migrate } from '../../src/adapters/sql/migrate.ts';
import { createSqlOrderAuditSource } from '../../src/adapters/sql/order-audit-source.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { orderOf, type ReservationsRecord } from '../../src/domain/log-record.ts';
import { type Order, totalOf } from '../../src/domain/order.ts';
import type { Sale } from '../../src/domain/sale.ts';
import type { AuditResult } from '../../src/services/audit/result.ts';
import { type AuditPorts, auditSale } from '../../src/services/audit.ts';
import { nextOrderId, nextSaleId } from './orders.ts';
import { tempFolder } from './temp-folder.ts';

const GROUP = 'settlement';
const LIVE_GROUP = 'live-view';
/** The first offset of the embedded log. */
const FIRST_OFFSET = 1;
const HOUR_MS = 3_600_000;

/** How far an order gets; a stage includes those before it. */
export type Stage = 'reserved' | 'published' | 'logged' | 'stored' | 'counted';
const STAGES: readonly Stage[] = ['reserved', 'published', 'logged', 'stored', 'counted'];

export interface RigOrder {
  readonly orderId: string;
  /** The first one. */
  readonly ticket: number;
  readonly userId: string;
}

/** The audit on the embedded adapters. A test does step by step what the streams do. */
export async function auditRig() {
  const folder = tempFolder();
  const file = join(folder.path, 'floodgate.db');
  const engine = await openEngine({ file, thread: false });
  const database = await connectSql({ dialect: 'sqlite', file });
  await migrate(database);
  const ports = {
    queue: createEmbeddedTicketQueue({ engine, clock: systemClock }),
    log: createEmbeddedOrderLog(engine),
    store: createEmbeddedOrderStore(engine, database),
    catalogue: createSqlCatalogue(database),
    live: createEmbeddedLiveState(engine),
    auditSources: {
      queue: createEmbeddedQueueAuditSource(engine),
      log: createEmbeddedLogAuditSource(engine),
      orders: createSqlOrderAuditSource(database),
    },
    clock: systemClock,
  };
  let appended = 0;

  const open = async (changes: Partial<Sale> = {}): Promise<Sale> => {
    const now = Date.now();
    const sale: Sale = {
      id: nextSaleId(),
      productId: 'product-1',
      title: 'A thing',
      description: '',
      price: { amount: 100, currency: 'EUR' },
      total: 10,
      perBuyerLimit: 2,
      opensAt: now - HOUR_MS,
      closesAt: now + HOUR_MS,
      payWithinSeconds: 600,
      status: 'published',
      epoch: 1,
      version: 1,
      ...changes,
    };
    await ports.catalogue.addSale(sale);
    if (sale.status === 'published') await ports.queue.load(sale);
    return sale;
  };

  /** Makes an order and takes it as far as `upTo`; both groups are then behind its record in the log. */
  const buy = async (sale: Sale, userId: string, upTo: Stage = 'counted', quantity = 1): Promise<RigOrder> => {
    const reaches = (stage: Stage) => STAGES.indexOf(stage) <= STAGES.indexOf(upTo);
    const orderId = nextOrderId();
    const item = { orderId, userId, key: `o:${orderId}`, fingerprint: '{}', quantity };
    const reply = await ports.queue.reserve(sale.id, sale.epoch, [item]);
    const answer = reply.kind === 'answered' ? reply.answers[0] : undefined;
    if (answer?.kind !== 'reserved') throw new Error(`the queue answered ${JSON.stringify(reply)}`);
    const { tickets, reservedAt } = answer;
    const ticket = tickets[0] as number;
    const record: ReservationsRecord = {
      type: 'reservations',
      saleId: sale.id,
      productId: sale.productId,
      epoch: sale.epoch,
      price: sale.price,
      payWithinSeconds: sale.payWithinSeconds,
      items: [{ orderId, tickets, userId, key: item.key, reservedAt, requestId: 'r' }],
    };
    if (reaches('published')) await ports.queue.published(sale.id, sale.epoch, [orderId]);
    if (!reaches('logged')) return { orderId, ticket, userId };
    await ports.log.append(record);
    appended += 1;
    const offset = FIRST_OFFSET + appended - 1;
    const positions = [{ partition: 0, next: offset + 1 }];
    const orders = record.items.map((one) => ({ order: orderOf(record, one), key: item.key }));
    if (reaches('stored')) await ports.store.store({ group: GROUP, positions, orders });
    if (reaches('counted')) {
      const second = Math.floor(reservedAt / 1000);
      await ports.live.apply(0, [{ saleId: sale.id, offset, second, reserved: tickets.length }]);
      await engine.call('log.ack', { group: LIVE_GROUP, next: offset + 1 });
    }
    return { orderId, ticket, userId };
  };

  /** The payment of a stored order. */
  const pay = async ({ orderId }: Pick<RigOrder, 'orderId'>): Promise<void> => {
    const order = (await ports.store.order(orderId)) as Order;
    const ids = { eventId: `evt_${orderId}`, paymentId: `pay_${orderId}`, orderId };
    await ports.store.capture({ ...ids, amount: totalOf(order), at: 1 });
  };

  const outcome = (saleId: string, changes: Partial<AuditPorts> = {}, maxWaitMs = 0) =>
    auditSale(saleId, { ...ports, ...changes }, { group: GROUP, liveGroup: LIVE_GROUP, maxWaitMs });

  return {
    ports,
    open,
    buy,
    pay,
    outcome,
    /** Throws when the sale is not audited. */
    audit: async (sale: Pick<Sale, 'id'>, ...how: [changes?: Partial<AuditPorts>, maxWaitMs?: number]) => {
      const audited = await outcome(sale.id, ...how);
      if (audited.kind !== 'audited') throw new Error(`the sale is ${audited.kind}`);
      return audited.result;
    },
    /** Runs SQL on the file, past the adapters. */
    sql: (text: string, ...values: readonly (string | number)[]) =>
      database.orm.em.getConnection().execute(text, [...values]),
    close: async () => {
      await engine.close();
      await database.close();
      folder.remove();
    },
  };
}

/** The discrepancies of the invariants that don't hold, by invariant. */
export function wrongIn({ invariants }: AuditResult) {
  return Object.fromEntries(invariants.filter(({ ok }) => !ok).map(({ name, differences }) => [name, differences]));
}

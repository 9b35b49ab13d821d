import { map, type Observable } from 'rxjs';
import { createIdSource } from '../../../src/domain/ids.ts';
import type { ReservationsRecord } from '../../../src/domain/log-record.ts';
import type { LogChunk, OrderLog } from '../../../src/ports/order-log.ts';
import type { OrderStore } from '../../../src/ports/order-store.ts';
import { START_MS } from '../core/process.ts';
import type { RoleParts } from './role.ts';

/** The front's log, with the bugs that are planted there; without them the log itself. */
export function carelessLog({ ports: { log, queue }, bugs }: RoleParts): Pick<OrderLog, 'append' | 'writable'> {
  if (bugs.has('replyBeforeReport')) {
    return {
      writable: () => log.writable(),
      append: async (record) => void log.append(record).catch(() => {}),
    };
  }
  if (bugs.has('publishedBeforeAppend')) {
    return {
      writable: () => log.writable(),
      append: async (record) => {
        await queue.published(record.saleId, record.epoch, orderIdsOf(record));
        await log.append(record);
      },
    };
  }
  return log;
}

/** The relay's log. */
export function forgetfulLog({ ports: { log }, bugs, process }: RoleParts): Pick<OrderLog, 'append'> {
  if (!bugs.has('relayNewIds')) return log;
  const newId = createIdSource({ node: 1023, now: () => START_MS + Math.floor(process.world.now) });
  return {
    append: (record) => log.append({ ...record, items: record.items.map((item) => ({ ...item, orderId: newId() })) }),
  };
}

/** The worker's store. */
export function hastyStore({ ports: { store }, bugs }: RoleParts): OrderStore {
  if (!bugs.has('positionBeforeRows')) return store;
  return overriding(store, {
    store: async (batch) => {
      await store.store({ group: batch.group, positions: batch.positions, orders: [] });
      return store.store({ ...batch, positions: [] });
    },
  });
}

/** The worker's chunks. */
export function hastyChunks(chunk$: Observable<LogChunk>, { bugs }: RoleParts): Observable<LogChunk> {
  if (!bugs.has('ackBeforeStore')) return chunk$;
  return chunk$.pipe(
    map((chunk) => {
      chunk.ack();
      return chunk;
    }),
  );
}

/** The expiry's store. */
export function generousStore({ ports: { store, queue }, bugs }: RoleParts): OrderStore {
  if (!bugs.has('returnBeforeEnd')) return store;
  const saleOf = new Map<string, string>();
  return overriding(store, {
    due: async (saleId, now, limit) => {
      const due = await store.due(saleId, now, limit);
      for (const orderId of due) saleOf.set(orderId, saleId);
      return due;
    },
    transition: async (to, orderIds, at) => {
      const [saleId = ''] = orderIds.map((orderId) => saleOf.get(orderId));
      await queue.release(saleId, orderIds);
      return store.transition(to, orderIds, at);
    },
  });
}

function orderIdsOf(record: ReservationsRecord): readonly string[] {
  return record.items.map(({ orderId }) => orderId);
}

/** The store, but for these methods. */
export function overriding(store: OrderStore, methods: Partial<OrderStore>): OrderStore {
  return new Proxy(store, { get: (target, name) => Reflect.get(name in methods ? methods : target, name) });
}

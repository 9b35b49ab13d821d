import { map, merge, type Observable, Subject } from 'rxjs';
import { createIdSource } from '../../../src/domain/ids.ts';
import type { LiveSettings } from '../../../src/domain/live-settings.ts';
import type { ReservationsRecord } from '../../../src/domain/log-record.ts';
import { totalOf } from '../../../src/domain/order.ts';
import type { Sale } from '../../../src/domain/sale.ts';
import type { QueueAuditSource } from '../../../src/ports/audit-source.ts';
import type { Catalogue } from '../../../src/ports/catalogue.ts';
import type { LogChunk, OrderLog } from '../../../src/ports/order-log.ts';
import type { OrderStore } from '../../../src/ports/order-store.ts';
import type { Timers } from '../../../src/ports/timers.ts';
import type { Policies } from '../../../src/roles/front/policies.ts';
import type { Settings } from '../../../src/roles/settings.ts';
import { START_MS } from '../core/process.ts';
import { DEFAULTS, GROUPS, type RoleParts, type SimulatedPorts } from './role.ts';

/** The front's ports, with the bugs planted there. */
export function plantInFront({ ports, bugs }: RoleParts): SimulatedPorts {
  const { log, queue } = ports;
  if (bugs.has('replyBeforeAppend')) {
    return { ...ports, log: { ...log, append: async (record) => void log.append(record).catch(() => {}) } };
  }
  if (bugs.has('archiveUnsettled')) return { ...ports, auditSources: { queue: { snapshot: settledSnapshot(ports) } } };
  if (bugs.has('publishedBeforeAppend')) {
    const append = async (record: ReservationsRecord) => {
      await queue.published(record.saleId, record.epoch, orderIdsOf(record));
      await log.append(record);
    };
    return { ...ports, log: { ...log, append } };
  }
  return ports;
}

/** What a queue would say of which everything is known elsewhere. */
function settledSnapshot({ auditSources, store }: SimulatedPorts): QueueAuditSource['snapshot'] {
  return async (saleId) => {
    const snapshot = await auditSources.queue.snapshot(saleId);
    return snapshot && { ...snapshot, pending: 0, held: (await store.counts(saleId)).tickets };
  };
}

/** Delay after receipt from which a front with `deadlineJudgedLate` counts its deadline. */
const JUDGED_LATE_MS = 700;

/** The receipt time that the front assumes for a request. */
export function plantedReceipt({ bugs, process }: RoleParts): number {
  if (bugs.has('lateReplies')) return Number.POSITIVE_INFINITY;
  return process.clock.monotonic() + (bugs.has('deadlineJudgedLate') ? JUDGED_LATE_MS : 0);
}

/** A front's settings, and a callback for purchases refused for overload. */
export function plantInSettings(
  settings: Settings,
  { bugs }: RoleParts,
): { readonly settings: Settings; readonly onOverload: () => void } {
  const overload$ = new Subject<void>();
  const change = (purchase: Partial<LiveSettings['purchase']>, now: LiveSettings): LiveSettings => ({
    ...now,
    purchase: { ...now.purchase, ...purchase },
  });
  const with$ = (settings$: Observable<LiveSettings>, current = settings.current): Settings => ({
    ...settings,
    current,
    settings$,
  });
  if (bugs.has('deadlineAtFrontsOnly')) {
    const longer = (now: LiveSettings) => change({ deadlineMs: DEFAULTS.purchase.deadlineMs * 3 }, now);
    return { settings: with$(settings.settings$.pipe(map(longer)), () => longer(settings.current())), onOverload() {} };
  }
  if (bugs.has('admissionStaysNarrow')) {
    const narrowed$ = overload$.pipe(map(() => change({ capacity: 0 }, settings.current())));
    return { settings: with$(merge(settings.settings$, narrowed$)), onOverload: () => overload$.next() };
  }
  return { settings, onOverload() {} };
}

/** A process' settings store; with `settingReachesFrontsOnly` it never shows a change to other roles. */
export function plantInSettingsStore({ ports, bugs }: RoleParts, role: string): SimulatedPorts {
  if (!bugs.has('settingReachesFrontsOnly') || role === 'front') return ports;
  return { ...ports, settingsStore: { ...ports.settingsStore, read: async () => ({ version: 0, overrides: {} }) } };
}

/** The policies; with `halfOpenForAll` half-open breakers let every call through. */
export function plantInPolicies(policies: Policies, { bugs }: RoleParts): Policies {
  if (!bugs.has('halfOpenForAll')) return policies;
  const careless = (policy: Policies['queue']): Policies['queue'] => ({
    ...policy,
    ready: () => policy.ready() || policy.state() === 'half-open',
    execute: (call) => (policy.state() === 'half-open' ? call() : policy.execute(call)),
  });
  return { ...policies, queue: careless(policies.queue), log: careless(policies.log), stock: careless(policies.stock) };
}

/** The worker's ports, with the bugs planted there. */
export function plantInWorker({ ports, bugs }: RoleParts): SimulatedPorts {
  const { store, log } = ports;
  if (bugs.has('positionBeforeRows')) {
    const hasty: OrderStore['store'] = async (batch) => {
      await store.store({ group: batch.group, positions: batch.positions, orders: [] });
      return store.store({ ...batch, positions: [] });
    };
    return { ...ports, store: { ...store, store: hasty } };
  }
  if (bugs.has('nothingRejected')) {
    const careless: OrderStore['store'] = ({ fenced = [], ...batch }) =>
      store.store({ ...batch, orders: [...batch.orders, ...fenced] });
    return { ...ports, store: { ...store, store: careless } };
  }
  if (bugs.has('ackBeforeStore')) {
    const consume: OrderLog['consume'] = ({ positionOf, ...options }) =>
      options.group === GROUPS.settlement
        ? log.consume(options).pipe(map(acknowledged))
        : log.consume({ ...options, ...(positionOf === undefined ? {} : { positionOf }) });
    return { ...ports, log: { ...log, consume } };
  }
  return ports;
}

function acknowledged(chunk: LogChunk): LogChunk {
  chunk.ack();
  return chunk;
}

/** The scheduler's ports and timers, with the bugs planted there. */
export function plantInScheduler(parts: RoleParts): { readonly ports: SimulatedPorts; readonly timers: Timers } {
  const { process, ports, bugs } = parts;
  const { queue, store } = ports;
  let refunds = 0;
  const wait = bugs.has('recoveryWithoutWait') ? () => process.wait(0) : process.timers.wait;
  const planted: Partial<OrderStore> = {
    ...(bugs.has('recoveryWithoutWorkers') ? { fencePassed: async () => Number.MAX_SAFE_INTEGER } : {}),
    ...(bugs.has('endedOrdersForgotten')
      ? { booked: async (...range) => (await store.booked(...range)).filter(({ live }) => live) }
      : {}),
    ...(bugs.has('jobRefundsAnew')
      ? {
          refund: (request) => {
            refunds += 1;
            return store.refund({ ...request, id: `${request.id}-${process.name}-${refunds}` });
          },
        }
      : {}),
    ...(bugs.has('returnBeforeEnd') ? returnBeforeEnd(ports) : {}),
    ...(bugs.has('lateMoneyKept') ? { notRebooked: async () => {} } : {}),
    ...(bugs.has('rebookedAndRefunded') ? { rebooked: rebookedAndRefunded(ports) } : {}),
  };
  return {
    ports: {
      ...ports,
      log: relayLog(parts),
      store: { ...store, ...planted },
      catalogue: bugs.has('recoveryOfArchived') ? withoutArchives(ports.catalogue) : ports.catalogue,
      queue: bugs.has('noRelay') ? { ...queue, claimStranded: async () => [] } : queue,
    },
    timers: { ...process.timers, wait },
  };
}

/** Shows archived sales as closed ones, which a recovery rebuilds. */
function withoutArchives(catalogue: Catalogue): Catalogue {
  const shown = (sale: Sale): Sale => (sale.status === 'archived' ? { ...sale, status: 'closed' } : sale);
  return {
    ...catalogue,
    sale: async (saleId) => {
      const sale = await catalogue.sale(saleId);
      return sale && shown(sale);
    },
    sales: async (query) => (await catalogue.sales(query)).map(shown),
  };
}

function relayLog({ ports: { log }, bugs, process }: RoleParts): OrderLog {
  if (bugs.has('noFences')) return { ...log, appendFence: async () => 0 };
  if (!bugs.has('relayNewIds')) return log;
  const newId = createIdSource({ node: 1023, now: () => START_MS + Math.floor(process.world.now) });
  return {
    ...log,
    append: (record) => log.append({ ...record, items: record.items.map((item) => ({ ...item, orderId: newId() })) }),
  };
}

/** A rebooking after which the money is given back, too. */
function rebookedAndRefunded({ store, payments }: SimulatedPorts): OrderStore['rebooked'] {
  return async (paymentId, orderId, at) => {
    const [due] = (await store.rebookingsDue(1000)).filter((one) => one.paymentId === paymentId);
    if (due !== undefined) {
      await payments.refund({ id: paymentId, kind: 'payment', paymentId, amount: totalOf(due.order) });
    }
    return store.rebooked(paymentId, orderId, at);
  };
}

/** An expiry that returns the tickets before the orders have ended. */
function returnBeforeEnd({ store, queue }: SimulatedPorts): Pick<OrderStore, 'due' | 'transition'> {
  const saleOf = new Map<string, string>();
  return {
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
  };
}

function orderIdsOf(record: ReservationsRecord): readonly string[] {
  return record.items.map(({ orderId }) => orderId);
}

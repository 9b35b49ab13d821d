import { createPaymentSandbox } from '../../src/adapters/payment-sandbox/payment-sandbox.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { createAuthenticator } from '../../src/api/auth/authenticator.ts';
import { refuse } from '../../src/api/http/refuse.ts';
import { createRoutes } from '../../src/api/routes.ts';
import { createIdSource } from '../../src/domain/ids.ts';
import type { Order } from '../../src/domain/order.ts';
import { type PurchaseOutcome, reservedOrder } from '../../src/domain/purchase.ts';
import type { Sale } from '../../src/domain/sale.ts';
import type { HttpFront, ListenHttp } from '../../src/ports/http.ts';
import { AdminOrders } from '../../src/services/admin-orders.ts';
import { JobAdmin } from '../../src/services/job-admin.ts';
import { LookupQueue } from '../../src/services/lookup-queue.ts';
import { OrderFinder } from '../../src/services/order-finder.ts';
import { Orders } from '../../src/services/orders.ts';
import { PaymentEvents } from '../../src/services/payment-events.ts';
import { Products } from '../../src/services/products.ts';
import { Refunds } from '../../src/services/refunds.ts';
import { reportOn } from '../../src/services/report.ts';
import { SaleAdmin } from '../../src/services/sale-admin.ts';
import { Sales } from '../../src/services/sales.ts';
import { SettingsAdmin } from '../../src/services/settings-admin.ts';
import { revokeTokens } from '../../src/services/token-admin.ts';
import type { PurchaseRequest } from '../../src/streams/purchase/request.ts';
import { MemoryCatalogue } from './fakes/memory-catalogue.ts';
import { MemoryJobs } from './fakes/memory-jobs.ts';
import { MemoryOrderStore } from './fakes/memory-order-store.ts';
import { MemorySettingsStore } from './fakes/memory-settings-store.ts';
import { MemoryTokenRevocations } from './fakes/memory-token-revocations.ts';
import { NO_LIMITS } from './no-limits.ts';
import { aSettings } from './settings.ts';

export const SHOP_SECRET = 'a secret for tests only';

export interface Shop {
  readonly front: HttpFront;
  /** Newest first. */
  readonly orders: readonly Order[];
  /** Errors of the handlers. */
  readonly errors: readonly unknown[];
  /** Makes purchases wait until the returned function is called. */
  hold(): () => void;
  drain(): void;
}

export interface ShopOptions {
  readonly sales: readonly Sale[];
  readonly maxBodyBytes?: number;
  readonly bodyWithinMs?: number;
  readonly answerWithinMs?: number;
}

/** The real API and services on a real front, with stores in memory and a queue that never sells out. */
export async function openShop(listen: ListenHttp, options: ShopOptions): Promise<Shop> {
  const { sales: list, maxBodyBytes = 16 * 1024, ...limits } = options;
  const catalogue = new MemoryCatalogue(list);
  const queue = {
    load: async () => {},
    close: async () => {},
    remove: async () => {},
    update: async () => 'updated' as const,
    find: async () => undefined,
    release: async (_saleId: string, orderIds: readonly string[]) => orderIds,
    stock: async () => ({ remaining: 5, version: 1 }),
  };
  const store = new MemoryOrderStore();
  const finder = new OrderFinder({ store, queue, catalogue, clock: systemClock });
  const events = { publish: () => {} };
  const payments = createPaymentSandbox({
    webhookUrl: () => `http://127.0.0.1:${front.port}/v1/webhooks/payments`,
    secret: SHOP_SECRET,
    clock: systemClock,
  });
  const orders: Order[] = [];
  const answered = new Map<string, Order>();
  const errors: unknown[] = [];
  const newId = createIdSource({ node: 1, now: Date.now });
  let held: Promise<void> = Promise.resolve();
  let draining = false;

  async function buy({ saleId, userId, idempotencyKey }: PurchaseRequest): Promise<PurchaseOutcome> {
    const sale = list.find(({ id }) => id === saleId);
    if (sale === undefined || sale.status === 'draft') return { kind: 'unknownSale' };
    const key = idempotencyKey === undefined ? undefined : JSON.stringify([saleId, userId, idempotencyKey]);
    const earlier = key === undefined ? undefined : answered.get(key);
    if (earlier !== undefined) return { kind: 'replayed', order: earlier };
    const order = reservedOrder(sale, {
      orderId: newId(),
      userId,
      tickets: [orders.length + 1],
      reservedAt: Date.now(),
    });
    orders.unshift(order);
    if (key !== undefined) answered.set(key, order);
    await store.store({ group: 'shop', positions: [], orders: [{ order, key: key ?? `o:${order.id}` }] });
    return { kind: 'reserved', order };
  }

  const front = await listen({
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes,
    ...limits,
    routes: createRoutes({
      purchases: {
        submit: (request) => void held.then(async () => request.respond(await buy(request))),
        shouldShed: () => false,
      },
      sales: new Sales({ catalogue, queue, clock: systemClock }),
      orders: new Orders({
        store,
        queue,
        lookups: new LookupQueue(systemClock),
        finder,
        payments,
        events,
        clock: systemClock,
        graceMs: () => aSettings().payment.graceSeconds * 1000,
        onNotReturned: (fault) => errors.push(fault),
      }),
      adminOrders: new AdminOrders({ store, clock: systemClock }),
      refunds: new Refunds({
        store,
        finder,
        queue,
        events,
        clock: systemClock,
        newId,
        onNotReturned: (fault) => errors.push(fault),
      }),
      payments: new PaymentEvents({ payments, store, finder, events, clock: systemClock, onNotice: () => {} }),
      products: new Products({ catalogue, newId }),
      rebuildLive: async () => undefined,
      audit: async () => ({ kind: 'unknown' }),
      saleAdmin: new SaleAdmin({ catalogue, queue, store, auditSources: NO_QUEUE, clock: systemClock, newId }),
      settings: new SettingsAdmin({
        settingsStore: new MemorySettingsStore(),
        events,
        clock: systemClock,
        defaults: aSettings(),
      }),
      jobs: new JobAdmin({ jobs: new MemoryJobs(), catalogue, store, clock: systemClock, random: Math.random }),
      revokeTokens: (revocation) =>
        revokeTokens(revocation, { tokenRevocations: new MemoryTokenRevocations(), events, clock: systemClock }),
      report: (saleId) => reportOn(saleId, { catalogue, queue, store, live: { timelinePages: async function* () {} } }),
      auth: createAuthenticator({ secret: SHOP_SECRET, cacheSize: 100 }),
      limits: NO_LIMITS,
      clock: systemClock,
      readiness: async () => ({ ready: true, degraded: false, dependencies: { queue: { state: 'up' } } }),
      metrics: async () => 'up 1\n',
      draining: () => draining,
      onFault: (fault) => errors.push(fault),
    }),
    refuse,
    onError: (error) => errors.push(error),
  });

  return {
    front,
    orders,
    errors,
    hold() {
      const { promise, resolve } = withResolvers();
      held = promise;
      return resolve;
    },
    drain() {
      draining = true;
    },
  };
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Its queue keeps nothing. */
const NO_QUEUE = { queue: { snapshot: async () => undefined } };

export function saleNamed(id: string, changes: Partial<Sale> = {}): Sale {
  return {
    id,
    productId: 'poster',
    title: `Sale ${id}`,
    description: 'One thousand, numbered.',
    price: { amount: 12999, currency: 'USD' },
    total: 1000,
    perBuyerLimit: 1000,
    opensAt: Date.now() - 60_000,
    closesAt: Date.now() + 3_600_000,
    payWithinSeconds: 600,
    status: 'published',
    epoch: 1,
    version: 1,
    ...changes,
  };
}

import type { LiveSettings } from '../../domain/live-settings.ts';
import type { Payments } from '../../ports/payments.ts';
import { AdminOrders } from '../../services/admin-orders.ts';
import type { ArchivePorts } from '../../services/archive-sale.ts';
import { countedOrders } from '../../services/counted-orders.ts';
import { JobAdmin } from '../../services/job-admin.ts';
import { LookupQueue } from '../../services/lookup-queue.ts';
import { OrderFinder } from '../../services/order-finder.ts';
import { Orders } from '../../services/orders.ts';
import { PaymentEvents } from '../../services/payment-events.ts';
import { Products } from '../../services/products.ts';
import { Refunds } from '../../services/refunds.ts';
import { SaleAdmin } from '../../services/sale-admin.ts';
import { Sales } from '../../services/sales.ts';
import { SettingsAdmin } from '../../services/settings-admin.ts';
import { stockEvents, stockEventsDefaults } from '../../streams/countdown/stock-events.ts';
import type { Ports } from '../ports.ts';
import type { Runtime } from '../runtime.ts';
import type { Settings } from '../settings.ts';
import { supervise } from '../supervise.ts';
import { guardLookups, guardPorts } from './guarded-ports.ts';
import { watchLeader } from './leader-watch.ts';
import { keepNodeNumber, type NodeNumber } from './node-number.ts';
import type { FrontObserver } from './observer.ts';
import type { Policies } from './policies.ts';
import { type Purchases, startPurchases } from './purchases.ts';
import { createReadiness, type Readiness } from './readiness.ts';
import { createRemainingGauge } from './remaining-gauge.ts';
import { warmSales } from './warm-sales.ts';

export interface FrontParts {
  readonly runtime: Runtime;
  readonly policies: Policies;
  readonly settings: Pick<Settings, 'current' | 'settings$'>;
  /** The settings of the environment. */
  readonly defaults: LiveSettings;
  readonly payments: Payments;
  readonly observer: FrontObserver;
  readonly draining: () => boolean;
  /** Whether another process may do the scheduler's work, so that this one has to look whether one does. */
  readonly watchesLeader?: boolean;
  /** Why its transport accepts no connections at present. */
  readonly notAccepting?: () => string | undefined;
  /** Orders of a buyer in one sale that may end before they can place no more. @default 0: unlimited */
  readonly maxEnded?: number;
}

export type FrontPorts = Omit<Ports, 'recovery' | 'auditSources' | 'tokenRevocations'> &
  Pick<ArchivePorts, 'auditSources'>;

/** A front independent of its transport: HTTP and live sockets are served on top of it. */
export interface Front {
  /** The ports with a policy around every call on which a buyer waits. */
  readonly guarded: FrontPorts;
  readonly purchases: Purchases;
  readonly sales: Sales;
  readonly orders: Orders;
  readonly adminOrders: AdminOrders;
  readonly refunds: Refunds;
  readonly paymentEvents: PaymentEvents;
  readonly products: Products;
  readonly saleAdmin: SaleAdmin;
  readonly settingsAdmin: SettingsAdmin;
  readonly jobAdmin: JobAdmin;
  readonly node: NodeNumber;
  readonly readiness: () => Promise<Readiness>;
  /** Accepts no more purchases and cancels those in flight: wait for them first. */
  stop(): Promise<void>;
}

/**
 * Starts the purchase stream and the services behind the API. Resolves once it has a node number, or its first attempt
 * to get one has failed.
 */
export async function startFront(
  ports: FrontPorts,
  {
    runtime,
    policies,
    settings,
    defaults,
    payments,
    observer,
    draining,
    watchesLeader = false,
    notAccepting,
    maxEnded = 0,
  }: FrontParts,
): Promise<Front> {
  const { timers } = runtime;
  const safe = guardPorts(ports, policies);
  const guarded = { ...safe, store: { ...safe.store, ...countedOrders(safe.store, observer.ordersEnded) } };
  const node = await keepNodeNumber(ports, runtime, observer);
  const { newId } = node;
  const sales = new Sales(guarded);
  const remaining = createRemainingGauge((saleId) => sales.known(saleId), ports.clock, observer);
  const warming = { onFailure: observer.warmingFailed, onRound: remaining.sweep };
  const running = warmSales(sales, ports, timers, warming);
  const purchases = startPurchases(ports, { runtime, sales, policies, newId, settings, observer, remaining, maxEnded });
  running.add(
    stockEvents(purchases.observed$, { ...stockEventsDefaults, scheduler: timers.scheduler })
      .pipe(supervise('stock events', runtime, observer))
      .subscribe((event) => ports.events.publish(event)),
  );
  const leader = watchesLeader
    ? watchLeader({ ...ports, scheduler: timers.scheduler, onLook: observer.leader })
    : undefined;
  // Payment events are signed: their sender asks for orders that exist.
  const finder = new OrderFinder({ ...guarded, catalogue: sales.published });
  const buyersFinder = new OrderFinder({ ...guardLookups(guarded, ports, policies), catalogue: sales.published });

  return {
    guarded,
    purchases,
    sales,
    orders: new Orders({
      ...guarded,
      payments,
      finder: buyersFinder,
      lookups: new LookupQueue(ports.clock),
      wait: timers.wait,
      after: timers.after,
      graceMs: () => settings.current().payment.graceSeconds * 1000,
      onNotReturned: observer.notReturned,
    }),
    adminOrders: new AdminOrders({ ...guarded, wait: timers.wait }),
    refunds: new Refunds({ ...guarded, finder, newId, onNotReturned: observer.notReturned }),
    paymentEvents: new PaymentEvents({
      ...guarded,
      payments,
      finder,
      onNotice: observer.payment,
      onUnhandled: observer.paymentUnhandled,
    }),
    products: new Products({ ...guarded, newId }),
    saleAdmin: new SaleAdmin({ ...guarded, sales, newId }),
    settingsAdmin: new SettingsAdmin({ ...guarded, defaults }),
    jobAdmin: new JobAdmin({ ...guarded, random: runtime.random }),
    node,
    readiness: createReadiness(ports, { policies, node, leader, notAccepting, draining, timers }),
    stop: async () => {
      purchases.stop();
      running.unsubscribe();
      leader?.stop();
      await node.stop();
    },
  };
}

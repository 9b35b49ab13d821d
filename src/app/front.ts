import { Subject } from 'rxjs';
import { createAuthenticator } from '../api/auth.ts';
import { refuse } from '../api/refuse.ts';
import { createRoutes } from '../api/routes.ts';
import { createIdSource, timeOfOrderId } from '../domain/ids.ts';
import type { ListenHttp } from '../ports/http.ts';
import { Orders } from '../services/orders.ts';
import { Sales } from '../services/sales.ts';
import { purchase, purchaseDefaults } from '../streams/purchase.ts';
import type { PurchaseRequest } from '../streams/purchase-request.ts';
import type { Context } from './context.ts';
import type { Ports } from './opened.ts';
import { createPolicies } from './policies.ts';
import { createReadiness } from './readiness.ts';
import { supervise } from './supervise.ts';

export interface Front {
  /** Where it listens. */
  readonly port: number;
  /** Refuses new purchases, answers what is in flight (for `graceMs` at the most), closes. */
  stop(graceMs: number): Promise<void>;
}

/** Tokens that the authenticator remembers: more than the buyers that one process meets in a minute of a stampede. */
const AUTH_CACHE_SIZE = 50_000;

export async function startFront(
  ports: Ports,
  context: Context,
  { secret, listen }: { readonly secret: string; readonly listen: ListenHttp },
): Promise<Front> {
  const { config, log, metrics } = context;
  const { clock } = ports;
  const sales = new Sales(ports);
  const policies = createPolicies(config, context);
  const request$ = new Subject<PurchaseRequest>();
  const lastOrderAt = await timeOfLastOrder(ports, context);
  let draining = false;

  const answered$ = purchase(
    request$,
    {
      queue: ports.queue,
      log: ports.log,
      ...(ports.oneStep === undefined ? {} : { oneStep: ports.oneStep }),
      sales: {
        known: (saleId) => sales.known(saleId),
        find: (saleId) => sales.find(saleId),
        forget: (saleId) => sales.forget(saleId),
        observe: (saleId, stock) => {
          sales.observe(saleId, stock);
          metrics.saleRemaining(saleId, stock.remaining);
        },
      },
      // An id is never made for a time that an order of this store already has, even when the clock was set back.
      newId: createIdSource({
        node: config.nodeId,
        now: clock.now,
        notBeforeMs: lastOrderAt,
      }),
      clock,
      policies,
    },
    {
      ...purchaseDefaults,
      ...config.purchase,
      onSubscribe: metrics.samplePurchaseLoad,
      onUnmarked: (err) =>
        log.warn({ err }, 'published reservations are still marked pending, the relay will repeat them'),
    },
  ).pipe(supervise('purchase', context));

  const answering = answered$.subscribe((batch) => {
    const { requests, outcomes, fault } = batch;
    for (let i = 0; i < requests.length; i += 1) {
      const outcome = outcomes[i];
      if (outcome !== undefined) requests[i]?.respond(outcome);
    }
    metrics.purchaseBatch(batch, clock.monotonic());
    if (fault !== undefined) {
      const requestIds = requests.map(({ requestId }) => requestId);
      log.warn({ err: fault, saleId: batch.saleId, requestIds }, 'purchases could not be completed');
    }
  });

  const http = await listen({
    host: config.http.host,
    port: config.http.port,
    maxBodyBytes: config.http.maxBodyBytes,
    shared: config.http.shared,
    routes: createRoutes({
      purchases: { submit: (request) => request$.next(request) },
      sales,
      orders: new Orders(ports),
      auth: createAuthenticator({ secret, cacheSize: AUTH_CACHE_SIZE }),
      clock,
      readiness: createReadiness(ports, policies, () => draining),
      metrics: async () => (await metrics.expose()).body,
      draining: () => draining,
      onFault: (err, requestId) => log.warn({ err, requestId }, 'a read could not be completed'),
    }),
    refuse,
    countRoute: metrics.httpRoute,
    onError: (err, requestId) => log.error({ err, requestId }, 'request failed'),
  });

  return {
    port: http.port,
    stop: async (graceMs) => {
      draining = true;
      http.stopListening();
      await http.idle(graceMs);
      request$.complete();
      http.close();
      answering.unsubscribe();
    },
  };
}

/** When the newest order was made, milliseconds since 1970. A store that is away keeps nobody from selling. */
async function timeOfLastOrder({ store }: Ports, { log }: Context): Promise<number> {
  try {
    const id = await store.lastOrderId();
    return id === undefined ? 0 : (timeOfOrderId(id) ?? 0);
  } catch (err) {
    log.warn({ err }, 'the order store is away: ids of this process follow the clock alone');
    return 0;
  }
}

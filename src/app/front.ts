import type { Observable } from 'rxjs';
import { createAuthenticator } from '../api/auth/authenticator.ts';
import { refuse } from '../api/http/refuse.ts';
import { pageRoutes } from '../api/pages/routes.ts';
import type { LiveSettings } from '../domain/live-settings.ts';
import type { ListenHttp } from '../ports/http.ts';
import type { Payments } from '../ports/payments.ts';
import { Sales } from '../services/sales.ts';
import type { Ports } from './adapters/opened.ts';
import { createApi } from './api.ts';
import type { Context } from './context.ts';
import { guardPorts } from './guarded-ports.ts';
import { startLive } from './live.ts';
import { keepNodeNumber } from './node-number.ts';
import { createPolicies } from './policies.ts';
import { PAGE_FOLDER, readPage } from './process/page-files.ts';
import { startPurchases } from './purchases.ts';
import { startRateLimits } from './rate-limits.ts';
import { createReadiness } from './readiness.ts';
import { untilReady } from './until-ready.ts';
import { warmSales } from './warm-sales.ts';

export interface Front {
  /** Where it listens. */
  readonly port: number;
  /** Refuses new purchases, answers what is in flight (for `graceMs` at the most), closes. */
  stop(graceMs: number): Promise<void>;
}

export interface FrontOptions {
  /** Checks tokens. */
  readonly secret: string;
  readonly payments: Payments;
  readonly listen: ListenHttp;
  readonly settings$: Observable<LiveSettings>;
}

/** Tokens that the authenticator remembers: more than the buyers that one process meets in a minute of a stampede. */
const AUTH_CACHE_SIZE = 50_000;

export async function startFront(
  ports: Ports,
  context: Context,
  { secret, payments, listen, settings$ }: FrontOptions,
): Promise<Front> {
  const { config, log, metrics } = context;
  const policies = createPolicies(config, context, settings$);
  const guarded = guardPorts(ports, policies);
  const node = await keepNodeNumber(ports, context);
  const sales = new Sales(guarded);
  const warming = warmSales(sales, ports, context);
  const purchases = startPurchases(ports, context, { sales, policies, newId: node.newId, settings$ });
  const rates = await startRateLimits(context, { clock: ports.clock, settings$ });
  const { limits } = rates;
  const auth = createAuthenticator({ secret, cacheSize: AUTH_CACHE_SIZE });
  let draining = false;
  const live = startLive(guarded, context, {
    sales,
    purchases,
    observed$: purchases.observed$,
    auth,
    limits,
    draining: () => draining,
  });
  const readiness = createReadiness(ports, { policies, node, draining: () => draining });
  const page = pageRoutes(await readPage(PAGE_FOLDER));
  await untilReady(readiness, context);

  const http = await listen({
    ...config.http,
    routes: [
      ...createApi(guarded, context, {
        purchases,
        sales,
        payments,
        auth,
        limits,
        newId: node.newId,
        readiness,
        draining: () => draining,
      }),
      ...page,
    ],
    live: live.socket,
    refuse,
    countRoute: metrics.httpRoute,
    onError: (err, requestId) => log.error({ err, requestId }, 'request failed'),
  });

  if (http.live !== undefined) live.attach(http.live);

  return {
    port: http.port,
    stop: async (graceMs) => {
      draining = true;
      http.stopListening();
      await Promise.all([http.idle(graceMs), live.stop(graceMs)]);
      http.close();
      purchases.stop();
      warming.unsubscribe();
      await rates.stop();
      await node.stop();
    },
  };
}

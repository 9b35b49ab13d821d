import { setTimeout as delay } from 'node:timers/promises';
import { createAuthenticator } from '../api/auth/authenticator.ts';
import { refuse } from '../api/http/refuse.ts';
import { pageRoutes } from '../api/pages/routes.ts';
import type { HttpFront, ListenHttp } from '../ports/http.ts';
import type { Payments } from '../ports/payments.ts';
import { poll } from '../resilience/poll.ts';
import { createApi } from '../roles/front/api.ts';
import { type Front, startFront } from '../roles/front/front.ts';
import { startLive } from '../roles/front/live.ts';
import { createPolicies } from '../roles/front/policies.ts';
import { createRateLimits } from '../roles/front/rate-limits.ts';
import { followRevocations } from '../roles/front/revocations.ts';
import type { Ports } from '../roles/ports.ts';
import type { Runtime } from '../roles/runtime.ts';
import type { Settings } from '../roles/settings.ts';
import { openRateCounter } from './adapters/rate-counter.ts';
import { answerWithinMs } from './answer-within.ts';
import type { Context } from './context.ts';
import { defaultSettings, groupsOf } from './defaults.ts';
import { observeAccepting } from './observers/accepting.ts';
import { createFrontObserver } from './observers/front-observer.ts';
import { createRevocationsObserver } from './observers/revocations-observer.ts';
import { PAGE_FOLDER, readPage } from './process/page-files.ts';
import { serveMetrics } from './serve-metrics.ts';

export interface ServedFront {
  /** The port on which it listens. */
  readonly port: number;
  /** Goes on for DRAIN_DELAY_MS, not ready; then refuses new purchases, answers what is in flight (for at most `graceMs`), and closes. */
  stop(graceMs: number): Promise<void>;
}

export interface ServeFrontParts {
  readonly runtime: Runtime;
  /** Verifies tokens. */
  readonly secret: string;
  readonly payments: Payments;
  readonly listen: ListenHttp;
  readonly settings: Settings;
  /** No other process can do the scheduler's work. */
  readonly exclusive: boolean;
}

/**
 * Tokens cached by the authenticator: more than the number of buyers that one process serves in a minute of a stampede.
 */
const AUTH_CACHE_SIZE = 50_000;

/**
 * A front that shares its port receives buyers the moment it listens, so it briefly waits for its servers first. After
 * that it listens even if it can't sell, and its answers say so.
 */
const READY_WITHIN_MS = 3000;
const READY_POLL_MS = 25;

/** Starts the front role and serves it over HTTP and live sockets. */
export async function serveFront(ports: Ports, context: Context, parts: ServeFrontParts): Promise<ServedFront> {
  const { config, log, metrics } = context;
  const { runtime, secret, payments, listen, settings, exclusive } = parts;
  const observer = createFrontObserver(context);
  let isLeaving = false;
  const leaving = () => isLeaving;
  let isDraining = false;
  const draining = () => isDraining;
  const { onAccepting, notAccepting } = observeAccepting(context, () => performance.now());
  const front = await startFront(ports, {
    runtime,
    policies: createPolicies(settings, runtime, observer),
    settings,
    defaults: defaultSettings(config),
    payments,
    observer,
    draining: leaving,
    watchesLeader: !exclusive,
    notAccepting,
    maxEnded: config.maxEndedOrders,
  });
  const { port: counter, close: closeCounter } = await openRateCounter(config, log);
  const { clock } = ports;
  const { trustedProxies } = config;
  const limits = createRateLimits({ counter, clock, trustedProxies, settings, observer });
  const revocations = await followRevocations(ports, { ...runtime, observer: createRevocationsObserver(context) });
  const auth = createAuthenticator({
    secret,
    previousSecret: config.previousJwtSecret,
    acceptedSince: revocations.notBefore,
    cacheSize: AUTH_CACHE_SIZE,
  });
  const { purchases, sales, guarded } = front;
  const { observed$ } = purchases;
  const sockets = { ...config.sockets, trustedProxies };
  const live = startLive(guarded, { runtime, sales, purchases, observed$, auth, limits, draining, observer, sockets });
  revocations.onRevoked(live.revoked);
  const metricsParts = { metrics: async () => (await metrics.expose()).body, metricsToken: config.metrics.token };
  const api = createApi(ports, {
    front,
    auth,
    limits,
    groups: groupsOf(config),
    ...metricsParts,
    metricsHere: config.metrics.port === undefined,
    draining,
    leaving,
    observer,
  });
  const page = pageRoutes(await readPage(PAGE_FOLDER));
  await awaitReady(front, ports, context);

  const onError = (err: unknown, requestId: string) => log.error({ err, requestId }, 'request failed');
  const metricsFront = await serveMetrics(context, { listen, clock });
  const http = await listen({
    ...config.http,
    answerWithinMs: answerWithinMs(settings.current().purchase.deadlineMs),
    routes: [...api, ...page],
    live: live.socket,
    refuse,
    countRoute: metrics.httpRoute,
    onAccepting,
    onError,
  }).catch((error: unknown) => {
    metricsFront?.close();
    throw error;
  });
  if (http.live !== undefined) live.attach(http.live);

  return {
    port: http.port,
    stop: async (graceMs) => {
      isLeaving = true;
      http.drain();
      if (config.drainDelayMs > 0) await delay(config.drainDelayMs);
      isDraining = true;
      await drain(http, live, graceMs);
      metricsFront?.close();
      revocations.stop();
      await front.stop();
      await closeCounter();
    },
  };
}

async function drain(http: HttpFront, live: ReturnType<typeof startLive>, graceMs: number): Promise<void> {
  http.stopListening();
  await Promise.all([http.idle(graceMs), live.stop(graceMs)]);
  // What arrived while the sockets were closed.
  await http.idle(graceMs);
  http.close();
}

/** Resolves once the process can sell, or after a while regardless. */
async function awaitReady({ readiness }: Front, { clock }: Pick<Ports, 'clock'>, { log }: Context): Promise<void> {
  const { ready, dependencies } = await poll(readiness, {
    until: (now) => now.ready,
    everyMs: READY_POLL_MS,
    forMs: READY_WITHIN_MS,
    clock,
  });
  if (!ready) log.warn({ dependencies }, 'not ready, listening anyway');
}
